using OptGen;
using static OptGen.Ops;

namespace CharLm;

/// <summary>A small GPT: from each prefix of 64 characters to the character that follows it.</summary>
[Model(Batch = 16)]
public partial class CharNet
{
    /// <summary>Characters that the network sees at once.</summary>
    public const int Context = 64;

    private const int Width = 96, Heads = 4;

    [Embedding(Vocabulary.Size, Width, Gain = 0.02f)] private static partial Tensor Characters(Labels text);
    [LearnedPositions] private static partial Tensor Positions(Tensor characters);
    [TransformerBlock(Heads)] private static partial Tensor FirstBlock(Tensor x);
    [TransformerBlock(Heads)] private static partial Tensor SecondBlock(Tensor x);
    [LayerNorm] private static partial Tensor FinalNorm(Tensor x);
    [Dense(Vocabulary.Size)] private static partial Tensor Logits(Tensor x);

    [Forward]
    private static Tensor Forward([Shape(Context)] Labels text) => Logits(FinalNorm(SecondBlock(FirstBlock(Positions(Characters(text))))));

    [Loss]
    private static Tensor Loss(Tensor logits, [Shape(Context)] Labels next) => SoftmaxCrossEntropy(logits, next);
}

/// <summary>AdamW after clipping the gradients' global norm, with a warmed-up cosine.</summary>
[Optimizer<CharNet>]
[ClipGlobalNorm(1f)]
[AdamW(LearningRate = 3e-3f, Beta2 = 0.99f, WeightDecay = 0.1f)]
[WarmupCosine(Warmup = 50, Total = 1_000)]
public partial class CharAdamW;
