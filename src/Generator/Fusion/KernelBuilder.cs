using OptGen.Generator.Graph;
using OptGen.Generator.Scalar;
using OptGen.Generator.Specs;

namespace OptGen.Generator.Fusion;

/// <summary>What the kernels of a program share, those in its loops included.</summary>
internal sealed class KernelParts
{
    public List<TensorBuffer> Tensors { get; } = [];

    public List<KernelLoop> Loops { get; } = [];

    public UniqueNames TensorNames { get; } = new(false);

    public UniqueNames KernelNames { get; } = new(true);
}

/// <summary>Writes the kernels of finished groups: operands, bodies and sinks.</summary>
internal sealed class KernelBuilder
{
    private readonly TensorGraph _graph;
    private readonly bool[] _computed;
    private readonly KernelParts _parts;
    private readonly ScanFrame? _frame;
    private readonly Grouping _grouping;
    private readonly Evaluator _evaluator;
    private readonly bool[] _stored;
    private readonly Dictionary<int, BufferRef> _targets = [];
    private readonly Dictionary<int, int> _tensorOf = [];
    private readonly Dictionary<BufferRef, int> _external = [];
    private readonly Dictionary<int, (int Whole, int Axis, int Start)> _places = [];

    /// <param name="graph">A graph that <see cref="Fuse.Prepare"/> gave.</param>
    /// <param name="parts">Where tensors and loops go.</param>
    /// <param name="frame">The loop of which the graph is a step; null for none.</param>
    public KernelBuilder(TensorGraph graph, KernelParts parts, ScanFrame? frame = null)
    {
        _graph = graph;
        _parts = parts;
        _frame = frame;
        _grouping = Grouping.Of(graph);
        _computed = _grouping.Computed;
        _evaluator = new Evaluator(graph, new AccessReader(graph, _computed, frame?.Strides));
        _stored = new bool[graph.Nodes.Count];
        foreach (KeyValuePair<BufferRef, int> given in frame?.Tensors ?? [])
            _external.Add(given.Key, given.Value);
        for (int whole = 0; whole < graph.Nodes.Count; whole++)
        {
            if (graph.Nodes[whole].Op is not ConcatOp { Axis: var axis })
                continue;
            int start = 0;
            foreach (int part in graph.Nodes[whole].Inputs)
            {
                _places[part] = (whole, axis, start);
                start += graph.Nodes[part].Shape[axis];
            }
        }

        foreach (GraphOutput output in graph.Outputs)
        {
            _targets[output.Node] = output.Target;
            _stored[output.Node] = true;
        }

        foreach (Group group in _grouping.Groups)
        {
            foreach (Member member in group.Members)
            {
                foreach (Access access in _grouping.Accesses(member.Node))
                {
                    if (!graph.Nodes[access.Leaf].Op.IsGiven && !IsInRegisters(group, member, access))
                        _stored[access.Leaf] = true;
                }
            }
        }
    }

    public IReadOnlyList<Kernel> Build()
    {
        foreach (int number in Enumerable.Range(0, _graph.Nodes.Count).Where(number => _graph.Nodes[number].Op is SourceOp { Buffer.Kind: not BufferKind.Uniform }))
            TensorOf(number);
        return [.. (_grouping.Order ?? throw new InvalidOperationException("kernels wait for each other")).Where(group => !group.IsConcat).SelectMany(group => group.IsScan ? BuildScan(group) : [Build(group)])];
    }

    private IReadOnlyList<Kernel> BuildScan(Group group)
    {
        GraphNode first = _graph.Nodes[group.Members[0].Node];
        return new ScanKernels(_graph, first, _parts, input => TensorOf(Materialize.ScanLeaf(_graph, _computed, input)))
            .Build([.. group.Members.Select(member => (((ScanOp)_graph.Nodes[member.Node].Op).Result, ResultOf(member.Node)))]);
    }

    /// <summary>The tensor of a scan's result. What only other scans read lies as their steps want it.</summary>
    private int ResultOf(int node)
    {
        int tensor = TensorOf(node);
        bool isOfSteps = !_targets.ContainsKey(node)
            && Enumerable.Range(0, _graph.Nodes.Count).Where(user => _graph.Nodes[user].Inputs.Contains(node))
                .All(user => _graph.Nodes[user] is { Op: ScanOp scan, Inputs: var inputs } && inputs.Take(scan.Loop.Carries).Concat(inputs.Skip(scan.Loop.Carries + scan.Loop.Sequences)).All(input => input != node));
        if (isOfSteps)
            _parts.Tensors[tensor] = _parts.Tensors[tensor] with { HasStepsFirst = true };
        return tensor;
    }

    /// <summary>Whether a value computed in the same kernel is at hand without going through memory.</summary>
    private bool IsInRegisters(Group group, Member reader, Access access)
    {
        if (group.Find(access.Leaf) is not Member producer || !Join.IsSamePoint(producer, access, reader.AxisMap))
            return false;
        return producer.Stage == reader.Stage || IsPerOuterPoint(group, producer);
    }

