using System.Globalization;

namespace OptGen;

/// <summary>
/// First values of parameters. An initializer is a static method about one element, or about all elements of a parameter where they depend on each other; it computes
/// in double precision, and the same seed gives the same values on every machine.
/// </summary>
public static partial class Initializers
{
    /// <summary>Fills a parameter.</summary>
    /// <param name="initializer">The initializer, such as <c>Initializers.HeNormal</c>.</param>
    /// <param name="values">The parameter's elements.</param>
    /// <param name="shape">Sizes of the parameter's axes; those of a kernel are [.., inputs, outputs], with the axes of a window first.</param>
    /// <param name="gain">A factor, or for a constant the value itself.</param>
    /// <param name="seed">Seed of the model.</param>
    /// <param name="stream">Number of the parameter in its model, so that parameters draw different numbers.</param>
    /// <param name="fanIn">Number of inputs that one output sums over; by default the product of all sizes but the last.</param>
    /// <param name="fanOut">Number of outputs that one input reaches; by default the last size times those of the window.</param>
    public static void Fill(
        ElementInitializer initializer, Span<float> values, ReadOnlySpan<int> shape, float gain = 1, int seed = 0, int stream = 0, int fanIn = 0, int fanOut = 0)
    {
        ArgumentNullException.ThrowIfNull(initializer);
        InitializerInput input = Input(values.Length, shape, gain, seed, stream, fanIn, fanOut);
        for (int i = 0; i < values.Length; i++)
            values[i] = (float)initializer(input.At(i));
    }

    /// <inheritdoc cref="Fill(ElementInitializer, Span{float}, ReadOnlySpan{int}, float, int, int, int, int)"/>
    public static void Fill(
        ElementInitializer initializer, Span<double> values, ReadOnlySpan<int> shape, float gain = 1, int seed = 0, int stream = 0, int fanIn = 0, int fanOut = 0)
    {
        ArgumentNullException.ThrowIfNull(initializer);
        InitializerInput input = Input(values.Length, shape, gain, seed, stream, fanIn, fanOut);
        for (int i = 0; i < values.Length; i++)
            values[i] = initializer(input.At(i));
    }

    /// <inheritdoc cref="Fill(ElementInitializer, Span{float}, ReadOnlySpan{int}, float, int, int, int, int)"/>
    public static void Fill(
        TensorInitializer initializer, Span<float> values, ReadOnlySpan<int> shape, float gain = 1, int seed = 0, int stream = 0, int fanIn = 0, int fanOut = 0)
    {
        double[] wide = new double[values.Length];
        Fill(initializer, wide, shape, gain, seed, stream, fanIn, fanOut);
        for (int i = 0; i < values.Length; i++)
            values[i] = (float)wide[i];
    }

    /// <inheritdoc cref="Fill(ElementInitializer, Span{float}, ReadOnlySpan{int}, float, int, int, int, int)"/>
    public static void Fill(
        TensorInitializer initializer, Span<double> values, ReadOnlySpan<int> shape, float gain = 1, int seed = 0, int stream = 0, int fanIn = 0, int fanOut = 0)
    {
        ArgumentNullException.ThrowIfNull(initializer);
        initializer(Input(values.Length, shape, gain, seed, stream, fanIn, fanOut), values);
    }

    private static InitializerInput Input(int length, ReadOnlySpan<int> shape, float gain, int seed, int stream, int fanIn, int fanOut)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(fanIn);
        ArgumentOutOfRangeException.ThrowIfNegative(fanOut);
        int last = shape.IsEmpty ? 1 : shape[^1], count = 1;
        foreach (int size in shape)
            count *= size;
        if (count != length)
            throw new ArgumentException($"[{string.Join(", ", shape.ToArray())}] has {count} elements; there are {length} values.", nameof(shape));
        int inputs = Math.Max(count / Math.Max(last, 1), 1), window = shape.Length > 2 ? inputs / Math.Max(shape[^2], 1) : 1;
        return new InitializerInput
        {
            Shape = shape,
            FanIn = fanIn > 0 ? fanIn : inputs,
            FanOut = fanOut > 0 ? fanOut : Math.Max(last * window, 1),
            Gain = Decimal(gain),
            Seed = seed,
            Stream = stream,
        };
    }

    /// <summary>A gain stands for the shortest decimal that names it, as literals do in the compiler, so that 0.1f is 0.1 in a double model.</summary>
    private static double Decimal(float gain) => double.Parse(gain.ToString("R", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
}
