namespace OptGen.Simd;

/// <summary>What <see cref="ElementaryMath{V, T, C}"/> must know of an element type.</summary>
internal interface IMathConstants<T>
    where T : unmanaged
{
    /// <summary>Stored bits of the mantissa.</summary>
    static abstract int MantissaBits { get; }

    /// <summary>1.5·2^MantissaBits: added to a number and subtracted again, it rounds to a whole one, which stands in the low bits in between.</summary>
    static abstract T RoundingMagic { get; }

    /// <summary>1 / ln 2.</summary>
    static abstract T Log2E { get; }

    /// <summary>Leading bits of ln 2, so few that their product with any exponent is exact.</summary>
    static abstract T Ln2High { get; }

    /// <summary>ln 2 − <see cref="Ln2High"/>.</summary>
    static abstract T Ln2Low { get; }

    /// <summary>Below, eˣ rounds to 0.</summary>
    static abstract T LowestExponential { get; }

    /// <summary>Above, eˣ is infinite.</summary>
    static abstract T HighestExponential { get; }

    /// <summary>Above, (eˣ − 1) / (eˣ + 1) rounds to 1.</summary>
    static abstract T TanhLimit { get; }

    /// <summary>The smallest normal number.</summary>
    static abstract T SmallestNormal { get; }

    /// <summary>2^<see cref="SubnormalExponent"/>: makes any subnormal number normal.</summary>
    static abstract T SubnormalFactor { get; }

    /// <summary>Exponent of <see cref="SubnormalFactor"/>.</summary>
    static abstract T SubnormalExponent { get; }

    /// <summary>2^MantissaBits: with a small whole number in its low bits, it is their sum.</summary>
    static abstract T ExponentMagic { get; }

    /// <summary>The stored exponent of 1.</summary>
    static abstract T ExponentBias { get; }

    /// <summary>√½.</summary>
    static abstract T SqrtHalf { get; }

    /// <summary>The number whose bits are those of 1 less those of √½.</summary>
    static abstract T OneAboveSqrtHalf { get; }

    /// <summary>The number whose bits are those of the mantissa.</summary>
    static abstract T MantissaMask { get; }

    /// <summary>2/3.</summary>
    static abstract T TwoThirds { get; }

    /// <summary>2/3 − <see cref="TwoThirds"/>.</summary>
    static abstract T TwoThirdsLow { get; }

    /// <summary>(eʳ − 1 − r) / r² for |r| ≤ ln 2 / 2.</summary>
    static abstract V ExpTail<V>(V r)
        where V : struct, ISimdBits<V, T>;

    /// <summary>ln(1 + f) − f for √½ ≤ 1 + f ≤ √2.</summary>
    static abstract V LogTail<V>(V f)
        where V : struct, ISimdBits<V, T>;

    /// <summary>(ln((1 + s) / (1 − s)) − 2s − ⅔s³) / s⁵ as a function of z = s², for √½ ≤ (1 + s) / (1 − s) ≤ √2.</summary>
    static abstract V LogSeries<V>(V z)
        where V : struct, ISimdBits<V, T>;

    /// <summary>The cube root of 1 / <see cref="SubnormalFactor"/>.</summary>
    static abstract T SubnormalRoot { get; }

    /// <summary>Bits of the sign and the exponent, or more: shifted up so far, a number loses both.</summary>
    static abstract int CbrtShift { get; }

    /// <summary>1/3.</summary>
    static abstract T Third { get; }

    /// <summary>4/3 of <see cref="ExponentMagic"/>, and what makes a third of a number's bits, shifted down by <see cref="CbrtShift"/>, those of its inverse cube root.</summary>
    static abstract T CbrtGuess { get; }

    /// <summary>An inverse cube root of x whose square is exact and for which <see cref="CbrtTail"/> does the rest, from one with an error of 0.037.</summary>
    static abstract V InverseCbrt<V>(V x, V guess)
        where V : struct, ISimdBits<V, T>;

    /// <summary>((1 + u)^−⅔ − 1) / u, for small u.</summary>
    static abstract V CbrtTail<V>(V u)
        where V : struct, ISimdBits<V, T>;

    /// <summary>Above, erf rounds to 1.</summary>
    static abstract T ErfLimit { get; }

    /// <summary>2 / π.</summary>
    static abstract T TwoOverPi { get; }

    /// <summary>π / 2, rounded.</summary>
    static abstract T HalfPiHigh { get; }

    /// <summary>π / 2 − <see cref="HalfPiHigh"/>, rounded.</summary>
    static abstract T HalfPiMiddle { get; }

    /// <summary>What is left of π / 2.</summary>
    static abstract T HalfPiLow { get; }

    /// <summary>Larger angles have no accurate sine.</summary>
    static abstract T LargestAngle { get; }

    /// <summary>erf(x) / x − 1 as a function of z = x², for |x| ≤ 1.</summary>
    static abstract V ErfSmall<V>(V z)
        where V : struct, ISimdBits<V, T>;

    /// <summary>(1 − erf x)·exp(x²) as a function of t = (x − 2) / (x + 2), for 1 ≤ x ≤ <see cref="ErfLimit"/>.</summary>
    static abstract V ErfTail<V>(V t)
        where V : struct, ISimdBits<V, T>;

    /// <summary>(sin r − r) / r³ as a function of z = r², for |r| ≤ π / 4.</summary>
    static abstract V SinTail<V>(V z)
        where V : struct, ISimdBits<V, T>;

    /// <summary>(cos r − 1 + r²/2) / r⁴ as a function of z = r², for |r| ≤ π / 4.</summary>
    static abstract V CosTail<V>(V z)
        where V : struct, ISimdBits<V, T>;
}
