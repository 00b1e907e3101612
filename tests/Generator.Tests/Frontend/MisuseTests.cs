using OptGen.Generator.Diagnostics;
using OptGen.Generator.Specs;
using OptGen.Generator.Tests.Harness;
using OptGen.Generator.Tests.Optimizers;

namespace OptGen.Generator.Tests.Frontend;

/// <summary>What users get wrong in layers, operations and losses, each reported on the very token that is wrong; none is silent, and none breaks generated code.</summary>
public class MisuseTests
{
    /// <summary>A layer's attribute, the shape of what it gets, and what the message says.</summary>
    public static TheoryData<string, string, string> Layers => new()
    {
        { "Conv1D(3, 9)|L(x)", "5, 2", "a window of 9 does not fit into 5 elements with a padding of 0 in all" },
        { "Conv1D(4, 2, Groups = [|3|])", "5, 4", "4 input and 4 output channels do not fall into 3 groups" },
        { "Conv1D(4, 2, Groups = [|0|])", "5, 4", "do not fall into 0 groups" },
        { "Conv1D(4, 2, Padding = [|-1|])", "5, 4", "the padding is -1" },
        { "Conv2D(3, 9)|L(x)", "5, 5, 2", "a window of 9 does not fit into 5 elements" },
        { "Conv2D(3, [|0|])", "5, 5, 2", "'kernel' is 0, but must be positive" },
        { "Conv2D([|0|], 3)", "5, 5, 2", "'channels' is 0, but must be positive" },
        { "Conv2D(3, 2, KernelWidth = [|-1|])", "5, 5, 2", "'KernelWidth' is -1, but must not be negative" },
        { "Conv2D([|5|], 2, Depthwise = true)", "5, 5, 4", "4 input and 5 output channels do not fall into 4 groups" },
        { "Conv2D(3, 2, Groups = [|-1|])", "5, 5, 3", "do not fall into -1 groups" },
        { "Conv2D(3, 2, Dilation = [|0|])", "5, 5, 3", "the dilation is 0" },
        { "ConvTranspose1D(3, 2, Stride = [|0|])", "5, 3", "the stride is 0" },
        { "ConvTranspose2D(3, 2, Padding = [|-1|])", "5, 5, 3", "the padding is -1" },
        { "ConvTranspose2D(3, 2, Padding = [|9|])", "5, 5, 3", "the padding leaves nothing of the output" },
        { "ConvTranspose2D(3, 2, OutputPadding = [|1|])", "5, 5, 3", "the output padding is 1, but must be less than the stride or the dilation" },
        { "ConvTranspose2D(3, 2, Groups = [|2|])", "5, 5, 4", "4 input and 3 output channels do not fall into 2 groups" },
        { "MaxPool2D(9)|L(x)", "5, 5, 2", "a window of 9 does not fit into 5 elements" },
        { "MaxPool2D(2, Stride = [|-1|])", "5, 5, 3", "'Stride' is -1" },
        { "MaxPool2D(2, Padding = [|2|])", "5, 5, 3", "a padding of 2 is more than half of a window of 2" },
        { "AvgPool2D(3, PaddingWidth = [|2|])", "5, 5, 3", "a padding of 2 is more than half of a window of 3" },
        { "MaxPool1D([|0|])", "5, 3", "'kernel' is 0" },
        { "MaxPool1D(2, Padding = [|2|])", "5, 3", "more than half of a window" },
        { "AvgPool1D(2)|L(x)", "4", "a pooling of sequences needs an input of steps and channels; the input is [4] (input 'x')" },
        { "GlobalMaxPool2D|L(x)", "4, 2", "a pooling of images needs an input of height, width and channels" },
        { "AdaptiveAvgPool2D([|0|])", "5, 5, 3", "'size' is 0" },
        { "Upsample2D(2, AlignCorners = [|true|])", "5, 5, 3", "set Bilinear, too" },
        { "Dropout([|float.NaN|])", "4", "a share of NaN can't be dropped" },
        { "Dropout([|1.5f|])", "4", "it must be at least 0 and less than 1" },
        { "Dropout2D(0.5f)|L(x)", "4", "needs an input of height, width and channels" },
        { "Dropout1D([|1|])", "3, 4", "a share of 1 can't be dropped" },
        { "AlphaDropout([|-1|])", "4", "a share of -1 can't be dropped" },
        { "Rnn(2)|L(x)", "4", "a recurrent layer needs an input of steps and features" },
        { "Gru([|0|])", "4, 2", "'units' is 0" },
        { "Gru(2, Layers = [|0|])", "4, 2", "'Layers' is 0, but must be positive" },
        { "Lstm(2, Bidirectional = true, Backwards = [|true|])", "4, 2", "does not run backwards only" },
        { "Lstm(2, Projection = [|2|])", "4, 2", "'Projection' is 2, but must be less than 2 units" },
        { "Lstm(2, Dropout = [|1f|])", "4, 2", "a share of 1 can't be dropped" },
        { "MultiHeadAttention([|0|])", "5, 4", "4 features do not fall into 0 heads" },
        { "MultiHeadAttention(2)|L(x)", "4", "attention needs sequences of steps and features" },
        { "BatchNorm(Momentum = [|2|])", "4", "'Momentum' is 2, but must lie between 0 and 1" },
        { "BatchNorm(Epsilon = [|float.NaN|])", "4", "'Epsilon' is NaN, but must not be negative" },
        { "LayerNorm([|2|])", "4", "2 axes can't be normalized: the input has 1" },
        { "RmsNorm(Epsilon = [|-1|])", "4", "'Epsilon' is -1" },
        { "GroupNorm([|3|])", "4", "4 features do not fall into 3 groups" },
        { "InstanceNorm|L(x)", "4", "has no variance without positions" },
        { "PRelu(Slope = float.NaN)|L(x)", "4", "a gain of NaN makes no weights" },
        { "Dense(3), SpectralNorm(Iterations = [|0|])", "4", "'Iterations' is 0" },
    };

