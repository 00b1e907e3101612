namespace OptGen.Simd;

/// <summary>What the polynomials of <see cref="ElementaryMath{V, T, C}"/> need beyond arithmetic: the bits of a lane as a whole number.</summary>
internal interface ISimdBits<V, T> : ISimd<V, T>
    where V : struct, ISimdBits<V, T>
    where T : unmanaged
{
    /// <summary>Adds the lanes as whole numbers.</summary>
    static abstract V AddBits(V a, V b);

    /// <summary>Subtracts the lanes as whole numbers.</summary>
    static abstract V SubtractBits(V a, V b);

    /// <summary>Shifts each lane's bits up.</summary>
    static abstract V ShiftLeft(V a, int bits);

    /// <summary>Shifts each lane's bits down, filling with zeros.</summary>
    static abstract V ShiftRight(V a, int bits);

    /// <summary>a within bounds that are numbers; NaN stays NaN. Cheaper than <see cref="ISimd{V, T}.Min"/> and <see cref="ISimd{V, T}.Max"/>.</summary>
    static abstract V ClampFast(V a, V low, V high);

    /// <summary>a·2ⁿ for a whole n, rounded once; |n| at most twice the largest exponent.</summary>
    static abstract V Scale(V a, V n);
}
