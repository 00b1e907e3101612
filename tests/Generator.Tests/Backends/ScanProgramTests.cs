using System.Reflection;
using OptGen.Generator.Graph;
using OptGen.Generator.Lowering;
using OptGen.Generator.Specs;
using OptGen.Generator.Tests.Frontend;
using OptGen.Generator.Tests.Harness;
using OptGen.Generator.Tests.Oracle;

namespace OptGen.Generator.Tests.Backends;

/// <summary>Loops over the steps of a scan, forward and backward, against the interpreter.</summary>
[Collection(RuntimeSettings.Name)]
public sealed class ScanProgramTests
{
    [Fact]
    public void Recurrent_cells_agree_with_the_interpreter_at_every_width_and_for_part_batches()
    {
        (int Batch, int Steps, int Features, int Units, bool Backwards)[] cases =
            [(3, 1, 2, 3, false), (4, 2, 3, 5, true), (5, 7, 4, 17, false), (2, 33, 3, 16, true), (9, 6, 8, 33, false), (1, 5, 16, 8, true)];
        RecurrentCell[] cells = [.. cases.Select(each => new RecurrentCell(each.Batch, each.Steps, each.Features, each.Units, each.Backwards))];
        GradientProgram[] programs = [.. cells.Select((cell, i) => new GradientProgram("Cell" + i, cell.WithGradients, cases[i].Batch, "double"))];
        Assembly assembly = BackendTests.Compile(programs);
        for (int i = 0; i < cells.Length; i++)
        {
            Dictionary<BufferRef, double[]> content = cells[i].Content(i);
            foreach (int rows in new[] { cases[i].Batch, Math.Max(1, cases[i].Batch - 1), 1 }.Distinct())
                BackendTests.Agree(programs[i], assembly, content, rows, 1e-11, $"{cases[i]}");
        }
    }

    [Fact]
    public void Layers_upon_each_other_agree_with_the_interpreter_and_share_their_code()
    {
        ModelSpec two = Stack("Lstm(8)", 2), three = Stack("Lstm(8)", 3), gated = Stack("Gru(8)", 2);
        GradientProgram[] programs = [.. new[] { two, three, gated }.Select((model, i) => new GradientProgram("Stack" + i, ModelPrograms.Gradient(model), model.Batch, "double"))];
        Assert.Equal(programs[0].Program.Code.Distinct().Count(), programs[1].Program.Code.Distinct().Count());
        Assert.True(programs[1].Program.Kernels.Count > programs[0].Program.Kernels.Count);
        Assembly assembly = BackendTests.Compile(programs);
        Random random = new(3);
        foreach ((GradientProgram program, ModelSpec model) in programs.Zip([two, three, gated]))
        {
            Dictionary<BufferRef, double[]> content = [];
            foreach (GraphNode node in model.Graph.Nodes)
            {
                if (node.Op is SourceOp { Buffer: { Kind: BufferKind.Input or BufferKind.Parameter } buffer })
                    content[buffer] = [.. Enumerable.Range(0, node.Shape.Count).Select(_ => random.NextDouble() - 0.5)];
            }

            foreach (int rows in new[] { 4, 3 })
            {
                double[] expected = program.RunOracle(content, rows);
                foreach (int width in BackendTests.Widths)
                    BackendTests.Same(expected, BackendTests.AtWidth(width, () => program.RunCpu(assembly, content, rows)), 1e-11, $"{model.Parameters.Count} parameters, {rows} rows, {width} bits");
            }
        }
    }

    [Fact]
    public void Steps_that_are_divided_among_threads_give_the_same_bits()
    {
        RecurrentCell cell = new(64, 3, 5, 200, backwards: false);
        GradientProgram program = new("Large", cell.WithGradients, 64, "float");
        Assert.Contains(program.Program.Kernels, kernel => kernel.IsParallel && kernel.Kernel.Loop >= 0);
        Assembly assembly = BackendTests.Compile([program]);
        Dictionary<BufferRef, double[]> content = cell.Content(1);
        int threads = OptGenRuntime.MaxThreads;
        try
        {
            OptGenRuntime.MaxThreads = 1;
            double[] expected = program.RunCpu(assembly, content, 64);
            OptGenRuntime.MaxThreads = 3;
            Assert.Equal(expected, program.RunCpu(assembly, content, 64));
        }
        finally
        {
            OptGenRuntime.MaxThreads = threads;
        }
    }

    private static ModelSpec Stack(string layer, int layers) => ModelSource.ReadValid($$"""
        [Model(Batch = 4, Precision = Precision.Double)]
        public partial class Net
        {
            {{string.Concat(Enumerable.Range(0, layers).Select(i => $"[{layer}] private static partial Tensor Cells{i}(Tensor x);\n"))}}
            [Forward] private static Tensor Forward([Shape(6, 8)] Tensor x) => {{Enumerable.Range(0, layers).Aggregate("x", (inner, i) => $"Cells{i}({inner})")}};
            [Loss] private static Tensor Loss(Tensor y, [Shape(6, 8)] Tensor labels) => MeanSquaredError(y, labels);
        }
        """);
}
