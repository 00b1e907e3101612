using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using OptGen.Generator.Diagnostics;
using OptGen.Generator.Graph;
using OptGen.Generator.Specs;

namespace OptGen.Generator.Frontend;

/// <summary>Reads a class marked <c>[Model]</c>: its layers, then the graph of its forward pass and loss.</summary>
internal sealed partial class ModelReader
{
    private const string Tensor = "Tensor";
    private const string Labels = "Labels";

    private static readonly ConditionalWeakTable<Compilation, ConcurrentDictionary<INamedTypeSymbol, ReadResult<ModelSpec>>> s_read = new();

    private readonly INamedTypeSymbol _type;
    private readonly DiagnosticBag _diagnostics = new();
    private readonly Evaluator _evaluator;
    private readonly ModelBuilder _model;
    private readonly List<InputSpec> _inputs = [];
    private readonly Dictionary<string, (ObjectValue Created, AttributeData Mark)> _transforms = [];
    private bool _unreadable;

    private ModelReader(INamedTypeSymbol type, Compilation compilation, int batch, CancellationToken cancellation, ModelBuilder? training = null)
    {
        _type = type;
        _model = new ModelBuilder(batch, training is null);
        if (training is not null)
            _model.Adopt(training);
        _evaluator = new Evaluator(compilation, _diagnostics, cancellation) { Model = _model };
    }

    /// <summary>What is read of a model's class. A model and its optimizers read it once.</summary>
    public static ReadResult<ModelSpec> Read(INamedTypeSymbol type, Compilation compilation, CancellationToken cancellation = default)
    {
        ConcurrentDictionary<INamedTypeSymbol, ReadResult<ModelSpec>> known = s_read.GetValue(compilation, _ => new ConcurrentDictionary<INamedTypeSymbol, ReadResult<ModelSpec>>(SymbolEqualityComparer.Default));
        if (!known.TryGetValue(type, out ReadResult<ModelSpec> result))
            known[type] = result = ReadAnew(type, compilation, cancellation);
        return result;
    }

    private static ReadResult<ModelSpec> ReadAnew(INamedTypeSymbol type, Compilation compilation, CancellationToken cancellation)
    {
        AttributeData? attribute = type.Attribute("ModelAttribute");
        int batch = attribute?.Named("Batch") is int given ? given : 32;
        ModelReader reader = new(type, compilation, Math.Max(batch, 1), cancellation);
        if (batch <= 0)
            reader._diagnostics.Report(DiagnosticDescriptors.BatchNotPositive, attribute!.NamedArgumentLocation("Batch"), batch);
        LanguageCheck.Report(type, attribute, compilation, reader._diagnostics);
        Precision precision = attribute?.Named("Precision") is int kind ? (Precision)kind : Precision.Single;
        if (!Enum.IsDefined(typeof(Precision), precision))
            reader._diagnostics.Report(DiagnosticDescriptors.InvalidArgument, attribute!.NamedArgumentLocation("Precision"), $"{(int)precision} is no precision; use a member of Precision");
        ModelSpec? spec = reader.Read(precision);
        if (spec is not null && reader._model.DependsOnMode && !reader._diagnostics.HasErrors)
        {
            // What predicts is another graph over the same parameters.
            ModelReader inference = new(type, compilation, batch, cancellation, reader._model);
            ModelSpec? predicting = inference.Read(precision);
            reader._diagnostics.AddNew(inference._diagnostics);
            spec = predicting is null ? null : spec with { Parameters = predicting.Parameters, Inputs = predicting.Inputs, Buffers = predicting.Buffers, Inference = predicting.Graph };
        }

        spec = reader._diagnostics.HasErrors ? null : spec;
        return new ReadResult<ModelSpec>(spec, reader._diagnostics.ToEquatableArray()) { Unread = spec is null ? Methods(type) : null };
    }

