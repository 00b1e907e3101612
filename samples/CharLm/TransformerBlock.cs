using OptGen;
using static OptGen.Ops;

namespace CharLm;

/// <summary>Attention to what came before, then a small network for each position; both are added to what comes in, which they see normalized.</summary>
/// <param name="heads">How many heads share the features.</param>
public sealed class TransformerBlock(int heads) : Layer
{
    /// <summary>Steps and features in, the same out.</summary>
    public override Tensor Forward(Tensor x)
    {
        int width = x.Shape[^1];

        Tensor seen = new LayerNorm().Forward(x);
        x = x + new MultiHeadAttention(heads) { Causal = true }.Forward(seen);

        Tensor read = new LayerNorm().Forward(x);
        Tensor expand = new Dense(4 * width) { Init = Init.HeNormal }.Forward(read);
        return x + new Dense(width).Forward(GeluTanh(expand));
    }
}
