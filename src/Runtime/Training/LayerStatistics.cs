using System.Numerics;

namespace OptGen;

/// <summary>What a layer gave for a batch, in two numbers.</summary>
/// <param name="Layer">Path of the layer, such as <c>Block.Inner</c>.</param>
/// <param name="Mean">Mean of all elements of all rows.</param>
/// <param name="Variance">Variance of all elements of all rows.</param>
public readonly record struct LayerStatistics(string Layer, double Mean, double Variance)
{
    /// <summary>Measures the elements that a layer gave.</summary>
    public static LayerStatistics Of<T>(string layer, ReadOnlySpan<T> elements)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        double sum = 0, squares = 0;
        foreach (T element in elements)
            sum += double.CreateChecked(element);
        double mean = sum / elements.Length;
        foreach (T element in elements)
        {
            double distance = double.CreateChecked(element) - mean;
            squares += distance * distance;
        }

        return new LayerStatistics(layer, mean, squares / elements.Length);
    }
}
