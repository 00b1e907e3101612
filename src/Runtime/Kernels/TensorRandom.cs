using System.Numerics;

namespace OptGen.Kernels;

/// <summary>
/// The random numbers of a tensor in one step, for a method marked <see cref="WholeAttribute"/>: pure functions of seed, step, tensor and index (<see cref="StepRandom"/>), so that every run, machine and number of threads draws the same ones.
/// </summary>
/// <param name="seed">The optimizer's seed.</param>
/// <param name="step">Updates before this one.</param>
/// <param name="offset">Where the tensor begins among the parameters, which tells it from others.</param>
/// <param name="stream">Which of the optimizer's streams of random numbers.</param>
public readonly struct TensorRandom(int seed, int step, int offset, int stream)
{
    /// <summary>Half of the counters are for single numbers, half for normal ones.</summary>
    private const long Singles = 1L << 31;

    private readonly uint _key = StepRandom.Key(seed, ((long)step << 32) + offset);

    /// <summary>A number in [0, 1), a multiple of 2⁻²⁴; no normal number depends on it.</summary>
    /// <param name="index">Which one, below 2³¹.</param>
    public double Uniform(int index) => StepRandom.Uniform(_key, stream, Singles + index);

    /// <summary>Fills with numbers of the standard normal distribution, by the transform of Box and Muller, with nothing of the system's mathematical functions, whose last bits differ between systems. An element depends on its place alone.</summary>
    /// <typeparam name="T"><c>float</c> or <c>double</c>.</typeparam>
    public void Normal<T>(Span<T> numbers)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        for (int i = 0; i < numbers.Length; i += 2)
        {
            (uint left, uint right) = StepRandom.Block(_key, stream, i >> 1);
            (double cos, double sin) = Philox.NormalPair(left, right);
            numbers[i] = T.CreateTruncating(cos);
            if (i + 1 < numbers.Length)
                numbers[i + 1] = T.CreateTruncating(sin);
        }
    }
}
