using OptGen.Generator.Specs;

namespace OptGen.Generator.Graph;

/// <summary>The part of <see cref="GraphVerifier"/> for contractions.</summary>
internal static class ContractVerifier
{
    /// <summary>What is wrong with a contraction, or null.</summary>
    public static string? Fault(Shape shape, ContractOp op, Shape left, Shape right)
    {
        if (op.OutputRank < 0 || op.OutputRank > op.Loops.Count)
            return $"{op.OutputRank} of {op.Loops.Count} loops can't make its axes";
        if (op.Loops.Any(loop => loop.Extent < 1))
            return "a loop is empty";
        Shape expected = new(op.Loops.Take(op.OutputRank).Select(loop => loop.Extent).ToEquatableArray(), op.OutputRank > 0 && op.Loops[0].Batched);
        if (shape != expected)
            return $"its shape should be {expected}";
        if (op.Loops.Take(op.OutputRank).Skip(1).Any(loop => loop.Batched))
            return "the rows of a batch lie on axis 0";
        return IndexFault(op.Loops, op.Left, left, "left") ?? IndexFault(op.Loops, op.Right, right, "right");
    }

    /// <summary>What is wrong with the positions of one operand, or null.</summary>
    public static string? IndexFault(IReadOnlyList<LoopIndex> loops, EquatableArray<AffineIndex> index, Shape shape, string side)
    {
        if (index.Count != shape.Rank)
            return $"the {side} operand of shape {shape} has {index.Count} indices";
        for (int axis = 0; axis < index.Count; axis++)
        {
            AffineIndex position = index[axis];
            if (position.Divisor < 1)
                return $"{side} axis {axis} divides by {position.Divisor}";
            if (position.Terms.Any(term => term.Factor == 0 || term.Loop < 0 || term.Loop >= loops.Count) || position.Terms.GroupBy(term => term.Loop).Any(group => group.Count() > 1))
                return $"{side} axis {axis} is no sum of distinct loops";
            // Rows pair with rows one to one: nothing else keeps within those of a part batch.
            bool rows = position.Terms.Any(term => loops[term.Loop].Batched), batched = axis == 0 && shape.Batched;
            if (rows != batched || (rows && (position.AsLoop < 0 || loops[position.AsLoop].Extent != shape[0])))
                return $"{side} axis {axis} does not pair the rows of the batch";
        }

        return null;
    }
}
