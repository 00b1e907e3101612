using OptGen.Generator.Graph;

namespace OptGen.Generator.Fusion;

/// <summary>Whether and how a node's loops fit into a kernel.</summary>
internal static class Join
{
    /// <summary>For each axis of the domain, the kernel's axis (−1: none yet), or null when the node cannot run inside the kernel's outer loops.</summary>
    public static int[]? TryMap(GraphNode node, Group group, Domain domain, IReadOnlyList<Access> accesses)
    {
        int[] map = Enumerable.Repeat(-1, domain.Axes).ToArray();
        bool consumes = false;
        foreach (Access access in accesses)
        {
            if (group.Find(access.Leaf) is not Member producer)
                continue;
            consumes = true;
            if (access.IsLinear || access.Axes.Any(axis => axis.Guarded))
                return null;
            for (int i = 0; i < access.Axes.Count; i++)
            {
                int own = producer.Domain.Outer.ElementAtOrDefault(i);
                int loop = i < producer.Domain.Outer.Length && own >= 0 ? producer.AxisMap[own] : -1;
                if (loop < 0)
                    continue;
                int axis = access.Axes[i].Expr.AsAxis;
                if (loop < group.OuterCount)
                {
                    // The outer point must be the producer's own.
                    if (axis < 0 || domain.Extents[axis] != group.Axes[loop].Extent || (map[axis] >= 0 && map[axis] != loop))
                        return null;
                    map[axis] = loop;
                }
            }
        }

        if (!consumes)
        {
            // Siblings: the same loops in the same order. Reductions find those that they sum over in the stage that they join.
            int[] loops = domain.Outer.Where(axis => axis >= 0).ToArray();
            if (loops.Length != group.OuterCount || (domain.Inner.Length > 0 && group.Stages.All(stage => stage.Length != domain.Inner.Length)))
                return null;
            for (int i = 0; i < loops.Length; i++)
            {
                if (domain.Extents[loops[i]] != group.Axes[i].Extent || domain.Batched[loops[i]] != group.Axes[i].Batched)
                    return null;
                map[loops[i]] = i;
            }

            return map;
        }

        int covered = Enumerable.Range(0, group.OuterCount).Count(loop => map.Contains(loop));
        bool outerIsMapped = domain.Inner.All(axis => map[axis] < 0);
        // Also where every axis that is summed over has size 1, and so no loop.
        bool reduces = node.Op is ReduceOp or ContractOp;
        bool leftover = domain.Outer.Any(axis => axis >= 0 && map[axis] < 0);
        // A kernel without outer loops would run a whole tensor in one piece; and a reduction's result has one value for each outer point.
        return covered < group.OuterCount || !outerIsMapped || (leftover && (reduces || group.OuterCount == 0)) ? null : map;
    }

    /// <summary>The domain's axes that loop inside the outer point, in order.</summary>
    public static int[] InnerAxes(Group group, Domain domain, int[] map) => domain.Inner
        .Concat(domain.Outer.Where(axis => axis >= 0))
        .Where(axis => map[axis] < 0 || map[axis] >= group.OuterCount)
        .Distinct().OrderBy(axis => axis).ToArray();

    /// <summary>The stage that can take the node, with the node's inner axes mapped to its loops; −1 when it needs a new one.</summary>
    public static int Stage(TensorGraph graph, Group group, Domain domain, int[] map, IReadOnlyList<Access> accesses, out int[] inner)
    {
        int[] own = InnerAxes(group, domain, map);
        inner = [];
        for (int stage = 0; stage < group.Stages.Count; stage++)
        {
            int[] loops = group.Stages[stage];
            if (loops.Length != own.Length)
                continue;
            bool same = true;
            for (int i = 0; i < own.Length; i++)
                same &= group.Axes[loops[i]].Extent == domain.Extents[own[i]] && group.Axes[loops[i]].Batched == domain.Batched[own[i]];
            if (!same)
                continue;
            int[] trial = (int[])map.Clone();
            for (int i = 0; i < own.Length; i++)
                trial[own[i]] = loops[i];
            if (accesses.All(access => group.Find(access.Leaf) is not Member producer || IsReady(graph, group, producer, access, trial, stage)))
            {
                trial.CopyTo(map, 0);
                inner = loops;
                return stage;
            }
        }

        return -1;
    }

    /// <summary>Whether the access reads the element that the producer computes at the same point of the kernel.</summary>
    public static bool IsSamePoint(Member producer, Access access, int[] map)
    {
        if (access.IsLinear)
            return false;
        for (int i = 0; i < access.Axes.Count; i++)
        {
            int own = producer.Domain.Outer[i];
            if (own < 0)
                continue;
            int axis = access.Axes[i].Expr.AsAxis;
            if (axis < 0 || access.Axes[i].Guarded || map[axis] != producer.AxisMap[own])
                return false;
        }

        return true;
    }

    private static bool IsReady(TensorGraph graph, Group group, Member producer, Access access, int[] map, int stage)
    {
        if (producer.Stage < stage)
            return true;
        bool accumulates = graph.Nodes[producer.Node].Op is ReduceOp or ContractOp;
        return producer.Stage == stage && !accumulates && IsSamePoint(producer, access, map);
    }
}
