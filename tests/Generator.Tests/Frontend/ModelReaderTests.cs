using OptGen.Generator.Graph;
using OptGen.Generator.Specs;

namespace OptGen.Generator.Tests.Frontend;

/// <summary>What is read of whole models.</summary>
public class ModelReaderTests
{
    private const string Digits = """
        [Model(Batch = 32)]
        public partial class Net
        {
            [Dense(128, Init = Init.HeNormal)] private static partial Tensor Hidden(Tensor x);
            [Dense(10)]                        private static partial Tensor Logits(Tensor x);

            [Forward] private static Tensor Forward([Shape(64)] Tensor x) => Logits(Relu(Hidden(x)));
            [Loss]    private static Tensor Loss(Tensor logits, [Shape] Labels y) => SoftmaxCrossEntropy(logits, y);
        }
        """;

    [Fact]
    public void A_classifier_has_its_parameters_inputs_and_outputs()
    {
        ModelSpec spec = ModelSource.ReadValid(Digits);

        Assert.Equal(
            [
                new ParameterSpec("Hidden.Kernel", Shape.Of(64, 128), Specs.ParameterKind.Weight, "HeNormal", 1) { SavedName = "hidden.weight", SavedAxes = [1, 0] },
                new ParameterSpec("Hidden.Bias", Shape.Of(128), Specs.ParameterKind.Bias, "FanInUniform", 1) { FanIn = 64, SavedName = "hidden.bias" },
                new ParameterSpec("Logits.Kernel", Shape.Of(128, 10), Specs.ParameterKind.Weight, "FanInUniform", 1) { SavedName = "logits.weight", SavedAxes = [1, 0] },
                new ParameterSpec("Logits.Bias", Shape.Of(10), Specs.ParameterKind.Bias, "FanInUniform", 1) { FanIn = 128, SavedName = "logits.bias" },
            ],
            spec.Parameters);
        Assert.Equal([new InputSpec("x", Shape.OfBatch(32, 64), 0, false), new InputSpec("y", Shape.OfBatch(32), 10, true)], spec.Inputs);
        Assert.Equal([new OutputSpec("logits", Shape.OfBatch(32, 10))], spec.Outputs);
        Assert.Equal([new LayerUseSpec("Hidden", "Dense", Shape.OfBatch(32, 128), 4), new LayerUseSpec("Logits", "Dense", Shape.OfBatch(32, 10), 9)], spec.LayerUses);
        Assert.Equal("private static partial global::OptGen.Tensor Hidden(global::OptGen.Tensor x)", spec.Layers[0].Signature);
        Assert.Equal([BufferKind.Prediction, BufferKind.Loss], spec.Graph.Outputs.Select(output => output.Target.Kind));
    }

    [Fact]
    public void Tensors_have_the_names_of_the_source()
    {
        ModelSpec spec = ModelSource.ReadValid(Digits);
        string[] names = [.. spec.Graph.Nodes.Select(node => node.Name)];

        Assert.Equal(
            [
                "x", "hiddenKernel", "hiddenY", "hiddenBias", "hidden", "relu", "logitsKernel", "logitsY", "logitsBias", "logits", "y", "max", "max2", "shifted", "exp", "sum", "logSum",
                "y2", "index", "oneHot", "product", "right", "difference", "total", "total2", "inverseRows", "loss",
            ],
            names);
    }

    [Fact]
    public void Reading_twice_gives_equal_specs()
    {
        Assert.Equal(ModelSource.ReadValid(Digits), ModelSource.ReadValid(Digits));
        Assert.NotEqual(ModelSource.ReadValid(Digits), ModelSource.ReadValid(Digits.Replace("Dense(10)", "Dense(11)", StringComparison.Ordinal)));
    }
}
