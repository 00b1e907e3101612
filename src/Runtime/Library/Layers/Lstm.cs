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

    /// <summary>Length of the hidden state where it is not the number of units: h is then projected by one more kernel. 0 for none.</summary>
    public int Projection { get; init; }

    /// <summary>The hidden states; hidden and cell states before the first step are zero.</summary>
    /// <param name="x">Steps, features.</param>
    public override Tensor Forward(Tensor x) => Run(x, null, null).States;

    /// <summary>The hidden states and cell states from given ones on, both of the topmost layer.</summary>
    /// <param name="x">Steps, features.</param>
    /// <param name="hidden">The hidden state before the first step; one row for each layer and direction where there are several: first layer forwards, first layer backwards, second layer forwards, …</param>
    /// <param name="cell">The cell state before the first step, in the same way.</param>
    public (Tensor States, Tensor Cells) Forward(Tensor x, Tensor hidden, Tensor cell) => Run(x, hidden, cell);

    private (Tensor States, Tensor Cells) Run(Tensor x, Tensor? hidden, Tensor? cell)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(units);
        if (Projection < 0 || Projection >= units)
            throw new ArgumentException($"'Projection' is {Projection}, but must be less than {units} units, or 0 for none", nameof(Projection));
        int directions = Bidirectional ? 2 : 1, count = Layers * directions, shown = Projection > 0 ? Projection : units;
        Tensor[] cells = new Tensor[directions];
        Tensor states = RecurrentStack.Of(x, Layers, Bidirectional, Backwards, Dropout, (sequence, layer, backwards) =>
        {
            int direction = backwards && Bidirectional ? 1 : 0, number = layer * directions + direction;
            Tensor before = RecurrentStack.Initial(hidden, shown, count, number), kept = RecurrentStack.Initial(cell, units, count, number);
            (Tensor each, Tensor inside) = RunLayer(sequence, before, kept, layer, backwards);
            cells[direction] = inside;
            return each;
        });
        Tensor held = Bidirectional ? Concat(-1, cells[0], cells[1]) : cells[0];
        return Last ? (RecurrentStack.Last(states, Bidirectional, Backwards), RecurrentStack.Last(held, Bidirectional, Backwards)) : (states, held);
    }

    private (Tensor States, Tensor Cells) RunLayer(Tensor x, Tensor initial, Tensor cells, int layer, bool backwards)
    {
        bool isReverse = backwards && Bidirectional;
        string suffix = RecurrentStack.Suffix(layer, isReverse), saved = RecurrentStack.SavedSuffix(layer, isReverse);
        Tensor inputKernel = Parameter([x.Shape[1], 4 * units], ParameterKind.Weight, Init, name: "InputKernel" + suffix, savedName: "weight_ih" + saved, savedAxes: [1, 0], fanIn: units);
        Tensor recurrentKernel = Parameter([Projection > 0 ? Projection : units, 4 * units], ParameterKind.Weight, Init, name: "RecurrentKernel" + suffix, savedName: "weight_hh" + saved, savedAxes: [1, 0], fanIn: units);
        Tensor projected = MatMul(x, inputKernel);
        if (Bias)
        {
            Tensor inputBias = Parameter([4 * units], ParameterKind.Bias, Init, name: "InputBias" + suffix, savedName: "bias_ih" + saved, fanIn: units);
            Tensor recurrentBias = Parameter([4 * units], ParameterKind.Bias, Init, name: "RecurrentBias" + suffix, savedName: "bias_hh" + saved, fanIn: units);
            projected = projected + inputBias + recurrentBias;
        }

        Tensor? outputKernel = Projection == 0 ? null
            : Parameter([units, Projection], ParameterKind.Weight, Init, name: "OutputKernel" + suffix, savedName: "weight_hr" + saved, savedAxes: [1, 0], fanIn: units);
        return Scan(
            initial,
            cells,
            projected,
            (hidden, cell, input) =>
            {
                Tensor gates = Reshape(input + MatMul(hidden, recurrentKernel), 4, units);
                Tensor added = Sigmoid(Gate(gates, 0)), kept = Sigmoid(Gate(gates, 1)), proposed = Tanh(Gate(gates, 2)), shown = Sigmoid(Gate(gates, 3));
                Tensor nextCell = kept * cell + added * proposed, bounded = Tanh(nextCell), next = shown * bounded;
                return (outputKernel is null ? next : MatMul(next, outputKernel), nextCell);
            },
            backwards);
    }

    private Tensor Gate(Tensor gates, int number) => Reshape(Slice(gates, 0, number, 1), units);
}
