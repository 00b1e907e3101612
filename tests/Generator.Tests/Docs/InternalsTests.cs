using System.Text;
using Microsoft.CodeAnalysis;
using OptGen.Generator.Emit;
using OptGen.Generator.Frontend;
using OptGen.Generator.Fusion;
using OptGen.Generator.Graph;
using OptGen.Generator.Lowering;
using OptGen.Generator.Planning;
using OptGen.Generator.Specs;
using OptGen.Generator.Tests.Harness;

namespace OptGen.Generator.Tests.Docs;

/// <summary>
/// docs/internals.md follows a two-layer network through every stage. It is produced here, so it shows what the compiler does and not what it once did.
/// Run the test with the environment variable <c>OPTGEN_UPDATE_SNAPSHOTS=1</c> to write it anew.
/// </summary>
public sealed class InternalsTests
{
    private const string Source = """
        [Model(Batch = 8)]
        public partial class TinyNet
        {
            [Dense(16)] private static partial Tensor Hidden(Tensor x);
            [Dense(3)] private static partial Tensor Logits(Tensor x);

            [Forward] private static Tensor Forward([Shape(4)] Tensor x) => Logits(Tanh(Hidden(x)));
            [Loss] private static Tensor Loss(Tensor logits, [Shape] Labels y) => SoftmaxCrossEntropy(logits, y);
        }

        [Optimizer<TinyNet>]
        [Sgd(LearningRate = 0.1f, Momentum = 0.9f)]
        public partial class TinySgd;
        """;

    [Fact]
    public void The_page_shows_what_the_compiler_does()
    {
        string path = Path.Combine(Repository.Root, "docs", "internals.md");
        string page = Page();
        if (Environment.GetEnvironmentVariable("OPTGEN_UPDATE_SNAPSHOTS") == "1")
            File.WriteAllText(path, page);
        Assert.Equal(page, File.ReadAllText(path).ReplaceLineEndings("\n"));
    }

    private static string Page()
    {
        GeneratorRun run = GeneratorRun.Clean(Source);
        ModelSpec model = ModelReader.Read(run.Input.GetTypeByMetadataName("TinyNet")!, run.Input).Value!;
        OptimizerSpec optimizer = OptimizerReader.Read(run.Input.GetTypeByMetadataName("TinySgd")!, run.Input, _ => model).Value!;
        OptimizerText emitted = new(optimizer);
        TensorGraph step = OptimizerPrograms.TrainStep(optimizer, emitted.Sequence)!;
        KernelList kernels = Fuse.Run(step);
        Program program = ProgramCompiler.TrainStep(emitted)!;

        StringBuilder text = new();
        text.Append("""
            # Internals: one network through every stage

            This page is written by a test from what the compiler really does with the declaration below. The stages are those of [architecture.md](architecture.md).


            """);
        Section(text, "What the user writes", null, "csharp", Source);
        Section(text, "Frontend: the graph that is read", """
            The reader runs `Forward` and `Loss` with symbolic tensors. Library definitions such as `Dense` and `SoftmaxCrossEntropy` are read like the user's own code,
            so only primitives remain. `8 rows` marks the batch axis: at run time it covers the rows of the call.
            """, "text", GraphPrinter.Table(model.Graph));
        Section(text, "Frontend: the parameters", null, "text", string.Join("\n", model.Parameters.Select(parameter =>
            $"{parameter.Name,-16} {parameter.Shape,-12} {parameter.Kind,-8} {parameter.Init}")));
        Section(text, "Lowering and autodiff: one training step as one graph", """
            Reverse mode adds the gradient as more nodes. The update rule is a map over each parameter, its gradient and its states; what it computes from hyperparameters and
            the step number alone became uniforms. Outputs whose target is also a source are written in place.
            """, "text", GraphPrinter.Table(step));
        Section(text, "Fusion: kernels", """
            Each kernel is a loop nest: outer axes, then inner axes that are reduced or looped over for each outer point. Maps moved into the kernel that produces their operands,
            so no gradient of a weight ever reaches memory.
            """, "text", string.Join("\n\n", kernels.Kernels.Select(Describe)));
        Section(text, "Planning: memory and loops", """
            Tensors that are never live together share memory. The planner chose for every kernel how its loops run; the same table stands at the top of the emitted file.
            """, "text", Header(program));
        Section(text, "Back end: one of the emitted kernels", "Every kernel is generic over the vector type `V`, and runs at 512, 256 or 128 bits or one element at a time.",
            "csharp", Excerpt(run));
        return text.ToString().ReplaceLineEndings("\n").TrimEnd('\n') + "\n";
    }

    private static void Section(StringBuilder text, string title, string? prose, string language, string block)
    {
        text.Append("## ").Append(title).Append("\n\n");
        if (prose is not null)
            text.Append(prose).Append("\n\n");
        text.Append("```").Append(language).Append('\n').Append(block.TrimEnd('\n')).Append("\n```\n\n");
    }

    private static string Describe(Kernel kernel)
    {
        string Loops(IEnumerable<Axis> axes) => string.Join(" × ", axes.Select(axis => $"{axis.Name} {axis.Extent}{(axis.Batched ? " rows" : "")}"));
        string outer = Loops(kernel.Axes.Take(kernel.OuterCount)), inner = Loops(kernel.Axes.Skip(kernel.OuterCount));
        return $"{kernel.Name}: for {(outer.Length == 0 ? "one point" : outer)}{(inner.Length == 0 ? "" : ", inner " + inner)}\n"
            + string.Join("\n", kernel.Summary.Split('\n').Select(line => "    " + line));
    }

    private static string Header(Program program)
    {
        Generator.Backends.CodeWriter writer = new();
        Generator.Backends.Cpu.ProgramHeader.Print(writer, new Generator.Backends.Cpu.CpuText(program));
        return string.Join("\n", writer.ToString().TrimEnd('\n').Split('\n').Select(line => line.TrimStart('/').TrimEnd()).Select(line => line.StartsWith(' ') ? line[1..] : line));
    }

    private static string Excerpt(GeneratorRun run)
    {
        string[] lines = run.Files["TinySgd.Step.g.cs"].Split('\n');
        int start = Array.FindIndex(lines, line => line.Contains("private void HiddenBiasUpdate<V>", StringComparison.Ordinal)) - 1;
        while (lines[start - 1].TrimStart().StartsWith("//", StringComparison.Ordinal))
            start--;
        int indent = lines[start].Length - lines[start].TrimStart().Length;
        int end = Array.FindIndex(lines, start, line => line == new string(' ', indent) + "}");
        return string.Join("\n", lines[start..(end + 1)].Select(line => line.Length > indent ? line[indent..] : line.TrimStart()));
    }
}