    private ModelSpec? Read(Precision precision)
    {
        CheckForm();
        IPropertySymbol[] properties = ReadParameters();
        (DeclaredLayer Layer, IMethodSymbol Method)[] layers = ReadLayers();
        IMethodSymbol? forward = Only("Forward"), loss = Only("Loss");
        if (forward is null)
        {
            if (!_type.MethodsMarked("ForwardAttribute").Any())
                _diagnostics.Report(DiagnosticDescriptors.MethodMissing, _type.Location(), _type.Name);
            return null;
        }

        Value[] arguments = forward.Parameters.Select(parameter => Input(parameter, isTarget: false)).OfType<Value>().ToArray();
        if (_unreadable || _diagnostics.HasErrors || _evaluator.Call(forward, null, arguments)?.Return is not Value result)
            return null;
        (string? Name, int Node)[]? outputs = Outputs(forward, loss, result);
        if (outputs is null || (loss is not null && !ReadLoss(loss, outputs)))
            return null;
        CheckUses(layers, properties);
        TensorGraph graph = _model.Build();
        CheckRecomputed(graph, loss is not null);
        ModelNames.CheckFurther(_type, _model.Buffers.Count > 0, graph.Nodes.Any(node => node.Op is RandomOp), _diagnostics);
        foreach ((int before, int after) in ZeroWeights.Pairs(graph, _model.Parameters))
            _diagnostics.Report(DiagnosticDescriptors.ZeroWeights, _model.InitializerOf(after), _model.Parameters[before].Name, _model.Parameters[after].Name);
        return new ModelSpec(
            ClassReader.Read(_type),
            _model.Batch,
            precision,
            layers.Select(layer => new LayerMethodSpec(layer.Method.Name, Signature(layer.Method))).Concat(properties.Select(Signature)).ToEquatableArray(),
            _model.Parameters.ToEquatableArray(),
            _inputs.Select((input, i) => _model.Classes.TryGetValue(i, out int classes) ? input with { Classes = classes } : input).ToEquatableArray(),
            outputs.Select((output, i) => new OutputSpec(OutputName(output.Name, outputs.Length, i), _model.Graph[output.Node].Shape)).ToEquatableArray(),
            graph)
        {
            LayerUses = _model.LayerUses.ToEquatableArray(),
            HasStatistics = HasStatistics && _model.LayerUses.Any(layer => layer.Output is { Batched: true }),
            Buffers = _model.Buffers.ToEquatableArray(),
            Recomputed = _model.Recomputed.Select(layer => layer.Nodes).ToEquatableArray(),
        };
    }

    /// <summary>Reports marks on layers of which nothing is computed again.</summary>
    private void CheckRecomputed(TensorGraph graph, bool hasLoss)
    {
        foreach (IGrouping<AttributeData, RecomputedLayer> calls in _model.Recomputed.GroupBy(layer => layer.Mark))
        {
            // A class in another file or assembly may be used by other models.
            if (calls.Key.ApplicationSyntaxReference?.GetSyntax() is not SyntaxNode mark || !_evaluator.Compilation.ContainsSyntaxTree(mark.SyntaxTree))
                continue;
            bool isOnMethod = mark.FirstAncestorOrSelf<MethodDeclarationSyntax>() is not null;
            if (!hasLoss && isOnMethod)
                _diagnostics.Report(DiagnosticDescriptors.RecomputeWithoutLoss, mark.GetLocation(), calls.First().Path, _type.Name);
            else if (hasLoss && !calls.Any(call => Recompute.HasInterior(graph, call.Nodes)))
                _diagnostics.Report(DiagnosticDescriptors.RecomputeOfNothing, mark.GetLocation(), calls.First().Path);
        }
    }

    /// <summary>The layer methods and parameters of a class whose part can be written, and that can be repeated there.</summary>
    private static LayerMethods? Methods(INamedTypeSymbol type)
    {
        if (type.IsRecord || new[] { type }.Concat(Outer(type)).Any(outer => outer.IsGenericType || !IsPartial(outer)))
            return null;
        IEnumerable<IMethodSymbol> methods = type.GetMembers().OfType<IMethodSymbol>().Where(method =>
            method is { IsPartialDefinition: true, PartialImplementationPart: null, IsGenericMethod: false }
            && IsLayerMethod(method)
            && method.GetAttributes().Any(attribute => Evaluator.IsLayer(attribute.AttributeClass)));
        // Two of one name and the same types would be implemented twice: the compiler reports them where they are declared.
        methods = methods.GroupBy(method => $"{method.Name}({Evaluator.ParameterTypes(method)})").Select(same => same.First());
        return new LayerMethods(ClassReader.Read(type), methods.Select(method => new LayerMethodSpec(method.Name, Signature(method))).Concat(Declared(type).Where(property => Form(property) is null).Select(Signature)).ToEquatableArray());
    }

