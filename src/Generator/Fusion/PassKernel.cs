using OptGen.Generator.Graph;
using OptGen.Generator.Lowering;
using OptGen.Generator.Scalar;
using OptGen.Generator.Specs;

namespace OptGen.Generator.Fusion;

/// <summary>
/// The kernel of a pass that goes by rows, or of its loop over rows or columns: one stage that does all there is to do for an element, and one that stores what was
/// reduced. There is nothing to decide, so it is written as it is, without a graph.
/// </summary>
internal sealed class PassKernel
{
    private readonly OptimizerSpec _optimizer;
    private readonly List<TensorBuffer> _tensors = [];
    private readonly Dictionary<BufferRef, int> _tensorOf = [];
    private readonly UniqueNames _names = new(false);
    private readonly ScalarBuilder _scalar = new();
    private readonly List<Operand> _operands = [];
    private readonly List<int> _values = [];
    private readonly List<Sink> _sinks = [];
    private readonly List<(int Sink, BufferRef Target, string Name)> _sums = [];

    private PassKernel(OptimizerSpec optimizer) => _optimizer = optimizer;

    /// <summary>What a pass does to each element. Its lines are the values of columns, the sums of columns and the values of rows.</summary>
    public static KernelList OfElements(OptimizerSpec optimizer, UpdatePass pass)
    {
        PassKernel kernel = new(optimizer);
        UniformSets sets = UniformSets.OfOne(pass);
        BufferRef[] sources = [.. pass.ElementInputs.Select(kernel.SourceOf)];
        int[] inputs =
        [
            .. pass.ElementInputs.Select((input, k) => input.Kind == UpdateInputKind.Random ? kernel.Operand(new IotaOperand([1], 0, input.Index)) : kernel.Load(sources[k], kernel.NameOf(input))),
            .. Enumerable.Range(0, pass.PassedCount).Select(passed => pass.ExtentOf(passed) switch
            {
                // What says that a row is left out is no number of its elements.
                _ when passed == pass.Skipped => kernel._scalar.Constant(0),
                Extent.Column => kernel.Load(new BufferRef(BufferKind.Line, 0, pass.SlotOf(optimizer, passed)), pass.PassedNames[passed]),
                Extent.Row => kernel.Operand(new UniformOperand(Uniforms.First + sets.Size + Position(pass.LineValues(Extent.Row), passed))),
                _ => kernel.Operand(new UniformOperand(sets.IndexOf(0, passed))),
            }),
        ];
        int line = pass.LineValues(Extent.Column).Count();
        int[] values = new int[pass.Outputs.Count];
        foreach (PassBody part in PassBody.Of(pass))
        {
            values[part.Output] = kernel.Inline(part, inputs, values);
            if (pass.Outputs[part.Output].Kind is not (PassOutputKind.Parameter or PassOutputKind.State))
                continue;
            BufferRef target = pass.Outputs[part.Output] is { Kind: PassOutputKind.State, Index: int slot } ? new BufferRef(BufferKind.State, 0, slot) : new BufferRef(BufferKind.Parameter);
            bool isUnchanged = Compose.IsIdentity(part.Function) && part.Inputs[0] >= 0 && part.Inputs[0] < sources.Length && sources[part.Inputs[0]] == target;
            if (!isUnchanged)
                kernel.Store(values[part.Output], target, target.Kind == BufferKind.State ? kernel.StateName(target.Slot) : "parameters");
        }

        for (int k = 0; k < values.Length; k++)
        {
            if (pass.Outputs[k] is not { Kind: PassOutputKind.Term, Index: int reduction })
                continue;
            ReductionSpec spec = optimizer.Reductions[reduction];
            if (spec.Kind == ReductionKind.Whole)
                kernel.Store(values[k], new BufferRef(BufferKind.State, 0, spec.Buffer), optimizer.States[spec.Buffer].Name);
            else if (spec.Over == Extent.Column)
                kernel.AddToLine(values[k], new BufferRef(BufferKind.Line, 0, line++), spec);
            else
                kernel.Reduce(values[k], spec, k);
        }

        return kernel.Build();
    }

    /// <summary>What a pass computes for each row or column. Its lines are what was reduced over them, then the values that elements get.</summary>
    public static KernelList OfLine(OptimizerSpec optimizer, UpdatePass pass, LinePass line)
    {
        PassKernel kernel = new(optimizer);
        int reduced = 0;
        int[] inputs =
        [
            .. line.Inputs.Select(input => kernel.Load(input.Kind == UpdateInputKind.Reduced ? new BufferRef(BufferKind.Line, 0, reduced++) : kernel.SourceOf(input), kernel.NameOf(input))),
            .. line.UniformNames.Select((_, number) => kernel.Operand(new UniformOperand(Uniforms.First + number))),
        ];
        int[] values = new int[line.Outputs.Count];
        foreach (PassBody part in PassBody.Of(line))
            values[part.Output] = kernel.Inline(part, inputs, values);
        for (int k = 0; k < values.Length; k++)
        {
            int index = line.Outputs[k].Index;
            if (line.Outputs[k].Kind == PassOutputKind.State)
                kernel.Store(values[k], new BufferRef(BufferKind.State, 0, index), kernel.StateName(index));
            else if (line.Outputs[k].Kind == PassOutputKind.Passed)
                kernel.Store(values[k], new BufferRef(BufferKind.Line, 0, reduced++), pass.PassedNames[index]);
            else
                kernel.Reduce(values[k], optimizer.Reductions[index], k);
        }

        return kernel.Build();
    }

