using OptGen.Generator.Graph;
using OptGen.Generator.Specs;

namespace OptGen.Generator.Autodiff;

/// <summary>
/// The derivatives of a scan are scans over the derivatives of the body: forward one the same way round, whose carries are the tangents of the carries; in reverse one the
/// other way round, whose carries are their adjoints. Both read what the steps computed where that is dear, and compute the rest again. What the reverse scan adds to the
/// gradients of captured tensors in each step is summed after the loop, in one product over rows and steps.
/// </summary>
internal static class ScanRule
{
    /// <summary>What results of one scan with the given adjoints add to the adjoints of its active inputs.</summary>
    public static IEnumerable<(int Input, int Adjoint)> Reverse(GraphBuilder graph, (int Node, int Adjoint)[] results, bool[] active)
    {
        ScanStep step = new(graph, results[0].Node);
        (ScanLoop loop, GraphBuilder body) = (step.Loop, step.Body);
        bool[] carryIsActive = step.ActiveCarries(input => active[input]);
        int[] wrt = [.. step.Sources.Where(source => source.Buffer.Kind == BufferKind.Carry ? carryIsActive[source.Buffer.Index] : active[step.InputOf(source.Buffer)]).Select(source => source.Node)];

        ScanRegion region = new(body, graph, loop.Steps, !loop.Backwards);
        List<(int Node, int Adjoint)> seeds = [];
        int[] adjointOf = new int[loop.Carries];
        for (int carry = 0, number = 0; carry < loop.Carries; carry++)
        {
            if (!carryIsActive[carry])
                continue;
            GraphNode next = body[step.Next[carry]];
            int adjoint = body.Source(new BufferRef(BufferKind.Carry, loop.Carries + carry), next.Shape, DerivativeRule.GradientName(next));
            region.Carry(adjoint, graph.Fill(0, next.Shape));
            seeds.Add((step.Next[carry], adjoint));
            adjointOf[carry] = number++;
        }

        for (int i = 0; i < results.Length; i++)
        {
            (int node, int adjoint) = results[i];
            int result = ((ScanOp)graph[node].Op).Result;
            int whole = graph.Broadcast(adjoint, graph[node].Shape);
            int part = body.Source(new BufferRef(BufferKind.Sequence, loop.Sequences + i), body[result].Shape, DerivativeRule.GradientName(body[result]));
            region.Sequence(part, () => whole);
            seeds.Add((result, part));
        }

        step.Give(region);
        int?[] adjoints = ReverseMode.Pull(body, seeds, wrt);
        List<int> stackedInputs = [], stacked = [], summedInputs = [], summed = [], initial = [];
        for (int i = 0; i < wrt.Length; i++)
        {
            BufferRef buffer = ((SourceOp)body[wrt[i]].Op).Buffer;
            int input = step.InputOf(buffer);
            int? adjoint = adjoints[i] is int found ? body.Broadcast(found, body[wrt[i]].Shape, DerivativeRule.GradientName(body[wrt[i]])) : null;
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
        foreach (int carry in Enumerable.Range(0, loop.Carries).Where(carry => carryIsActive[carry] && step.SourceOf(carry) is null))
            region.Next(adjointOf[carry], body.Fill(0, body[step.Next[carry]].Shape));

        (int[] stacks, int[] sums) = region.Close(stacked, summed);
        for (int i = 0; i < stacks.Length; i++)
            yield return (stackedInputs[i], initial.Contains(i) ? First(graph, stacks[i], stackedInputs[i], loop) : stacks[i]);
        for (int i = 0; i < sums.Length; i++)
            yield return (summedInputs[i], sums[i]);
    }

    /// <summary>The tangents of results of one scan.</summary>
    public static int?[] Forward(GraphBuilder graph, int[] results, int?[] tangents)
    {
        ScanStep step = new(graph, results[0]);
        (ScanLoop loop, GraphBuilder body) = (step.Loop, step.Body);
        bool[] carryIsActive = step.ActiveCarries(input => tangents[input] is not null);
        ScanRegion region = new(body, graph, loop.Steps, loop.Backwards);
        List<(int Node, int Tangent)> seeds = [];
        List<int> carries = [];
        foreach ((int node, BufferRef buffer) in step.Sources)
        {
            int? given = tangents[step.InputOf(buffer)];
            if (buffer.Kind == BufferKind.Carry ? !carryIsActive[buffer.Index] : given is null)
                continue;
            Shape shape = body[node].Shape;
            int tangent = body.Source(buffer with { Index = buffer.Index + graph[results[0]].Inputs.Count }, shape, DerivativeRule.TangentName(body[node]));
            seeds.Add((node, tangent));
            switch (buffer.Kind)
            {
                case BufferKind.Carry:
                    region.Carry(tangent, given ?? graph.Fill(0, shape));
                    carries.Add(buffer.Index);
                    break;
                case BufferKind.Sequence:
                    region.Sequence(tangent, () => given!.Value);
                    break;
                default:
                    region.Captured(tangent, given!.Value);
                    break;
            }
        }

        step.Give(region);
        int?[] moves = ForwardMode.Push(body, seeds, [.. carries.Select(carry => step.Next[carry]), .. results.Select(result => ((ScanOp)graph[result].Op).Result)]);
        for (int i = 0; i < carries.Count; i++)
            region.Next(i, moves[i] ?? body.Fill(0, body[step.Next[carries[i]]].Shape));
        int?[] ofResults = [.. moves.Skip(carries.Count)];
        Queue<int> stacked = new(region.Close([.. ofResults.Where(move => move is not null).Select(move => move!.Value)], []).Stacked);
        return [.. ofResults.Select(move => move is null ? (int?)null : stacked.Dequeue())];
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
}