    private bool IsPerOuterPoint(Group group, Member producer) =>
        _graph.Nodes[producer.Node].Op is ReduceOp or ContractOp || group.Stages[producer.Stage].Length == 0;

    private Kernel Build(Group group)
    {
        List<StageParts> stages = [.. group.Stages.Select(_ => new StageParts())];
        Dictionary<int, (int Stage, int Sink)> accumulated = [];
        foreach (Member member in group.Members.OrderBy(member => member.Stage))
        {
            StageParts parts = stages[member.Stage];
            if (group.IsScatter)
            {
                BuildScatter(group, member, stages);
                continue;
            }

            int value = _evaluator.Evaluate(member.Node, parts.Scalar, access => Load(group, member, access, parts, accumulated));
            GraphNode node = _graph.Nodes[member.Node];
            bool accumulates = node.Op is ReduceOp or ContractOp;
            bool isUsedLater = group.Members.Any(other => other.Stage > member.Stage && _grouping.Accesses(other.Node).Any(access =>
                access.Leaf == member.Node && IsInRegisters(group, other, access)));
            if (!accumulates)
                parts.Values[member.Node] = value;
            if (accumulates || (isUsedLater && group.Stages[member.Stage].Length == 0))
            {
                ReduceKind kind = node.Op is ReduceOp reduce ? reduce.Kind : ReduceKind.Sum;
                accumulated[member.Node] = (member.Stage, parts.Sinks.Count);
                parts.Add(value, new AccumulateSink(kind));
            }

            if (!_stored[member.Node])
                continue;
            if (accumulates)
                StoreAccumulated(group, member, stages, accumulated[member.Node]);
            else
                parts.Add(value, Store(group, member));
        }

        Kernel kernel = new(
            _parts.KernelNames.Of(NameOf(group)),
            "",
            group.Axes.ToEquatableArray(),
            group.OuterCount,
            stages.Select((parts, i) => parts.Build(InnerOf(group, i))).ToEquatableArray())
        {
            Loop = _frame?.Loop ?? -1,
        };
        return kernel with { Summary = KernelFormula.Of(kernel, _parts.Tensors) };
    }

    private void BuildScatter(Group group, Member member, List<StageParts> stages)
    {
        StoreSink store = Store(group, member);
        stages[0].Add(stages[0].Scalar.Constant(0), store);
        StageParts parts = stages[1];
        int value = _evaluator.Evaluate(member.Node, parts.Scalar, access => Load(group, member, access, parts, []));
        int row = member.AxisMap[0], stride = store.Strides[row];
        RowNumber number = new(parts.Number(LoadOf(member, group, _evaluator.Row(member.Node), parts)), stride);
        parts.Add(value, store with { Strides = store.Strides.Select((each, axis) => axis == row ? 0 : each).ToEquatableArray(), Row = number });
    }

    /// <summary>A kernel that overwrites a parameter is called after its update; another after what it computes first.</summary>
    private string NameOf(Group group)
    {
        int[] stored = [.. group.Members.Select(member => member.Node).Where(node => _stored[node])];
        foreach (int node in stored)
        {
            if (_targets.TryGetValue(node, out BufferRef target) && target.Kind is BufferKind.Parameter or BufferKind.Kept)
                return _parts.Tensors[TensorOf(node)].Name + "Update";
        }

        return stored.Select(node => _graph.Nodes[node].Name).FirstOrDefault(text => text.Length > 0) ?? "Kernel";
    }

    private static int[] InnerOf(Group group, int stage) => stage < group.Stages.Count ? group.Stages[stage] : [];

    /// <summary>A sum is complete only after its stage: it is stored by a stage without inner loops that follows.</summary>
    private void StoreAccumulated(Group group, Member member, List<StageParts> stages, (int Stage, int Sink) accumulated)
    {
        int stage = Enumerable.Range(0, stages.Count).Where(i => i > accumulated.Stage && InnerOf(group, i).Length == 0).DefaultIfEmpty(-1).First();
        if (stage < 0)
        {
            stage = stages.Count;
            stages.Add(new StageParts());
        }

        StageParts parts = stages[stage];
        parts.Add(parts.Operand(new AccumulatedOperand(accumulated.Stage, accumulated.Sink)), Store(group, member));
    }

    private StoreSink Store(Group group, Member member)
    {
        // A part of what is joined has its place in the memory of the whole.
        (int node, int along, int start) = _places.TryGetValue(member.Node, out (int, int, int) place) ? place : (member.Node, 0, 0);
        Shape shape = _graph.Nodes[node].Shape;
        int[] strides = _frame is not null && _frame.Strides.TryGetValue(node, out int[] spread) ? spread : shape.Strides();
        int[] result = new int[group.Axes.Count];
        for (int axis = 0; axis < shape.Rank; axis++)
        {
            if (member.Domain.Outer[axis] >= 0)
                result[member.AxisMap[member.Domain.Outer[axis]]] += strides[axis];
        }

        return new StoreSink(TensorOf(node), result.ToEquatableArray(), start == 0 ? 0 : start * strides[along]);
    }