    private static int Position(IEnumerable<int> numbers, int number) => numbers.TakeWhile(other => other != number).Count();

    private BufferRef SourceOf(UpdateInput input) => input.Kind switch
    {
        UpdateInputKind.Parameter => new BufferRef(BufferKind.Parameter),
        UpdateInputKind.Gradient => new BufferRef(BufferKind.Gradient),
        UpdateInputKind.Reduced => new BufferRef(BufferKind.State, 0, _optimizer.Reductions[input.Index].Buffer),
        _ => new BufferRef(BufferKind.State, 0, input.Index),
    };

    private string NameOf(UpdateInput input) => input.Kind switch
    {
        UpdateInputKind.Parameter => "parameters",
        UpdateInputKind.Gradient => "gradients",
        UpdateInputKind.Reduced when _optimizer.Reductions[input.Index] is { Kind: ReductionKind.Whole, Buffer: int buffer } => _optimizer.States[buffer].Name,
        UpdateInputKind.Reduced => _optimizer.Reductions[input.Index].Name,
        _ => StateName(input.Index),
    };

    /// <summary>The name of a state, apart from the words for what a loop over rows or columns stands at.</summary>
    private string StateName(int slot) => _optimizer.States[slot].Name is "Row" or "Column" ? _optimizer.States[slot].Name + "State" : _optimizer.States[slot].Name;

    private int Inline(PassBody part, int[] inputs, int[] values) => _scalar.Inline(part.Function, [.. part.Inputs.Select(input => input >= 0 ? inputs[input] : values[~input])])[0];

    private int TensorOf(BufferRef buffer, string name)
    {
        if (!_tensorOf.TryGetValue(buffer, out int tensor))
        {
            _tensorOf[buffer] = tensor = _tensors.Count;
            _tensors.Add(new TensorBuffer(_names.Of(name), buffer.Kind == BufferKind.Sum ? Shape.Scalar : Shape.OfBatch(1), buffer));
        }

        return tensor;
    }

    private int Operand(Operand operand)
    {
        int place = _operands.IndexOf(operand);
        if (place < 0)
        {
            place = _operands.Count;
            _operands.Add(operand);
        }

        return _scalar.Input(place);
    }

    private int Load(BufferRef buffer, string name) => Operand(new LoadOperand(TensorOf(buffer, name), [1], 0, [], []));

    private void Add(int value, Sink sink)
    {
        _values.Add(value);
        _sinks.Add(sink);
    }

    private void Store(int value, BufferRef target, string name) => Add(value, new StoreSink(TensorOf(target, name), [1], 0));

    private void AddToLine(int value, BufferRef line, ReductionSpec reduction)
    {
        int before = Load(line, reduction.Name);
        Store(_scalar.Apply(reduction.Kind == ReductionKind.Max ? ScalarOp.Max : ScalarOp.Add, before, value), line, reduction.Name);
    }

    private void Reduce(int value, ReductionSpec reduction, int output)
    {
        _sums.Add((_sinks.Count, new BufferRef(BufferKind.Sum, 0, output), reduction.Name));
        Add(value, new AccumulateSink(reduction.Kind == ReductionKind.Max ? ReduceKind.Max : ReduceKind.Sum));
    }

    private KernelList Build()
    {
        if (_sinks.Count == 0)
            return new KernelList(_tensors.ToEquatableArray(), []);
        ScalarBuilder sums = new();
        int[] reduced = [.. _sums.Select((_, k) => sums.Input(k))];
        List<Stage> stages = [new Stage([0], _operands.ToEquatableArray(), _scalar.Build(_operands.Count, [.. _values]), _sinks.ToEquatableArray())];
        if (_sums.Count > 0)
        {
            stages.Add(new Stage(
                [],
                _sums.Select(sum => (Operand)new AccumulatedOperand(0, sum.Sink)).ToEquatableArray(),
                sums.Build(_sums.Count, reduced),
                _sums.Select(sum => (Sink)new StoreSink(TensorOf(sum.Target, sum.Name), [0], 0)).ToEquatableArray()));
        }

        StoreSink[] stores = [.. stages.SelectMany(stage => stage.Sinks).OfType<StoreSink>()];
        TensorBuffer named = _tensors[stores.Select(store => store.Tensor).OrderBy(tensor => _tensors[tensor].External!.Value.Kind == BufferKind.Parameter ? 0 : 1).First()];
        Kernel kernel = new(
            new UniqueNames(true).Of(named.External!.Value.Kind == BufferKind.Parameter ? named.Name + "Update" : named.Name),
            "",
            [new Axis("i", 1, Batched: true)],
            OuterCount: 0,
            stages.ToEquatableArray());

        // Where nothing is reduced, elements have nothing to do with each other.
        if (_sums.Count == 0)
            kernel = kernel with { OuterCount = 1, Stages = [kernel.Stages[0] with { Inner = [] }] };
        KernelList kernels = new(_tensors.ToEquatableArray(), [kernel with { Summary = KernelFormula.Of(kernel, _tensors) }]);
        KernelVerifier.Check(kernels);
        return kernels;
    }
}
