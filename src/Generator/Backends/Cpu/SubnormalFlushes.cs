using OptGen.Generator.Lowering;
using OptGen.Generator.Scalar;

namespace OptGen.Generator.Backends.Cpu;

/// <summary>
/// Where a body gives a value or, if that is subnormal, 0: <c>|x| &lt; smallest normal ? 0 : x</c>. Processors with vectors do it in fewer instructions than these three.
/// </summary>
internal sealed class SubnormalFlushes
{
    private readonly ScalarFunction _body;
    private readonly int[] _uses;
    private readonly bool[] _isFlush;
    private readonly bool[] _isOnlyFlushed;
    private readonly bool[] _isCondition;

    public SubnormalFlushes(ScalarFunction body, string element)
    {
        _body = body;
        _uses = body.UseCounts();
        _isFlush = new bool[body.Nodes.Count];
        _isOnlyFlushed = new bool[body.Nodes.Count];
        _isCondition = new bool[body.Nodes.Count];
        double smallestNormal = FlushSubnormal.SmallestNormal(element == "double");
        for (int i = 0; i < body.Nodes.Count; i++)
        {
            ScalarNode node = body.Nodes[i];
            if (node.Op == ScalarOp.Select && body.Nodes[node.B] is { Op: ScalarOp.Constant, Value: 0 } && IsSubnormal(node.A, node.C, smallestNormal))
                Add(i);
        }
    }

    /// <summary>How often the printed text refers to a value.</summary>
    public int Uses(int value) => _uses[value];

    /// <summary>Whether this gives its last operand, or 0 where that is subnormal.</summary>
    public bool IsFlush(int value) => _isFlush[value];

    /// <summary>Whether the value is read by such an operation and by nothing else.</summary>
    public bool IsOnlyFlushed(int value) => _isOnlyFlushed[value];

    /// <summary>Whether the value is part of the condition of such an operation, and printed with it.</summary>
    public bool IsCondition(int value) => _isCondition[value];

    private bool IsSubnormal(int condition, int value, double smallestNormal)
    {
        ScalarNode less = _body.Nodes[condition];
        return less.Op == ScalarOp.Less && _uses[condition] == 1
            && _body.Nodes[less.A] is { Op: ScalarOp.Abs } magnitude && magnitude.A == value && _uses[less.A] == 1
            && _body.Nodes[less.B] is { Op: ScalarOp.Constant } bound && bound.Value == smallestNormal;
    }

    private void Add(int flush)
    {
        ScalarNode node = _body.Nodes[flush];
        _isFlush[flush] = true;
        _isCondition[node.A] = true;
        _isCondition[_body.Nodes[node.A].A] = true;
        _uses[node.C]--;
        _isOnlyFlushed[node.C] = _uses[node.C] == 1;
    }
}
