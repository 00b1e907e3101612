using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

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
        Vector512<ulong> right = Vector512.Create((ulong)(uint)stream), left = Vector512.Create((ulong)start) + (Vector512<ulong>.Indices * (ulong)stride);
        for (int round = 0; round < Rounds; round++)
        {
            Vector512<ulong> product = Multiply(left);
            left = (product >>> 32) ^ Vector512.Create((ulong)key) ^ right;
            right = product;
            key += OptGen.Kernels.StepRandom.Weyl;
        }

        return (left & Vector512.Create((ulong)uint.MaxValue)) >>> Unused;
    }

    /// <inheritdoc cref="Draw512"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<ulong> Draw256(uint key, int stream, nint start, nint stride)
    {
        Vector256<ulong> right = Vector256.Create((ulong)(uint)stream), left = Vector256.Create((ulong)start) + (Vector256<ulong>.Indices * (ulong)stride);
        for (int round = 0; round < Rounds; round++)
        {
            Vector256<ulong> product = Multiply(left);
            left = (product >>> 32) ^ Vector256.Create((ulong)key) ^ right;
            right = product;
            key += OptGen.Kernels.StepRandom.Weyl;
        }

        return (left & Vector256.Create((ulong)uint.MaxValue)) >>> Unused;
    }

    /// <inheritdoc cref="Draw512"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<ulong> Draw128(uint key, int stream, nint start, nint stride)
    {
        Vector128<ulong> right = Vector128.Create((ulong)(uint)stream), left = Vector128.Create((ulong)start) + (Vector128<ulong>.Indices * (ulong)stride);
        for (int round = 0; round < Rounds; round++)
        {
            Vector128<ulong> product = Multiply(left);
            left = (product >>> 32) ^ Vector128.Create((ulong)key) ^ right;
            right = product;
            key += OptGen.Kernels.StepRandom.Weyl;
        }

        return (left & Vector128.Create((ulong)uint.MaxValue)) >>> Unused;
    }

    // The lower halves of lanes times the multiplier: what the upper halves hold does not matter. A product of whole lanes takes processors three times as long.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<ulong> Multiply(Vector512<ulong> lanes) => Avx512F.IsSupported
        ? Avx512F.Multiply(lanes.AsUInt32(), Vector512.Create(OptGen.Kernels.StepRandom.Multiplier))
        : (lanes & Vector512.Create((ulong)uint.MaxValue)) * OptGen.Kernels.StepRandom.Multiplier;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<ulong> Multiply(Vector256<ulong> lanes) => Avx2.IsSupported
        ? Avx2.Multiply(lanes.AsUInt32(), Vector256.Create(OptGen.Kernels.StepRandom.Multiplier))
        : (lanes & Vector256.Create((ulong)uint.MaxValue)) * OptGen.Kernels.StepRandom.Multiplier;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<ulong> Multiply(Vector128<ulong> lanes) => Sse2.IsSupported
        ? Sse2.Multiply(lanes.AsUInt32(), Vector128.Create(OptGen.Kernels.StepRandom.Multiplier))
        : (lanes & Vector128.Create((ulong)uint.MaxValue)) * OptGen.Kernels.StepRandom.Multiplier;
}