    public static TheoryData<string, string> Operations => new()
    {
        { "Split(x, [|3|])[0]", "4 elements do not fall into 3 equal parts" },
        { "Split(x, 2, [|5|])[0]", "axis 5 does not exist in a tensor of 1 axes" },
        { "Split(x, [|new[] { 1, 2 }|])[0]", "the sizes of the parts do not add up to 4 elements" },
        { "Split(x, [|new[] { 5, -1 }|])[0]", "the sizes of the parts do not add up to 4 elements" },
        { "Split(x, 2)[[|2|]]", "position 2 lies outside an array of 2" },
        { "[|Slice(x, 0, 3, 2)|]", "2 elements from 3 in steps of 1 reach outside [4] (input 'x')" },
        { "[|Concat(0)|]", "nothing to join" },
        { "Pad(x, 0, [|-1|], 0)", "'before' is -1" },
        { "Pad(x, [|4|], 1, 0)", "axis 4 does not exist" },
        { "Pad(x, [|5|], 1, 1, 0)", "axis 5 does not exist" },
        { "Pad(x, 0, [|4|], 0, PadMode.Reflect)", "4 elements can't be padded by more than 3 in this way" },
        { "Pad(x, 0, 0, [|5|], PadMode.Circular)", "by more than 4" },
        { "[|Sum(x, 0, 0)|]", "an axis is named twice" },
        { "[|Max(x)|]", "'Max' needs the number of an axis: write 'Max(x, -1)' for the last one" },
        { "[|Variance(x)|]", "a variance needs the number of an axis" },
        { "[|Mean(x, 1)|]", "axis 1 does not exist" },
        { "Glu(x, [|2|])", "axis 2 does not exist" },
        { "Clamp(x, [|2|], 1)", "nothing lies between 2 and 1" },
        { "Celu(x, [|0|])", "'alpha' is 0, but must be positive" },
        { "Softshrink(x, [|-1|])", "'threshold' is -1" },
        { "x.Shape[[|^2|]] * x", "position ^2 lies outside an array of 1" },
    };

