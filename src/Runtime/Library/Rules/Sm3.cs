namespace OptGen;

/// <summary>
/// AdaGrad without its memory: of a matrix, the sums of squares are kept as the largest of each row and of each column, and the lesser of the two bounds an element's own.
/// <code>
/// v = min(r, c) + g²        r = max over the row of v        c = max over the column of v
/// m = μm + (1 − μ)g / √(v + ε)        w = w − ηm
/// </code>
/// A tensor of a single axis is one row, for which c is the sum of squares of each element: AdaGrad.
/// </summary>
/// <remarks>Anil et al., "Memory-efficient adaptive optimization", 2019, algorithm SM3-II; momentum as in its section 4.</remarks>
/// <example><c>[Sm3(LearningRate = 0.1f)]</c> keeps 1 + 1/64 numbers for each 64 parameters of a matrix with 64 rows, besides the momentum.</example>
public sealed class Sm3 : UpdateRule
{
    /// <summary>Step size η, 0.1 by default.</summary>
    [Hyper, Bounds(AtLeast = 0)]
    public float LearningRate { get; set; } = 0.1f;

    /// <summary>μ, the memory of the momentum; 0.9 by default.</summary>
    [Hyper, Bounds(AtLeast = 0, Below = 1)]
    public float Momentum { get; set; } = 0.9f;

    /// <summary>ε, what keeps the divisor from zero; 1e-8 by default.</summary>
    [Hyper, Bounds(AtLeast = 0)]
    public float Epsilon { get; set; } = 1e-8f;

    /// <summary>Largest of a row.</summary>
    [Reduce(Over.Row, Reduction.Max)]
    public float RowMax(float x) => x;

    /// <summary>Largest of a column.</summary>
    [Reduce(Over.Column, Reduction.Max)]
    public float ColumnMax(float x) => x;

    /// <summary>Updates one parameter.</summary>
    [Update]
    public void Update(ref float w, float g, [State] ref float m, [State(Over.Row)] ref float row, [State(Over.Column)] ref float column)
    {
        float v = MathF.Min(row, column) + g * g;
        row = RowMax(v);
        column = ColumnMax(v);
        m = Momentum * m + (1 - Momentum) * (v > 0 ? g / MathF.Sqrt(v + Epsilon) : 0);
        w -= LearningRate * m;
    }
}
