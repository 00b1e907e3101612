using static OptGen.Ops;

namespace OptGen;

/// <summary>Recurrent layers above each other, in one direction or in both.</summary>
internal static class RecurrentStack
{
    /// <summary>The states of the topmost layer.</summary>
    /// <param name="x">Steps, features.</param>
    /// <param name="layers">How many layers; each but the first takes the states of the one below.</param>
    /// <param name="isBidirectional">Whether each layer runs in both directions, whose states are joined.</param>
    /// <param name="isBackwards">Whether the one direction is from the last step to the first.</param>
    /// <param name="dropout">Share of the states that are dropped between layers.</param>
    /// <param name="run">The states of one layer in one direction, by the sequence that it takes, its number and whether it runs from the last step to the first.</param>
    public static Tensor Of(Tensor x, int layers, bool isBidirectional, bool isBackwards, float dropout, Func<Tensor, int, bool, Tensor> run)
    {
        if (x.Rank != 2)
            throw new ArgumentException("a recurrent layer needs an input of steps and features");
        if (layers <= 0)
            throw new ArgumentException($"'Layers' is {layers}, but must be positive", "Layers");
        if (isBidirectional && isBackwards)
            throw new ArgumentException("a layer that runs in both directions does not run backwards only", "Backwards");
        if (!(dropout >= 0 && dropout < 1))
            throw new ArgumentException($"a share of {dropout} can't be dropped: it must be at least 0 and less than 1", "Dropout");
        Tensor states = x;
        for (int layer = 0; layer < layers; layer++)
        {
            Tensor below = layer > 0 && dropout > 0 ? new Dropout(dropout).Forward(states) : states;
            states = isBidirectional ? Concat(-1, run(below, layer, false), run(below, layer, true)) : run(below, layer, isBackwards);
        }

        return states;
    }

    /// <summary>The state before the first step of one layer in one direction: zeros where none are given.</summary>
    /// <param name="initial">Numbers of a state; with several layers or directions, one row for each: first layer forwards, first layer backwards, second layer forwards, …</param>
    /// <param name="units">Length of a state.</param>
    /// <param name="count">Layers times directions.</param>
    /// <param name="number">Which of them.</param>
    public static Tensor Initial(Tensor? initial, int units, int count, int number)
    {
        if (initial is null)
            return Fill(0, units);
        bool fits = initial.Rank == 1 ? count == 1 && initial.Shape[0] == units : initial.Rank == 2 && initial.Shape[0] == count && initial.Shape[1] == units;
        if (!fits)
            throw new ArgumentException($"{count} initial states of {units} numbers are needed");
        return initial.Rank == 1 ? initial : Reshape(Slice(initial, 0, number, 1), units);
    }

    /// <summary>What each direction gave at its last step.</summary>
    public static Tensor Last(Tensor states, bool isBidirectional, bool isBackwards)
    {
        int steps = states.Shape[0], width = states.Shape[1];
        if (!isBidirectional)
            return Reshape(Slice(states, 0, isBackwards ? 0 : steps - 1, 1), width);
        Tensor forwards = Slice(Slice(states, 0, steps - 1, 1), 1, 0, width / 2), backwards = Slice(Slice(states, 0, 0, 1), 1, width / 2, width / 2);
        return Reshape(Concat(1, forwards, backwards), width);
    }

    /// <summary>What tells the parameters of one layer in one direction from those of the others in the model.</summary>
    public static string Suffix(int layer, bool isReverse) => (layer == 0 ? "" : $"{layer + 1}") + (isReverse ? "Reverse" : "");

    /// <summary>The same in files, as PyTorch has it.</summary>
    public static string SavedSuffix(int layer, bool isReverse) => $"_l{layer}" + (isReverse ? "_reverse" : "");
}
