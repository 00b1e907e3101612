using static OptGen.Ops;

namespace OptGen;

/// <summary>
/// A learned vector for each of a number of symbols:
/// <code>
/// y[t] = E[symbol t]
/// </code>
/// </summary>
/// <param name="symbols">How many symbols there are; they have the numbers from 0 on.</param>
/// <param name="size">Length of a vector.</param>
/// <remarks>Bengio et al., "A neural probabilistic language model", 2003.</remarks>
/// <example><c>[Embedding(1000, 64)]</c> gives each of 1,000 symbols a vector of 64 numbers; its layer method takes <c>Labels</c>.</example>
public sealed class Embedding(int symbols, int size) : Layer
{
    /// <summary>Number of the symbol that stands for padding: its vector is always 0 and gets no gradient. None by default.</summary>
    public int Padding { get; init; } = -1;

    /// <summary>Initializer of the table, the standard normal distribution by default.</summary>
    public Init Init { get; init; } = Init.Normal;

    /// <summary>Factor on the scale of the initializer, 1 by default.</summary>
    public float Gain { get; init; } = 1;

    /// <summary>The vector of each symbol, behind the axes of <paramref name="rows"/>.</summary>
    public Tensor Forward(Labels rows)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(symbols);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(size);
        if (Padding < -1 || Padding >= symbols)
            throw new ArgumentException($"'Padding' is {Padding}, but must be the number of one of {symbols} symbols, or -1 for none", nameof(Padding));
        Tensor table = Parameter([symbols, size], ParameterKind.Embedding, Init, Gain, savedName: "weight"), vectors = Lookup(table, rows);
        if (Padding < 0)
            return vectors;
        Tensor numbers = Lookup(Reshape(Iota(symbols), symbols, 1), rows);
        return Map(vectors, numbers, (value, number) => number == Padding ? 0 : value);
    }
}
