using OptGen.Generator.Graph;
using OptGen.Generator.Scalar;
using OptGen.Generator.Specs;

namespace OptGen.Generator.Autodiff;

/// <summary>
/// The derivative of a scan: a scan the other way round, whose carries are the adjoints of the carries. It reads what the steps computed where that is dear, and computes
/// the rest again. What it adds to the gradients of captured tensors in each step is summed after the loop, in one product over rows and steps.
/// </summary>
internal static class ScanRule
{
    /// <summary>What results of one scan with the given adjoints add to the adjoints of its active inputs.</summary>
    public static IEnumerable<(int Input, int Adjoint)> Send(GraphBuilder graph, (int Node, int Adjoint)[] results, bool[] active)
    {
        GraphNode first = graph[results[0].Node];
        ScanLoop loop = ((ScanOp)first.Op).Loop;
        EquatableArray<int> inputs = first.Inputs;
        int steps = loop.Steps, forwardCount = loop.Body.Nodes.Count, firstCaptured = loop.Carries + loop.Sequences;
        GraphBuilder body = new(loop.Body);
        body.ClearOutputs();
        int[] next = [.. Enumerable.Range(0, loop.Carries).Select(carry => loop.Body.Outputs.First(output => output.Target.Index == carry).Node)];
        List<(int Node, BufferRef Buffer)> sources = [.. Enumerable.Range(0, forwardCount).Where(node => body[node].Op is SourceOp { Buffer.Kind: not BufferKind.Uniform })
            .Select(node => (node, ((SourceOp)body[node].Op).Buffer))];
        int InputOf(BufferRef buffer) => buffer.Index + buffer.Kind switch { BufferKind.Carry => 0, BufferKind.Sequence => loop.Carries, _ => firstCaptured };
        bool[] carryIsActive = ActiveCarries(loop, next, sources, buffer => active[inputs[InputOf(buffer)]]);
        int[] wrt = [.. sources.Where(source => source.Buffer.Kind == BufferKind.Carry ? carryIsActive[source.Buffer.Index] : active[inputs[InputOf(source.Buffer)]]).Select(source => source.Node)];

        ScanRegion region = new(body, graph, steps, !loop.Backwards);
        List<(int Node, int Adjoint)> seeds = [];
        int[] adjointOf = new int[loop.Carries];
        for (int carry = 0, number = 0; carry < loop.Carries; carry++)
        {
            if (!carryIsActive[carry])
                continue;
            Shape shape = body[next[carry]].Shape;
            int adjoint = body.Source(new BufferRef(BufferKind.Carry, loop.Carries + carry), shape, NameOf(body[next[carry]]));
            region.Carry(adjoint, graph.Fill(0, shape));
            seeds.Add((next[carry], adjoint));
            adjointOf[carry] = number++;
        }

        for (int i = 0; i < results.Length; i++)
        {
            (int node, int adjoint) = results[i];
            int result = ((ScanOp)graph[node].Op).Result;
            int whole = graph.Broadcast(adjoint, graph[node].Shape);
            int part = body.Source(new BufferRef(BufferKind.Sequence, loop.Sequences + i), body[result].Shape, NameOf(body[result]));
            region.Sequence(part, () => whole);
            seeds.Add((result, part));
        }

        foreach ((int node, BufferRef buffer) in sources)
        {
            int input = inputs[InputOf(buffer)];
            switch (buffer.Kind)
            {
                case BufferKind.Carry:
                    region.Sequence(node, () => graph.Scan(loop, inputs, node, body[node].Name));
                    break;
                case BufferKind.Sequence:
                    region.Sequence(node, () => input);
                    break;
                default:
                    region.Captured(node, input);
                    break;
            }
        }

        bool[] varies = Varies(loop.Body);
        foreach (int node in Enumerable.Range(0, forwardCount).Where(node => varies[node] && IsKept(loop.Body, node)))
            region.Sequence(node, () => graph.Scan(loop, inputs, node, body[node].Name));

        int?[] adjoints = ReverseMode.Pull(body, seeds, wrt);
        List<int> stackedInputs = [], stacked = [], summedInputs = [], summed = [], initial = [];
        for (int i = 0; i < wrt.Length; i++)
        {
            BufferRef buffer = ((SourceOp)body[wrt[i]].Op).Buffer;
            int input = inputs[InputOf(buffer)];
            int? adjoint = adjoints[i] is int found ? body.Broadcast(found, body[wrt[i]].Shape, NameOf(body[wrt[i]])) : null;
            if (buffer.Kind == BufferKind.Carry)
            {
                region.Next(adjointOf[buffer.Index], adjoint ?? body.Fill(0, body[wrt[i]].Shape));
                if (adjoint is not int before || !active[input])
                    continue;
                initial.Add(stacked.Count);
                stacked.Add(before);
                stackedInputs.Add(input);
            }
            else if (adjoint is int part)
            {
                bool isSequence = buffer.Kind == BufferKind.Sequence;
                (isSequence ? stacked : summed).Add(part);
                (isSequence ? stackedInputs : summedInputs).Add(input);
            }
        }

        // A carry that no step reads has an adjoint only from what comes after it.
        foreach (int carry in Enumerable.Range(0, loop.Carries).Where(carry => carryIsActive[carry] && !sources.Any(source => source.Buffer == new BufferRef(BufferKind.Carry, carry))))
            region.Next(adjointOf[carry], body.Fill(0, body[next[carry]].Shape));

        (int[] stacks, int[] sums) = region.Close(stacked, summed);
        for (int i = 0; i < stacks.Length; i++)
            yield return (stackedInputs[i], initial.Contains(i) ? First(graph, stacks[i], stackedInputs[i], loop) : stacks[i]);
        for (int i = 0; i < sums.Length; i++)
            yield return (summedInputs[i], sums[i]);
    }

