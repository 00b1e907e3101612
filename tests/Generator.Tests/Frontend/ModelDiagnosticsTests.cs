using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using OptGen.Generator.Diagnostics;
using OptGen.Generator.Frontend;
using OptGen.Generator.Specs;
using OptGen.Generator.Tests.Harness;
using OptGen.Generator.Tests.Optimizers;

namespace OptGen.Generator.Tests.Frontend;

/// <summary>Each mistake in a model is reported on the very token that is wrong, with a message that names the fix.</summary>
public class ModelDiagnosticsTests
{
    private const string Head = "[Model] public partial class Net { ";
    private const string Forward = "[Forward] private static Tensor Forward([Shape(4)] Tensor x) => ";
    private const string Hidden = "[Dense(3)] private static partial Tensor Hidden(Tensor x); ";
    private const string Loss = "[Loss] private static Tensor Loss(Tensor y, [Shape(4)] Tensor t) => ";

    public static TheoryData<string, string, string> Mistakes => new()
    {
        { "OPTG001", "[Model] public class [|Net|] { " + Forward + "x; }", "Class 'Net' is marked [Model] but is not partial; write 'partial class Net'" },
        { "OPTG002", "[Model] public abstract partial class [|Net|] { " + Forward + "x; }", "must not be abstract" },
        { "OPTG002", "[Model] public partial record [|Net|] { " + Forward + "x; }", "must not be a record" },
        { "OPTG003", "[Model] public partial class [|Net|] { " + Hidden + "}", "Model 'Net' has no method marked [Forward]" },
        { "OPTG004", Head + Forward + "x; [Forward] private static Tensor [|Again|]([Shape(4)] Tensor x) => x; }", "[Forward] is on 'Forward' already" },
        { "OPTG004", Head + Forward + "x; " + Loss + "Mean(y); [Loss] private static Tensor [|Again|](Tensor y) => Mean(y); }", "remove it from 'Again'" },
        { "OPTG005", "[Model(Batch = [|0|])] public partial class Net { " + Forward + "x; }", "Batch is 0" },
        { "OPTG006", Head + "[Forward] private Tensor [|Forward|]([Shape(4)] Tensor x) => x; }", "[Forward] method 'Forward' must be static" },
        { "OPTG006", Head + "[Forward] private static Tensor [|Forward|]() => null!; }", "must take the model's inputs" },
        { "OPTG006", Head + Forward + "x; [Loss] private static float [|Loss|](Tensor y) => 0; }", "[Loss] method 'Loss' must return a Tensor" },
        { "OPTG027", Head + "[Dense(3)] private static partial Tensor [|Weights|](Tensor x); " + Forward + "Weights(x); }", "'Net' gets a generated member 'Weights'" },
        { "OPTG027", Head + "public int [|Predict|] => 1; " + Forward + "x; }", "'Predict'" },
        { "OPTG027", Head + "public [|Net|](int number) { } " + Forward + "x; }", "'Net(int seed)'" },
        { "OPTG027", Head + Forward + "x; private sealed class [|ForwardProgram|]; }", "'ForwardProgram'" },
        { "OPTG007", Head + "[Forward] private static Tensor Forward(Tensor [|x|]) => x; }", "Parameter 'x' has no [Shape]; write '[Shape(64)]'" },
        { "OPTG007", Head + Forward + "x; [Loss] private static Tensor Loss(Tensor y, Tensor [|t|]) => MeanSquaredError(y, t); }", "Parameter 't' has no [Shape]" },
        { "OPTG008", Head + "[Forward] private static Tensor Forward([Shape(4)] [|float[]|] x) => null!; }", "Parameter 'x' is of type 'float[]'" },
        { "OPTG009", Head + "[Forward] private static Tensor Forward([Shape(2, [|0|])] Tensor x) => x; }", "Parameter 'x' has a size of 0" },
        { "OPTG010", Head + "[Forward] private static Tensor Forward([Shape(4)] Tensor x) { [|try|] { return x; } finally { } } }", "'try' is not supported in code that OptGen compiles; it reads declarations" },
        { "OPTG010", Head + "[Forward] private static Tensor Forward([Shape(4)] Tensor x) { [|lock|] (x) { return x; } } }", "'lock' is not supported" },
        { "OPTG011", Head + Forward + "[|x == null|] ? x : x; }", "'x == null' is not supported" },
        { "OPTG011", Head + Forward + "Map(x, a => (float)[|typeof(int)|].Name.Length); }", "'typeof(int)' is not supported" },
        { "OPTG012", Head + "[Forward] private static Tensor Forward([Shape(4)] Tensor x) { Console.[|WriteLine|](\"x\"); return x; } }", "'Console.WriteLine' can't be compiled" },
        { "OPTG012", Head + Forward + "Map(x, a => MathF.[|Gamma|](a)); static class MathF { public static extern float Gamma(float x); } }", "'Gamma'" },
        { "OPTG014", Head + Forward + "Stack(x); private static Tensor Stack(Tensor x) => [|Stack|](x); }", "'Stack' calls itself" },
        { "OPTG014", Head + Forward + "Map(x, Even); static float Even(float a) => Odd(a); static float Odd(float a) => [|Even|](a); }", "'Even' calls itself" },
        { "OPTG015", Head + Hidden + Forward + "[|x + Hidden(x)|]; }", "The shapes in 'x + Hidden(x)' do not fit: [4] (input 'x') and [3] ('Hidden(x)', line 4)" },
        { "OPTG015", Head + Hidden + Forward + "[|MatMul(x, Hidden(x))|]; }", "[.., m, k]" },
        { "OPTG015", Head + Forward + "[|Reshape(x, 3)|]; }", "[4] (input 'x') and [3]; a reshape keeps the number of elements" },
        { "OPTG015", Head + "[Dense(3)] private static partial Tensor Hidden(Tensor x); " + Forward + "[|Concat(0, x, Reshape(x, 2, 2))|]; }", "all sizes but those of the joined axis" },
        { "OPTG016", Head + "[Dense([|0|])] private static partial Tensor Hidden(Tensor x); " + Forward + "Hidden(x); }", "'units' is 0, but must be positive" },
        { "OPTG016", Head + "[Dense(3, Init = [|(Init)99|])] private static partial Tensor Hidden(Tensor x); " + Forward + "Hidden(x); }", "99 is no initializer" },
        { "OPTG016", Head + Forward + "new Dense([|-1|]).Forward(x); }", "'units' is -1" },
        { "OPTG016", "public class Half(int size) : Layer { public override Tensor Forward(Tensor x) => size % 2 == 0 ? x : throw new ArgumentException(\"must be even\", nameof(size)); } "
            + Head + "[Half([|3|])] private static partial Tensor Hidden(Tensor x); " + Forward + "Hidden(x); }", "must be even" },
        { "OPTG016", Head + Forward + "[|Sum(x, 3)|]; }", "axis 3 does not exist in [4] (input 'x')" },
        { "OPTG016", Head + Forward + "x * x.Shape[[|5|]]; }", "position 5 lies outside an array of 1" },
        { "OPTG016", Head + Forward + "x * ([|1 / (x.Rank - 1)|]); }", "divides by zero" },
        { "OPTG017", Head + "private static float s_scale = 2; " + Forward + "x * [|s_scale|]; }", "'s_scale' is not known" },
        { "OPTG017", Head + "private static float Scale { get; set; } = 2; " + Forward + "x * [|Scale|]; }", "'Scale' is not known" },
        { "OPTG018", Head + Forward + "x; [Loss] private static Tensor [|Loss|]([Shape(4)] Tensor t, Tensor y) => Mean(y); }", "must first take the output of [Forward]" },
        { "OPTG018", Head + "[Forward] private static (Tensor, Tensor) Forward([Shape(4)] Tensor x) => (x, x); [Loss] private static Tensor [|Loss|](Tensor y) => Mean(y); }", "2 outputs" },
        { "OPTG019", Head + "[Dense(3)] private static partial Tensor [|Hidden|](Tensor x); " + Forward + "x; }", "Layer 'Hidden' is never called" },
        { "OPTG020", Head + Forward + "Map(x, a => { for (int i = 0; i < 1_000_000; [|i++|]) { } return a; }); }", "exceeds 500,000 operations" },
        { "OPTG021", Head + Forward + "Map(x, a => { while ([|a > 1|]) a /= 2; return a; }); }", "how often a loop runs ('a > 1')" },
        { "OPTG021", Head + Forward + "Map(x, a => { for (int i = 0; i < 3; i++) { [|if (a > 1) break;|] } return a; }); }", "whether a loop goes on" },
        { "OPTG021", Head + Forward + "Map(x, a => { int[] b = [1]; [|if (a > 1) b = [2];|] return b[0]; }); }", "anything but a number or a flag" },
        { "OPTG022", Head + "[Dense(3)] private static Tensor [|Hidden|](Tensor x) => x; " + Forward + "Hidden(x); }", "Layer method 'Hidden' must be partial" },
        { "OPTG022", Head + "[Dense(3)] private static partial Tensor [|Hidden|](float x); " + Forward + "x; }", "must take and return tensors" },
        { "OPTG072", Head + "[Dense(3)] private static partial Tensor [|Hidden|](Tensor x, Tensor y); " + Forward + "x; }", "Layer 'Dense' can't be called as 'Hidden' is declared; it has Tensor Forward(Tensor)" },
        { "OPTG072", Head + "[Embedding(5, 3)] private static partial Tensor [|Embed|](Tensor x); " + Forward + "x; }", "it has Tensor Forward(Labels)" },
        { "OPTG070", Head + Forward + "Softmax(x); [Loss] private static Tensor Loss(Tensor y, [Shape] Labels t) => SoftmaxCrossEntropy([|y|], t); }", "'SoftmaxCrossEntropy' turns logits into probabilities itself" },
        { "OPTG070", Head + Forward + "x; [Loss] private static Tensor Loss(Tensor y, [Shape] Labels t) => SoftmaxCrossEntropy([|Softmax(y)|], t); }", "is the result of a softmax or sigmoid already" },
        { "OPTG070", Head + Forward + "Sigmoid(x); " + Loss + "BinaryCrossEntropyWithLogits([|y|], t); }", "'BinaryCrossEntropyWithLogits' turns" },
        { "OPTG073", Head + "[Parameter(4)] private static Tensor [|Scale|] => null!; " + Forward + "x * Scale; }", "Parameter 'Scale' must be partial and without a body" },
        { "OPTG073", Head + "[Parameter(4)] private partial Tensor [|Scale|] { get; } " + Forward + "x; }", "Parameter 'Scale' must be static" },
        { "OPTG009", Head + "[Parameter(4, [|0|])] private static partial Tensor Scale { get; } " + Forward + "x; }", "'Scale' has a size of 0" },
        { "OPTG016", Head + "[Parameter(4, Init = [|(Init)99|])] private static partial Tensor Scale { get; } " + Forward + "x * Scale; }", "99 is no initializer" },
        { "OPTG071", Head + Forward + "View([|\"[2*i] -> [i]\"|], x); }", "The formula '[2*i] -> [i]' does not say how large 'i' is; write 'i:8' in the result" },
        { "OPTG071", Head + Forward + "View([|\"[i -> [i]\"|], x); }", "must have a loop or a number before '> [i]'" },
        { "OPTG071", Head + Forward + "View([|\"[i, j] -> [i, j]\"|], x); }", "has 2 positions for [4] (input 'x'), which has 1 axes" },
        { "OPTG071", Head + Forward + "View([|\"[i] -> [j:3]\"|], x); }", "must name each of its loops in the result" },
        { "OPTG071", Head + Forward + "Contract([|\"[i] -> [i]\"|], x, x); }", "must have '·' between its operands" },
        { "OPTG015", Head + Forward + "[|Contract(\"[i] · [i] -> [i]\", x, Slice(x, 0, 0, 3))|]; }", "both have 'i', whose size must be the same" },
        { "OPTG016", Head + Forward + "x; " + Loss + "MeanSquaredError(y, t) + L2Penalty(0.1f, Weights([|\"*.Kernel\"|])); }", "no parameter matches '*.Kernel'" },
        { "OPTG016", Head + "[MultiHeadAttention([|3|])] private static partial Tensor Attend(Tensor x); [Forward] private static Tensor Forward([Shape(5, 4)] Tensor x) => Attend(x); }", "4 features do not fall into 3 heads" },
        { "OPTG016", Head + "[Conv2D(8, 3, Stride = [|0|])] private static partial Tensor Conv(Tensor x); [Forward] private static Tensor Forward([Shape(5, 5, 4)] Tensor x) => Conv(x); }", "the stride is 0" },
        { "OPTG014", "public class Endless : Layer { public override Tensor Forward(Tensor x) => new [|Endless|]().Forward(x); } " + Head + Forward + "new Endless().Forward(x); }", "'Endless' calls itself" },
        { "OPTG016", Head + "[Forward] private static Tensor Forward([Shape(7, 5)] Tensor x) => x; [Loss] private static Tensor Loss(Tensor y, [Shape(6)] Labels t) => [|SoftmaxCrossEntropy(y, t)|]; }", "needs one label for all classes along the last axis of the prediction; the inputs are [7, 5] (input 'x') and [6, 5] (the classes of input 't')" },
        { "OPTG016", Head + "[Conv2D(8, 3)] private static partial Tensor Conv(Tensor x); " + Forward + "[|Conv(x)|]; }", "needs an input of height, width and channels; the input is [4] (input 'x')" },
        { "OPTG016", Head + "[Dropout([|1|])] private static partial Tensor Drop(Tensor x); " + Forward + "Drop(x); }", "a share of 1 can't be dropped" },
        { "OPTG023", Head + "[Forward] private static Tensor [|Forward|]([Shape(4)] Tensor x) => Mean(x); }", "must give something for each row" },
        { "OPTG023", Head + Forward + "x; [Loss] private static Tensor [|Loss|](Tensor y, [Shape(4)] Tensor t) => y - t; }", "[Loss] method 'Loss' must give one number, but its shape is [4] ('y - t', line 4) for each row; average it" },
        { "OPTG024", Head + Forward + "x; [Loss] private static Tensor Loss(Tensor y, [Shape] Labels [|t|]) => Mean(y); }", "Labels 't' are never encoded" },
        { "OPTG025", Head + Hidden + Forward + "[|Hidden(Hidden(x))|]; }", "'Hidden.Kernel' has shape [4, 3] at the first use and [3, 3] here" },
        { "OPTG026", Head + "[Dense(3), [|Square|]] private static partial Tensor Hidden(Tensor x); " + Forward + "Hidden(x); } public class Square : Layer { public override Tensor Forward(Tensor x) => x * x; }",
            "is the layer 'Dense' already; declare another method for 'Square'" },
        { "OPTG006", Head + "[Forward] private static partial Tensor [|Forward|]([Shape(4)] Tensor x); }", "must have a body" },
        { "OPTG012", Head + Forward + "x * new [|Random|]().Next(); }", "'new Random' can't be compiled" },
        { "OPTG016", Head + "[Forward] private static Tensor Forward([[|Shape|](99999, 99999)] Tensor x) => x; }", "more elements than memory holds" },
        { "OPTG016", "[Model] public partial class Net { [Dense(2_000_000_000)] private static partial Tensor Hidden(Tensor x); " + Forward + "[|Hidden(x)|]; }", "[4, 2000000000]" },
        { "OPTG028", Head + "[Forward] private static Tensor Forward([Shape(4)] Tensor x) { float sum = 0; return Map(x, a => { [|sum += a|]; return a; }); } }", "'sum += a' assigns to a variable outside" },
        { "OPTG028", Head + "[Forward] private static Tensor Forward([Shape(4)] Tensor x) { int count = 0; return Map(x, a => { [|count++|]; return a; }); } }", "which have no order" },
        { "OPTG065", Zeros("Logits(Relu(Hidden(x)))", "[|Init.Zero|]"), "'Hidden.Kernel' and 'Logits.Kernel', which multiplies what comes from it, both start at zero" },
        { "OPTG065", Zeros("new Dense(2) { Init = [|Init.Zero|] }.Forward(Reshape(Concat(0, Hidden(x), Hidden(x)), 6) * 2)"), "'Hidden.Kernel' and 'Dense.Kernel'" },
    };

