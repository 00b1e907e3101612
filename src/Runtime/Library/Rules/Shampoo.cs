namespace OptGen;

/// <summary>
/// Steps that are freed of what the gradients of a matrix have in common along its rows and along its columns.
/// <code>
/// L = β₂L + (1 − β₂)GGᵀ        R = β₂R + (1 − β₂)GᵀG        P = L̂^(−1/4) G R̂^(−1/4)
/// v = β₂v + (1 − β₂)g²        a = g / (√v̂ + ε)        p = P · ‖a‖/‖P‖
/// m = β₁m + (1 − β₁)p        w = w − ηλw − η · m/(1 − β₁ᵗ)
/// </code>
/// G is the gradient of a matrix, and L̂, R̂ and v̂ are divided by 1 − β₂ᵗ; with β₂ = 1 they are sums. The matrix gives the direction of a step, and a, that of Adam, its length. What is no matrix takes a for p.
/// </summary>
/// <remarks>
/// Gupta, Koren and Singer, "Shampoo: preconditioned stochastic tensor optimization", 2018; the length of another rule, means and roots every few steps from Anil et al., "Scalable second order optimization for deep
/// learning", 2020. The roots are of L̂ + ρ‖L̂‖·I.
/// </remarks>
/// <example><c>[Shampoo(LearningRate = 1e-3f, WeightDecay = 1e-2f)]</c></example>
public sealed class Shampoo : UpdateRule
{
    /// <summary>Step size η, 0.001 by default.</summary>
    [Hyper, Bounds(AtLeast = 0)]
    public float LearningRate { get; set; } = 1e-3f;

    /// <summary>Memory β₁ of the step, 0.9 by default.</summary>
    [Hyper, Bounds(AtLeast = 0, Below = 1)]
    public float Beta1 { get; set; } = 0.9f;

    /// <summary>Memory β₂ of the second moments, 0.999 by default; 1 adds them up.</summary>
    [Hyper, Bounds(AtLeast = 0, AtMost = 1)]
    public float Beta2 { get; set; } = 0.999f;

    /// <summary>ε of the diagonal rule, which keeps the divisor from zero; 1e-8 by default.</summary>
    [Hyper, Bounds(AtLeast = 0)]
    public float Epsilon { get; set; } = 1e-8f;

    /// <summary>ρ, what is added to the eigenvalues of a factor, as a share of its norm; 1e-5 by default, well above what rounding does to them.</summary>
    [Hyper, Bounds(Above = 0)]
    public float Ridge { get; set; } = 1e-5f;

    /// <summary>Strength λ of the decoupled decay: each step takes the share ηλ of the parameter away. Optional.</summary>
    [Hyper(Optional = true, Decay = true), Bounds(AtLeast = 0)]
    public float WeightDecay { get; set; }

    /// <summary>Updates from one computation of the roots to the next, 10 by default.</summary>
    [Hyper, Bounds(AtLeast = 1)]
    public int Every { get; set; } = 10;

    /// <summary>Gives a step the length of Adam's. Without it, p is P. An option, fixed where the attribute is written; true by default.</summary>
    public bool Graft { get; set; } = true;

    /// <summary>
    /// The most rows (or columns) of which a factor is kept; a matrix with a longer axis has one factor, and its root to the power −1/2. An option, fixed where the attribute is written; 1024 by default.
    /// </summary>
    public int MaxSize { get; set; } = 1024;

    /// <summary>An element of P.</summary>
    [Whole("OptGen.Kernels.KroneckerFactors.Precondition")]
    public static float Precondition(float g, ref float left, ref float right, ref float leftRoot, ref float rightRoot, float memory, float ridge, float every, float step) => g;

    /// <summary>The squared norm of a tensor.</summary>
    [Reduce(Over.Tensor)]
    public float SumOfSquares(float x) => x * x;

    /// <summary>Updates one parameter.</summary>
    [Update]
    public void Update(
        ref float w,
        float g,
        [State] ref float m,
        [State(NonNegative = true)] ref float v,
        [State(Pairs.OfRows, AtMost = nameof(MaxSize))] ref float left,
        [State(Pairs.OfColumns, AtMost = nameof(MaxSize))] ref float right,
        [State(Pairs.OfRows, AtMost = nameof(MaxSize))] ref float leftRoot,
        [State(Pairs.OfColumns, AtMost = nameof(MaxSize))] ref float rightRoot,
        int step)
    {
        float fresh = Beta2 < 1 ? 1 - Beta2 : 1, correction = Beta2 < 1 ? MathF.Sqrt(1 - MathF.Pow(Beta2, step)) : 1;
        v = Beta2 * v + fresh * (g * g);
        float diagonal = correction * g / (MathF.Sqrt(v) + correction * Epsilon);
        float whole = Precondition(g, ref left, ref right, ref leftRoot, ref rightRoot, Beta2, Ridge, Every, step);
        if (Graft)
            whole *= MathF.Sqrt(SumOfSquares(diagonal)) / MathF.Max(MathF.Sqrt(SumOfSquares(whole)), 1e-30f);
        bool isMatrix = Rows() > 1 && Columns() > 1 && MathF.Min(Rows(), Columns()) <= MaxSize;
        m = Beta1 * m + (1 - Beta1) * (isMatrix ? whole : diagonal);
        if (Uses(WeightDecay))
            w -= LearningRate * WeightDecay * w;
        w -= LearningRate / (1 - MathF.Pow(Beta1, step)) * m;
    }
}
