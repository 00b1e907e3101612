namespace OptGen;

/// <summary>
/// Makes any rule of elements lazy, as for the embeddings of words of which a batch has few: where the gradient of a row is wholly zero, the rule changes neither its parameters nor its states.
/// <code>
/// gᵢ = 0 for all of row i: wᵢ, mᵢ, vᵢ, … stay as they are
/// </code>
/// The step counts for all rows alike, so corrections by its number are those of the whole run. Decay and momentum pause with a row; averages of the parameters go on. Of such rows an update reads the gradient
/// and nothing else. A tensor of a single axis is one row.
/// </summary>
/// <remarks>As <c>torch.optim.SparseAdam</c> and the <c>LazyAdam</c> of TensorFlow Addons, for gradients in dense memory.</remarks>
/// <example><c>[SkipAbsentRows]</c> before <c>[Adam]</c> gives PyTorch's SparseAdam.</example>
[Chain(ChainPosition.Skip)]
public sealed class SkipAbsentRows : GradientTransform
{
    /// <summary>The sum of a row's magnitudes, which is 0 where each of them is, and only there.</summary>
    [Reduce(Over.Row)]
    public float Magnitude(float x) => MathF.Abs(x);

    /// <summary>The gradient as it is.</summary>
    [Apply]
    public float Skip(float g)
    {
        Skip(Magnitude(g) == 0);
        return g;
    }
}
