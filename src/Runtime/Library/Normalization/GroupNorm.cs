using static OptGen.Ops;

namespace OptGen;

/// <summary>
/// Normalizes groups of features (the last axis) of each row by their mean and variance over the group and the row's positions:
/// <code>
/// y = γ · (x − μ) / √(σ² + ε) + β
/// </code>
/// One group over all features is a layer normalization of the whole row; as many groups as features make an instance normalization.
/// </summary>
/// <param name="groups">How many groups the features fall into.</param>
/// <remarks>Wu and He, "Group normalization", 2018.</remarks>
/// <example><c>[GroupNorm(1)]</c> normalizes all channels of an image together.</example>
public sealed class GroupNorm(int groups) : Layer
{
    /// <summary>ε, what keeps the divisor from zero; 1e-5 by default.</summary>
    public float Epsilon { get; init; } = 1e-5f;

    /// <summary>Whether γ and β are there.</summary>
    public bool Affine { get; init; } = true;

    /// <inheritdoc/>
    public override Tensor Forward(Tensor x)
    {
        Argument.NotNegative(Epsilon, nameof(Epsilon));
        int features = x.Shape[^1];
        if (groups <= 0 || features % groups != 0)
            throw new ArgumentException($"{features} features do not fall into {groups} groups", nameof(groups));
        int[] shape = new int[x.Rank + 1], within = new int[x.Rank];
        for (int axis = 0; axis < x.Rank - 1; axis++)
        {
            shape[axis] = x.Shape[axis];
            within[axis] = axis;
        }

        shape[^2] = groups;
        shape[^1] = features / groups;
        within[^1] = x.Rank;
        Tensor grouped = Reshape(x, shape);
        Tensor centered = grouped - Mean(grouped, within);
        Tensor y = Reshape(centered / Sqrt(Mean(Square(centered), within) + Epsilon), x.Shape);
        if (!Affine)
            return y;
        Tensor gain = Parameter([features], ParameterKind.Gain, Init.One, savedName: "weight");
        return y * gain + Parameter([features], ParameterKind.Bias);
    }
}
