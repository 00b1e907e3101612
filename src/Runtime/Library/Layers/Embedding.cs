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
    /// <summary>Initializer of the table, the standard normal distribution by default.</summary>
    public Init Init { get; init; } = Init.Normal;

    /// <summary>Factor on the scale of the initializer, 1 by default.</summary>
    public float Gain { get; init; } = 1;

    /// <summary>The vector of each symbol, behind the axes of <paramref name="rows"/>.</summary>
    public Tensor Forward(Labels rows)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(symbols);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(size);
        Tensor table = Parameter([symbols, size], ParameterKind.Embedding, Init, Gain, savedName: "weight");
        return Lookup(table, rows);
    }
}
