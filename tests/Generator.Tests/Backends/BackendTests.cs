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
        RandomGraph[] graphs = [.. Enumerable.Range(0, Graphs).Select(seed => new RandomGraph(seed))];
        GradientsAgree(graphs, seed => $"seed {seed}");
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
            double[] expected = Agree(full, assembly, content, rows, 1e-11, "double");
            foreach (int width in Widths)
                Same(expected, AtWidth(width, () => single.RunCpu(assembly, content, rows)), 2e-5, $"{rows} rows, float, {width} bits");
        }
    }

    /// <summary>Holds losses and gradients of random graphs against the interpreter, at every width, for a part batch and a full one.</summary>
    internal static void GradientsAgree(RandomGraph[] graphs, Func<int, string> name)
    {
        GradientProgram[] programs = [.. graphs.Select((random, i) =>
        {
            int[] gradients = ReverseMode.Gradients(random.Builder, random.Loss, [.. random.Parameters.Select((shape, p) => random.Builder.Source(new BufferRef(BufferKind.Parameter, p), shape, "p" + p))]);
            for (int p = 0; p < gradients.Length; p++)
                random.Builder.Output(gradients[p], new BufferRef(BufferKind.Gradient, p));
            return new GradientProgram("Net" + i, ModelPrograms.Finish(random.Builder.Build()), random.Batch, "double");
        })];
        Assembly assembly = Compile(programs);
        for (int i = 0; i < programs.Length; i++)
        {
            Dictionary<BufferRef, double[]> content = graphs[i].Content();
            foreach (int rows in new[] { graphs[i].Rows, graphs[i].Batch }.Distinct())
                Agree(programs[i], assembly, content, rows, 1e-10, name(i));
        }
    }

    /// <summary>Holds a program, as plain loops and at every width, against the interpreter, whose numbers it gives.</summary>
    /// <param name="withLoops">Whether plain loops can run it: they draw random numbers with a key of their own.</param>
    internal static double[] Agree(GradientProgram program, Assembly assembly, Dictionary<BufferRef, double[]> content, int rows, double tolerance, string what, bool withLoops = true)
    {
        double[] expected = program.RunOracle(content, rows);
        if (withLoops)
            Same(expected, program.RunLoops(assembly, content, rows), tolerance, $"{what}, {rows} rows, plain loops");
        foreach (int width in Widths)
            Same(expected, AtWidth(width, () => program.RunCpu(assembly, content, rows)), tolerance, $"{what}, {rows} rows, {width} bits");
        return expected;
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
