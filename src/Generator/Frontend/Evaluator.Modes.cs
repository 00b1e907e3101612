using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;
using OptGen.Generator.Diagnostics;
using OptGen.Generator.Graph;
using OptGen.Generator.Scalar;
using OptGen.Generator.Specs;

namespace OptGen.Generator.Frontend;

// What differs between training and inference, and what is looked up: buffers, random numbers, tables.
internal sealed partial class Evaluator
{
    /// <summary>Whether the model is read for training; asking makes it be read a second time for inference.</summary>
    private Value IsTraining(IInvocationOperation call)
    {
        if (Model is null)
            throw Unsupported(call);
        Model.DependsOnMode = true;
        return Value.Of(Model.IsTraining);
    }

    private TensorValue Buffer(IInvocationOperation call, Value[] x)
    {
        LayerScope scope = Model is not null && _frame?.Scope is LayerScope own ? own : throw Fault(DiagnosticDescriptors.UnsupportedCall, call.Syntax, "Layer.Buffer");
        int[] sizes = KnownSizes(x[0], call);
        foreach (int size in sizes.Where(size => size <= 0))
            throw Refuse(call, $"a buffer of shape [{string.Join(", ", sizes)}] has a size of {size}, but sizes must be positive");
        string name = (x[2] as KnownValue)?.Data as string ?? Names.Pascal(AssignedName(call) ?? "Buffer");
        return new TensorValue(NewBuffer(call, scope.PathOf(name), Shape.Of(sizes), [KnownNumber(x[1], call)]));
    }

    private TensorValue ConstantTensor(IInvocationOperation call, Value[] x)
    {
        LayerScope scope = Model is not null && _frame?.Scope is LayerScope own ? own : throw Unsupported(call);
        int[] sizes = KnownSizes(x[1], call);
        double[] values = AsArray(x[0], call).Items.Select(item => KnownNumber(item.Value ?? Value.Null, call)).ToArray();
        if (sizes.Any(size => size <= 0) || sizes.Aggregate(1L, (product, size) => product * size) != values.Length)
            throw Refuse(call, $"{values.Length} numbers can't fill the shape [{string.Join(", ", sizes)}]");
        return new TensorValue(NewBuffer(call, scope.PathOf(Names.Pascal(AssignedName(call) ?? "Constant")), Shape.Of(sizes), values));
    }

    private int NewBuffer(IInvocationOperation call, string path, Shape shape, double[] initial) => Model!.Buffer(path, shape, initial) ?? throw Fault(
        DiagnosticDescriptors.SharedShape,
        call.Syntax,
        _frame!.Scope!.Path,
        $"[{string.Join(", ", Model.ShapeOf(path).Dims)}]",
        path,
        $"[{string.Join(", ", shape.Dims)}]");

    /// <summary>In training, the buffer gets a new value after the pass; every use in it still sees the old one.</summary>
    private Value UpdateBuffer(IInvocationOperation call, Value[] x)
    {
        GraphBuilder graph = TensorGraph(call);
        int buffer = Node(x[0], call), value = Node(x[1], call);
        if (Model!.BufferOf(buffer) is not BufferRef target)
            throw Refuse(call.Arguments[0].Value, $"'{Excerpt(call.Arguments[0].Value.Syntax)}' is no buffer; give what Buffer(…) returned");
        if (Model!.IsScanning)
            throw Refuse(call, "a buffer gets one new value in each pass: it can't be updated in the step of a scan");
        if (graph[value].Shape.Batched || ShapeRules.Broadcast(graph[value].Shape, graph[buffer].Shape) != graph[buffer].Shape)
            throw Mismatch(call, Model!.Describe(buffer), Model.Describe(value), "the new value must have the buffer's shape");
        if (Model!.IsTraining)
            Model.Update(target, graph.Broadcast(graph.StopGradient(value), graph[buffer].Shape, "new" + Names.Pascal(graph[buffer].Name)));
        return s_nothing;
    }

    private TensorValue RandomUniform(IInvocationOperation call, Value x)
    {
        GraphBuilder graph = TensorGraph(call);
        return new TensorValue(Model!.Random(graph[Node(x, call)].Shape, NodeName("random")));
    }

    private TensorValue Iota(IInvocationOperation call, Value size)
    {
        int count = KnownWhole(size, call);
        return count > 0 ? new TensorValue(TensorGraph(call).Iota(Shape.Of(count), 0)) : throw Refuse(call, $"an index of size {count}: it must be positive");
    }

