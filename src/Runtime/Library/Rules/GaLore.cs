namespace OptGen;

/// <summary>
/// AdamW whose moments are of the gradient in a few directions, which is all that they take in memory.
/// <code>
/// R = PG        m = β₁m + (1 − β₁)R        v = β₂v + (1 − β₂)R²
/// W = W − ηλW − ηα·Pᵀ(m/(1 − β₁ᵗ) / (√(v/(1 − β₂ᵗ)) + ε))
/// </code>
/// G is the gradient of a matrix and the rows of P are its r leading singular vectors on the shorter axis, found anew every few updates (with fewer columns than rows it is R = PGᵀ). What is no matrix, or has a shorter axis of at
/// most r, is updated by AdamW, without α.
/// </summary>
/// <remarks>
/// Zhao et al., "GaLore: memory-efficient LLM training by gradient low-rank projection", 2024; its authors take α = 1/4 with η = 0.01. The singular vectors are found by a random search (Halko, Martinsson and Tropp, 2011), of which the
/// products are exact in all directions but those near the last; <c>optimizer.Seed</c> chooses where it begins.
/// </remarks>
/// <example><c>[GaLore(Rank = 64)]</c> keeps 64 · (1024 + 2 · 4096) numbers of moments and directions for a matrix of 1024 × 4096, about a seventh of what AdamW does, and a copy of the gradient.</example>
public sealed class GaLore : UpdateRule
{
    /// <summary>Step size η, 0.001 by default.</summary>
    [Hyper, Bounds(AtLeast = 0)]
    public float LearningRate { get; set; } = 1e-3f;

    /// <summary>Memory β₁ of the gradient's mean, 0.9 by default.</summary>
    [Hyper, Bounds(AtLeast = 0, Below = 1)]
    public float Beta1 { get; set; } = 0.9f;

    /// <summary>Memory β₂ of its mean square, 0.999 by default.</summary>
    [Hyper, Bounds(AtLeast = 0, Below = 1)]
    public float Beta2 { get; set; } = 0.999f;

    /// <summary>ε, what keeps the divisor from zero; 1e-8 by default.</summary>
    [Hyper, Bounds(AtLeast = 0)]
    public float Epsilon { get; set; } = 1e-8f;

    /// <summary>Factor α on the steps of tensors that are projected, 1 by default.</summary>
    [Hyper, Bounds(AtLeast = 0)]
    public float Scale { get; set; } = 1;

    /// <summary>Strength λ of the decoupled decay: each step takes the share ηλ of the parameter away. Optional.</summary>
    [Hyper(Optional = true, Decay = true), Bounds(AtLeast = 0)]
    public float WeightDecay { get; set; }

    /// <summary>Updates in the same directions, 200 by default.</summary>
    [Hyper, Bounds(AtLeast = 1)]
    public int Every { get; set; } = 200;

    /// <summary>The number of directions r. An option, fixed where the attribute is written; 128 by default.</summary>
    public int Rank { get; set; } = 128;

    /// <summary>An element of what Adam makes of the gradient in the directions, or of the gradient itself.</summary>
    [Whole("OptGen.Kernels.LowRank.Adam", Draws = true)]
    public static float Adam(float g, ref float directions, ref float m, ref float v, float beta1, float beta2, float epsilon, float every, float step) => g;

    /// <summary>Updates one parameter.</summary>
    [Update]
    public void Update(
        ref float w,
        float g,
        [State(Pairs.OfDirections, AtMost = nameof(Rank))] ref float directions,
        [State(Pairs.InDirections, AtMost = nameof(Rank))] ref float m,
        [State(Pairs.InDirections, AtMost = nameof(Rank))] ref float v,
        int step)
    {
        float direction = Adam(g, ref directions, ref m, ref v, Beta1, Beta2, Epsilon, Every, step);
        bool isProjected = MathF.Min(Rows(), Columns()) > Rank;
        if (Uses(WeightDecay))
            w -= LearningRate * WeightDecay * w;
        w -= LearningRate * (isProjected ? Scale : 1) * direction;
    }
}
