using System.Globalization;
using System.Numerics;

namespace OptGen;

/// <summary>
/// LSUV: gives every layer orthonormal weights and, one layer after the other from the input on, scales them until what the layer gives for a batch has variance 1.
/// Biases of these layers become 0. Generated as <c>InitializeLsuv</c> on a model with <c>[Model(Statistics = true)]</c>.
/// </summary>
/// <remarks>Mishkin and Matas, "All you need is a good init", 2016; as there, at most ten corrections for each layer.</remarks>
public static class LayerSequentialUnitVariance
{
    private const int MostCorrections = 10;

    /// <summary>Initializes the layers that have weights of their own; the others stay as they are.</summary>
    /// <param name="layout">The model's <c>Layout</c>.</param>
    /// <param name="parameters">The model's <c>Parameters</c>.</param>
    /// <param name="measure">Gives the statistics of the layers, in their order, with the parameters as they are then.</param>
    /// <param name="seed">The same seed and data give the same weights.</param>
    /// <param name="tolerance">How far a variance may be from 1.</param>
    /// <exception cref="InvalidOperationException">A layer gives the same for all data, so that no factor makes its variance 1.</exception>
    public static void Apply<T>(ReadOnlySpan<ParameterInfo> layout, Span<T> parameters, Func<LayerStatistics[]> measure, int seed, double tolerance = 0.01)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(measure);
        string[] layers = Array.ConvertAll(measure(), statistics => statistics.Layer);
        for (int stream = 0; stream < layout.Length; stream++)
        {
            ParameterInfo parameter = layout[stream];
            if (Array.IndexOf(layers, LayerOf(parameter)) < 0)
                continue;
            Span<T> values = parameters.Slice(parameter.Offset, parameter.Length);
            if (IsWeight(parameter))
                FillOrthonormal(parameter, values, seed, stream);
            else if (parameter.Kind == ParameterKind.Bias)
                values.Clear();
        }

        for (int i = 0; i < layers.Length; i++)
        {
            int layer = i;
            List<ParameterInfo> weights = [.. layout];
            weights.RemoveAll(parameter => !IsWeight(parameter) || LayerOf(parameter) != layers[layer]);
            Scale(weights, parameters, () => measure()[layer], tolerance);
        }
    }

    private static void Scale<T>(List<ParameterInfo> weights, Span<T> parameters, Func<LayerStatistics> measure, double tolerance)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        for (int correction = 0; correction < MostCorrections && weights.Count > 0; correction++)
        {
            (string layer, _, double variance) = measure();
            if (Math.Abs(variance - 1) <= tolerance)
                return;
            T factor = T.CreateChecked(1 / Math.Sqrt(variance));
            if (!T.IsFinite(factor) || factor == T.Zero)
                throw new InvalidOperationException($"What layer '{layer}' gives has variance {variance.ToString(CultureInfo.InvariantCulture)}, which no factor of its weights makes 1.");
            foreach (ParameterInfo weight in weights)
            {
                foreach (ref T value in parameters.Slice(weight.Offset, weight.Length))
                    value *= factor;
            }
        }
    }

    private static void FillOrthonormal<T>(ParameterInfo parameter, Span<T> values, int seed, int stream)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        double[] orthonormal = new double[values.Length];
        Initializers.Fill(Initializers.Orthogonal, orthonormal, parameter.Shape, seed: seed, stream: stream);
        for (int i = 0; i < values.Length; i++)
            values[i] = T.CreateChecked(orthonormal[i]);
    }

    private static bool IsWeight(ParameterInfo parameter) => parameter.Kind == ParameterKind.Weight && parameter.Shape.Length >= 2;

    private static string LayerOf(ParameterInfo parameter) => parameter.Name[..Math.Max(parameter.Name.LastIndexOf('.'), 0)];
}
