using Microsoft.CodeAnalysis;
using OptGen.Generator.Tests.Harness;

namespace OptGen.Generator.Tests.Pipeline;

/// <summary>Which steps of the generator an edit runs again.</summary>
public class IncrementalityTests
{
    private const string Elsewhere = "public static class Elsewhere { public static int Number => 1; }";

    private static readonly string s_model = TrainingProbe.Classifier("[AdamW(LearningRate = 1e-3f)]\n[WarmupCosine(Warmup = 5, Total = 40)]");

    private const string Unbound = "[Optimizer]\n[Sgd(LearningRate = 0.1f)]\npublic partial class Plain;";

    private static readonly string[] s_compileSteps = [TrackingNames.CompileModel, TrackingNames.CompileBoundOptimizer, TrackingNames.CompileUnboundOptimizer];

    [Fact]
    public void The_first_run_takes_every_step()
    {
        GeneratorRun run = GeneratorRun.Clean(s_model, Unbound);
        Assert.All(s_compileSteps, step => Assert.Equal([IncrementalStepRunReason.New], run.Reasons(step)));
        Assert.Equal(["Net.Backward.g.cs", "Net.Forward.g.cs", "Net.Parameters.g.cs", "Opt.Step.g.cs", "Plain.Step.g.cs"], run.Files.Keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void An_unrelated_edit_compiles_nothing_again()
    {
        GeneratorRun first = GeneratorRun.Of(s_model, Unbound, Elsewhere);
        GeneratorRun second = first.Edit(s_model, Unbound, Elsewhere.Replace("1", "2", StringComparison.Ordinal));

        Assert.Equal([IncrementalStepRunReason.Unchanged], second.Reasons(TrackingNames.ReadModel));
        Assert.Equal([IncrementalStepRunReason.Unchanged], second.Reasons(TrackingNames.ReadBoundOptimizer));
        Assert.Equal([IncrementalStepRunReason.Unchanged], second.Reasons(TrackingNames.ReadUnboundOptimizer));
        Assert.All(s_compileSteps, step => Assert.Equal([IncrementalStepRunReason.Cached], second.Reasons(step)));
        Assert.All(OutputReasons(second), reason => Assert.Equal(IncrementalStepRunReason.Cached, reason));
    }

    [Theory]
    [InlineData("Relu(Hidden(x))", "Relu(  Hidden( x ) )")]
    [InlineData("[Forward]", "/* The forward pass. */ [Forward]")]
    [InlineData("[Model(", "\n\n\n[Model(")]
    public void An_edit_of_the_layout_of_the_declaration_compiles_nothing_again(string from, string to)
    {
        GeneratorRun second = GeneratorRun.Of(s_model, Unbound).Edit(s_model.Replace(from, to, StringComparison.Ordinal), Unbound);
        Assert.Equal([IncrementalStepRunReason.Unchanged], second.Reasons(TrackingNames.ReadModel));
        Assert.All(s_compileSteps, step => Assert.Equal([IncrementalStepRunReason.Cached], second.Reasons(step)));
    }

    [Fact]
    public void An_edited_default_compiles_its_optimizer_alone()
    {
        GeneratorRun second = GeneratorRun.Of(s_model, Unbound).Edit(s_model.Replace("1e-3f", "2e-3f", StringComparison.Ordinal), Unbound);

        Assert.Equal([IncrementalStepRunReason.Modified], second.Reasons(TrackingNames.CompileBoundOptimizer));
        Assert.Equal([IncrementalStepRunReason.Cached], second.Reasons(TrackingNames.CompileModel));
        Assert.Equal([IncrementalStepRunReason.Cached], second.Reasons(TrackingNames.CompileUnboundOptimizer));
        Assert.Contains("} = 0.002f;", second.Files["Opt.Step.g.cs"], StringComparison.Ordinal);
    }

    [Fact]
    public void An_edited_size_compiles_the_model_and_its_optimizer()
    {
        GeneratorRun second = GeneratorRun.Of(s_model, Unbound).Edit(s_model.Replace("[Dense(20)]", "[Dense(24)]", StringComparison.Ordinal), Unbound);

        Assert.Equal([IncrementalStepRunReason.Modified], second.Reasons(TrackingNames.CompileModel));
        Assert.Equal([IncrementalStepRunReason.Modified], second.Reasons(TrackingNames.CompileBoundOptimizer));
        Assert.Equal([IncrementalStepRunReason.Cached], second.Reasons(TrackingNames.CompileUnboundOptimizer));
    }

    [Fact]
    public void A_mistake_mends_without_a_trace()
    {
        GeneratorRun first = GeneratorRun.Of(s_model.Replace("partial class Net", "class Net", StringComparison.Ordinal));
        Assert.NotEmpty(first.Diagnostics);
        GeneratorRun second = first.Edit(s_model);
        Assert.Empty(second.Diagnostics);
        Assert.Equal(GeneratorRun.Of(s_model).Files, second.Files);
    }

    private static IEnumerable<IncrementalStepRunReason> OutputReasons(GeneratorRun run) =>
        run.Result.TrackedOutputSteps.SelectMany(step => step.Value).SelectMany(step => step.Outputs).Select(output => output.Reason);
}
