using static OptGen.Ops;

namespace OptGen;

/// <summary>
/// Gated recurrent unit over a sequence (steps, features):
/// <code>
/// [r, z, n] = xₜ·W + b        [r′, z′, n′] = hₜ₋₁·R + c
/// ñ = tanh(n + σ(r + r′)·n′)        hₜ = (1 − σ(z + z′))·ñ + σ(z + z′)·hₜ₋₁
/// </code>
/// </summary>
/// <param name="units">Length of the hidden state h.</param>
/// <remarks>Cho et al., "Learning phrase representations using RNN encoder–decoder", 2014; the reset gate acts behind the product, as in PyTorch. The length of the sequence is known when the model is compiled.</remarks>
/// <example><c>[Gru(64)]</c> gives a hidden state of 64 numbers for each step.</example>
public sealed class Gru(int units) : Layer
{
    /// <summary>Initializer of kernels and biases, uniform within ±1/√units by default, as in PyTorch.</summary>
    public Init Init { get; init; } = Init.FanInUniform;

    /// <summary>Runs from the last step to the first.</summary>
    public bool Backwards { get; init; }

    /// <summary>The hidden states of all steps; the state before the first is zero.</summary>
    /// <param name="x">Steps, features.</param>
    public override Tensor Forward(Tensor x)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(units);
        if (x.Rank != 2)
            throw new ArgumentException("a recurrent layer needs an input of steps and features");
        Tensor inputKernel = Parameter([x.Shape[1], 3 * units], ParameterKind.Weight, Init, savedName: "weight_ih_l0", savedAxes: [1, 0], fanIn: units);
        Tensor recurrentKernel = Parameter([units, 3 * units], ParameterKind.Weight, Init, savedName: "weight_hh_l0", savedAxes: [1, 0], fanIn: units);
        Tensor inputBias = Parameter([3 * units], ParameterKind.Bias, Init, savedName: "bias_ih_l0", fanIn: units);
        Tensor recurrentBias = Parameter([3 * units], ParameterKind.Bias, Init, savedName: "bias_hh_l0", fanIn: units);
        Tensor projected = MatMul(x, inputKernel) + inputBias;
        return Scan(
            Fill(0, units),
            projected,
            (hidden, input) =>
            {
                Tensor recurrent = MatMul(hidden, recurrentKernel) + recurrentBias;
                Tensor reset = Sigmoid(Part(input, 0) + Part(recurrent, 0));
                Tensor keep = Sigmoid(Part(input, 1) + Part(recurrent, 1));
                Tensor proposed = Tanh(Part(input, 2) + reset * Part(recurrent, 2));
                return (1 - keep) * proposed + keep * hidden;
            },
            Backwards);
    }

    /// <summary>One of three gates that lie one after the other.</summary>
    private Tensor Part(Tensor gates, int number) => Reshape(Slice(Reshape(gates, 3, units), 0, number, 1), units);
}
