using static OptGen.Ops;

namespace OptGen;

/// <summary>
/// Adds sines and cosines of the position to each step of a sequence (steps, features):
/// <code>
/// y[t, 2i] = x[t, 2i] + sin(t/λ^(2i/n))        y[t, 2i + 1] = x[t, 2i + 1] + cos(t/λ^(2i/n))
/// </code>
/// </summary>
/// <remarks>Vaswani et al., "Attention is all you need", 2017.</remarks>
/// <example><c>[PositionalEncoding]</c> needs no parameters and takes sequences of any length.</example>
public sealed class PositionalEncoding : Layer
{
    /// <summary>λ, which sets the longest period; 10,000 by default.</summary>
    public float Base { get; init; } = 10_000f;

    /// <inheritdoc/>
    public override Tensor Forward(Tensor x)
    {
        if (x.Rank != 2)
            throw new ArgumentException("a positional encoding needs an input of steps and features");
        int features = x.Shape[1];
        float rate = -MathF.Log(Base) / features, quarter = MathF.PI / 2;
        Tensor encoding = Map(Reshape(Iota(x.Shape[0]), -1, 1), Iota(features), (step, feature) =>
        {
            float odd = feature % 2;

            // A cosine is a sine a quarter of a period ahead.
            return MathF.Sin(step * MathF.Exp((feature - odd) * rate) + odd * quarter);
        });
        return x + encoding;
    }
}
