using OptGen;
using static OptGen.Ops;

namespace Digits;

/// <summary>64 pixels, 128 hidden units, 10 classes. `dotnet build` turns it into the files under Generated.</summary>
[Model(Batch = 32)]
public partial class DigitNet
{
    [Dense(128, Init = Init.HeNormal)] private static partial Tensor Hidden(Tensor x);
    [Dense(10)] private static partial Tensor Logits(Tensor x);

    [Forward] private static Tensor Forward([Shape(64)] Tensor x) => Logits(Relu(Hidden(x)));
    [Loss] private static Tensor Loss(Tensor logits, [Shape] Labels y) => SoftmaxCrossEntropy(logits, y);
}

/// <summary>AdamW, fused into the backward pass of <see cref="DigitNet"/>.</summary>
[Optimizer<DigitNet>]
[AdamW(LearningRate = 5e-3f, WeightDecay = 0.1f)]
[WarmupCosine(Warmup = 100, Total = 1_350)]
public partial class DigitAdamW;