    public static TheoryData<string, string, string> Losses => new()
    {
        { "[|MeanSquaredError(y, t)|]", "[Shape(1)] Tensor t", "a loss compares tensors of one shape, element by element; the inputs are [4] (input 'x') and [1] (input 't')" },
        { "[|MeanAbsoluteError(y, t)|]", "[Shape] Tensor t", "the inputs are [4] (input 'x') and [] (input 't')" },
        { "[|Huber(y, t)|]", "[Shape(2, 4)] Tensor t", "[2, 4] (input 't')" },
        { "[|KullbackLeibler(y, t)|]", "[Shape(1)] Tensor t", "a loss compares tensors of one shape" },
        { "[|BinaryCrossEntropyWithLogits(y, t)|]", "[Shape(3)] Tensor t", "a loss compares tensors of one shape" },
        { "[|Triplet(y, t, y)|]", "[Shape(1)] Tensor t", "a loss compares tensors of one shape" },
        { "[|Contrastive(y, y, t)|]", "[Shape(4)] Tensor t", "a loss compares tensors of one shape" },
        { "[|SoftmaxCrossEntropy(y, t)|]", "[Shape(4)] Labels t", "needs one label for all classes along the last axis of the prediction; the inputs are [4] (input 'x') and [4, 4] (the classes of input 't')" },
        { "[|NegativeLogLikelihood(y, t)|]", "[Shape(4)] Labels t", "needs one label for all classes" },
        { "SmoothedCrossEntropy(y, t, smoothing: [|2|])", "[Shape] Labels t", "a share of 2 can't be spread" },
        { "SmoothedCrossEntropy(y, t, smoothing: [|float.NaN|])", "[Shape] Labels t", "a share of NaN can't be spread" },
        { "SmoothedCrossEntropy(y, t, weights: [|[1f, 2f]|])", "[Shape] Labels t", "there are 2 weights for 4 classes" },
        { "SmoothedCrossEntropy(y, t, weights: [|[1f, 2f, -1f, 3f]|])", "[Shape] Labels t", "class 2 has the weight -1" },
        { "SmoothedCrossEntropy(y, t, weights: [|[0f, 0f, 0f, 0f]|])", "[Shape] Labels t", "no class has a weight" },
        { "SmoothedCrossEntropy(y, t, ignore: [|4|])", "[Shape] Labels t", "'ignore' is 4, but must be one of 4 classes" },
        { "SmoothedCrossEntropy(y, t, ignore: [|-100|])", "[Shape] Labels t", "give padding a class of its own" },
        { "SoftmaxCrossEntropy(y, t, [|(Reduction)7|])", "[Shape] Labels t", "have a mean or a sum" },
        { "FocalCrossEntropy(y, t, [|-1|])", "[Shape] Labels t", "'gamma' is -1" },
        { "Huber(y, t, [|0|])", "[Shape(4)] Tensor t", "'delta' is 0, but must be positive" },
        { "SmoothL1(y, t, [|-1|])", "[Shape(4)] Tensor t", "'beta' is -1" },
        { "Focal(y, t, alpha: [|3|])", "[Shape(4)] Tensor t", "'alpha' is 3, but must lie between 0 and 1" },
        { "Triplet(y, y, t, [|-1|])", "[Shape(4)] Tensor t", "'margin' is -1" },
    };

    private const string Head = "[Model] public partial class Net { ";
    private const string Forward = "[Forward] private static Tensor Forward([Shape(4)] Tensor x) => ";

