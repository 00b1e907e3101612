using static OptGen.Ops;

namespace OptGen;

/// <summary>
/// The largest of several affine functions:
/// <code>
/// y = maxₖ (x·Wₖ + bₖ)
/// </code>
/// </summary>
/// <param name="units">Size of the last axis of the output.</param>
/// <param name="pieces">How many functions each unit has, 2 by default.</param>
/// <remarks>Goodfellow et al., "Maxout networks", 2013.</remarks>
/// <example><c>[Maxout(32, 3)]</c> has 32 units, each the largest of three affine functions.</example>
public sealed class Maxout(int units, int pieces = 2) : Layer
{
    /// <summary>Initializer of kernels and biases, uniform within ±1/√inputs by default.</summary>
    public Init Init { get; init; } = Init.FanInUniform;

    /// <inheritdoc/>
    public override Tensor Forward(Tensor x)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(units);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(pieces);
        Tensor kernel = Parameter([x.Shape[^1], pieces * units], ParameterKind.Weight, Init);
        Tensor bias = Parameter([pieces * units], ParameterKind.Bias, Init, fanIn: x.Shape[^1]);
        Tensor all = MatMul(x, kernel) + bias;
        Tensor best = Slice(all, -1, 0, units);
        for (int piece = 1; piece < pieces; piece++)
            best = Map(best, Slice(all, -1, piece * units, units), MathF.Max);
        return best;
    }
}
