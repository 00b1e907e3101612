using OptGen.Generator.Graph;
using OptGen.Generator.Scalar;
using OptGen.Generator.Specs;

namespace OptGen.Generator.Autodiff;

/// <summary>
/// The derivatives of a contraction, which is linear in each operand: forward it is the same contraction of the operand's tangent, in reverse one of the adjoint with the other operand. Along each axis of the operand, position p = (Σ f·loop + offset) / d
/// is solved for one of the loops; p becomes a loop of the result, and the solved loop is replaced wherever it stands. Where the solution is no
/// whole number or lies outside the loop, an index built from it misses its axis, which counts as zero.
/// </summary>
internal static class ContractRule
{
    public static IEnumerable<(int, int)> Reverse(GraphBuilder graph, int number, int adjoint, bool[] active)
    {
        GraphNode node = graph[number];
        (ContractOp contract, int left, int right) = ((ContractOp)node.Op, node.Inputs[0], node.Inputs[1]);
        int whole = graph.Broadcast(adjoint, node.Shape);
        if (active[left])
            yield return (left, Gradient(graph, contract, whole, left, right, wrtLeft: true));
        if (active[right])
            yield return (right, Gradient(graph, contract, whole, right, left, wrtLeft: false));
    }

    public static int? Forward(GraphBuilder graph, int number, int?[] tangents)
    {
        GraphNode node = graph[number];
        (ContractOp contract, int left, int right) = ((ContractOp)node.Op, node.Inputs[0], node.Inputs[1]);
        string name = DerivativeRule.TangentName(node);
        int? ofLeft = tangents[left] is int moved ? graph.Contract(contract, moved, right, name) : null;
        int? ofRight = tangents[right] is int turned ? graph.Contract(contract, left, turned, name) : null;
        return ofLeft is int a && ofRight is int b ? graph.Map(ScalarOp.Add, a, b, name) : ofLeft ?? ofRight;
    }

    /// <summary>The gradient for <paramref name="self"/>, which <paramref name="op"/> multiplies by <paramref name="other"/>.</summary>
    private static int Gradient(GraphBuilder graph, ContractOp op, int adjoint, int self, int other, bool wrtLeft)
    {
        Shape shape = graph[self].Shape, otherShape = graph[other].Shape;
        EquatableArray<AffineIndex> otherIndex = wrtLeft ? op.Right : op.Left;
        bool Checked(int loop) => Enumerable.Range(0, otherShape.Rank).Any(axis => otherIndex[axis].AsLoop == loop && otherShape[axis] == op.Loops[loop].Extent);
        Inverse inverse = Invert(op.Loops, op.OutputRank, wrtLeft ? op.Left : op.Right, shape, Checked);

        // A loop that was solved for may still stand in the solution of another one.
        EquatableArray<AffineIndex> adjointIndex = inverse.Replace(Enumerable.Range(0, op.OutputRank).Select(AffineIndex.Of)), replaced = inverse.Replace(otherIndex);
        ContractOp gradient = wrtLeft
            ? new ContractOp(inverse.Loops, shape.Rank, adjointIndex, replaced)
            : new ContractOp(inverse.Loops, shape.Rank, replaced, adjointIndex);
        string name = DerivativeRule.GradientName(graph[self]);
        int result = wrtLeft ? graph.Contract(gradient, adjoint, other, name) : graph.Contract(gradient, other, adjoint, name);
        return inverse.Place(graph, result, shape, name);
    }

    /// <summary>The gradient for <paramref name="self"/>, of which a node with the given adjoint is the view: each element gets the sum over all places where it is seen.</summary>
    public static int Gradient(GraphBuilder graph, ViewOp view, int adjoint, int self)
    {
        Shape shape = graph[self].Shape, seen = graph[adjoint].Shape;
        LoopIndex[] loops = seen.Dims.Select((size, axis) => new LoopIndex(size, axis == 0 && seen.Batched)).ToArray();
        Inverse inverse = Invert(loops.ToEquatableArray(), loops.Length, view.Index, shape, _ => false);
        string name = DerivativeRule.GradientName(graph[self]);
        Shape all = new(inverse.Loops.Select(loop => loop.Extent).ToEquatableArray(), seen.Batched);
        int places = graph.View(adjoint, inverse.Replace(Enumerable.Range(0, loops.Length).Select(AffineIndex.Of)), all, 0, name);
        int[] summed = Enumerable.Range(shape.Rank, inverse.Loops.Count - shape.Rank).ToArray();
        Shape placed = new(all.Dims.Take(shape.Rank).ToEquatableArray(), all.Batched);
        return inverse.Place(graph, graph.Reshape(graph.Reduce(ReduceKind.Sum, places, summed, name), placed, name), shape, name);
    }

