namespace OptGen.Kernels;

/// <summary>
/// The random numbers of a training step, by counter (Philox2x32-10; Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC 2011): a number
/// is a pure function of key, stream and position, so the backward pass draws it again, and so does any thread, vector width or device.
/// </summary>
public static class StepRandom
{
    internal const uint Multiplier = 0xD256D193, Weyl = 0x9E3779B9;

    /// <summary>Numbers have this many random bits, so that they are exact in <see cref="float"/>.</summary>
    internal const int Bits = 24;

    /// <summary>The key of a step of a model.</summary>
    public static uint Key(int seed, long step) => Philox.Block((uint)step, (uint)(step >> 32), 0, 2, (uint)seed, 0).X0;

    /// <summary>A number in [0, 1), a multiple of 2⁻²⁴.</summary>
    /// <param name="key">The key of the step.</param>
    /// <param name="stream">Which of the step's tensors of random numbers.</param>
    /// <param name="index">Position of the element in it.</param>
    public static float Uniform(uint key, int stream, long index) => (Block(key, stream, index).Left >> (32 - Bits)) * (1f / (1 << Bits));

    /// <summary>The 64 random bits at a position; those of <see cref="Uniform"/> come first.</summary>
    internal static (uint Left, uint Right) Block(uint key, int stream, long index)
    {
        (uint left, uint right) = ((uint)index, (uint)stream);
        for (int round = 0; round < 10; round++)
        {
            ulong product = (ulong)Multiplier * left;
            (left, right) = ((uint)(product >> 32) ^ key ^ right, (uint)product);
            key += Weyl;
        }

        return (left, right);
    }
}