    private void CheckForm()
    {
        for (INamedTypeSymbol? type = _type; type is not null; type = type.ContainingType)
        {
            if (!IsPartial(type))
            {
                string role = ReferenceEquals(type, _type) ? "marked [Model]" : $"around the model '{_type.Name}'";
                _diagnostics.Report(DiagnosticDescriptors.ModelNotPartial, type.Location(), type.Name, role);
            }
        }

        string? form = _type.IsStatic ? "static" : _type.IsAbstract ? "abstract" : _type.IsRecord ? "a record" : _type.IsGenericType ? "generic" : null;
        if (form is null && _type.ContainingType is not null && Outer(_type).Any(outer => outer.IsGenericType))
            form = "nested in a generic type";
        if (form is not null)
            _diagnostics.Report(DiagnosticDescriptors.ModelClassForm, _type.Location(), _type.Name, form);
        ModelNames.Check(_type, HasStatistics, _diagnostics);
    }

    private static IEnumerable<INamedTypeSymbol> Outer(INamedTypeSymbol type)
    {
        for (INamedTypeSymbol? outer = type.ContainingType; outer is not null; outer = outer.ContainingType)
            yield return outer;
    }

    private static bool IsPartial(INamedTypeSymbol type) => type.DeclaringSyntaxReferences
        .Select(reference => reference.GetSyntax())
        .Any(syntax => syntax is TypeDeclarationSyntax declaration && declaration.Modifiers.Any(SyntaxKind.PartialKeyword));

    private static bool IsLayerMethod(IMethodSymbol method) => ReturnsTensors(method) && method.Parameters.Length > 0
        && method.Parameters.All(parameter => parameter.RefKind == RefKind.None && (parameter.Type.IsNamed(Tensor) || parameter.Type.IsNamed(Labels)));

    /// <summary>The method of the layer's class that takes what the layer method passes.</summary>
    private IMethodSymbol? ForwardOf(ObjectValue layer, IMethodSymbol method)
    {
        static int Results(ITypeSymbol type) => type is INamedTypeSymbol { IsTupleType: true } tuple ? tuple.TupleElements.Length : 1;
        IMethodSymbol? forward = Evaluator.Forwards(layer.Type).FirstOrDefault(candidate => Evaluator.ParameterTypes(candidate) == Evaluator.ParameterTypes(method) && Results(candidate.ReturnType) == Results(method.ReturnType));
        if (forward is null)
        {
            _diagnostics.Report(DiagnosticDescriptors.LayerSignature, method.Location(), layer.Type.Name, method.Name, Evaluator.KnownForwards(layer.Type));
        }

        return forward;
    }

    /// <summary>The one method with that mark, if it has the right form.</summary>
    private IMethodSymbol? Only(string mark)
    {
        IMethodSymbol[] methods = _type.MethodsMarked(mark + "Attribute").ToArray();
        foreach (IMethodSymbol repeated in methods.Skip(1))
            _diagnostics.Report(DiagnosticDescriptors.MethodRepeated, repeated.Location(), mark, methods[0].Name, repeated.Name);
        if (methods.Length == 0)
            return null;
        string? must = !methods[0].IsStatic ? "be static, since it describes the model and never runs"
            : methods[0].IsExtern || (methods[0].IsPartialDefinition && methods[0].PartialImplementationPart is null) ? "have a body"
            : methods[0].IsGenericMethod ? "not be generic"
            : mark == "Loss" && !methods[0].ReturnType.IsNamed(Tensor) ? "return a Tensor"
            : mark == "Forward" && !ReturnsTensors(methods[0]) ? "return a Tensor, or a tuple of them"
            : mark == "Forward" && methods[0].Parameters.IsEmpty ? "take the model's inputs as parameters"
            : methods[0].Parameters.Any(parameter => parameter.RefKind != RefKind.None) ? "take its parameters by value"
            : null;
        if (must is null)
            return methods[0];
        _diagnostics.Report(DiagnosticDescriptors.MethodForm, methods[0].Location(), mark, methods[0].Name, must);
        return null;
    }