    /// <summary>Solves the positions in an operand of <paramref name="shape"/> for loops.</summary>
    /// <param name="isChecked">Whether a loop that is summed over is bounded by the other operand.</param>
    private static Inverse Invert(EquatableArray<LoopIndex> loops, int outputRank, EquatableArray<AffineIndex> index, Shape shape, Func<int, bool> isChecked)
    {
        Solution?[] solved = new Solution?[loops.Count];
        List<LoopIndex> positions = [];
        int[] starts = new int[shape.Rank], steps = new int[shape.Rank];
        for (int axis = 0; axis < shape.Rank; axis++)
        {
            positions.Add(new LoopIndex(shape[axis], axis == 0 && shape.Batched));
            steps[axis] = 1;
            AffineIndex position = index[axis];
            if (position.Terms.Any(term => solved[term.Loop] is not null))
                throw new InvalidOperationException("a contraction with one loop on two axes of an operand has no derivative");
            if (Unknown(loops, outputRank, position, shape[axis], isChecked) is AffineTerm unknown)
            {
                solved[unknown.Loop] = Solve(position, unknown, axis);
            }
            else
            {
                // Nothing else bounds the loop: compute the positions that it reaches, and place them among zeros.
                AffineTerm term = position.Terms.Count == 0 ? new AffineTerm(-1, 1) : position.Terms[0];
                LoopIndex loop = term.Loop < 0 ? new LoopIndex(1, false) : loops[term.Loop];
                bool inside = position.Offset >= 0 && position.Offset + ((loop.Extent - 1) * term.Factor) < shape[axis];
                if (position.Terms.Count > 1 || position.Divisor != 1 || term.Factor < 1 || !inside || positions[axis].Batched)
                    throw new InvalidOperationException("the derivative of this window of a contraction is not known");
                if (term.Loop >= 0)
                    solved[term.Loop] = new Solution([new AffineTerm(axis, 1)], 0, 1);
                (positions[axis], starts[axis], steps[axis]) = (loop, position.Offset, term.Factor);
            }
        }

        // Loops that were not solved for are summed over.
        for (int loop = 0; loop < solved.Length; loop++)
        {
            if (solved[loop] is not null)
                continue;
            solved[loop] = new Solution([new AffineTerm(positions.Count, 1)], 0, 1);
            positions.Add(loops[loop]);
        }

        return new Inverse(positions.ToEquatableArray(), solved!, starts, steps);
    }

    /// <summary>The positions of an operand as loops, then the loops that are summed over; and the old loops in terms of these.</summary>
    private sealed record Inverse(EquatableArray<LoopIndex> Loops, Solution[] Solved, int[] Starts, int[] Steps)
    {
        public EquatableArray<AffineIndex> Replace(IEnumerable<AffineIndex> index) => index.Select(position => ContractRule.Replace(position, Solved)).ToEquatableArray();

        /// <summary>Puts the positions that are reached where they belong among zeros.</summary>
        public int Place(GraphBuilder graph, int result, Shape shape, string name) =>
            graph[result].Shape == shape ? result : graph.Pad(result, Starts, Steps, shape, name);
    }

    /// <summary>
    /// The term of an index to solve for: a plain loop over the whole axis, else a loop whose range the adjoint checks, else one whose range the other operand checks.
    /// </summary>
    private static AffineTerm? Unknown(EquatableArray<LoopIndex> loops, int outputRank, AffineIndex index, int size, Func<int, bool> isChecked)
    {
        if (index.AsLoop >= 0 && loops[index.AsLoop].Extent == size)
            return index.Terms[0];
        IEnumerable<AffineTerm> candidates = index.Terms.Where(term => term.Loop < outputRank).Concat(index.Terms.Where(term => isChecked(term.Loop)));
        return candidates.Cast<AffineTerm?>().FirstOrDefault();
    }

    /// <summary>(Σ Terms + Offset) / Divisor over the new loops and, with negative numbers −1 − loop, old loops that are not replaced yet.</summary>
    private sealed record Solution(AffineTerm[] Terms, int Offset, int Divisor);

    private static Solution Solve(AffineIndex index, AffineTerm unknown, int position)
    {
        int sign = Math.Sign(unknown.Factor);
        IEnumerable<AffineTerm> others = index.Terms.Where(term => term != unknown).Select(term => new AffineTerm(-1 - term.Loop, -sign * term.Factor));
        return new Solution([new AffineTerm(position, sign * index.Divisor), .. others], -sign * index.Offset, sign * unknown.Factor);
    }

    private static AffineIndex Replace(AffineIndex index, Solution[] solved)
    {
        (SortedDictionary<int, int> factors, int offset, int divisor) = (new(), index.Offset, index.Divisor);
        Queue<AffineTerm> open = new(index.Terms.Select(term => new AffineTerm(-1 - term.Loop, term.Factor)));
        while (open.Count > 0)
        {
            AffineTerm term = open.Dequeue();
            if (term.Loop >= 0)
            {
                factors[term.Loop] = (factors.TryGetValue(term.Loop, out int factor) ? factor : 0) + term.Factor;
                continue;
            }

            Solution solution = solved[-1 - term.Loop];
            if (solution.Divisor != 1)
            {
                // Bring everything over the common divisor.
                foreach (int loop in factors.Keys.ToArray())
                    factors[loop] *= solution.Divisor;
                open = new(open.Select(other => new AffineTerm(other.Loop, other.Factor * solution.Divisor)));
                (offset, divisor) = (offset * solution.Divisor, divisor * solution.Divisor);
            }

            int scale = term.Factor;
            offset += scale * solution.Offset;
            foreach (AffineTerm part in solution.Terms)
                open.Enqueue(new AffineTerm(part.Loop, scale * part.Factor));
        }

        AffineTerm[] terms = factors.Where(pair => pair.Value != 0).Select(pair => new AffineTerm(pair.Key, pair.Value)).ToArray();
        int common = terms.Aggregate(GreatestCommonDivisor(Math.Abs(offset), divisor), (gcd, term) => GreatestCommonDivisor(gcd, Math.Abs(term.Factor)));
        return new AffineIndex(terms.Select(term => new AffineTerm(term.Loop, term.Factor / common)).ToEquatableArray(), offset / common, divisor / common);
    }

    private static int GreatestCommonDivisor(int a, int b) => b == 0 ? a : GreatestCommonDivisor(b, a % b);
}
