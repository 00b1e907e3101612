namespace OptGen;

/// <summary>
/// Adam without its memory: the second moment of a matrix is kept as the means of its rows and of its columns.
/// <code>
/// β = 1 − t^(−γ)        r = βr + (1 − β)·mean over the row of g²        c = βc + (1 − β)·mean over the column of g²
/// u = g / √(r·c / mean r)        u = u / max(1, RMS(u)/δ)        w = w − ηλw − max(ε₂, RMS(w))·min(η, 1/√t)·u
/// </code>
/// With <c>Momentum</c>, u becomes its running mean m = μm + (1 − μ)u. RMS is the root mean square over the tensor. A tensor of a single axis is one row, for which r·c/mean r is c: the second moment of each element.
/// </summary>
/// <remarks>Shazeer and Stern, "Adafactor: adaptive learning rates with sublinear memory cost", 2018.</remarks>
/// <example><c>[Adafactor]</c> keeps 1 + 1/64 numbers for each 64 parameters of a matrix with 64 rows, instead of 128.</example>
public sealed class Adafactor : UpdateRule
{
    /// <summary>Largest step size η relative to the tensor, 0.01 by default.</summary>
    [Hyper, Bounds(AtLeast = 0)]
    public float LearningRate { get; set; } = 1e-2f;

    /// <summary>γ, how fast the memory of the second moment lengthens; 0.8 by default.</summary>
    [Hyper, Bounds(AtLeast = 0)]
    public float Decay { get; set; } = 0.8f;

    /// <summary>ε₁, the least second moment's root, 2⁻²³ by default.</summary>
    [Hyper, Bounds(AtLeast = 0)]
    public float Epsilon1 { get; set; } = 1.1920929e-7f;

    /// <summary>ε₂, the least size of a tensor, 0.001 by default.</summary>
    [Hyper, Bounds(AtLeast = 0)]
    public float Epsilon2 { get; set; } = 1e-3f;

    /// <summary>δ, the root mean square above which a step is scaled down; 1 by default.</summary>
    [Hyper, Bounds(AtLeast = 1)]
    public float Threshold { get; set; } = 1f;

    /// <summary>Strength λ of the decoupled decay: each step takes the share ηλ of the parameter away. Optional.</summary>
    [Hyper(Optional = true, Decay = true), Bounds(AtLeast = 0)]
    public float WeightDecay { get; set; }

    /// <summary>μ, the memory of the step's running mean. Optional: without it u is the step, and no state is kept for each element.</summary>
    [Hyper(Optional = true), Bounds(AtLeast = 0, Below = 1)]
    public float Momentum { get; set; }

    /// <summary>The largest memory β of the second moment. Optional: without it β goes to 1.</summary>
    [Hyper(Optional = true), Bounds(AtLeast = 0, Below = 1)]
    public float MaxMemory { get; set; }

    /// <summary>Lets 1/√t bound the step size. An option, fixed where the attribute is written; true by default.</summary>
    public bool RelativeStep { get; set; } = true;

    /// <summary>Multiplies steps by the size of the tensor, max(ε₂, RMS(w)). An option, fixed where the attribute is written; true by default.</summary>
    public bool ParameterScale { get; set; } = true;

    /// <summary>Mean over a row.</summary>
    [Reduce(Over.Row, Reduction.Mean)]
    public float RowMean(float x) => x;

    /// <summary>Mean over a column.</summary>
    [Reduce(Over.Column, Reduction.Mean)]
    public float ColumnMean(float x) => x;

    /// <summary>Mean over a tensor.</summary>
    [Reduce(Over.Tensor, Reduction.Mean)]
    public float Mean(float x) => x;

    /// <summary>Updates one parameter.</summary>
    [Update]
    public void Update(ref float w, float g, [State(Over.Row)] ref float row, [State(Over.Column)] ref float column, [State] ref float m, int step)
    {
        float fresh = MathF.Pow(step, -Decay);
        if (Uses(MaxMemory))
            fresh = MathF.Max(fresh, 1 - MaxMemory);
        row += fresh * (RowMean(g * g) - row);
        column += fresh * (ColumnMean(g * g) - column);

        // One quotient and root for each row and each column: none is left for the elements.
        float ofRow = 1 / MathF.Sqrt(row / MathF.Max(Mean(row), Epsilon1)), ofColumn = 1 / MathF.Sqrt(column);
        float u = g * MathF.Min(ofRow * ofColumn, 1 / Epsilon1);
        float rate = RelativeStep ? MathF.Min(LearningRate, 1 / MathF.Sqrt(step)) : LearningRate;
        float scale = ParameterScale ? MathF.Max(Epsilon2, MathF.Sqrt(Mean(w * w))) * rate : rate;
        float bound = MathF.Max(1, MathF.Sqrt(Mean(u * u)) / Threshold);
        if (Uses(WeightDecay))
            w -= LearningRate * WeightDecay * w;
        if (Uses(Momentum))
        {
            m = Momentum * m + (1 - Momentum) * (u / bound);
            w -= scale * m;
        }
        else
        {
            w -= scale / bound * u;
        }
    }
}
