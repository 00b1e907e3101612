using System.Reflection;
using System.Text;
using OptGen.Generator.Autodiff;
using OptGen.Generator.Backends.Cpu;
using OptGen.Generator.Graph;
using OptGen.Generator.Lowering;
using OptGen.Generator.Specs;
using OptGen.Generator.Tests.Harness;
using OptGen.Generator.Tests.Oracle;

namespace OptGen.Generator.Tests.Backends;

/// <summary>The emitted code at every vector width against plain loops over the same kernels and against the interpreter of the graph.</summary>
[Collection(RuntimeSettings.Name)]
public sealed class BackendTests
{
    private const int Graphs = 80;

    internal static readonly int[] Widths = VectorWidths.All;

    [Fact]
    public void Random_graphs_agree_with_the_interpreter_at_every_width()
    {
        List<(GradientProgram Program, RandomGraph Random)> programs = [];
        for (int seed = 0; seed < Graphs; seed++)
        {
            RandomGraph random = new(seed);
            int[] gradients = ReverseMode.Gradients(random.Builder, random.Loss, [.. Enumerable.Range(0, random.Parameters.Count).Select(p =>
                random.Builder.Source(new BufferRef(BufferKind.Parameter, p), random.Parameters[p], "p" + p))]);
            for (int p = 0; p < gradients.Length; p++)
                random.Builder.Output(gradients[p], new BufferRef(BufferKind.Gradient, p));
            programs.Add((new GradientProgram("Net" + seed, ModelPrograms.Finish(random.Builder.Build()), random.Batch, "double"), random));
        }

        Assembly assembly = Compile(programs.Select(pair => pair.Program));
        for (int seed = 0; seed < Graphs; seed++)
        {
            (GradientProgram program, RandomGraph random) = programs[seed];
            Dictionary<BufferRef, double[]> content = random.Content();
            foreach (int rows in new[] { random.Rows, random.Batch }.Distinct())
            {
                double[] expected = program.RunOracle(content, rows);
                Same(expected, program.RunLoops(assembly, content, rows), 1e-10, $"seed {seed}, {rows} rows, plain loops");
                foreach (int width in Widths)
                    Same(expected, AtWidth(width, () => program.RunCpu(assembly, content, rows)), 1e-10, $"seed {seed}, {rows} rows, {width} bits");
            }
        }
    }

    public static TheoryData<int, int[]> Networks() => new()
    {
        { 32, [64, 128, 10] },
        { 5, [7, 3, 2] },
        { 1, [4, 16, 3] },
        { 17, [33, 40, 31, 5] },
        { 64, [300, 90, 17] },
    };

    [Theory]
    [MemberData(nameof(Networks))]
    public void Perceptrons_agree_with_the_interpreter_at_every_width_and_for_part_batches(int batch, int[] sizes)
    {
        TensorGraph graph = ModelPrograms.Gradient(Backends.Networks.Mlp(batch, sizes));
        GradientProgram single = new("Single", graph, batch, "float"), full = new("Full", graph, batch, "double");
        Assembly assembly = Compile([single, full]);
        Random random = new(batch);
        Dictionary<BufferRef, double[]> content = [];
        foreach (GraphNode node in graph.Nodes)
        {
            if (node.Op is SourceOp { Buffer: { Kind: BufferKind.Input or BufferKind.Parameter } buffer })
                content[buffer] = [.. Enumerable.Range(0, node.Shape.Count).Select(_ => buffer == new BufferRef(BufferKind.Input, 1) ? random.Next(sizes[^1]) : (double)(random.NextSingle() - 0.5f))];
        }

        foreach (int rows in new[] { batch, Math.Max(1, batch - 3), 1 }.Distinct())
        {
            double[] expected = full.RunOracle(content, rows);
            Same(expected, full.RunLoops(assembly, content, rows), 1e-11, $"{rows} rows, plain loops");
            foreach (int width in Widths)
            {
                Same(expected, AtWidth(width, () => full.RunCpu(assembly, content, rows)), 1e-11, $"{rows} rows, double, {width} bits");
                Same(expected, AtWidth(width, () => single.RunCpu(assembly, content, rows)), 2e-5, $"{rows} rows, float, {width} bits");
            }
        }
    }

    internal static Assembly Compile(IEnumerable<GradientProgram> programs)
    {
        StringBuilder source = new();
        foreach (string name in CpuBackend.Usings)
            source.Append("using ").Append(name).AppendLine(";");
        foreach (GradientProgram program in programs)
            source.AppendLine(program.Source().Replace("using System;", "", StringComparison.Ordinal));
        return Compiled.Load(source.ToString());
    }

    internal static double[] AtWidth(int bits, Func<double[]> run)
    {
        int before = OptGenRuntime.VectorBits;
        OptGenRuntime.VectorBits = bits;
        try
        {
            return run();
        }
        finally
        {
            OptGenRuntime.VectorBits = before;
        }
    }

    /// <summary>Equal within a tolerance relative to the largest number: a sum of cancelling terms has no relative precision of its own.</summary>
    internal static void Same(double[] expected, double[] actual, double tolerance, string what)
    {
        Assert.Equal(expected.Length, actual.Length);
        double scale = Math.Max(1, expected.Where(double.IsFinite).Select(Math.Abs).DefaultIfEmpty(0).Max());
        for (int i = 0; i < expected.Length; i++)
        {
            bool same = double.IsNaN(expected[i]) ? double.IsNaN(actual[i]) : expected[i] == actual[i] || Math.Abs(expected[i] - actual[i]) <= tolerance * scale;
            Assert.True(same, $"{what}: element {i} is {actual[i]:R}, expected {expected[i]:R}");
        }
    }
}
