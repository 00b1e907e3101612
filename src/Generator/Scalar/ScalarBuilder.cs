using OptGen.Generator.Specs;

namespace OptGen.Generator.Scalar;

/// <summary>Builds a <see cref="ScalarFunction"/>; equal expressions get the same value number, and local identities are applied on the way.</summary>
internal sealed class ScalarBuilder
{
    private readonly List<ScalarNode> _nodes = [];
    private readonly Dictionary<ScalarNode, int> _numbers = [];

    public ScalarNode this[int value] => _nodes[value];

    public int Input(int number) => Intern(new ScalarNode(ScalarOp.Input, number, -1, -1, 0));

    public int Constant(double value) => Intern(new ScalarNode(ScalarOp.Constant, -1, -1, -1, BitConverter.DoubleToInt64Bits(value)));

    public bool IsConstant(int value, double number) => _nodes[value].Op == ScalarOp.Constant && _nodes[value].Value == number;

    public int Apply(ScalarOp op, int a, int b = -1, int c = -1) =>
        Simplify.TryLocal(this, op, a, b, c) ?? Intern(op, a, b, c);

    /// <summary>The operation as it is, without simplification.</summary>
    public int Intern(ScalarOp op, int a, int b = -1, int c = -1) => Intern(new ScalarNode(op, a, b, c, 0));

    /// <summary>The value of a node of another function, whose values have the numbers <paramref name="map"/> here.</summary>
    public int Copy(ScalarNode node, int[] map) => node.Op switch
    {
        ScalarOp.Constant => Constant(node.Value),
        ScalarOp.Input => Input(node.A),
        _ => Apply(node.Op, map[node.A], node.B < 0 ? -1 : map[node.B], node.C < 0 ? -1 : map[node.C]),
    };

    /// <summary>As <see cref="Copy"/>, without simplification.</summary>
    public int Transcribe(ScalarNode node, int[] map) =>
        node.Op.Arity() == 0 ? Copy(node, map) : Intern(node.Op, map[node.A], node.B < 0 ? -1 : map[node.B], node.C < 0 ? -1 : map[node.C]);

    /// <summary>Copies the values of <paramref name="function"/> that its outputs need, with its inputs replaced; gives the numbers of its outputs.</summary>
    public int[] Inline(ScalarFunction function, IReadOnlyList<int> inputs)
    {
        int[] map = new int[function.Nodes.Count];
        for (int i = 0; i < map.Length; i++)
        {
            ScalarNode node = function.Nodes[i];
            map[i] = node.Op == ScalarOp.Input ? inputs[node.A] : Copy(node, map);
        }

        return function.Outputs.Select(output => map[output]).ToArray();
    }

    /// <summary>The function with the given outputs; values that none of them needs are dropped.</summary>
    public ScalarFunction Build(int inputCount, params int[] outputs)
    {
        bool[] live = new bool[_nodes.Count];
        foreach (int output in outputs)
            live[output] = true;
        for (int i = _nodes.Count - 1; i >= 0; i--)
        {
            if (!live[i])
                continue;
            foreach (int operand in _nodes[i].Operands())
                live[operand] = true;
        }

        int[] map = new int[_nodes.Count];
        List<ScalarNode> kept = [];
        for (int i = 0; i < _nodes.Count; i++)
        {
            if (!live[i])
                continue;
            ScalarNode node = _nodes[i];
            map[i] = kept.Count;
            kept.Add(node.Op == ScalarOp.Input
                ? node
                : node with { A = node.A < 0 ? -1 : map[node.A], B = node.B < 0 ? -1 : map[node.B], C = node.C < 0 ? -1 : map[node.C] });
        }

        return new ScalarFunction(inputCount, kept.ToEquatableArray(), outputs.Select(output => map[output]).ToEquatableArray());
    }

    private int Intern(ScalarNode node)
    {
        if (!_numbers.TryGetValue(node, out int number))
        {
            number = _nodes.Count;
            _nodes.Add(node);
            _numbers.Add(node, number);
        }

        return number;
    }
}
