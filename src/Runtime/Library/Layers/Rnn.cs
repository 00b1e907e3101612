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

    /// <summary>Whether b and c are there.</summary>
    public bool Bias { get; init; } = true;

    /// <summary>How many layers lie above each other, 1 by default; each but the first takes the states of the one below.</summary>
    public int Layers { get; init; } = 1;

    /// <summary>Runs in both directions, whose states are joined: the result is twice as wide.</summary>
    public bool Bidirectional { get; init; }

    /// <summary>Runs from the last step to the first.</summary>
    public bool Backwards { get; init; }

    /// <summary>Share of the states that are dropped in training between one layer and the next, 0 by default.</summary>
    public float Dropout { get; init; }

    /// <summary>Gives only the state after the last step, of both directions where there are two, instead of that of each step.</summary>
    public bool Last { get; init; }

    /// <summary>max(0, ·) instead of tanh.</summary>
    public bool Rectified { get; init; }

    /// <summary>The hidden states; those before the first step are zero.</summary>
    /// <param name="x">Steps, features.</param>
    public override Tensor Forward(Tensor x) => Run(x, null);

    /// <summary>The hidden states from given ones on.</summary>
    /// <param name="x">Steps, features.</param>
    /// <param name="initial">The state before the first step; one row for each layer and direction where there are several: first layer forwards, first layer backwards, second layer forwards, …</param>
    public Tensor Forward(Tensor x, Tensor initial) => Run(x, initial);

    private Tensor Run(Tensor x, Tensor? initial)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(units);
        int directions = Bidirectional ? 2 : 1;
        Tensor states = RecurrentStack.Of(x, Layers, Bidirectional, Backwards, Dropout, (sequence, layer, backwards) =>
        {
            int number = layer * directions + (backwards && Bidirectional ? 1 : 0);
            return RunLayer(sequence, RecurrentStack.Initial(initial, units, Layers * directions, number), layer, backwards);
        });
        return Last ? RecurrentStack.Last(states, Bidirectional, Backwards) : states;
    }

    private Tensor RunLayer(Tensor x, Tensor initial, int layer, bool backwards)
    {
        bool isReverse = backwards && Bidirectional;
        string suffix = RecurrentStack.Suffix(layer, isReverse), saved = RecurrentStack.SavedSuffix(layer, isReverse);
        Tensor inputKernel = Parameter([x.Shape[1], units], ParameterKind.Weight, Init, name: "InputKernel" + suffix, savedName: "weight_ih" + saved, savedAxes: [1, 0], fanIn: units);
        Tensor recurrentKernel = Parameter([units, units], ParameterKind.Weight, Init, name: "RecurrentKernel" + suffix, savedName: "weight_hh" + saved, savedAxes: [1, 0], fanIn: units);
        Tensor projected = MatMul(x, inputKernel);
        if (Bias)
        {
            Tensor inputBias = Parameter([units], ParameterKind.Bias, Init, name: "InputBias" + suffix, savedName: "bias_ih" + saved, fanIn: units);
            Tensor recurrentBias = Parameter([units], ParameterKind.Bias, Init, name: "RecurrentBias" + suffix, savedName: "bias_hh" + saved, fanIn: units);
            projected = projected + inputBias + recurrentBias;
        }

        return Scan(
            initial,
            projected,
            (hidden, input) =>
            {
                Tensor sum = input + MatMul(hidden, recurrentKernel);
                return Rectified ? Relu(sum) : Tanh(sum);
            },
            backwards);
    }
}
