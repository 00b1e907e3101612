using static OptGen.Ops;

namespace OptGen;

/// <summary>
/// Scaled dot-product attention in several heads over a sequence (steps, features):
/// <code>
/// y = concat over heads of softmax(q·kᵀ/√d + mask)·v, projected        q = x·Wq + bq, k = m·Wk + bk, v = m·Wv + bv
/// </code>
/// The memory m is the sequence itself (self-attention) or another one (cross-attention).
/// </summary>
/// <param name="heads">How many heads share the features.</param>
/// <remarks>Vaswani et al., "Attention is all you need", 2017. The input kernel holds the columns of queries, keys and values side by side.</remarks>
/// <example><c>[MultiHeadAttention(4, Causal = true)]</c> is self-attention in four heads over what came before.</example>
public sealed class MultiHeadAttention(int heads) : Layer
{
    /// <summary>No step sees a later one.</summary>
    public bool Causal { get; init; }

    /// <summary>Whether the projections have biases.</summary>
    public bool Bias { get; init; } = true;

    /// <summary>Initializer of the input kernel; that of the output is uniform within ±1/√features, biases start at zero, as in PyTorch.</summary>
    public Init Init { get; init; } = Init.GlorotUniform;

    /// <summary>Self-attention.</summary>
    public override Tensor Forward(Tensor x) => Attend(x, x, null);

    /// <summary>Attention to another sequence.</summary>
    /// <param name="x">Steps, features.</param>
    /// <param name="memory">Other steps, the same features.</param>
    public Tensor Forward(Tensor x, Tensor memory) => Attend(x, memory, null);

    /// <summary>Attention to those steps of a sequence that are not padding.</summary>
    /// <param name="x">Steps, features.</param>
    /// <param name="memory">What is attended to, which may be <paramref name="x"/>: other steps, the same features.</param>
    /// <param name="mask">For each step of the memory, 1 where it may be seen and 0 where not.</param>
    public Tensor Forward(Tensor x, Tensor memory, Tensor mask) => Attend(x, memory, mask);

    private Tensor Attend(Tensor x, Tensor memory, Tensor? mask)
    {
        if (x.Rank != 2 || memory.Rank != 2 || x.Shape[1] != memory.Shape[1])
            throw new ArgumentException("attention needs sequences of steps and as many features");
        int steps = x.Shape[0], seen = memory.Shape[0], features = x.Shape[1];
        if (heads <= 0 || features % heads != 0)
            throw new ArgumentException($"{features} features do not fall into {heads} heads", nameof(heads));
        int size = features / heads;
        Tensor inputKernel = Parameter([features, 3 * features], ParameterKind.Weight, Init, savedName: "in_proj_weight", savedAxes: [1, 0]);
        Tensor outputKernel = Parameter([features, features], ParameterKind.Weight, Init.FanInUniform, savedName: "out_proj.weight", savedAxes: [1, 0]);
        Tensor? inputBias = Bias ? Parameter([3 * features], ParameterKind.Bias, savedName: "in_proj_bias") : null;
        Tensor queries = Project(x, inputKernel, inputBias, 0) * (1 / MathF.Sqrt(size));
        Tensor keys = Project(memory, inputKernel, inputBias, 1);
        Tensor values = Project(memory, inputKernel, inputBias, 2);
        Tensor scores = Contract("[t, h, d] · [s, h, d] -> [h, t, s]", Reshape(queries, steps, heads, size), Reshape(keys, seen, heads, size));

        // A large negative number rather than −∞: a step that may see nothing then sees everything alike instead of becoming NaN.
        if (Causal)
            scores = Map(scores, Reshape(Iota(steps), steps, 1), Iota(seen), (score, own, other) => other > own ? -1e30f : score);
        if (mask is not null)
            scores = Map(scores, Reshape(mask, 1, 1, seen), (score, visible) => visible > 0 ? score : -1e30f);
        Tensor context = Contract("[h, t, s] · [s, h, d] -> [t, h, d]", Softmax(scores), Reshape(values, seen, heads, size));
        Tensor y = MatMul(Reshape(context, steps, features), outputKernel);
        return Bias ? y + Parameter([features], ParameterKind.Bias, name: "OutputBias", savedName: "out_proj.bias") : y;
    }

    /// <summary>Queries, keys or values: the columns of the input kernel that belong to this part of three.</summary>
    private static Tensor Project(Tensor x, Tensor inputKernel, Tensor? inputBias, int part)
    {
        int features = x.Shape[1];
        Tensor kernel = Slice(inputKernel, 1, part * features, features);
        Tensor projection = MatMul(x, kernel);
        if (inputBias is null)
            return projection;
        Tensor bias = Slice(inputBias, 0, part * features, features);
        return projection + bias;
    }
}