    public static TheoryData<string, string, string> Declarations => new()
    {
        { "OPTG064", Head + "[Dense(4)] private static partial Tensor L(Tensor x); [MultiHeadAttention(2)] private static partial Tensor [|L|](Tensor x, Tensor m); " + Forward + "L(x); }", "Model 'Net' has another layer method 'L'" },
        { "OPTG066", Head + Forward + "Softmax(x); [Loss] private static Tensor Loss(Tensor y, [Shape] Labels t) => NegativeLogLikelihood([|y|], t); }", "'NegativeLogLikelihood' takes logarithms of probabilities" },
        { "OPTG066", Head + Forward + "x; [Loss] private static Tensor Loss(Tensor y, [Shape(2, 2)] Tensor t) => KullbackLeibler([|Reshape(Softmax(y), 2, 2)|], t); }", "use LogSoftmax or LogSigmoid instead" },
        { "OPTG070", Head + Forward + "x; [Loss] private static Tensor Loss(Tensor y, [Shape(2)] Labels t) => SoftmaxCrossEntropy([|Reshape(Softmax(y), 2, 2)|], t); }", "is the result of a softmax or sigmoid already" },
        { "OPTG068", Head + "[PRelu, [|WeightNorm|]] private static partial Tensor L(Tensor x); " + Forward + "L(x); }", "[WeightNorm] has no effect on 'L': layer 'PRelu' has no parameter of the kind Weight" },
        { "OPTG069", Head + "[Dense(3), WeightNorm, [|SpectralNorm|]] private static partial Tensor L(Tensor x); " + Forward + "L(x); }", "Layer 'L' has the weight transform 'WeightNorm' already; remove 'SpectralNorm'" },
        { "OPTG083", Head + "[Parameter(4)] private static partial Tensor [|Scale|] { get; } " + Forward + "x; }", "Parameter 'Scale' is never read" },
        { "OPTG084", Head + Forward + "new Embedding(3, 2).[|Forward|](x); }", "Layer 'Embedding' can't be called with these arguments; it has Tensor Forward(Labels)" },
        { "OPTG084", "public class Empty : Layer; " + Head + Forward + "new Empty().[|Forward|](x); }", "it has no method Forward; write 'public override Tensor Forward(Tensor x)' in its class" },
        { "OPTG072", "public class Empty : Layer; " + Head + "[Empty] private static partial Tensor [|L|](Tensor x); " + Forward + "L(x); }", "it has no method Forward" },
        { "OPTG085", Head + "[Dense(4)] private static partial Tensor L(Tensor x); " + Forward + "L(x); [Loss] private static Tensor [|Loss|](Tensor y, [Shape(4)] Tensor t) => Mean(t) + Mean(StopGradient(y)); }", "no gradient reaches a parameter" },
        { "OPTG016", Head + "[Parameter(4, Kind = [|(ParameterKind)8|])] private static partial Tensor P { get; } " + Forward + "x * P; }", "8 is no kind of parameter" },
        { "OPTG016", Head + "[Parameter(4, Kind = [|ParameterKind.Buffer|])] private static partial Tensor P { get; } " + Forward + "x * P; }", "Buffer is no kind of parameter; use Weight, Bias, Gain or Embedding" },
        { "OPTG016", Head + "[Parameter(4, Gain = [|float.NaN|])] private static partial Tensor P { get; } " + Forward + "x * P; }", "a gain of NaN makes no weights" },
        { "OPTG016", "public class A : Layer { public override Tensor Forward(Tensor x) => x * [|Parameter([4], ParameterKind.Buffer)|]; } " + Head + "[A] private static partial Tensor L(Tensor x); " + Forward + "L(x); }", "ParameterKind.Buffer is no kind of parameter" },
        { "OPTG016", "[Model(Precision = [|(Precision)5|])] public partial class Net { " + Forward + "x; }", "5 is no precision" },
        { "OPTG016", Head + Forward + "x; [Loss] private static Tensor Loss(Tensor y) => L2Penalty(1, Weights([|\"*\"|])); }", "no parameter matches '*'; there is none so far" },
        { "OPTG016", Head + "[Embedding(3, 2, Padding = [|3|])] private static partial Tensor L(Labels x); [Forward] private static Tensor Forward([Shape(4)] Labels x) => L(x); }", "'Padding' is 3, but must be the number of one of 3 symbols" },
        { "OPTG016", Head + "[MultiHeadAttention(2)] private static partial Tensor L(Tensor x, Tensor m, Tensor v); [Forward] private static Tensor Forward([Shape(5, 4)] Tensor x) => [|L(x, x, Slice(x, 1, 0, 1))|]; }", "a mask over 5 steps is of the shape [5], [5, 5] or [2, 5, 5]; the input is [5, 1]" },
        { "OPTG016", Head + "[Gru(2)] private static partial Tensor L(Tensor x, Tensor h); [Forward] private static Tensor Forward([Shape(5, 4)] Tensor x, [Shape(3)] Tensor h) => [|L(x, h)|]; }", "1 initial states of 2 numbers are needed; the input is [3] (input 'h')" },
    };

    [Theory]
    [MemberData(nameof(Layers))]
    public void A_mistake_in_a_layer_is_reported_on_its_token(string attribute, string shape, string message)
    {
        string[] parts = attribute.Split('|').Length == 2 ? attribute.Split('|') : [attribute, "L(x)"];
        string use = parts[0] == attribute ? "L(x)" : $"[|{parts[1]}|]";
        Check("OPTG016", $"[Model] public partial class Net {{ [{parts[0]}] private static partial Tensor L(Tensor x); [Forward] private static Tensor Forward([Shape({shape})] Tensor x) => {use}; }}", message);
    }

    [Theory]
    [MemberData(nameof(Operations))]
    public void A_mistake_in_an_operation_is_reported_on_its_token(string call, string message) => Check("OPTG016", Head + Forward + call + "; }", message);

    [Theory]
    [MemberData(nameof(Losses))]
    public void A_mistake_in_a_loss_is_reported_on_its_token(string call, string target, string message) =>
        Check("OPTG016", Head + Forward + $"x; [Loss] private static Tensor Loss(Tensor y, {target}) => {call}; }}", message);

