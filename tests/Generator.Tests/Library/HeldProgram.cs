using OptGen.Generator.Graph;
using OptGen.Generator.Specs;
using OptGen.Generator.Tests.Golden;
using OptGen.Generator.Tests.Oracle;

namespace OptGen.Generator.Tests.Library;

/// <summary>
/// A model in which everything that <c>StopGradient</c> gives is one more statistic, which the caller fills. Its loss depends on what is moved in no way that the gradient leaves
/// out, so differences of it are what the gradient has to be.
/// </summary>
internal sealed class HeldProgram
{
    private readonly int _batch;
    private readonly int _statistics;
    private readonly TensorGraph _stopped;
    private readonly int _count;

    public HeldProgram(string name, ModelSpec spec, bool isTraining)
    {
        TensorGraph graph = isTraining ? spec.Graph : spec.Inference ?? spec.Graph;
        (_batch, _statistics) = (spec.Batch, spec.Buffers.Count);
        List<GraphNode> nodes = [];
        List<ModelBufferSpec> held = [];
        GraphBuilder stopped = new(graph);
        stopped.ClearOutputs();
        foreach (GraphNode node in graph.Nodes)
        {
            if (node.Op is not StopGradientOp)
            {
                nodes.Add(node);
                continue;
            }

            Assert.False(node.Shape.Batched, "What is held is memory, as statistics are.");
            stopped.Output(nodes.Count, new BufferRef(BufferKind.Gradient, held.Count));
            nodes.Add(node with { Op = new SourceOp(new BufferRef(BufferKind.Kept, _statistics + held.Count)), Inputs = [] });
            held.Add(new ModelBufferSpec("Held" + held.Count, node.Shape, [0]));
        }

        Assert.NotEmpty(held);
        (_stopped, _count) = (stopped.Build(), held.Count);
        Program = new GoldenProgram(name, spec with { Graph = graph with { Nodes = [.. nodes] }, Inference = null, Buffers = [.. spec.Buffers, .. held] });
    }

    public GoldenProgram Program { get; }

    /// <summary>What is held at a point, from the interpreter.</summary>
    public double[][] Values(double[][] inputs, double[][] parameters, double[][] statistics, int rows, uint key)
    {
        Dictionary<BufferRef, double[]> content = [];
        foreach ((BufferKind kind, double[][] values) in new[] { (BufferKind.Input, inputs), (BufferKind.Parameter, parameters), (BufferKind.Kept, statistics) })
        {
            for (int i = 0; i < values.Length; i++)
                content[new BufferRef(kind, i)] = values[i];
        }

        Dictionary<BufferRef, double[]> results = new GraphInterpreter(_batch, rows) { RandomKey = key }.Run(_stopped, content);
        return [.. Enumerable.Range(0, _count).Select(i => results[new BufferRef(BufferKind.Gradient, i)])];
    }
}