    [Theory]
    [InlineData("Logits(x + Concat(0, Hidden(x), Slice(x, 0, 0, 1)))")]
    [InlineData("Logits(x) + Sum(Hidden(x), 0)")]
    [InlineData("Logits(new Dense(5).Forward(Hidden(x)))")]
    public void Zero_weights_that_others_make_up_for_are_nothing_to_say(string body) => Assert.Empty(ModelSource.Read(Zeros(body)).Diagnostics);

    private static string Zeros(string body, string init = "Init.Zero") => Head
        + "[Dense(3, Init = Init.Zero)] private static partial Tensor Hidden(Tensor x); "
        + (body.Contains("Logits", StringComparison.Ordinal) ? $"[Dense(2, Init = {init})] private static partial Tensor Logits(Tensor x); " : "")
        + Forward + body + "; }";

    [Theory]
    [MemberData(nameof(Mistakes))]
    public void A_mistake_is_reported_on_its_token(string id, string text, string message)
    {
        (string source, string token, int start) = OptimizerSource.Marked(text);
        ReadResult<ModelSpec> result = ModelSource.Read(source);

        DiagnosticSpec found = Assert.Single(result.Diagnostics, diagnostic => diagnostic.Id == id);
        Assert.Contains(message, found.ToDiagnostic().GetMessage(), StringComparison.Ordinal);
        Assert.Equal(token, ("using System;\nusing OptGen;\nusing static OptGen.Ops;\n" + source).Substring(found.Span.Start, found.Span.Length));
        Assert.Equal((start, token.Length), (found.Span.Start, found.Span.Length));
        Assert.Equal(found.IsError, result.Value is null);
    }

