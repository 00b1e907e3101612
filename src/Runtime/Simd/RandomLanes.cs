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

    /// <inheritdoc cref="Draw512(uint, int, nint, nint)"/>
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

    /// <inheritdoc cref="Draw512(uint, int, nint, nint)"/>
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

    /// <summary>
    /// Numbers of 24 bits at twice as many positions. Both halves go through a round together: each round waits for the one before it, and the other half fills the time.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Draw512(uint key, int stream, nint start, nint stride, out Vector512<ulong> lower, out Vector512<ulong> upper)
    {
        Vector512<ulong> word = Vector512.Create((ulong)uint.MaxValue), steps = Vector512<ulong>.Indices * (ulong)stride;
        Vector512<ulong> lowerRight = Vector512.Create((ulong)(uint)stream), lowerLeft = Vector512.Create((ulong)start) + steps;
        Vector512<ulong> upperRight = lowerRight, upperLeft = Vector512.Create((ulong)(start + (8 * stride))) + steps;
        for (int round = 0; round < Rounds; round++)
        {
            Vector512<ulong> lowerProduct = Multiply(lowerLeft), upperProduct = Multiply(upperLeft), keys = Vector512.Create((ulong)key);
            lowerLeft = (lowerProduct >>> 32) ^ keys ^ lowerRight;
            upperLeft = (upperProduct >>> 32) ^ keys ^ upperRight;
            (lowerRight, upperRight) = (lowerProduct, upperProduct);
            key += OptGen.Kernels.StepRandom.Weyl;
        }

        lower = (lowerLeft & word) >>> Unused;
        upper = (upperLeft & word) >>> Unused;
    }

    /// <inheritdoc cref="Draw512(uint, int, nint, nint, out Vector512{ulong}, out Vector512{ulong})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Draw256(uint key, int stream, nint start, nint stride, out Vector256<ulong> lower, out Vector256<ulong> upper)
    {
        Vector256<ulong> word = Vector256.Create((ulong)uint.MaxValue), steps = Vector256<ulong>.Indices * (ulong)stride;
        Vector256<ulong> lowerRight = Vector256.Create((ulong)(uint)stream), lowerLeft = Vector256.Create((ulong)start) + steps;
        Vector256<ulong> upperRight = lowerRight, upperLeft = Vector256.Create((ulong)(start + (4 * stride))) + steps;
        for (int round = 0; round < Rounds; round++)
        {
            Vector256<ulong> lowerProduct = Multiply(lowerLeft), upperProduct = Multiply(upperLeft), keys = Vector256.Create((ulong)key);
            lowerLeft = (lowerProduct >>> 32) ^ keys ^ lowerRight;
            upperLeft = (upperProduct >>> 32) ^ keys ^ upperRight;
            (lowerRight, upperRight) = (lowerProduct, upperProduct);
            key += OptGen.Kernels.StepRandom.Weyl;
        }

        lower = (lowerLeft & word) >>> Unused;
        upper = (upperLeft & word) >>> Unused;
    }

    /// <inheritdoc cref="Draw512(uint, int, nint, nint, out Vector512{ulong}, out Vector512{ulong})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Draw128(uint key, int stream, nint start, nint stride, out Vector128<ulong> lower, out Vector128<ulong> upper)
    {
        Vector128<ulong> word = Vector128.Create((ulong)uint.MaxValue), steps = Vector128<ulong>.Indices * (ulong)stride;
        Vector128<ulong> lowerRight = Vector128.Create((ulong)(uint)stream), lowerLeft = Vector128.Create((ulong)start) + steps;
        Vector128<ulong> upperRight = lowerRight, upperLeft = Vector128.Create((ulong)(start + (2 * stride))) + steps;
        for (int round = 0; round < Rounds; round++)
        {
            Vector128<ulong> lowerProduct = Multiply(lowerLeft), upperProduct = Multiply(upperLeft), keys = Vector128.Create((ulong)key);
            lowerLeft = (lowerProduct >>> 32) ^ keys ^ lowerRight;
            upperLeft = (upperProduct >>> 32) ^ keys ^ upperRight;
            (lowerRight, upperRight) = (lowerProduct, upperProduct);
            key += OptGen.Kernels.StepRandom.Weyl;
        }

        lower = (lowerLeft & word) >>> Unused;
        upper = (upperLeft & word) >>> Unused;
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
