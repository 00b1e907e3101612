using static OptGen.Ops;

namespace OptGen.Bench;

internal static class Rates
{
    /// <summary>
    /// The networks see one batch over and over. At an ordinary rate they learn it by heart, and the subnormal numbers of a converged network slow every
    /// contender down by different factors. The peers use the same rate.
    /// </summary>
    public const float TooSmallToConverge = 1e-7f;
}

/// <summary>A: 4-16-3, so small that overhead is everything.</summary>
[Model(Batch = 32)]
public partial class SmallNet
{
    [Dense(16)] private static partial Tensor Hidden(Tensor x);
    [Dense(3)] private static partial Tensor Logits(Tensor x);

    [Forward] private static Tensor Forward([Shape(4)] Tensor x) => Logits(Relu(Hidden(x)));
    [Loss] private static Tensor Loss(Tensor logits, [Shape] Labels y) => SoftmaxCrossEntropy(logits, y);
}

[Optimizer<SmallNet>]
[AdamW(LearningRate = Rates.TooSmallToConverge, WeightDecay = 1e-2f)]
public partial class SmallAdamW;

/// <summary>B: 64-128-10, the network of the digits sample; all of it stays in the L2 cache.</summary>
[Model(Batch = 32)]
public partial class MediumNet
{
    [Dense(128)] private static partial Tensor Hidden(Tensor x);
    [Dense(10)] private static partial Tensor Logits(Tensor x);

    [Forward] private static Tensor Forward([Shape(64)] Tensor x) => Logits(Relu(Hidden(x)));
    [Loss] private static Tensor Loss(Tensor logits, [Shape] Labels y) => SoftmaxCrossEntropy(logits, y);
}

[Optimizer<MediumNet>]
[AdamW(LearningRate = Rates.TooSmallToConverge, WeightDecay = 1e-2f)]
public partial class MediumAdamW;

/// <summary>C: 784-256-128-10, where matrix products take most of the time.</summary>
[Model(Batch = 128)]
public partial class LargeNet
{
    [Dense(256)] private static partial Tensor First(Tensor x);
    [Dense(128)] private static partial Tensor Second(Tensor x);
    [Dense(10)] private static partial Tensor Logits(Tensor x);

    [Forward] private static Tensor Forward([Shape(784)] Tensor x) => Logits(Relu(Second(Relu(First(x)))));
    [Loss] private static Tensor Loss(Tensor logits, [Shape] Labels y) => SoftmaxCrossEntropy(logits, y);
}

[Optimizer<LargeNet>]
[AdamW(LearningRate = Rates.TooSmallToConverge, WeightDecay = 1e-2f)]
public partial class LargeAdamW;

/// <summary>D: 784-1024-1024-10, nothing but large matrix products.</summary>
[Model(Batch = 256)]
public partial class WideNet
{
    [Dense(1024)] private static partial Tensor First(Tensor x);
    [Dense(1024)] private static partial Tensor Second(Tensor x);
    [Dense(10)] private static partial Tensor Logits(Tensor x);

    [Forward] private static Tensor Forward([Shape(784)] Tensor x) => Logits(Relu(Second(Relu(First(x)))));
    [Loss] private static Tensor Loss(Tensor logits, [Shape] Labels y) => SoftmaxCrossEntropy(logits, y);
}

[Optimizer<WideNet>]
[AdamW(LearningRate = Rates.TooSmallToConverge, WeightDecay = 1e-2f)]
public partial class WideAdamW;

/// <summary>E: two convolutions, each with ReLU and pooling, over 28 × 28 images.</summary>
[Model(Batch = 64)]
public partial class ConvolutionNet
{
    [Conv2D(16, 3)] private static partial Tensor First(Tensor image);
    [Conv2D(32, 3)] private static partial Tensor Second(Tensor image);
    [MaxPool2D(2)] private static partial Tensor Pool(Tensor image);
    [Dense(10)] private static partial Tensor Logits(Tensor features);

    [Forward] private static Tensor Forward([Shape(28, 28, 1)] Tensor image) => Logits(Flatten(Pool(Relu(Second(Pool(Relu(First(image))))))));
    [Loss] private static Tensor Loss(Tensor logits, [Shape] Labels y) => SoftmaxCrossEntropy(logits, y);
}

[Optimizer<ConvolutionNet>]
[AdamW(LearningRate = Rates.TooSmallToConverge, WeightDecay = 1e-2f)]
public partial class ConvolutionAdamW;
