using System.Globalization;

namespace OptGen;

/// <summary>
/// First values of parameters: each initializer is a function of one element, computed in double precision. The same seed gives the same values on every
/// machine.
/// </summary>
public static partial class Initializers
{
    /// <summary>Fills a parameter.</summary>
    /// <param name="init">The initializer.</param>
    /// <param name="values">The parameter's elements.</param>
    /// <param name="fanIn">Number of inputs that one output sums over.</param>
    /// <param name="fanOut">Number of outputs that one input reaches.</param>
    /// <param name="gain">A factor, or for <see cref="Init.Constant"/> the value itself.</param>
    /// <param name="seed">Seed of the model.</param>
    /// <param name="stream">Number of the parameter in its model, so that parameters draw different numbers.</param>
    public static void Initialize(Init init, Span<float> values, int fanIn, int fanOut, float gain, int seed, int stream)
    {
        InitializerInput input = Input(fanIn, fanOut, gain, seed, stream);
        for (int i = 0; i < values.Length; i++)
            values[i] = (float)Value(init, input with { Index = i });
    }

    /// <inheritdoc cref="Initialize(Init, Span{float}, int, int, float, int, int)"/>
    public static void Initialize(Init init, Span<double> values, int fanIn, int fanOut, float gain, int seed, int stream)
    {
        InitializerInput input = Input(fanIn, fanOut, gain, seed, stream);
        for (int i = 0; i < values.Length; i++)
            values[i] = Value(init, input with { Index = i });
    }

    private static InitializerInput Input(int fanIn, int fanOut, float gain, int seed, int stream)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(fanIn, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(fanOut, 1);

        // A gain stands for the shortest decimal that names it, as literals do in the compiler, so that 0.1f is 0.1 in a double model.
        double decimalGain = double.Parse(gain.ToString("R", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
        return new InitializerInput(fanIn, fanOut, decimalGain, seed, stream, 0);
    }

    private static double Value(Init init, in InitializerInput input) => init switch
    {
        Init.Zero => Zero(input),
        Init.One => One(input),
        Init.Constant => Constant(input),
        Init.Uniform => Uniform(input),
        Init.Normal => Normal(input),
        Init.LeCunNormal => LeCunNormal(input),
        Init.LeCunUniform => LeCunUniform(input),
        Init.GlorotNormal => GlorotNormal(input),
        Init.GlorotUniform => GlorotUniform(input),
        Init.HeNormal => HeNormal(input),
        Init.HeUniform => HeUniform(input),
        _ => throw new ArgumentOutOfRangeException(nameof(init), init, "There is no such initializer."),
    };
}
