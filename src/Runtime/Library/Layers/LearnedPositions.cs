using static OptGen.Ops;

namespace OptGen;

/// <summary>
/// Adds a learned vector for each position to a sequence (steps, features):
/// <code>
/// y[t] = x[t] + P[t]
/// </code>
/// </summary>
/// <remarks>Gehring et al., "Convolutional sequence to sequence learning", 2017.</remarks>
/// <example><c>[LearnedPositions]</c> has a vector for each step of its input.</example>
public sealed class LearnedPositions : Layer
{
    /// <summary>Standard deviation of the vectors at first, 0.02 by default.</summary>
    public float Scale { get; init; } = 0.02f;

    /// <inheritdoc/>
    public override Tensor Forward(Tensor x)
    {
        if (x.Rank != 2)
            throw new ArgumentException("learned positions need an input of steps and features");
        Tensor table = Parameter([x.Shape[0], x.Shape[1]], ParameterKind.Embedding, Init.Normal, Scale);
        return x + table;
    }
}
