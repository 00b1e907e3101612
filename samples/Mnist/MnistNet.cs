using OptGen;
using static OptGen.Ops;

namespace Mnist;

/// <summary>Two convolutions, each followed by pooling, and a dense layer: 28 × 28 pixels to 10 classes.</summary>
[Model(Batch = 64)]
public partial class MnistNet
{
    [Conv2D(16, 5, Same = true, Init = Init.HeNormal)] private static partial Tensor Strokes(Tensor image);
    [Conv2D(32, 3, Same = true, Init = Init.HeNormal)] private static partial Tensor Shapes(Tensor strokes);
    [MaxPool2D(2)] private static partial Tensor Pool(Tensor image);
    [Dropout(0.3f)] private static partial Tensor Drop(Tensor features);
    [Dense(10)] private static partial Tensor Logits(Tensor features);

    [Forward]
    private static Tensor Forward([Shape(28, 28, 1)] Tensor image)
    {
        Tensor strokes = Pool(Relu(Strokes(image)));
        Tensor shapes = Pool(Relu(Shapes(strokes)));
        return Logits(Drop(Flatten(shapes)));
    }

    [Loss] private static Tensor Loss(Tensor logits, [Shape] Labels digit) => SoftmaxCrossEntropy(logits, digit);
}

/// <summary>AdamW, fused into the backward pass of <see cref="MnistNet"/>; the schedule covers five epochs of 60,000 images.</summary>
[Optimizer<MnistNet>]
[AdamW(LearningRate = 3e-3f, WeightDecay = 0.05f)]
[WarmupCosine(Warmup = 100, Total = 4_690)]
public partial class MnistAdamW;