    private static bool ReturnsTensors(IMethodSymbol method) =>
        method.ReturnType.IsNamed(Tensor)
        || (method.ReturnType is INamedTypeSymbol { IsTupleType: true } tuple && tuple.TupleElements.All(element => element.Type.IsNamed(Tensor)));

    private static bool IsTensor(IParameterSymbol parameter) => parameter.Type.IsNamed(Tensor) && parameter.RefKind == RefKind.None;

    /// <summary>The value of an input or target; null when it is not declared rightly.</summary>
    private Value? Input(IParameterSymbol parameter, bool isTarget)
    {
        bool isLabels = parameter.Type.IsNamed(Labels);
        if (!isLabels && !parameter.Type.IsNamed(Tensor))
        {
            string type = parameter.Type.ToDisplayString(SymbolDisplayFormat.MinimallyQualifiedFormat);
            _diagnostics.Report(DiagnosticDescriptors.InputType, parameter.TypeLocation(), parameter.Name, type);
            return null;
        }

        if (parameter.Attribute("ShapeAttribute") is not AttributeData attribute)
        {
            _diagnostics.Report(DiagnosticDescriptors.InputWithoutShape, parameter.Location(), parameter.Name);
            return null;
        }

        int[] sizes = attribute.ConstructorArguments
            .Where(argument => argument.Kind == TypedConstantKind.Array && !argument.IsNull)
            .SelectMany(argument => argument.Values.Select(value => value.Value))
            .OfType<int>()
            .ToArray();
        for (int i = 0; i < sizes.Length; i++)
        {
            if (sizes[i] <= 0)
            {
                _diagnostics.Report(DiagnosticDescriptors.ShapeNotPositive, attribute.ArgumentLocation(i), parameter.Name, sizes[i]);
                return null;
            }
        }

        Shape shape = Shape.OfBatch([_model.Batch, .. sizes]);
        if (ModelBuilder.IsTooLarge(shape))
        {
            string message = $"'{parameter.Name}' has {_model.Batch} rows of shape [{string.Join(", ", sizes)}], more elements than memory holds";
            _diagnostics.Report(DiagnosticDescriptors.InvalidArgument, attribute.NameLocation(), message);
            return null;
        }

        // Both end up as parameters of one generated method.
        string name = _inputs.Exists(input => input.Name == parameter.Name) ? parameter.Name + "Target" : parameter.Name;
        int node = _model.Input(_inputs.Count, shape, name);
        _inputs.Add(new InputSpec(name, shape, 0, isTarget));
        return isLabels ? new LabelsValue(node, _inputs.Count - 1) : new TensorValue(node);
    }

    private (string? Name, int Node)[]? Outputs(IMethodSymbol forward, IMethodSymbol? loss, Value result)
    {
        Value[] values = result is TupleValue tuple ? tuple.Items.ToArray() : [result];
        List<(string?, int)> outputs = [];
        for (int i = 0; i < values.Length; i++)
        {
            if (values[i] is not TensorValue { Node: int node } || !_model.Graph[node].Shape.Batched)
            {
                string shape = values[i] is TensorValue fixedSize ? _model.Describe(fixedSize.Node) + " without rows" : "that of a constant";
                string must = $"[Forward] method '{forward.Name}' must give something for each row of its inputs";
                _diagnostics.Report(DiagnosticDescriptors.OutputForm, forward.Location(), must, shape, "compute it from the inputs");
                return null;
            }

            IFieldSymbol? element = forward.ReturnType is INamedTypeSymbol { IsTupleType: true } named ? named.TupleElements[i] : null;
            string? name = element is { IsExplicitlyNamedTupleElement: true } ? element.Name
                : loss is not null && i < loss.Parameters.Length ? loss.Parameters[i].Name
                : null;
            name = name is not null && !_inputs.Exists(input => input.Name == name) ? Names.Camel(name) : null;
            if (name is not null)
                _model.Name(node, 0, null, name);
            _model.Graph.Output(node, new BufferRef(BufferKind.Prediction, i));
            outputs.Add((name, node));
        }

        return outputs.ToArray();
    }

