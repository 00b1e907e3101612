using OptGen.Generator.Graph;
using OptGen.Generator.Scalar;
using OptGen.Generator.Specs;

namespace OptGen.Generator.Autodiff;

/// <summary>One step of a scan as a graph to which derivatives can be added.</summary>
internal sealed class ScanStep
{
    private readonly GraphBuilder _graph;
    private readonly EquatableArray<int> _inputs;

    /// <param name="graph">The graph that holds the scan.</param>
    /// <param name="result">Any result of the scan.</param>
    public ScanStep(GraphBuilder graph, int result)
    {
        (_graph, Loop, _inputs) = (graph, ((ScanOp)graph[result].Op).Loop, graph[result].Inputs);
        Body = new GraphBuilder(Loop.Body);
        Body.ClearOutputs();
        Next = [.. Enumerable.Range(0, Loop.Carries).Select(carry => Loop.Body.Outputs.First(output => output.Target.Index == carry).Node)];
        Sources = [.. Enumerable.Range(0, Loop.Body.Nodes.Count).Where(node => Body[node].Op is SourceOp { Buffer.Kind: not BufferKind.Uniform })
            .Select(node => (node, ((SourceOp)Body[node].Op).Buffer))];
    }

    public ScanLoop Loop { get; }

    public GraphBuilder Body { get; }

    /// <summary>The node of each carry as the step leaves it.</summary>
    public int[] Next { get; }

    /// <summary>What the step reads, but for uniforms.</summary>
    public IReadOnlyList<(int Node, BufferRef Buffer)> Sources { get; }

    /// <summary>The node of the scan's graph for what a source of the body reads; for a carry, its value before the first step.</summary>
    public int InputOf(BufferRef buffer) =>
        _inputs[buffer.Index + buffer.Kind switch { BufferKind.Carry => 0, BufferKind.Sequence => Loop.Carries, _ => Loop.Carries + Loop.Sequences }];

    /// <summary>The node that reads a carry; null where none does.</summary>
    public int? SourceOf(int carry) => Sources.Where(source => source.Buffer == new BufferRef(BufferKind.Carry, carry)).Select(source => (int?)source.Node).FirstOrDefault();

    /// <summary>Tells a derivative's loop where it finds what the steps read, and what of their results it need not compute again.</summary>
    public void Give(ScanRegion region)
    {
        foreach ((int node, BufferRef buffer) in Sources)
        {
            int input = InputOf(buffer);
            switch (buffer.Kind)
            {
                case BufferKind.Carry:
                    region.Sequence(node, () => Stack(node));
                    break;
                case BufferKind.Sequence:
                    region.Sequence(node, () => input);
                    break;
                default:
                    region.Captured(node, input);
                    break;
            }
        }

        bool[] varies = Varies(Loop.Body);
        foreach (int node in Enumerable.Range(0, Loop.Body.Nodes.Count).Where(node => varies[node] && IsKept(Loop.Body, node)))
            region.Sequence(node, () => Stack(node));

        int Stack(int node) => _graph.Scan(Loop, _inputs, node, Body[node].Name);
    }

    /// <summary>Which carries depend on active inputs of the scan, if only through other carries of earlier steps.</summary>
    public bool[] ActiveCarries(Func<int, bool> isActive)
    {
        bool[] result = new bool[Loop.Carries];
        for (bool changes = true; changes;)
        {
            changes = false;
            bool[] active = new bool[Loop.Body.Nodes.Count];
            foreach ((int node, BufferRef buffer) in Sources)
                active[node] = isActive(InputOf(buffer)) || (buffer.Kind == BufferKind.Carry && result[buffer.Index]);
            for (int node = 0; node < active.Length; node++)
                active[node] |= Loop.Body.Nodes[node].Op is not StopGradientOp && Loop.Body.Nodes[node].Inputs.Any(input => active[input]);
            for (int carry = 0; carry < result.Length; carry++)
            {
                if (result[carry] || !(active[Next[carry]] || isActive(_inputs[carry])))
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
}
