using System.Reflection;
using OptGen.Generator.Autodiff;
using OptGen.Generator.Graph;
using OptGen.Generator.Lowering;
using OptGen.Generator.Specs;
using OptGen.Generator.Tests.Backends;
using OptGen.Generator.Tests.Harness;
using OptGen.Generator.Tests.Oracle;
using OptGen.Kernels;

namespace OptGen.Generator.Tests.Graph;

/// <summary>Each primitive by itself: it is well formed, the interpreter gives numbers worked out by hand, its derivative is the slope, and the CPU code does the same at every width.</summary>
[Collection(RuntimeSettings.Name)]
public sealed class PrimitiveTests
{
    private const int Batch = PrimitiveCase.Batch;

    private static readonly Dictionary<Type, double[]> s_expected = new()
    {
        [typeof(SourceOp)] = [.. PrimitiveCase.Numbers],
        [typeof(IotaOp)] = [0, -2, 6, 0, 2, -2],
        [typeof(MapOp)] = [1, 4, 9, 0.25, 4, 1],
        [typeof(ReduceOp)] = [3, 2],
        [typeof(ContractOp)] = [1 + 2 + 9, 2 - 1 - 6, 0.5 - 2 - 3, 1 + 1 + 2],
        [typeof(ReshapeOp)] = [0, 2, -2, 0, 3, -4],
        [typeof(TransposeOp)] = [0, -1, 6, 0, 0.5, -4],
        [typeof(SliceOp)] = [2, -2],
        [typeof(PadOp)] = [0, 0, 0, 1, 0, 2, -1, 0, 0.5, 3, 0, -2, 0, 0, 0],
        [typeof(ConcatOp)] = [1, -2, 3, 1, 4, 9, 3, 0.5, 2, -1, 0.25, 4, 1, -1],
        [typeof(ViewOp)] = [7, 1, 1, -2, -2, 3, 7, 0.5, 0.5, 2, 2, -1],
        [typeof(GatherOp)] = [3, -2, 1, 2],
        [typeof(ScatterOp)] = [0.5, 2, -1, 0, 0, 0, 1, -2, 3],
        [typeof(RandomOp)] = [.. PrimitiveCase.Numbers.Select((x, i) => x * StepRandom.Uniform(0, 5, i))],
        [typeof(StopGradientOp)] = [0, 2, 0, 0.5, 0, -2],
        [typeof(ScanOp)] = [1, -1, 2, 0.5, 2.5, 1.5],
    };

    public static TheoryData<string> Primitives => [.. PrimitiveCase.Primitives.Select(type => type.Name)];

    [Theory]
    [MemberData(nameof(Primitives))]
    public void A_primitive_is_what_it_says_with_its_derivative_at_every_width(string name)
    {
        PrimitiveCase nodes = PrimitiveCase.Of(name);
        (Type type, int result, GraphBuilder graph) = (nodes.Primitive, nodes.Result, nodes.Graph);
        TensorGraph plain = graph.Build();
        GraphVerifier.Verify(plain);
        Assert.Contains(plain.Nodes, node => node.Op.GetType() == type);
        Dictionary<BufferRef, double[]> content = nodes.Content();
        BackendTests.Same(s_expected[type], new GraphInterpreter(Batch).Values(plain, content)[result], 1e-14, "interpreted");

        int loss = nodes.Loss();
        foreach (int rows in new[] { 1, Batch })
            FiniteDifferences.Check(new GraphBuilder(graph.Build()), loss, [nodes.Input, nodes.Scale, nodes.W], content, Batch, rows, $"{name}, {rows} rows");

        int[] gradients = ReverseMode.Gradients(graph, loss, [nodes.Scale, nodes.W]);
        graph.ClearOutputs();
        graph.Output(loss, new BufferRef(BufferKind.Loss));
        for (int i = 0; i < gradients.Length; i++)
            graph.Output(gradients[i], new BufferRef(BufferKind.Gradient, i));
        GradientProgram program = new("Of" + name, ModelPrograms.Finish(graph.Build()), Batch, "double");
        Assembly assembly = BackendTests.Compile([program]);
        foreach (int rows in new[] { 1, Batch })
        {
            double[] expected = program.RunOracle(content, rows);
            VectorWidths.Each(width => BackendTests.Same(expected, program.RunCpu(assembly, content, rows), 1e-13, $"{rows} rows, {width} bits"));
        }
    }
}
