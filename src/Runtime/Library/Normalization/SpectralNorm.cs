using static OptGen.Ops;

namespace OptGen;

/// <summary>
/// Divides weights by their largest singular value, so that the layer is no more than 1-Lipschitz:
/// <code>
/// w = v / σ        σ = aᵀ·V·b, with a and b by one step of the power method
/// </code>
/// V is the weight as a matrix whose columns are the units. b is kept from step to step and moves on in training, so that σ follows the weight.
/// </summary>
/// <example><code>
/// [Dense(1), SpectralNorm] private static partial Tensor Critic(Tensor x);
/// </code></example>
/// <remarks>Miyato et al., "Spectral normalization for generative adversarial networks", 2018.</remarks>
public sealed class SpectralNorm : WeightTransform
{
    /// <summary>Steps of the power method in each training step, 1 by default.</summary>
    public int Iterations { get; init; } = 1;

    /// <inheritdoc/>
    public override Tensor Apply(Tensor weight)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(Iterations);
        int units = weight.Shape[^1];
        Tensor matrix = Reshape(weight, -1, units), direction = Buffer([units], 1);
        Tensor fixedMatrix = StopGradient(matrix), right = direction, left = Unit(Contract("[i, j] · [j] -> [i]", fixedMatrix, right));
        for (int i = 0; i < Iterations; i++)
        {
            right = Unit(Contract("[i, j] · [i] -> [j]", fixedMatrix, left));
            left = Unit(Contract("[i, j] · [j] -> [i]", fixedMatrix, right));
        }

        Update(direction, right);
        Tensor norm = Contract("[i] · [i] -> []", StopGradient(left), Contract("[i, j] · [j] -> [i]", matrix, StopGradient(right)));
        return weight / norm;
    }

    private static Tensor Unit(Tensor vector) => vector / Sqrt(Sum(Square(vector)) + 1e-12f);
}
