using OptGen.Generator.Specs;

namespace OptGen.Generator.Scalar;

/// <summary>
/// One value of a <see cref="ScalarFunction"/>. <see cref="A"/>, <see cref="B"/> and <see cref="C"/> are positions of operands in the function's
/// node list (for <see cref="ScalarOp.Select"/>: condition, then, else); for <see cref="ScalarOp.Input"/>, <see cref="A"/> is the input's number.
/// </summary>
internal readonly record struct ScalarNode(ScalarOp Op, int A, int B, int C, long Bits)
{
    /// <summary>The number of a <see cref="ScalarOp.Constant"/>. Kept as bits, so that −0 and 0 differ and NaN equals itself.</summary>
    public double Value => BitConverter.Int64BitsToDouble(Bits);

    /// <summary>The operands that there are.</summary>
    public IEnumerable<int> Operands() => new[] { A, B, C }.Take(Op.Arity());
}

/// <summary>
/// A function of one element: a hash-consed expression DAG in topological order. <see cref="InputCount"/> numbers come in; the values at
/// <see cref="Outputs"/> go out. Built only through <see cref="ScalarBuilder"/>.
/// </summary>
internal sealed record ScalarFunction(int InputCount, EquatableArray<ScalarNode> Nodes, EquatableArray<int> Outputs)
{
    /// <summary>How often each value is read: as an operand, and as an output.</summary>
    public int[] UseCounts()
    {
        int[] uses = new int[Nodes.Count];
        foreach (int operand in Nodes.SelectMany(node => node.Operands()))
            uses[operand]++;

        foreach (int output in Outputs)
            uses[output]++;
        return uses;
    }
}
