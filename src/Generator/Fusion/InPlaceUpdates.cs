using OptGen.Generator.Graph;

namespace OptGen.Generator.Fusion;

/// <summary>Which nodes serve to overwrite parameters and states, and which serve anything else.</summary>
internal static class InPlaceUpdates
{
    /// <summary>Whether memory is overwritten that keeps its content from run to run. A state may be written without being read.</summary>
    public static bool IsInPlace(BufferRef target, Func<BufferRef, bool> isSource) => target.Kind is BufferKind.Parameter or BufferKind.State || isSource(target);

    /// <summary>The nodes that serve more than updates in place. Those come last, so that all readers of what they overwrite are known when they are placed.</summary>
    public static bool[] FeedOthers(TensorGraph graph)
    {
        bool[] feeds = new bool[graph.Nodes.Count];
        HashSet<BufferRef> sources = [.. graph.Nodes.Select(node => node.Op).OfType<SourceOp>().Select(source => source.Buffer)];
        foreach (GraphOutput output in graph.Outputs)
            feeds[output.Node] |= !IsInPlace(output.Target, sources.Contains);
        for (int number = graph.Nodes.Count - 1; number >= 0; number--)
        {
            feeds[number] |= graph.Nodes[number].Op is ContractOp or ReduceOp or ScanOp or ConcatOp;
            if (!feeds[number])
                continue;
            foreach (int input in graph.Nodes[number].Inputs)
                feeds[input] = true;
        }

        return feeds;
    }

    /// <summary>The parameter that each node serves to update, for maps that serve nothing else; −1 for all others.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="writers">The node that overwrites each buffer.</param>
    /// <param name="feeds">What <see cref="FeedOthers"/> gave.</param>
    public static int[] Of(TensorGraph graph, IReadOnlyDictionary<BufferRef, int> writers, bool[] feeds)
    {
        int[] updates = Enumerable.Repeat(-1, feeds.Length).ToArray();
        foreach (KeyValuePair<BufferRef, int> pair in writers.Where(pair => pair.Key.Kind is BufferKind.Parameter or BufferKind.State && !feeds[pair.Value]))
            updates[pair.Value] = pair.Key.Index;
        for (int number = feeds.Length - 1; number >= 0; number--)
        {
            foreach (int input in graph.Nodes[number].Inputs.Where(input => updates[number] >= 0 && updates[input] < 0 && !feeds[input] && graph.Nodes[input].Op is MapOp))
                updates[input] = updates[number];
        }

        return updates;
    }

    /// <summary>
    /// Updates in the order in which they find their kernels: what reads a gradient goes where that comes from, and what reads none, such as the parameter before the
    /// first step, waits until it can go along with those that are read together with it.
    /// </summary>
    public static List<int> BoundFirst(TensorGraph graph, bool[] computed, IReadOnlyList<int> updates, bool[] feeds)
    {
        bool[] isBound = new bool[feeds.Length], placed = new bool[feeds.Length];
        for (int number = 0; number < feeds.Length; number++)
            isBound[number] = (feeds[number] && computed[number]) || graph.Nodes[number].Inputs.Any(input => isBound[input]);
        List<int> ordered = [];
        foreach (int number in updates.Where(number => isBound[number]).Concat(updates))
            Add(number);
        return ordered;

        void Add(int number)
        {
            if (feeds[number] || placed[number])
                return;
            placed[number] = true;
            foreach (int input in graph.Nodes[number].Inputs)
                Add(input);
            if (computed[number])
                ordered.Add(number);
        }
    }
}