    /// <summary>The adjoint that the first step leaves for the carry before it.</summary>
    private static int First(GraphBuilder graph, int stack, int input, ScanLoop loop)
    {
        Shape shape = graph[input].Shape;
        int axis = ScanLoop.AxisOf(shape);
        int[] starts = new int[shape.Rank + 1];
        starts[axis] = loop.Backwards ? loop.Steps - 1 : 0;
        int step = graph.Slice(stack, starts, [.. Enumerable.Repeat(1, shape.Rank + 1)], ScanLoop.Over(shape, 1), graph[stack].Name);
        return graph.Reshape(step, shape, graph[stack].Name);
    }

    /// <summary>Which carries depend on active inputs, if only through other carries of earlier steps.</summary>
    private static bool[] ActiveCarries(ScanLoop loop, int[] next, List<(int Node, BufferRef Buffer)> sources, Func<BufferRef, bool> isActive)
    {
        bool[] result = new bool[loop.Carries];
        for (bool changes = true; changes;)
        {
            changes = false;
            bool[] active = new bool[loop.Body.Nodes.Count];
            foreach ((int node, BufferRef buffer) in sources)
                active[node] = isActive(buffer) || (buffer.Kind == BufferKind.Carry && result[buffer.Index]);
            for (int node = 0; node < active.Length; node++)
                active[node] |= loop.Body.Nodes[node].Op is not StopGradientOp && loop.Body.Nodes[node].Inputs.Any(input => active[input]);
            for (int carry = 0; carry < result.Length; carry++)
            {
                if (result[carry] || !(active[next[carry]] || isActive(new BufferRef(BufferKind.Carry, carry))))
                    continue;
                result[carry] = changes = true;
            }
        }

        return result;
    }

    private static bool[] Varies(TensorGraph body)
    {
        bool[] varies = new bool[body.Nodes.Count];
        for (int node = 0; node < varies.Length; node++)
            varies[node] = body.Nodes[node].Op is SourceOp { Buffer.Kind: BufferKind.Carry or BufferKind.Sequence } || body.Nodes[node].Inputs.Any(input => varies[input]);
        return varies;
    }

    /// <summary>Whether what a step computes is kept for the way back: sums, what finishes them, and functions that take long.</summary>
    private static bool IsKept(TensorGraph body, int node) => body.Nodes[node].Op switch
    {
        ContractOp or ReduceOp or ScatterOp or GatherOp => true,
        MapOp map => map.Body.Nodes.Any(value => value.Op.IsExpensive()) || body.Nodes[node].Inputs.Any(input => body.Nodes[input].Op is ContractOp && body.Nodes[input].Shape == body.Nodes[node].Shape),
        _ => false,
    };

    private static string NameOf(GraphNode node) => node.Name.Length == 0 ? "" : node.Name + "Gradient";
}
