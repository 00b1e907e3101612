using static OptGen.Ops;

namespace OptGen;

/// <summary>
/// Fully connected: every output is a weighted sum of all numbers of the last axis.
/// <code>
/// y = x·W + b
/// </code>
/// </summary>
/// <param name="units">Size of the last axis of the output.</param>
/// <remarks>PyTorch's Linear, with the kernel the other way round: [inputs, outputs].</remarks>
/// <example><c>[Dense(128)]</c> maps rows of any width to rows of 128 numbers.</example>
public sealed class Dense(int units) : Layer
{
    /// <summary>Whether b is there.</summary>
    public bool Bias { get; init; } = true;

    /// <summary>Initializer of W, uniform within ±1/√inputs by default, as in PyTorch.</summary>
    public Init Init { get; init; } = Init.FanInUniform;

    /// <summary>Initializer of b, uniform within ±1/√inputs by default, as in PyTorch.</summary>
    public Init BiasInit { get; init; } = Init.FanInUniform;

    /// <inheritdoc/>
    public override Tensor Forward(Tensor x)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(units);
        int inputs = x.Shape[^1];
        Tensor kernel = Parameter([inputs, units], ParameterKind.Weight, Init, savedName: "weight", savedAxes: [1, 0]);
        Tensor y = MatMul(x, kernel);
        return Bias ? y + Parameter([units], ParameterKind.Bias, BiasInit, fanIn: inputs) : y;
    }
}
