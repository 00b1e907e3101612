using static OptGen.Ops;

namespace OptGen;

/// <summary>
/// Long short-term memory over a sequence (steps, features):
/// <code>
/// [i, f, g, o] = xₜ·W + b + hₜ₋₁·R + c
/// sₜ = σ(f)·sₜ₋₁ + σ(i)·tanh(g)        hₜ = σ(o)·tanh(sₜ)
/// </code>
/// </summary>
/// <param name="units">Length of the hidden state h.</param>
/// <remarks>Hochreiter and Schmidhuber, "Long short-term memory", 1997; gates in PyTorch's order. The length of the sequence is known when the model is compiled.</remarks>
/// <example><c>[Lstm(64)]</c> gives a hidden state of 64 numbers for each step.</example>
public sealed class Lstm(int units) : Layer
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
        Tensor inputKernel = Parameter([x.Shape[1], 4 * units], ParameterKind.Weight, Init, savedName: "weight_ih_l0", savedAxes: [1, 0], fanIn: units);
        Tensor recurrentKernel = Parameter([units, 4 * units], ParameterKind.Weight, Init, savedName: "weight_hh_l0", savedAxes: [1, 0], fanIn: units);
        Tensor inputBias = Parameter([4 * units], ParameterKind.Bias, Init, savedName: "bias_ih_l0", fanIn: units);
        Tensor recurrentBias = Parameter([4 * units], ParameterKind.Bias, Init, savedName: "bias_hh_l0", fanIn: units);
        Tensor projected = MatMul(x, inputKernel) + inputBias + recurrentBias;
        (Tensor states, _) = Scan(
            Fill(0, units),
            Fill(0, units),
            projected,
            (hidden, cell, input) =>
            {
                Tensor gates = Reshape(input + MatMul(hidden, recurrentKernel), 4, units);
                Tensor added = Sigmoid(Gate(gates, 0)), kept = Sigmoid(Gate(gates, 1)), proposed = Tanh(Gate(gates, 2)), shown = Sigmoid(Gate(gates, 3));
                Tensor nextCell = kept * cell + added * proposed, bounded = Tanh(nextCell);
                return (shown * bounded, nextCell);
            },
            Backwards);
        return states;
    }

    private Tensor Gate(Tensor gates, int number) => Reshape(Slice(gates, 0, number, 1), units);
}
