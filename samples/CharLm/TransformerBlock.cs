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
        Tensor attended = x + new MultiHeadAttention(heads) { Causal = true }.Forward(new LayerNorm().Forward(x));
        Tensor expanded = GeluTanh(new Dense(4 * width).Forward(new LayerNorm().Forward(attended)));
        return attended + new Dense(width).Forward(expanded);
    }
}
