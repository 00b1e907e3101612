using OptGen.Generator.Autodiff;
using OptGen.Generator.Graph;
using OptGen.Generator.Scalar;
using OptGen.Generator.Specs;
using OptGen.Generator.Tests.Oracle;

namespace OptGen.Generator.Tests.Autodiff;

public sealed class ReverseModeTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Gradients_of_random_graphs_match_finite_differences(int group)
    {
        for (int seed = group * 100; seed < (group + 1) * 100; seed++)
        {
            RandomGraph graph = new(seed);
            int[] wrt = [.. graph.Parameters.Select((shape, p) => graph.Builder.Source(new BufferRef(BufferKind.Parameter, p), shape, ""))];
            wrt = [graph.Builder.Source(new BufferRef(BufferKind.Input), graph.InputShape, ""), .. wrt];
            FiniteDifferences.Check(graph.Builder, graph.Loss, wrt, graph.Content(), graph.Batch, graph.Rows, $"seed {seed}");
        }
    }
}
