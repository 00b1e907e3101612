using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace OptGen.Simd;

/// <summary>The rounds of <see cref="OptGen.Kernels.StepRandom"/> with one generator in each lane, whose 32-bit words stand in lanes of 64.</summary>
internal static class RandomLanes
{
    private const int Rounds = 10;

    private const int Unused = 32 - OptGen.Kernels.StepRandom.Bits;

    /// <summary>Numbers of 24 bits at positions start, start + stride, ….</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<ulong> Draw512(uint key, int stream, nint start, nint stride)
    {
        Vector512<ulong> word = Vector512.Create((ulong)uint.MaxValue), right = Vector512.Create((ulong)(uint)stream);
        Vector512<ulong> left = (Vector512.Create((ulong)start) + (Vector512<ulong>.Indices * (ulong)stride)) & word;
        for (int round = 0; round < Rounds; round++)
        {
            Vector512<ulong> product = left * OptGen.Kernels.StepRandom.Multiplier;
            left = (product >>> 32) ^ Vector512.Create((ulong)key) ^ right;
            right = product & word;
            key += OptGen.Kernels.StepRandom.Weyl;
        }

        return left >>> Unused;
    }

    /// <inheritdoc cref="Draw512"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<ulong> Draw256(uint key, int stream, nint start, nint stride)
    {
        Vector256<ulong> word = Vector256.Create((ulong)uint.MaxValue), right = Vector256.Create((ulong)(uint)stream);
        Vector256<ulong> left = (Vector256.Create((ulong)start) + (Vector256<ulong>.Indices * (ulong)stride)) & word;
        for (int round = 0; round < Rounds; round++)
        {
            Vector256<ulong> product = left * OptGen.Kernels.StepRandom.Multiplier;
            left = (product >>> 32) ^ Vector256.Create((ulong)key) ^ right;
            right = product & word;
            key += OptGen.Kernels.StepRandom.Weyl;
        }

        return left >>> Unused;
    }

    /// <inheritdoc cref="Draw512"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<ulong> Draw128(uint key, int stream, nint start, nint stride)
    {
        Vector128<ulong> word = Vector128.Create((ulong)uint.MaxValue), right = Vector128.Create((ulong)(uint)stream);
        Vector128<ulong> left = (Vector128.Create((ulong)start) + (Vector128<ulong>.Indices * (ulong)stride)) & word;
        for (int round = 0; round < Rounds; round++)
        {
            Vector128<ulong> product = left * OptGen.Kernels.StepRandom.Multiplier;
            left = (product >>> 32) ^ Vector128.Create((ulong)key) ^ right;
            right = product & word;
            key += OptGen.Kernels.StepRandom.Weyl;
        }

        return left >>> Unused;
    }
}
