namespace OptGen;

/// <summary>
/// AdamW in the eigenvectors of what the gradients of a matrix have in common along its rows and along its columns.
/// <code>
/// L = βL + (1 − β)GGᵀ        R = βR + (1 − β)GᵀG        M = β₁M + (1 − β₁)G
/// v = β₂v + (1 − β₂)(QₗᵀGQᵣ)²        N = QₗᵀMQᵣ / (√v̂ + ε)        W = W − ηλW − η·QₗNQᵣᵀ/(1 − β₁ᵗ)
/// </code>
/// G is the gradient of a matrix, Qₗ and Qᵣ are the eigenvectors of L and R, which they follow by one step of orthogonal iteration every few updates. The first update of a matrix only learns, and t counts those after it.
/// What is no matrix is updated by AdamW.
/// </summary>
/// <remarks>Vyas et al., "SOAP: improving and stabilizing Shampoo using Adam", 2024. Where no gradient has been, the eigenvectors are free: there the bases are those nearest to the unit vectors, and stay until one comes.</remarks>
/// <example><c>[Soap(LearningRate = 3e-3f)]</c></example>
public sealed class Soap : UpdateRule
{
    /// <summary>Step size η, 0.003 by default.</summary>
    [Hyper, Bounds(AtLeast = 0)]
    public float LearningRate { get; set; } = 3e-3f;

    /// <summary>Memory β₁ of the gradient's mean, 0.95 by default.</summary>
    [Hyper, Bounds(AtLeast = 0, Below = 1)]
    public float Beta1 { get; set; } = 0.95f;

    /// <summary>Memory β₂ of its mean square, 0.95 by default.</summary>
    [Hyper, Bounds(AtLeast = 0, Below = 1)]
    public float Beta2 { get; set; } = 0.95f;

    /// <summary>Memory β of the factors L and R, 0.95 by default.</summary>
    [Hyper, Bounds(AtLeast = 0, AtMost = 1)]
    public float FactorBeta { get; set; } = 0.95f;

    /// <summary>ε, what keeps the divisor from zero; 1e-8 by default.</summary>
    [Hyper, Bounds(AtLeast = 0)]
    public float Epsilon { get; set; } = 1e-8f;

    /// <summary>Strength λ of the decoupled decay: each step takes the share ηλ of the parameter away; 0.01 by default.</summary>
    [Hyper(Decay = true), Bounds(AtLeast = 0)]
    public float WeightDecay { get; set; } = 1e-2f;

    /// <summary>Updates in one basis, 10 by default.</summary>
    [Hyper, Bounds(AtLeast = 1)]
    public int Every { get; set; } = 10;

    /// <summary>The most rows (or columns) for which a basis is kept; a longer axis stays as it is. An option, fixed where the attribute is written; 1024 by default.</summary>
    public int MaxSize { get; set; } = 1024;

    /// <summary>An element of the gradient in the bases, which learn from it.</summary>
    [Whole("OptGen.Kernels.KroneckerBasis.Enter")]
    public static float Enter(float g, ref float left, ref float right, ref float leftBasis, ref float rightBasis, float memory, float every, float step) => g;

    /// <summary>An element of a matrix in the bases.</summary>
    [Whole("OptGen.Kernels.KroneckerBasis.Turn")]
    public static float Turn(float x, ref float leftBasis, ref float rightBasis) => x;

    /// <summary>An element of a matrix that was in the bases.</summary>
    [Whole("OptGen.Kernels.KroneckerBasis.TurnBack")]
    public static float TurnBack(float x, ref float leftBasis, ref float rightBasis) => x;

    /// <summary>Updates one parameter. States in fewer bits would change gradients a little, those the bases, and these where v belongs: runs would soon part.</summary>
    [Update]
    public void Update(
        ref float w,
        float g,
        [State(Exact = true)] ref float m,
        [State(Exact = true, NonNegative = true)] ref float v,
        [State(Pairs.OfRows, AtMost = nameof(MaxSize))] ref float left,
        [State(Pairs.OfColumns, AtMost = nameof(MaxSize))] ref float right,
        [State(Pairs.OfRows, AtMost = nameof(MaxSize))] ref float leftBasis,
        [State(Pairs.OfColumns, AtMost = nameof(MaxSize))] ref float rightBasis,
        int step)
    {
        bool isMatrix = Rows() > 1 && Columns() > 1 && MathF.Min(Rows(), Columns()) <= MaxSize;
        bool learns = isMatrix && step == 1;
        float turned = Enter(g, ref left, ref right, ref leftBasis, ref rightBasis, FactorBeta, Every, step);
        m = learns ? 0 : Beta1 * m + (1 - Beta1) * g;
        v = learns ? 0 : Beta2 * v + (1 - Beta2) * (turned * turned);
        float count = MathF.Max(isMatrix ? step - 1 : step, 1), correction = MathF.Sqrt(1 - MathF.Pow(Beta2, count));
        float inBasis = correction * Turn(m, ref leftBasis, ref rightBasis) / (MathF.Sqrt(v) + correction * Epsilon);
        float direction = TurnBack(learns ? 0 : inBasis, ref leftBasis, ref rightBasis) / (1 - MathF.Pow(Beta1, count));
        w -= (learns ? 0 : LearningRate) * (direction + WeightDecay * w);
    }
}