    [Theory]
    [MemberData(nameof(Declarations))]
    public void A_mistake_in_a_declaration_is_reported_on_its_token(string id, string text, string message) => Check(id, text, message);

    [Theory]
    [InlineData("MeanSquaredError(y, t)", "[Shape(4, 1)] Tensor t")]
    [InlineData("MeanSquaredError(y, 0.5f) + Mean(t)", "[Shape(4)] Tensor t")]
    [InlineData("SoftmaxCrossEntropy(y, t)", "[Shape(1)] Labels t")]
    [InlineData("SoftmaxCrossEntropy(Reshape(y, 2, 2), t)", "[Shape(2)] Labels t")]
    public void Shapes_that_differ_in_axes_of_size_1_alone_are_nothing_to_say(string loss, string target) =>
        Assert.Empty(ModelSource.Read(Head + Forward + $"x; [Loss] private static Tensor Loss(Tensor y, {target}) => {loss}; }}").Diagnostics);

    [Theory]
    [InlineData("[Dense(3, Init = Init.HeNorm)] private static partial Tensor L(Tensor x);")]
    [InlineData("[Dense(3, Init = \"HeNormal\")] private static partial Tensor L(Tensor x);")]
    [InlineData("[Dense(3)] private static partial Tensor L(Tensor x); [Dense(4)] private static partial Tensor L(Tensor y);")]
    public void What_the_compiler_reports_breaks_no_generated_code(string layer)
    {
        GeneratorRun run = GeneratorRun.Of(Head + layer + Forward + "L(x); }");
        Assert.DoesNotContain(run.Diagnostics, diagnostic => diagnostic.Id is "OPTG000" or "OPTG016");
        Assert.All(run.Output.GetDiagnostics(TestContext.Current.CancellationToken).Where(diagnostic => diagnostic.Severity == Microsoft.CodeAnalysis.DiagnosticSeverity.Error), diagnostic => Assert.Equal("User.cs", diagnostic.Location.SourceTree!.FilePath));
    }

    /// <summary>Locals may have names of types: kernels are named after them.</summary>
    [Fact]
    public void A_local_may_have_the_name_of_a_type_that_generated_code_uses()
    {
        string locals = string.Join(" ", EmittedTypes.All.Select(type => type.Name).Distinct().Select((name, i) => $"Tensor @{char.ToLowerInvariant(name[0])}{name[1..]} = Relu(x * {i + 2} - Mean(x, -1)); x = x + Softmax(@{char.ToLowerInvariant(name[0])}{name[1..]});"));
        GeneratorRun.Clean($"[Model] public partial class Net {{ [Dense(4)] private static partial Tensor Layer(Tensor x); [Forward] private static Tensor Forward([Shape(4)] Tensor x) {{ x = Layer(x); {locals} return x; }} [Loss] private static Tensor Loss(Tensor y, [Shape(4)] Tensor t) => MeanSquaredError(y, t); }}");
    }

    [Fact]
    public void An_optimizer_without_anything_to_train_is_reported_as_OPTG063()
    {
        const string Model = Head + Forward + "x; [Loss] private static Tensor Loss(Tensor y, [Shape(4)] Tensor t) => MeanSquaredError(y, t); } ";
        (string source, string token, int start) = OptimizerSource.Marked(Model + "[Optimizer<[|Net|]>, AdamW] public partial class Opt;");
        Microsoft.CodeAnalysis.Diagnostic found = Assert.Single(GeneratorRun.Of(source).Diagnostics);
        Assert.Equal(("OPTG063", start, token.Length), (found.Id, found.Location.SourceSpan.Start, found.Location.SourceSpan.Length));
        Assert.Contains("Model 'Net' has no parameters, so there is nothing for optimizer 'Opt' to train", found.GetMessage(), StringComparison.Ordinal);
    }

    private static void Check(string id, string text, string message)
    {
        (string source, string token, int start) = OptimizerSource.Marked(text);
        ReadResult<ModelSpec> result = ModelSource.Read(source);

        DiagnosticSpec found = Assert.Single(result.Diagnostics, diagnostic => diagnostic.Id == id);
        Assert.Contains(message, found.ToDiagnostic().GetMessage(), StringComparison.Ordinal);
        Assert.Equal((start, token), (found.Span.Start, ("using System;\nusing OptGen;\nusing static OptGen.Ops;\n" + source).Substring(found.Span.Start, found.Span.Length)));
        Assert.Equal(found.IsError, result.Value is null);
    }
}
