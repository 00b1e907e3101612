using OptGen.Simd;

namespace OptGen;

/// <summary>How compiled programs use the processor. Both settings take effect at the next call of a program.</summary>
public static class OptGenRuntime
{
    private static int s_maxThreads = Environment.ProcessorCount;
    private static int s_vectorBits = WidestVectorBits;

    /// <summary>
    /// Most threads that one program uses, the caller's included. Default: <see cref="Environment.ProcessorCount"/>. Results do not depend on it.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is below 1.</exception>
    public static int MaxThreads
    {
        get => s_maxThreads;
        set
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1);
            s_maxThreads = value;
        }
    }

    /// <summary>
    /// Width of the vectors that kernels use: 512, 256, 128, or 0 for scalar code. Default: the widest that the processor executes. A value that is not one of
    /// these, or that the processor does not execute, becomes the next smaller one that is and does.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative.</exception>
    public static int VectorBits
    {
        get => s_vectorBits;
        set
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            s_vectorBits =
                value >= 512 && Float512.IsSupported ? 512 :
                value >= 256 && Float256.IsSupported ? 256 :
                value >= 128 && Float128.IsSupported ? 128 : 0;
        }
    }

    private static int WidestVectorBits => Float512.IsSupported ? 512 : Float256.IsSupported ? 256 : Float128.IsSupported ? 128 : 0;
}
