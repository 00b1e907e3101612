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

    /// <summary>Share of the weights of attention that are dropped in training, 0 by default.</summary>
    public float Dropout { get; init; }

    /// <summary>Whether a mask is added to the scores before the softmax, instead of saying what may be seen.</summary>
    public bool AdditiveMask { get; init; }

    /// <summary>Whether the projections have biases.</summary>
    public bool Bias { get; init; } = true;

    /// <summary>Initializer of the input kernel; that of the output is uniform within ±1/√features, biases start at zero, as in PyTorch.</summary>
    public Init Init { get; init; } = Init.GlorotUniform;

    /// <summary>Self-attention.</summary>
    public override Tensor Forward(Tensor x) => Attend(x, x, null);

    /// <summary>Attention to another sequence.</summary>
    /// <param name="x">Steps, features.</param>
    /// <param name="memory">Other steps; their features may be others, too, and then have kernels of their own.</param>
    public Tensor Forward(Tensor x, Tensor memory) => Attend(x, memory, null);

    /// <summary>Attention to those steps of a sequence that are not padding.</summary>
    /// <param name="x">Steps, features.</param>
    /// <param name="memory">What is attended to, which may be <paramref name="x"/>: other steps, and other features where they have kernels of their own.</param>
    /// <param name="mask">For each step of the memory, 1 where it may be seen and 0 where not; or that for each step of the sequence (steps, steps of the memory), or for each head, too (heads, steps, steps of the memory).</param>
    public Tensor Forward(Tensor x, Tensor memory, Tensor mask) => Attend(x, memory, mask);

    private Tensor Attend(Tensor x, Tensor memory, Tensor? mask)
    {
        if (x.Rank != 2 || memory.Rank != 2)
            throw new ArgumentException("attention needs sequences of steps and features");
        int steps = x.Shape[0], seen = memory.Shape[0], features = x.Shape[1];
        if (heads <= 0 || features % heads != 0)
            throw new ArgumentException($"{features} features do not fall into {heads} heads", nameof(heads));
        int size = features / heads;
        Tensor[] kernels = Kernels(features, memory.Shape[1]);
        Tensor outputKernel = Parameter([features, features], ParameterKind.Weight, Init.FanInUniform, savedName: "out_proj.weight", savedAxes: [1, 0]);
        Tensor? inputBias = Bias ? Parameter([3 * features], ParameterKind.Bias, savedName: "in_proj_bias") : null;
        Tensor queries = Project(x, kernels[0], inputBias, 0) * (1 / MathF.Sqrt(size));
        Tensor keys = Project(memory, kernels[1], inputBias, 1);
        Tensor values = Project(memory, kernels[2], inputBias, 2);
        Tensor scores = Contract("[t, h, d] · [s, h, d] -> [h, t, s]", Reshape(queries, steps, heads, size), Reshape(keys, seen, heads, size));
        // A large negative number rather than −∞: a step that may see nothing then sees everything alike instead of becoming NaN.
        if (Causal)
            scores = Map(scores, Reshape(Iota(steps), steps, 1), Iota(seen), (score, own, other) => other > own ? -1e30f : score);
        if (mask is not null)
        {
            Tensor fitted = FitMask(mask, steps, seen);
            scores = AdditiveMask ? scores + fitted : Map(scores, fitted, (score, visible) => visible > 0 ? score : -1e30f);
        }

        Tensor weights = Softmax(scores);
        if (Dropout != 0)
            weights = new Dropout(Dropout).Forward(weights);
        Tensor context = Contract("[h, t, s] · [s, h, d] -> [t, h, d]", weights, Reshape(values, seen, heads, size));
        Tensor y = MatMul(Reshape(context, steps, features), outputKernel);
        return Bias ? y + Parameter([features], ParameterKind.Bias, name: "OutputBias", savedName: "out_proj.bias") : y;
    }

    /// <summary>The kernels of queries, keys and values: the columns of one kernel, or three where the memory is of another width.</summary>
    private Tensor[] Kernels(int features, int width)
    {
        if (width != features)
        {
            Tensor query = Parameter([features, features], ParameterKind.Weight, Init, name: "QueryKernel", savedName: "q_proj_weight", savedAxes: [1, 0]);
            Tensor key = Parameter([width, features], ParameterKind.Weight, Init, name: "KeyKernel", savedName: "k_proj_weight", savedAxes: [1, 0]);
            Tensor value = Parameter([width, features], ParameterKind.Weight, Init, name: "ValueKernel", savedName: "v_proj_weight", savedAxes: [1, 0]);
            return [query, key, value];
        }

        Tensor inputKernel = Parameter([features, 3 * features], ParameterKind.Weight, Init, savedName: "in_proj_weight", savedAxes: [1, 0]);
        return [Slice(inputKernel, 1, 0, features), Slice(inputKernel, 1, features, features), Slice(inputKernel, 1, 2 * features, features)];
    }

    /// <summary>Queries, keys or values, with the biases that belong to this part of three.</summary>
    private static Tensor Project(Tensor x, Tensor kernel, Tensor? inputBias, int part)
    {
        Tensor projection = MatMul(x, kernel);
        return inputBias is null ? projection : projection + Slice(inputBias, 0, part * kernel.Shape[1], kernel.Shape[1]);
    }

    private Tensor FitMask(Tensor mask, int steps, int seen)
    {
        bool fits = mask.Rank >= 1 && mask.Rank <= 3 && mask.Shape[^1] == seen && (mask.Rank < 2 || mask.Shape[^2] == steps) && (mask.Rank < 3 || mask.Shape[0] == heads);
        if (!fits)
            throw new ArgumentException($"a mask over {seen} steps is of the shape [{seen}], [{steps}, {seen}] or [{heads}, {steps}, {seen}]");
        return mask.Rank == 3 ? mask : mask.Rank == 2 ? Reshape(mask, 1, steps, seen) : Reshape(mask, 1, 1, seen);
    }
}
