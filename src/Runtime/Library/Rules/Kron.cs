namespace OptGen;

/// <summary>
/// Steps along the momentum of a matrix after triangular factors of its rows and of its columns have whitened it.
/// <code>
/// m = βm + (1 − β)g        M̂ = M/(1 − βᵗ)        P = QₗᵀQₗM̂QᵣᵀQᵣ
/// w = w − ηλw − η·p·min(1, c/(rms(P) + 1e-8))
/// before that, every 1/p(t) steps:   A = QₗM̂Qᵣᵀ        B = Qₗ⁻ᵀVQᵣ⁻¹, V ~ N(0, 1)
/// Qₗ = Qₗ − μ·triu(AAᵀ − BBᵀ)/‖AAᵀ + BBᵀ‖·Qₗ        Qᵣ = Qᵣ − μ·triu(AᵀA − BᵀB)/‖AᵀA + BᵀB‖·Qᵣ
/// </code>
/// M is the momentum of a matrix, and Qₗ and Qᵣ are upper triangles that begin as multiples of I; they settle where P varies as V does. Of a longer axis there is only a diagonal, as of a vector, which has one axis. The factors are updated
/// in the first step, and then when 1/p(t) steps have passed since they were, with p(t) = p₁·exp(−d·(t − 1 − s)) between p₀ and p₁: in every step at first, later in one of 34.
/// </summary>
/// <remarks>
/// Li, "Preconditioned stochastic gradient descent", 2018, and Pooladzandi and Li, "Curvature-informed SGD via general purpose Lie-group preconditioners", 2024, as timm has it. ‖·‖ is a lower bound of the spectral norm. Before one
/// update of the factors in a hundred, at random, both are made equally large. A gradient of zeros teaches nothing, so that the factors don't grow without end.
/// </remarks>
/// <example><c>[Kron(LearningRate = 3e-4f)]</c>; <c>optimizer.Seed</c> chooses the probes V.</example>
public sealed class Kron : UpdateRule
{
    /// <summary>Step size η, 0.001 by default.</summary>
    [Hyper, Bounds(AtLeast = 0)]
    public float LearningRate { get; set; } = 1e-3f;

    /// <summary>Memory β of the gradient's mean, 0.9 by default.</summary>
    [Hyper, Bounds(AtLeast = 0, Below = 1)]
    public float Momentum { get; set; } = 0.9f;

    /// <summary>Strength λ of the decoupled decay: each step takes the share ηλ of the parameter away. Optional.</summary>
    [Hyper(Optional = true, Decay = true), Bounds(AtLeast = 0)]
    public float WeightDecay { get; set; }

    /// <summary>Step size μ of the factors, 0.1 by default.</summary>
    [Hyper, Bounds(AtLeast = 0, Below = 1)]
    public float FactorRate { get; set; } = 0.1f;

    /// <summary>What the factors are together before the first step, as a multiple of I; 1 by default.</summary>
    [Hyper, Bounds(Above = 0)]
    public float InitialScale { get; set; } = 1;

    /// <summary>c, the most that the root of the mean square of a tensor's step is, before η; 1.1 by default.</summary>
    [Hyper, Bounds(Above = 0)]
    public float MaxRms { get; set; } = 1.1f;

    /// <summary>p₁, how often the factors are updated at first: 1, in every step, by default.</summary>
    [Hyper, Bounds(Above = 0, AtMost = 1)]
    public float FirstProbability { get; set; } = 1;

    /// <summary>p₀, how often in the end; 0.03 by default.</summary>
    [Hyper, Bounds(Above = 0, AtMost = 1)]
    public float LastProbability { get; set; } = 0.03f;

    /// <summary>d, how fast it falls; 0.001 by default.</summary>
    [Hyper, Bounds(AtLeast = 0)]
    public float ProbabilityDecay { get; set; } = 1e-3f;

    /// <summary>s, the steps before it begins to; 500 by default.</summary>
    [Hyper, Bounds(AtLeast = 0)]
    public int FlatSteps { get; set; } = 500;

    /// <summary>The most rows (or columns) for which there is a triangle; a longer axis has a diagonal. An option, fixed where the attribute is written; 2048 by default.</summary>
    public int MaxSize { get; set; } = 2048;

    /// <summary>An element of P.</summary>
    [Whole("OptGen.Kernels.KroneckerTriangles.Precondition", Draws = true)]
    public static float Precondition(float m, ref float left, ref float right, float rate, float scale, float due, float step) => m;

    /// <summary>The mean square of a tensor.</summary>
    [Reduce(Over.Tensor, Reduction.Mean)]
    public float MeanSquare(float x) => x * x;

    /// <summary>Updates one parameter. Momentum in fewer bits would teach the factors something else, and runs would soon part.</summary>
    [Update]
    public void Update(
        ref float w,
        float g,
        [State(Exact = true)] ref float m,
        [State(Pairs.OfRows, AtMost = nameof(MaxSize), OrDiagonal = true)] ref float left,
        [State(Pairs.OfColumns, AtMost = nameof(MaxSize), OrDiagonal = true)] ref float right,
        [State(Over.Everything)] ref float since,
        [State(Over.Everything, Initial = 1)] ref float due,
        int step)
    {
        m = Momentum * m + (1 - Momentum) * g;
        float whitened = Precondition(m / (1 - MathF.Pow(Momentum, step)), ref left, ref right, FactorRate, InitialScale, due, step);
        whitened *= MathF.Min(1, MaxRms / (MathF.Sqrt(MeanSquare(whitened)) + 1e-8f));

        // Whether the next step updates the factors.
        float probability = FirstProbability * MathF.Exp(-ProbabilityDecay * (step - FlatSteps));
        probability = MathF.Min(FirstProbability, MathF.Max(LastProbability, probability));
        since = due > 0 ? 0 : since + 1;
        due = since + 1 >= 1 / probability ? 1 : 0;
        if (Uses(WeightDecay))
            w -= LearningRate * WeightDecay * w;
        w -= LearningRate * whitened;
    }
}