    private ArrayValue Weights(IInvocationOperation call, Value pattern)
    {
        string text = (pattern as KnownValue)?.Data as string ?? throw Unknown(call.Arguments[0].Value);
        string expression = "^" + System.Text.RegularExpressions.Regex.Escape(text).Replace("\\*", ".*") + "$";
        Variable[] found = Model!.Parameters.Where(parameter => System.Text.RegularExpressions.Regex.IsMatch(parameter.Name, expression))
            .Select(parameter => new Variable(new TensorValue(Model.NodeOf(parameter.Name)), 0)).ToArray();
        return found.Length > 0 ? new ArrayValue(found)
            : throw Refuse(call.Arguments[0].Value, $"no parameter matches '{text}'; {(Model.Parameters.Count == 0 ? "there is none so far" : "there are " + string.Join(", ", Model.Parameters.Select(parameter => parameter.Name)))}");
    }

    private TensorValue RowCount(IInvocationOperation call)
    {
        ScalarBuilder scalar = new();
        GraphBuilder graph = TensorGraph(call);
        int count = scalar.Apply(ScalarOp.Divide, scalar.Constant(1), scalar.Input(0));
        return new TensorValue(graph.Map(scalar.Build(1, count), [graph.Uniform(Uniforms.InverseRows, "inverseRows")], NodeName("rowCount")));
    }

    private TensorValue Lookup(IInvocationOperation call, Value table, Value rows)
    {
        GraphBuilder graph = TensorGraph(call);
        int node = Node(table, call);
        LabelsValue labels = rows as LabelsValue ?? throw Unsupported(call);
        if (graph[node].Shape is { Batched: true } or { Rank: 0 })
            throw Refuse(call, $"{Model!.Describe(node)} is no table that all rows share");
        NoteClasses(call, labels, graph[node].Shape[0]);
        return new TensorValue(graph.Gather(node, labels.Node, NodeName("rows")));
    }

    private void NoteClasses(IInvocationOperation call, LabelsValue labels, int classes)
    {
        if (Model!.Classes.TryGetValue(labels.Input, out int earlier) && earlier != classes)
            throw Refuse(call, $"labels '{Model.Graph[labels.Node].Name}' are used with {earlier} classes elsewhere, and with {classes} here");
        Model.Classes[labels.Input] = classes;
    }

    /// <summary>Marks a tensor as probabilities.</summary>
    private TensorValue Probabilities(IInvocationOperation call, Value x)
    {
        int node = Node(x, call);
        Model!.Probabilities[node] = call.Syntax;
        return new TensorValue(node);
    }

    /// <summary>What takes logits and turns them into probabilities itself must not get probabilities.</summary>
    private TensorValue Logits(IInvocationOperation call, Value x) => NoProbabilities(call, x, DiagnosticDescriptors.ProbabilitiesAsLogits);

    /// <summary>What takes logarithms of probabilities must not get the probabilities themselves.</summary>
    private TensorValue LogProbabilities(IInvocationOperation call, Value x) => NoProbabilities(call, x, DiagnosticDescriptors.ProbabilitiesAsLogarithms);

    private TensorValue NoProbabilities(IInvocationOperation call, Value x, DiagnosticDescriptor descriptor)
    {
        int node = Node(x, call);
        return HoldsProbabilities(node) ? throw Fault(descriptor, ArgumentOfCaller(call), _frame?.Method?.Name ?? "The loss") : new TensorValue(node);
    }

    /// <summary>Whether a tensor holds probabilities, in whatever order and shape.</summary>
    private bool HoldsProbabilities(int node)
    {
        GraphBuilder graph = Model!.Graph;
        while (!Model.Probabilities.ContainsKey(node) && graph[node].Op is ReshapeOp or TransposeOp or SliceOp)
            node = graph[node].Inputs[0];
        return Model.Probabilities.ContainsKey(node);
    }

    /// <summary>What the user gave for the parameter that a definition passes on here.</summary>
    private SyntaxNode ArgumentOfCaller(IInvocationOperation call)
    {
        IOperation given = call.Arguments[0].Value;
        while (given is IConversionOperation conversion)
            given = conversion.Operand;
        for (Frame? frame = _frame; frame is not null && given is IParameterReferenceOperation { Parameter: IParameterSymbol parameter }; frame = frame.Caller)
        {
            if (frame.Site is null || ModelOf(frame.Site.SyntaxTree).GetOperation(frame.Site, Cancellation) is not IInvocationOperation outer)
                break;
            IArgumentOperation? argument = outer.Arguments.FirstOrDefault(argument => argument.Parameter?.Ordinal == parameter.Ordinal);
            if (argument is null)
                break;
            if (IsUsers(argument.Value.Syntax))
                return argument.Value.Syntax;
            given = argument.Value;
        }

        return call.Syntax;
    }
}
