using static OptGen.Ops;

namespace OptGen;

/// <summary>
/// A recurrent layer over a sequence (steps, features):
/// <code>
/// hₜ = tanh(xₜ·W + b + hₜ₋₁·R + c)
/// </code>
/// </summary>
/// <param name="units">Length of the hidden state h.</param>
/// <remarks>Elman, "Finding structure in time", 1990. The length of the sequence is known when the model is compiled.</remarks>
/// <example><c>[Rnn(64)]</c> gives a hidden state of 64 numbers for each step.</example>
public sealed class Rnn(int units) : Layer
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
        Tensor inputKernel = Parameter([x.Shape[1], units], ParameterKind.Weight, Init, savedName: "weight_ih_l0", savedAxes: [1, 0], fanIn: units);
        Tensor recurrentKernel = Parameter([units, units], ParameterKind.Weight, Init, savedName: "weight_hh_l0", savedAxes: [1, 0], fanIn: units);
        Tensor inputBias = Parameter([units], ParameterKind.Bias, Init, savedName: "bias_ih_l0", fanIn: units);
        Tensor recurrentBias = Parameter([units], ParameterKind.Bias, Init, savedName: "bias_hh_l0", fanIn: units);
        Tensor projected = MatMul(x, inputKernel) + inputBias + recurrentBias;
        return Scan(Fill(0, units), projected, (hidden, input) => Tanh(input + MatMul(hidden, recurrentKernel)), Backwards);
    }
}
