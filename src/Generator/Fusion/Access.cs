using OptGen.Generator.Graph;
using OptGen.Generator.Specs;

namespace OptGen.Generator.Fusion;

/// <summary>A position along one axis of a leaf: Expr / Divisor, times the axis's stride. Extent bounds it when <see cref="Guarded"/>.</summary>
internal sealed record AccessAxis(AffineExpr Expr, int Divisor, int Stride, int Extent, bool Guarded);

/// <summary>
/// One read of a leaf (a source, an index or a node that is computed on its own) from a domain. <see cref="IsLinear"/>: through a reshape, whose axes these are
/// instead of the leaf's own.
/// </summary>
internal sealed record Access(int Leaf, IReadOnlyList<AccessAxis> Axes, bool IsLinear)
{
    /// <summary>What stands where a guarded position lies outside.</summary>
    public double Outside { get; init; }

    /// <summary>What holds the number of the leaf's row (its axis 0), where that is looked up.</summary>
    public Access? Row { get; init; }
}

/// <summary>Follows movement operations from the place of use to the leaf that holds the element.</summary>
/// <param name="strides">How nodes lie in memory that are not contiguous; null for none.</param>
internal sealed class AccessReader(TensorGraph graph, bool[] computed, IReadOnlyDictionary<int, int[]>? strides = null)
{
    public bool[] Computed => computed;

    public bool IsLeaf(int node) => computed[node] || graph.Nodes[node].Op.IsGiven;

    /// <summary>The positions in a broadcast input that belong to a position in the output.</summary>
    public static AffineExpr[] Broadcast(Shape input, AffineExpr[] at, int axes)
    {
        int skipped = at.Length - input.Rank;
        AffineExpr[] result = new AffineExpr[input.Rank];
        for (int axis = 0; axis < input.Rank; axis++)
            result[axis] = input[axis] == 1 && !(axis == 0 && input.Batched) ? AffineExpr.Zero(axes) : at[axis + skipped];
        return result;
    }

    /// <summary>One step through a movement that only renames positions; null for one that needs <see cref="Irregular"/>.</summary>
    public (int Node, AffineExpr[] At)? Move(int node, AffineExpr[] at, int axes)
    {
        GraphNode tensor = graph.Nodes[node];
        int input = tensor.Inputs[0];
        switch (tensor.Op)
        {
            case TransposeOp transpose:
                AffineExpr[] moved = new AffineExpr[at.Length];
                for (int axis = 0; axis < at.Length; axis++)
                    moved[transpose.Permutation[axis]] = at[axis];
                return (input, moved);
            case SliceOp slice:
                return (input, at.Select((expr, axis) => expr.Times(slice.Steps[axis]).Plus(slice.Starts[axis])).ToArray());
            case ReshapeOp when SplitAxes(tensor.Shape, graph.Nodes[input].Shape) is int[][] parts:
                return (input, parts.Select(part => Position(tensor.Shape, part, at, axes)).ToArray());
            default:
                return null;
        }
    }

    /// <summary>
    /// Reads a reshape that joins axes, a padded tensor, a view or a row that is looked up; what they read, if need be through reshapes, is a leaf.
    /// </summary>
    public Access Irregular(int node, AffineExpr[] at, IReadOnlyList<int> extents)
    {
        GraphNode tensor = graph.Nodes[node];
        Shape shape = tensor.Op is PadOp or ViewOp ? graph.Nodes[tensor.Inputs[0]].Shape : tensor.Shape;
        if (tensor.Op is GatherOp)
        {
            int numbers = graph.Nodes[tensor.Inputs[1]].Shape.Rank;
            Access row = Read(tensor.Inputs[1], at.Take(numbers).ToArray(), extents);
            List<(AffineExpr, int, int)> within = at.Skip(numbers).Select((expr, axis) => (expr, 1, axis + 1)).ToList();
            return Leaf(tensor.Inputs[0], [(AffineExpr.Zero(extents.Count), 1, 0), .. within], extents) with { Row = row };
        }

        int leaf = tensor.Inputs[0];
        while (!IsLeaf(leaf) && graph.Nodes[leaf].Op is ReshapeOp)
            leaf = graph.Nodes[leaf].Inputs[0];
        if (!IsLeaf(leaf))
            throw new InvalidOperationException($"node {node} ({tensor.Op.GetType().Name}) reads what is not in memory");
        bool isLinear = tensor.Op is ReshapeOp || leaf != tensor.Inputs[0];
        List<(AffineExpr, int, int)> positions = tensor.Op switch
        {
            PadOp pad => at.Select((expr, axis) => (expr.Plus(-pad.Starts[axis]), pad.Steps[axis], axis)).ToList(),
            ViewOp view => view.Index.Select((position, axis) => (At(position, at, extents.Count), position.Divisor, axis)).ToList(),
            _ => at.Select((expr, axis) => (expr, 1, axis)).ToList(),
        };
        return Leaf(leaf, positions, extents, shape, isLinear) with { Outside = tensor.Op is ViewOp { Outside: var outside } ? outside : 0 };
    }

