using OptGen.Generator.Scalar;
using OptGen.Generator.Specs;

namespace OptGen.Generator.Graph;

/// <summary>
/// Turns the graph of one step into a scan. Only what depends on a carry stays in the loop: what is the same in all steps is computed once before it, a product that
/// depends on a sequence alone becomes one product for all steps before it, and sums over the steps become one sum after it.
/// </summary>
/// <param name="source">The graph of one step. May be the graph that the scan goes to: what depends neither on a carry nor on a sequence then is there already.</param>
/// <param name="target">Where the scan goes.</param>
/// <param name="nameOf">Names of nodes in the body; null for their own.</param>
internal sealed class ScanRegion(GraphBuilder source, GraphBuilder target, int steps, bool backwards, Func<int, string>? nameOf = null)
{
    private readonly List<(int Node, int Initial)> _carries = [];
    private readonly List<int> _next = [];
    private readonly Dictionary<int, (Func<int> Outer, bool Varies)> _given = [];
    private readonly Dictionary<int, int> _levels = [];
    private readonly HashSet<int> _cuts = [];

    /// <summary>Declares what is handed on: the node that reads it, and its value before the first step.</summary>
    public void Carry(int node, int initial)
    {
        _carries.Add((node, initial));
        _next.Add(-1);
        _levels[node] = 2;
    }

    /// <summary>Says which node is carry number <paramref name="carry"/> after a step.</summary>
    public void Next(int carry, int node) => _next[carry] = node;

    /// <summary>Declares a node whose values for all steps are a tensor of the target.</summary>
    public void Sequence(int node, Func<int> outer)
    {
        _given[node] = (outer, true);
        _levels[node] = 1;
    }

    /// <summary>Declares a node that is the same in all steps.</summary>
    public void Captured(int node, int outer)
    {
        _given[node] = (() => outer, false);
        _levels[node] = 0;
    }

    /// <summary>The values of some nodes for all steps, and sums of others over the steps.</summary>
    public (int[] Stacked, int[] Sums) Close(IReadOnlyList<int> stacked, IReadOnlyList<int> summed)
    {
        // A trial run on a graph of its own finds what the loop must give.
        GraphBuilder trial = new();
        int placeholders = 0;
        int Placeholder(Shape shape) => trial.Source(new BufferRef(BufferKind.Captured, placeholders++), shape, "");
        OverSteps finder = new(source, trial, steps, node => Leaf(node, () => Placeholder(ScanLoop.Over(source[node].Shape, steps)), () => Placeholder(source[node].Shape)), IsGiven);
        Run(finder);

        Body body = new(this);
        foreach (int cut in _cuts)
            body.Node(cut);
        body.Complete();
        OverSteps outer = body.Outer;
        return Run(outer);

        (int[] Stacked, int[] Sums) Run(OverSteps over) => ([.. stacked.Select(node => Stack(over, node))], [.. summed.Select(over.Sum)]);
    }

    private int Stack(OverSteps over, int node)
    {
        (int lifted, bool varies) = over.Lift(node);
        GraphBuilder graph = over.Target;
        if (varies)
            return lifted;
        Shape shape = source[node].Shape;
        return graph.Broadcast(graph.Reshape(lifted, ScanLoop.Over(shape, 1)), ScanLoop.Over(shape, steps));
    }

    private bool IsGiven(int node) => _given.ContainsKey(node) || source[node].Op is SourceOp;

    /// <summary>0: the same in all steps. 1: depends on a sequence. 2: depends on a carry.</summary>
    private int Level(int node)
    {
        if (!_levels.TryGetValue(node, out int level))
        {
            foreach (int input in source[node].Inputs)
                level = Math.Max(level, Level(input));
            _levels[node] = level;
        }

        return level;
    }

    private bool IsSameGraph => ReferenceEquals(source, target);

    private bool IsUniform(int node) => source[node].Op is SourceOp { Buffer.Kind: BufferKind.Uniform };

    /// <summary>What a computation over all steps finds at a node: null to go on to its inputs.</summary>
    private (int, bool)? Leaf(int node, Func<int> stacked, Func<int> plain)
    {
        if (_given.TryGetValue(node, out (Func<int> Outer, bool Varies) given))
            return given.Varies ? (stacked(), true) : (plain(), false);
        int level = Level(node);
        if (level == 0)
            return IsSameGraph ? (plain(), false) : null;

        // An order of elements is none of the loop's business.
        bool passes = level == 1 ? OverSteps.IsKnown(source, node, input => Level(input) > 0) && Liftable(node) : source[node].Op is ReshapeOp or TransposeOp && !_carries.Any(carry => carry.Node == node);
        if (passes)
            return null;
        _cuts.Add(node);
        return (stacked(), true);
    }

    /// <summary>Whether all that a node of a sequence depends on has a form for all steps.</summary>
    private bool Liftable(int node) =>
        Level(node) == 0 || _given.ContainsKey(node)
        || (OverSteps.IsKnown(source, node, input => Level(input) > 0) && source[node].Inputs.All(Liftable));

    /// <summary>Whether computing a node takes more than reading it.</summary>
    private bool IsHeavy(int node) =>
        Level(node) == 1 && !_given.ContainsKey(node) && (source[node].Op is ContractOp or ReduceOp or GatherOp or ScatterOp || source[node].Inputs.Any(IsHeavy));