    private int Load(Group group, Member member, Access access, StageParts parts, Dictionary<int, (int Stage, int Sink)> accumulated)
    {
        GraphNode leaf = _graph.Nodes[access.Leaf];
        if (leaf.Op is IotaOp iota)
        {
            AffineExpr expr = access.Axes[iota.Axis].Expr.Remap(member.AxisMap, group.Axes.Count);
            return parts.Operand(new IotaOperand(expr.Factors.ToEquatableArray(), expr.Offset));
        }

        if (leaf.Op is RandomOp random)
        {
            int[] strides = leaf.Shape.Strides();
            AffineExpr position = AffineExpr.Zero(group.Axes.Count);
            for (int axis = 0; axis < strides.Length; axis++)
                position = position.Plus(access.Axes[axis].Expr.Remap(member.AxisMap, group.Axes.Count).Times(strides[axis]));
            return parts.Operand(new IotaOperand(position.Factors.ToEquatableArray(), position.Offset, random.Stream));
        }

        if (leaf.Op is SourceOp { Buffer.Kind: BufferKind.Uniform } uniform)
            return parts.Operand(new UniformOperand(uniform.Buffer.Index));
        if (IsInRegisters(group, member, access))
        {
            Member producer = group.Find(access.Leaf)!;
            return producer.Stage == member.Stage && parts.Values.TryGetValue(access.Leaf, out int value)
                ? value
                : parts.Operand(new AccumulatedOperand(accumulated[access.Leaf].Stage, accumulated[access.Leaf].Sink));
        }

        return parts.Operand(LoadOf(member, group, access, parts));
    }

    private LoadOperand LoadOf(Member member, Group group, Access access, StageParts parts)
    {
        AffineExpr address = AffineExpr.Zero(group.Axes.Count);
        List<Guard> guards = [];
        List<DividedTerm> divided = [];
        foreach (AccessAxis axis in access.Axes)
        {
            AffineExpr expr = axis.Expr.Remap(member.AxisMap, group.Axes.Count);
            EquatableArray<AffineTerm> terms = Terms(expr);
            if (axis.Guarded)
                guards.Add(new Guard(terms, expr.Offset, axis.Extent, axis.Divisor, axis.Stride));
            if (axis.Divisor != 1)
                divided.Add(new DividedTerm(terms, expr.Offset, axis.Divisor, axis.Stride));
            else
                address = address.Plus(expr.Times(axis.Stride));
        }

        return new LoadOperand(TensorOf(access.Leaf), address.Factors.ToEquatableArray(), address.Offset, guards.ToEquatableArray(), divided.ToEquatableArray())
        {
            Outside = access.Outside,
            Row = access.Row is null ? null : new RowNumber(parts.Number(LoadOf(member, group, access.Row, parts)), access.Axes[0].Stride),
        };
    }

    private static EquatableArray<AffineTerm> Terms(AffineExpr expr) =>
        expr.Factors.Select((factor, axis) => new AffineTerm(axis, factor)).Where(term => term.Factor != 0).ToEquatableArray();

    private int TensorOf(int node)
    {
        if (_tensorOf.TryGetValue(node, out int tensor))
            return tensor;
        GraphNode source = _graph.Nodes[node];
        BufferRef? buffer = source.Op is SourceOp { Buffer: var from } ? from : _targets.TryGetValue(node, out BufferRef target) ? target : null;
        if (buffer is BufferRef known && _external.TryGetValue(known, out tensor))
        {
            _tensorOf[node] = tensor;
            return tensor;
        }

        tensor = _parts.Tensors.Count;
        _parts.Tensors.Add(new TensorBuffer(_parts.TensorNames.Of(source.Name.Length == 0 ? "value" : source.Name), source.Shape, buffer));
        _tensorOf[node] = tensor;
        if (buffer is BufferRef added)
            _external[added] = tensor;
        return tensor;
    }

    /// <summary>A stage in the making.</summary>
    private sealed class StageParts
    {
        private readonly List<Operand> _operands = [];
        private readonly List<int> _outputs = [];

        public ScalarBuilder Scalar { get; } = new();

        public List<Sink> Sinks { get; } = [];

        /// <summary>Values of nodes that the stage computes at its own point.</summary>
        public Dictionary<int, int> Values { get; } = [];

        public int Operand(Operand operand) => Scalar.Input(Number(operand));

        /// <summary>The number of an operand, which the body need not read.</summary>
        public int Number(Operand operand)
        {
            int number = _operands.IndexOf(operand);
            if (number < 0)
            {
                number = _operands.Count;
                _operands.Add(operand);
            }

            return number;
        }

        public void Add(int value, Sink sink)
        {
            _outputs.Add(value);
            Sinks.Add(sink);
        }

        public Stage Build(int[] inner) =>
            new(inner.ToEquatableArray(), _operands.ToEquatableArray(), Scalar.Build(_operands.Count, [.. _outputs]), Sinks.ToEquatableArray());
    }
}
