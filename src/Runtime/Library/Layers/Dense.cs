using static OptGen.Ops;

namespace OptGen;

/// <summary>Fully connected: y = x·W + b.</summary>
/// <param name="units">Size of the last axis of the output.</param>
public sealed class Dense(int units) : Layer
{
    /// <summary>Whether b is there.</summary>
    public bool Bias { get; init; } = true;

    /// <summary>Initializer of W; b starts at zero.</summary>
    public Init Init { get; init; } = Init.LeCunUniform;

    /// <inheritdoc/>
    public override Tensor Forward(Tensor x)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(units);
        Tensor kernel = Parameter([x.Shape[^1], units], ParameterKind.Weight, Init);
        Tensor y = MatMul(x, kernel);
        return Bias ? y + Parameter([units], ParameterKind.Bias) : y;
    }
}