    /// <summary>The loop in the making.</summary>
    private sealed class Body
    {
        private readonly ScanRegion _region;
        private readonly GraphBuilder _source;
        private readonly GraphBuilder _body = new();
        private readonly Dictionary<int, int> _nodes = [];
        private readonly List<int> _carries = [];
        private readonly List<int> _sequences = [];
        private readonly List<int> _captured = [];
        private ScanLoop? _loop;
        private EquatableArray<int> _inputs = [];

        public Body(ScanRegion region)
        {
            _region = region;
            _source = region.Source;
            Outer = new OverSteps(_source, region.Target, region.Steps, node => region.Leaf(node, () => Stacked(node), () => Plain(node)), region.IsGiven);
        }

        /// <summary>Computes in the target what lies outside of the loop.</summary>
        public OverSteps Outer { get; }

        /// <summary>The node of the body for a node of the step.</summary>
        public int Node(int number)
        {
            if (!_nodes.TryGetValue(number, out int node))
                _nodes[number] = node = Make(number);
            return node;
        }

        /// <summary>Hands on all carries that are read.</summary>
        public void Complete()
        {
            // Computing what one hands on may read another.
            for (int i = 0; i < _carries.Count; i++)
                Node(_region._next[_carries[i]]);
            for (int i = 0; i < _carries.Count; i++)
                _body.Output(Node(_region._next[_carries[i]]), new BufferRef(BufferKind.Next, i));
            _loop = new ScanLoop(_body.Build(), _region.Steps, _carries.Count, _sequences.Count, _region.Backwards);
            _inputs = _carries.Select(carry => _region._carries[carry].Initial).Concat(_sequences).Concat(_captured).ToEquatableArray();
        }

        private int Stacked(int number)
        {
            if (_region._given.TryGetValue(number, out (Func<int> Outer, bool Varies) given))
                return given.Outer();
            if (_loop is null)
                throw new InvalidOperationException("what goes into a loop depends on what it gives");
            return _region.Target.Scan(_loop, _inputs, _nodes[number], NameOf(number));
        }

        private int Plain(int number) => _region._given.TryGetValue(number, out (Func<int> Outer, bool Varies) given) ? given.Outer() : number;

        private string NameOf(int number) => _region.NameOf(number);

        private int Make(int number)
        {
            GraphNode node = _source[number];
            int carry = _region._carries.FindIndex(each => each.Node == number);
            if (carry >= 0)
            {
                _carries.Add(carry);
                return _body.Source(new BufferRef(BufferKind.Carry, _carries.Count - 1), node.Shape, NameOf(number));
            }

            bool isInput = _region._given.ContainsKey(number);
            switch (_region.Level(number))
            {
                case 0 when _region.IsUniform(number) || (node.Inputs.Count == 0 && node.Op is MapOp or IotaOp):
                    return _body.Add(node.Op, [], node.Shape, node.Name);
                case 0 when isInput || node.Op is not ReshapeOp:
                    return Capture(Outer.Lift(number).Node, node.Shape, NameOf(number));
                case 1 when isInput || (_region.IsHeavy(number) && _region.Liftable(number) && node.Op is not (ReshapeOp or TransposeOp or SliceOp)):
                    _sequences.Add(Outer.Lift(number).Node);
                    return _body.Source(new BufferRef(BufferKind.Sequence, _sequences.Count - 1), node.Shape, NameOf(number));
            }

            return node.Op is ContractOp contract
                ? Contract(node, contract, NameOf(number))
                : _body.Add(node.Op, node.Inputs.Select(Node).ToEquatableArray(), node.Shape, NameOf(number));
        }

        private int Capture(int outer, Shape shape, string name)
        {
            int index = _captured.IndexOf(outer);
            if (index < 0)
            {
                index = _captured.Count;
                _captured.Add(outer);
            }

            return _body.Source(new BufferRef(BufferKind.Captured, index), shape, name);
        }

        /// <summary>An operand that is the same in all steps is turned once, before the loop, so that columns of the result are neighbours in it.</summary>
        private int Contract(GraphNode node, ContractOp contract, string name)
        {
            int column = Enumerable.Range(0, contract.OutputRank).Where(loop => contract.Loops[loop].Extent > 1).DefaultIfEmpty(-1).Last();
            (int left, EquatableArray<AffineIndex> leftIndex) = Operand(node.Inputs[0], contract.Left, column);
            (int right, EquatableArray<AffineIndex> rightIndex) = Operand(node.Inputs[1], contract.Right, column);
            return _body.Contract(contract with { Left = leftIndex, Right = rightIndex }, left, right, name);
        }

        private (int Node, EquatableArray<AffineIndex> Index) Operand(int number, EquatableArray<AffineIndex> index, int column)
        {
            Shape shape = _source[number].Shape;
            int axis = Enumerable.Range(0, index.Count).Where(each => column >= 0 && index[each].AsLoop == column).DefaultIfEmpty(-1).First();
            if (_region.Level(number) != 0 || shape.Batched || axis < 0 || axis == index.Count - 1)
                return (Node(number), index);
            int[] order = [.. Enumerable.Range(0, index.Count).Where(each => each != axis), axis];
            string name = NameOf(number) + "Transposed";
            int turned = _region.Target.Transpose(Outer.Lift(number).Node, order, name);
            return (Capture(turned, _region.Target[turned].Shape, name), order.Select(each => index[each]).ToEquatableArray());
        }
    }

    private GraphBuilder Source => source;

    private GraphBuilder Target => target;

    private int Steps => steps;

    private bool Backwards => backwards;

    private string NameOf(int node) => nameOf?.Invoke(node) ?? source[node].Name;
}
