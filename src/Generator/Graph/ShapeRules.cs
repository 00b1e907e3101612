using OptGen.Generator.Scalar;
using OptGen.Generator.Specs;

namespace OptGen.Generator.Graph;

/// <summary>Shape inference that several primitives share.</summary>
internal static class ShapeRules
{
    /// <summary>The shape to which two shapes broadcast, or null when they don't.</summary>
    public static Shape? Broadcast(Shape a, Shape b)
    {
        int rank = Math.Max(a.Rank, b.Rank);
        int[] dims = new int[rank];
        for (int axis = 0; axis < rank; axis++)
        {
            int x = axis - rank + a.Rank < 0 ? 1 : a[axis - rank + a.Rank];
            int y = axis - rank + b.Rank < 0 ? 1 : b[axis - rank + b.Rank];
            if (x != y && x != 1 && y != 1)
                return null;
            dims[axis] = x == 1 ? y : x;
        }

        bool aBatched = a.Batched && a.Rank == rank, bBatched = b.Batched && b.Rank == rank;
        // Rows of a batch never line up with an axis of fixed size: a part batch would break the pair.
        bool mixed = (aBatched && !bBatched && b.Rank == rank && b[0] != 1) || (bBatched && !aBatched && a.Rank == rank && a[0] != 1)
            || (a.Batched && !aBatched) || (b.Batched && !bBatched);
        return mixed ? null : new Shape(dims.ToEquatableArray(), aBatched || bBatched);
    }

    /// <summary>The function that applies one operation to its inputs.</summary>
    public static ScalarFunction Body(ScalarOp op)
    {
        ScalarBuilder scalar = new();
        int[] inputs = Enumerable.Range(0, op.Arity()).Select(scalar.Input).ToArray();
        int result = scalar.Apply(op, inputs[0], inputs.Length > 1 ? inputs[1] : -1, inputs.Length > 2 ? inputs[2] : -1);
        return scalar.Build(inputs.Length, result);
    }
}
