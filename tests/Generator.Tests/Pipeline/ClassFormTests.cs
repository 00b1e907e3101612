using Microsoft.CodeAnalysis;
using OptGen.Generator.Tests.Harness;

namespace OptGen.Generator.Tests.Pipeline;

/// <summary>Classes wherever and however C# allows them to be declared.</summary>
public class ClassFormTests
{
    private const string Members = """
        {
            [Dense(3)] private static partial Tensor Logits(Tensor x);
            [Forward] private static Tensor Forward([Shape(4)] Tensor x) => Logits(x);
            [Loss] private static Tensor Loss(Tensor logits, [Shape] Labels y) => SoftmaxCrossEntropy(logits, y);
        }
        """;

    [Theory]
    [InlineData("[Model] public partial class Net MEMBERS [Optimizer<Net>, Sgd] public partial class Opt;")]
    [InlineData("namespace A.B; [Model] internal sealed partial class Net MEMBERS [Optimizer<Net>, Sgd] internal sealed partial class Opt;")]
    [InlineData("namespace A; [Model] internal partial class Net MEMBERS [Optimizer<Net>, Sgd] public partial class Opt;")]
    [InlineData("namespace A { public static partial class Outer { [Model] internal partial class Net MEMBERS [Optimizer<Net>, Sgd] internal partial class Opt; } }")]
    [InlineData("namespace A { public partial struct Outer { internal partial record Inner { [Model] private partial class Net MEMBERS [Optimizer<Net>, Sgd] private partial class Opt; } } }")]
    [InlineData("namespace @namespace; [Model] public partial class @event MEMBERS [Optimizer<@event>, Sgd] public partial class @params;")]
    [InlineData("[Model] public partial class Net MEMBERS namespace Other { [Optimizer<Net>, Sgd] public partial class Net2; [Optimizer<Net>, Adam] public partial class Net3; }")]
    public void A_class_of_any_form_compiles(string source) => GeneratorRun.Clean(source.Replace("MEMBERS", Members, StringComparison.Ordinal));

    [Theory]
    [InlineData("@class", "@int")]
    [InlineData("rows", "program")]
    [InlineData("first", "count")]
    [InlineData("loss", "uniforms")]
    [InlineData("parameters", "gradients")]
    public void Inputs_of_any_name_compile(string input, string target) => GeneratorRun.Clean($$"""
        [Model]
        public partial class Net
        {
            [Dense(3)] private static partial Tensor Logits(Tensor x);
            [Forward] private static Tensor Forward([Shape(4)] Tensor {{input}}) => Logits({{input}});
            [Loss] private static Tensor Loss(Tensor logits, [Shape] Labels {{target}}) => SoftmaxCrossEntropy(logits, {{target}});
        }

        [Optimizer<Net>]
        [AdamW]
        public partial class Opt;
        """);

    [Fact]
    public void Names_that_differ_in_case_alone_make_files_that_differ_in_more()
    {
        GeneratorRun run = GeneratorRun.Clean("""
            [Optimizer, Sgd] public partial class Plain;
            [Optimizer, Adam] public partial class PLAIN;
            [Optimizer, AdamW] public partial class Other;
            """);
        Assert.Equal(["Other.Step.g.cs", "PLAIN-0.Step.g.cs", "Plain-1.Step.g.cs"], run.Files.Keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_mistake_in_a_model_is_the_only_error_that_is_reported_of_it()
    {
        GeneratorRun run = GeneratorRun.Of("""
            namespace A;
            public static partial class Outer
            {
                [Model]
                public partial class Net
                {
                    [Dense(3)] private static partial Tensor First(Tensor x);
                    [Dense(0)] internal static partial Tensor Second(Tensor @in);
                    [Forward] private static Tensor Forward([Shape(4)] Tensor x) => Second(First(x));
                }
            }
            """);
        Assert.Equal(["A.Outer.Net.Layers.g.cs"], run.Files.Keys);
        Assert.Single(run.Diagnostics);
        Assert.DoesNotContain(run.Output.GetDiagnostics(TestContext.Current.CancellationToken), diagnostic => diagnostic.Severity == DiagnosticSeverity.Error);
    }

    [Fact]
    public void A_model_without_a_loss_predicts()
    {
        GeneratorRun run = GeneratorRun.Clean("""
            [Model]
            public partial class Net
            {
                [Dense(3)] private static partial Tensor Logits(Tensor x);
                [Forward] private static Tensor Forward([Shape(4)] Tensor x) => Logits(x);
            }
            """);
        Assert.Contains("public void Predict(", run.Files["Net.Forward.g.cs"], StringComparison.Ordinal);
        Assert.DoesNotContain("Net.Backward.g.cs", run.Files.Keys);
    }
}
