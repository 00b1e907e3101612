using System.Numerics;

namespace OptGen;

/// <summary>
/// Starts a deep residual network so that it trains without normalization: at the beginning every block passes its input through, and one step changes the network's
/// output by an amount that does not grow with its depth.
/// <code>
/// last weights of a branch = 0; the m − 1 weights before them times L^(−1/(2m − 2)), for L branches of m weights
/// </code>
/// Biases of these layers become 0. The network also needs what no initializer gives: a learned number added before each weight and activation of a branch, and a
/// learned factor at its end.
/// </summary>
/// <remarks>Zhang, Dauphin and Ma, "Fixup initialization: residual learning without normalization", 2019.</remarks>
public static class Fixup
{
    /// <summary>Scales the weights of a new model, which its layers' initializers (He's, for rectified units) gave.</summary>
    /// <param name="layout">The model's <c>Layout</c>.</param>
    /// <param name="parameters">The model's <c>Parameters</c>.</param>
    /// <param name="branches">For each residual branch, the names of its weights in their order, such as <c>Block.First.Kernel</c>, <c>Block.Second.Kernel</c>.</param>
    /// <param name="zero">Names of further weights that start at 0: those of the last layer of the network.</param>
    /// <exception cref="ArgumentException">A name is that of no weight, or a branch has none.</exception>
    public static void Apply<T>(ReadOnlySpan<ParameterInfo> layout, Span<T> parameters, IReadOnlyList<string[]> branches, params string[] zero)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(branches);
        ArgumentNullException.ThrowIfNull(zero);

        // All names are looked up before anything is changed.
        List<(ParameterInfo Weight, double Factor)> changes = [.. Changes(layout, zero, 0)];
        foreach (string[] branch in branches)
        {
            if (branch is not [.. string[] others, string last])
                throw new ArgumentException("A branch has no weights.", nameof(branches));
            changes.AddRange(Changes(layout, others, Math.Pow(branches.Count, -0.5 / Math.Max(others.Length, 1))));
            changes.AddRange(Changes(layout, [last], 0));
        }

        foreach ((ParameterInfo weight, double factor) in changes)
        {
            foreach (ref T value in parameters.Slice(weight.Offset, weight.Length))
                value *= T.CreateChecked(factor);
            foreach (ParameterInfo bias in layout)
            {
                if (bias.Kind == ParameterKind.Bias && LayerOf(bias.Name) == LayerOf(weight.Name))
                    parameters.Slice(bias.Offset, bias.Length).Clear();
            }
        }
    }

    private static IEnumerable<(ParameterInfo Weight, double Factor)> Changes(ReadOnlySpan<ParameterInfo> layout, string[] names, double factor)
    {
        List<(ParameterInfo, double)> changes = [];
        foreach (string name in names)
        {
            int index = IndexOf(layout, name);
            changes.Add(index >= 0 ? (layout[index], factor) : throw new ArgumentException($"'{name}' is no weight of the model.", nameof(names)));
        }

        return changes;
    }

    private static int IndexOf(ReadOnlySpan<ParameterInfo> layout, string name)
    {
        for (int i = 0; i < layout.Length; i++)
        {
            if (layout[i].Name == name && layout[i].Kind == ParameterKind.Weight)
                return i;
        }

        return -1;
    }

    private static string LayerOf(string parameter) => parameter[..Math.Max(parameter.LastIndexOf('.'), 0)];
}