    [Fact]
    public void A_definition_of_another_assembly_is_reported_as_OPTG013()
    {
        using MemoryStream image = new();
        CSharpCompilation other = OptimizerSource.Compile("public static class Other { public static Tensor Twice(Tensor x) => x + x; }").WithAssemblyName("Other");
        Assert.True(other.Emit(image, cancellationToken: TestContext.Current.CancellationToken).Success);
        (string source, string token, int start) = OptimizerSource.Marked(Head + Forward + "Other.[|Twice|](x); }");
        ReadResult<ModelSpec> result = ModelSource.Read(source, MetadataReference.CreateFromImage(image.ToArray()));

        DiagnosticSpec found = Assert.Single(result.Diagnostics);
        Assert.Equal(("OPTG013", start, token.Length), (found.Id, found.Span.Start, found.Span.Length));
        Assert.Contains("'Other.Twice' is defined in assembly 'Other'", found.ToDiagnostic().GetMessage(), StringComparison.Ordinal);
    }

    [Fact]
    public void Every_generated_member_is_known_to_the_check_of_names()
    {
        GeneratorRun run = GeneratorRun.Of(Head.Replace("[Model] public partial", "[Model(Statistics = true)] internal partial", StringComparison.Ordinal) + Hidden + Forward + "Hidden(x); [Loss] private static Tensor Loss(Tensor y, [Shape] Labels t) => SoftmaxCrossEntropy(y, t); }");
        INamedTypeSymbol type = run.Output.GetTypeByMetadataName("Net")!;
        IEnumerable<string> generated = type.GetMembers()
            .Where(member => !member.IsImplicitlyDeclared && member.CanBeReferencedByName && member.Locations.All(location => location.SourceTree!.FilePath.EndsWith(".g.cs", StringComparison.Ordinal)))
            .Select(member => member.Name)
            .Distinct();

        Assert.Equal(ModelNames.Methods.Concat(ModelNames.Members).Concat(ModelNames.Statistics).Order(StringComparer.Ordinal), generated.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void What_the_compiler_reports_is_not_reported_again()
    {
        foreach (string body in new[] { Forward + "Undefined(x); }", "[Dense(\"3\")] private static partial Tensor Hidden(Tensor x); " + Forward + "Hidden(x); }" })
        {
            ReadResult<ModelSpec> result = ModelSource.Read(Head + body);

            Assert.Null(result.Value);
            Assert.Empty(result.Diagnostics);
        }
    }

    [Fact]
    public void Code_that_nests_without_end_is_reported_instead_of_taking_the_compiler_down()
    {
        string sum = string.Join(" + ", Enumerable.Repeat("a", 20_000));
        ReadResult<ModelSpec> result = ModelSource.Read(Head + Forward + $"Map(x, a => {sum}); }}");

        Assert.True(result.Value is not null || result.Diagnostics.Any(diagnostic => diagnostic.Id == "OPTG020"));
    }
}