    private static string OutputName(string? name, int count, int index) => name ?? (count == 1 ? "output" : $"output{index + 1}");

    private bool ReadLoss(IMethodSymbol loss, (string? Name, int Node)[] outputs)
    {
        bool fits = loss.Parameters.Length >= outputs.Length
            && loss.Parameters.Take(outputs.Length).All(parameter => IsTensor(parameter) && !parameter.Has("ShapeAttribute"));
        if (!fits)
        {
            _diagnostics.Report(DiagnosticDescriptors.LossForm, loss.Location(), loss.Name, outputs.Length == 1 ? "output" : $"{outputs.Length} outputs");
            return false;
        }

        Value?[] targets = loss.Parameters.Skip(outputs.Length).Select(parameter => Input(parameter, isTarget: true)).ToArray();
        if (targets.Contains(null))
            return false;
        Value[] arguments = [.. outputs.Select(output => new TensorValue(output.Node)), .. targets.OfType<Value>()];
        if (_evaluator.Call(loss, null, arguments)?.Return is not Value result)
            return false;
        if (result is not TensorValue { Node: int node } || _model.Graph[node].Shape.Batched || _model.Graph[node].Shape.Count != 1)
        {
            string shape = result is not TensorValue tensor ? "that of a constant"
                : _model.Describe(tensor.Node) + (_model.Graph[tensor.Node].Shape.Batched ? " for each row" : "");
            string must = $"[Loss] method '{loss.Name}' must give one number";
            _diagnostics.Report(DiagnosticDescriptors.OutputForm, loss.Location(), must, shape, "average it with Mean(…)");
            return false;
        }

        foreach (IParameterSymbol parameter in loss.Parameters.Skip(outputs.Length))
        {
            int input = _inputs.Count - loss.Parameters.Length + parameter.Ordinal;
            if (parameter.Type.IsNamed(Labels) && !_model.Classes.ContainsKey(input))
                _diagnostics.Report(DiagnosticDescriptors.LabelsWithoutClasses, parameter.Location(), parameter.Name);
        }

        if (_model.Parameters.Count > 0 && !_model.LeadsToParameters(node))
            _diagnostics.Report(DiagnosticDescriptors.LossWithoutParameters, loss.Location(), loss.Name);
        node = _model.Graph.Reshape(node, Shape.Scalar, "loss");
        _model.Name(node, 0, null, "loss");
        _model.Graph.Output(node, new BufferRef(BufferKind.Loss));
        return true;
    }

    private bool HasStatistics => _type.Attribute("ModelAttribute")?.Flag("Statistics") == true;

    /// <summary>The declaration with full type names, as the implementing part must repeat it.</summary>
    private static string Signature(IMethodSymbol method)
    {
        SyntaxTokenList modifiers = ((MethodDeclarationSyntax)method.DeclaringSyntaxReferences[0].GetSyntax()).Modifiers;
        string words = string.Join(" ", modifiers.Select(modifier => modifier.Text));
        string parameters = string.Join(", ", method.Parameters.Select(parameter => $"{FullName(parameter.Type)} {Escaped(parameter.Name)}"));
        return $"{words} {FullName(method.ReturnType)} {Escaped(method.Name)}({parameters})";
    }

    private static string FullName(ITypeSymbol type) => type.ToDisplayString(SymbolDisplayFormat.FullyQualifiedFormat);

    private static string Escaped(string name) => SyntaxFacts.GetKeywordKind(name) == SyntaxKind.None ? name : "@" + name;
}
