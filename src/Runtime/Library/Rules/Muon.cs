namespace OptGen;

/// <summary>
/// Momentum whose step is made orthogonal for matrices of weights; AdamW for all other parameters.
/// <code>
/// matrices: m = μm + g        w = w − η(λw + √max(1, rows/columns) · orthogonal(g + μm))
/// others: AdamW with ηₐ, β₁, β₂, ε
/// </code>
/// The orthogonal factor of the polar decomposition is approached by five Newton–Schulz iterations
/// X = aX + (bXXᵀ + c(XXᵀ)²)X with (a, b, c) = (3.4445, −4.7750, 2.0315), from X = G/‖G‖. Rows stand for outputs in the factor on a step, as in PyTorch's weights; the kernels
/// of models have outputs in columns: see <c>OutputsInColumns</c>.
/// </summary>
/// <remarks>Jordan et al., "Muon: an optimizer for hidden layers in neural networks", 2024.</remarks>
/// <example><c>[Muon]</c>; add <c>[Group("Logits.*", Hyper = "Orthogonal", Value = 0)]</c> to train the output layer by AdamW too.</example>
public sealed class Muon : UpdateRule
{
    /// <summary>Step size η for matrices, 0.02 by default: about the change of each singular value in a step.</summary>
    [Hyper, Bounds(AtLeast = 0)]
    public float LearningRate { get; set; } = 0.02f;

    /// <summary>μ, the memory of the momentum; 0.95 by default.</summary>
    [Hyper, Bounds(AtLeast = 0)]
    public float Momentum { get; set; } = 0.95f;

    /// <summary>Strength λ of the decoupled decay, 0.01 by default.</summary>
    [Hyper(Decay = true), Bounds(AtLeast = 0)]
    public float WeightDecay { get; set; } = 1e-2f;

    /// <summary>1 where matrices get an orthogonal step, 0 where AdamW is used; by default 1 for parameters to which decay applies.</summary>
    [Hyper(Decay = true), Bounds(AtLeast = 0, AtMost = 1)]
    public float Orthogonal { get; set; } = 1;

    /// <summary>Step size ηₐ of AdamW as a share of η, 0.05 by default.</summary>
    [Hyper, Bounds(AtLeast = 0)]
    public float AdamShare { get; set; } = 0.05f;

    /// <summary>Memory β₁ of the gradient's mean in AdamW, 0.9 by default.</summary>
    [Hyper, Bounds(AtLeast = 0, Below = 1)]
    public float Beta1 { get; set; } = 0.9f;

    /// <summary>Memory β₂ of the gradient's mean square in AdamW, 0.999 by default.</summary>
    [Hyper, Bounds(AtLeast = 0, Below = 1)]
    public float Beta2 { get; set; } = 0.999f;

    /// <summary>ε of AdamW, 1e-8 by default.</summary>
    [Hyper, Bounds(AtLeast = 0)]
    public float Epsilon { get; set; } = 1e-8f;

    /// <summary>Takes columns for outputs: the factor on a step is √max(1, columns/rows). An option, fixed where the attribute is written; false by default.</summary>
    public bool OutputsInColumns { get; set; }

    /// <summary>
    /// Takes 0.2·√max(rows, columns) for the factor on a step, which then is about as long as one of AdamW (Liu et al., "Muon is scalable for LLM training", 2025). An option,
    /// fixed where the attribute is written; false by default.
    /// </summary>
    public bool MatchAdamW { get; set; }

    /// <summary>An element of the orthogonal factor.</summary>
    [Whole("OptGen.Kernels.Orthogonalization.NewtonSchulz", When = nameof(Orthogonal))]
    public static float Orthogonalize(float x) => x;

    /// <summary>Updates one parameter.</summary>
    [Update]
    public void Update(ref float w, float g, [State] ref float m, [State(NonNegative = true)] ref float v, int step)
    {
        float orthogonal = Orthogonalize(g + Momentum * (Momentum * m + g));
        bool isMatrix = Orthogonal > 0 && Rows() > 1 && Columns() > 1;
        m = isMatrix ? Momentum * m + g : Beta1 * m + (1 - Beta1) * g;
        v = isMatrix ? 0 : Beta2 * v + (1 - Beta2) * (g * g);
        float correction = MathF.Sqrt(1 - MathF.Pow(Beta2, step));
        float adam = AdamShare * correction / (1 - MathF.Pow(Beta1, step)) * m / (MathF.Sqrt(v) + correction * Epsilon);
        float decay = isMatrix ? WeightDecay : AdamShare * WeightDecay;
        float scale = MathF.Sqrt(MathF.Max(1, OutputsInColumns ? Columns() / Rows() : Rows() / Columns()));
        if (MatchAdamW)
            scale = 0.2f * MathF.Sqrt(MathF.Max(Rows(), Columns()));
        w -= LearningRate * (decay * w + (isMatrix ? scale * orthogonal : adam));
    }
}