    /// <summary>Reads <paramref name="node"/> at a position; movement operations between it and a leaf are folded into the access.</summary>
    public Access Read(int node, AffineExpr[] at, IReadOnlyList<int> extents)
    {
        while (!IsLeaf(node))
        {
            if (Move(node, at, extents.Count) is not (int next, AffineExpr[] moved))
                return Irregular(node, at, extents);
            (node, at) = (next, moved);
        }

        return Leaf(node, at.Select((expr, axis) => (expr, 1, axis)).ToList(), extents);
    }

    /// <summary>The element of a leaf for an operand of a contraction.</summary>
    public Access Read(int node, EquatableArray<AffineIndex> at, int loops, IReadOnlyList<int> extents)
    {
        List<(AffineExpr Expr, int Divisor, int Axis)> axes = [];
        for (int axis = 0; axis < at.Count; axis++)
        {
            AffineExpr expr = AffineExpr.Zero(loops).Plus(at[axis].Offset);
            foreach (AffineTerm term in at[axis].Terms)
                expr = expr.Plus(AffineExpr.Axis(loops, term.Loop).Times(term.Factor));
            axes.Add((expr, at[axis].Divisor, axis));
        }

        if (IsLeaf(node) || axes.Any(axis => axis.Divisor != 1))
            return Leaf(node, axes, extents);
        AffineExpr[] position = axes.Select(axis => axis.Expr).ToArray();
        // Where a window leaves a reshaped tensor, its own axes say so, not the leaf's.
        return graph.Nodes[node].Op is ReshapeOp && LeavesAxis(graph.Nodes[node].Shape, at, extents) ? Irregular(node, position, extents) : Read(node, position, extents);
    }

    /// <summary>A position over the axes of a view, at a point of the view.</summary>
    private static AffineExpr At(AffineIndex position, AffineExpr[] point, int axes)
    {
        AffineExpr expr = AffineExpr.Zero(axes).Plus(position.Offset);
        foreach (AffineTerm term in position.Terms)
            expr = expr.Plus(point[term.Loop].Times(term.Factor));
        return expr;
    }

    /// <summary>Whether a position may lie outside of a tensor.</summary>
    public static bool LeavesAxis(Shape shape, EquatableArray<AffineIndex> at, IReadOnlyList<int> extents)
    {
        for (int axis = 0; axis < at.Count; axis++)
        {
            int min = at[axis].Offset, max = at[axis].Offset;
            foreach (AffineTerm term in at[axis].Terms)
            {
                int reach = term.Factor * (extents[term.Loop] - 1);
                (min, max) = (min + Math.Min(0, reach), max + Math.Max(0, reach));
            }

            if (at[axis].Divisor != 1 || min < 0 || max >= shape[axis])
                return true;
        }

        return false;
    }

    private Access Leaf(int node, List<(AffineExpr Expr, int Divisor, int Axis)> at, IReadOnlyList<int> extents) =>
        Leaf(node, at, extents, graph.Nodes[node].Shape, isLinear: false);

    private Access Leaf(int node, List<(AffineExpr Expr, int Divisor, int Axis)> at, IReadOnlyList<int> extents, Shape shape, bool isLinear)
    {
        bool isSpread = strides is not null && strides.ContainsKey(node);
        if (isSpread && isLinear)
            throw new InvalidOperationException($"node {node} is read as if it were contiguous");
        int[] distances = isSpread ? strides![node] : shape.Strides();
        List<AccessAxis> axes = [];
        foreach ((AffineExpr expr, int divisor, int axis) in at)
        {
            (int min, int max) = expr.Range(extents);
            bool guarded = divisor != 1 || min < 0 || max >= shape[axis];
            axes.Add(new AccessAxis(expr, divisor, distances[axis], shape[axis], guarded));
        }

        return new Access(node, axes, isLinear);
    }

    /// <summary>The position along an axis that several neighbouring axes share.</summary>
    private static AffineExpr Position(Shape shape, int[] part, AffineExpr[] at, int axes)
    {
        AffineExpr position = AffineExpr.Zero(axes);
        foreach (int axis in part)
            position = position.Times(shape[axis]).Plus(at[axis]);
        return position;
    }

    /// <summary>
    /// Whether a reshape only splits axes, and adds or drops those of size 1: for each axis of <paramref name="to"/>, the axes of <paramref name="from"/> that
    /// share it, outermost first.
    /// </summary>
    public static int[][]? SplitAxes(Shape from, Shape to)
    {
        int[][] parts = new int[to.Rank][];
        int next = 0;
        for (int axis = 0; axis < to.Rank; axis++)
        {
            bool batched = axis == 0 && to.Batched;
            List<int> part = [];
            int size = 1;
            while (size < to[axis] || (batched && part.Count == 0))
            {
                if (next == from.Rank || (next == 0 && from.Batched) != batched)
                    return null;
                if (from[next] > 1 || batched)
                    part.Add(next);
                size *= from[next++];
            }

            if (size != to[axis])
                return null;
            parts[axis] = [.. part];
        }

        while (next < from.Rank)
        {
            if (from[next] != 1 || (next == 0 && from.Batched))
                return null;
            next++;
        }

        return parts;
    }
}
