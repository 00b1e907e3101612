namespace OptGen.Simd;

/// <summary>
/// A vector of <typeparamref name="T"/>. Kernels are written once, generic over <typeparamref name="V"/>, and run at every width; the wrapper of a
/// single element is the scalar form. A comparison gives a mask: a vector whose lanes are all ones or all zeros.
/// </summary>
public interface ISimd<V, T>
    where V : struct, ISimd<V, T>
    where T : unmanaged
{
    /// <summary>Number of lanes.</summary>
    static abstract int Count { get; }

    /// <summary>Number of architectural vector registers that hold this type; bounds how many accumulators a kernel keeps.</summary>
    static abstract int Registers { get; }

    /// <summary>Whether this processor executes the operations directly.</summary>
    static abstract bool IsSupported { get; }

    /// <summary>All lanes 0.</summary>
    static abstract V Zero { get; }

    /// <summary>All lanes <paramref name="value"/>.</summary>
    static abstract V Broadcast(T value);

    /// <summary>Lanes start, start + 1, …</summary>
    static abstract V Sequence(int start);

    /// <summary>The random numbers of <see cref="OptGen.Kernels.StepRandom"/> at positions start, start + stride, …</summary>
    static abstract V Random(uint key, int stream, nint start, nint stride);

    /// <summary>Reads <see cref="Count"/> neighbours.</summary>
    static abstract V Load(ref readonly T source);

    /// <summary>Reads the first <paramref name="lanes"/> neighbours and touches no others; the other lanes are 0.</summary>
    static abstract V LoadPartial(ref readonly T source, int lanes);

    /// <summary>Reads elements 0, stride, 2·stride, … for the first <paramref name="lanes"/> lanes; the other lanes are 0.</summary>
    static abstract V Gather(ref readonly T source, nint stride, int lanes);

    /// <summary>Writes <see cref="Count"/> neighbours.</summary>
    static abstract void Store(V value, ref T destination);

    /// <summary>Writes the first <paramref name="lanes"/> neighbours and touches no others.</summary>
    static abstract void StorePartial(V value, ref T destination, int lanes);

    /// <summary>Writes lane i to element i·stride for the first <paramref name="lanes"/> lanes.</summary>
    static abstract void Scatter(V value, ref T destination, nint stride, int lanes);

    /// <summary>a + b.</summary>
    static abstract V operator +(V a, V b);

    /// <summary>a − b.</summary>
    static abstract V operator -(V a, V b);

    /// <summary>a · b.</summary>
    static abstract V operator *(V a, V b);

    /// <summary>a / b.</summary>
    static abstract V operator /(V a, V b);

    /// <summary>
    /// a / b within 1.5 units in the last place (of a subnormal quotient: two); the sign of a zero may differ. Faster where the processor estimates reciprocals of
    /// <see cref="float"/> (AVX-512); elsewhere it is the exact quotient. On one machine every width gives the same bits.
    /// </summary>
    static abstract V DivideEstimate(V a, V b);

    /// <summary>
    /// The bits of <see cref="DivideEstimate"/>, by a divisor that is not subnormal, which saves a look at the result: what a divisor is that has a root as a term.
    /// Where the quotient is infinite though the divisor is not 0, it may be NaN.
    /// </summary>
    static abstract V DivideByNormal(V a, V b);

    /// <summary>−a, also of zeros and NaN.</summary>
    static abstract V operator -(V a);

    /// <summary>a·b + c, rounded once.</summary>
    static abstract V FusedMultiplyAdd(V a, V b, V c);

    /// <summary>sum += a·b in every lane, rounded once: what the innermost loop of a matrix product does.</summary>
    static abstract void AddProduct(ref V sum, V a, T b);

    /// <summary>The smaller; NaN if either is. Of two zeros it is the second, whatever their signs.</summary>
    static abstract V Min(V a, V b);

    /// <summary>The larger; NaN if either is. Of two zeros it is the second, whatever their signs.</summary>
    static abstract V Max(V a, V b);

    /// <summary>The larger of a and a bound that is not NaN; NaN where a is. One instruction, where <see cref="Max"/> must look for NaN on both sides.</summary>
    static abstract V ClampMin(V a, V bound);

    /// <summary>The smaller of a and a bound that is not NaN; NaN where a is.</summary>
    static abstract V ClampMax(V a, V bound);

    /// <summary>|a|.</summary>
    static abstract V Abs(V a);

    /// <summary>−1, 0 or 1; NaN of NaN.</summary>
    static abstract V Sign(V a);

    /// <summary>The largest whole number not above a.</summary>
    static abstract V Floor(V a);

    /// <summary>√a, correctly rounded.</summary>
    static abstract V Sqrt(V a);

    /// <summary>∛a, of negative numbers too, within 1.5 units in the last place.</summary>
    static abstract V Cbrt(V a);

    /// <summary>a, or 0 where a is subnormal; NaN stays.</summary>
    static abstract V FlushSubnormal(V a);

    /// <summary>Whether there may be subnormal numbers among the lanes of a or b: false only if there are none. Cheaper than flushing both.</summary>
    static abstract bool MayBeSubnormal(V a, V b);

    /// <summary>The magnitude of a with the sign of b.</summary>
    static abstract V CopySign(V a, V b);

    /// <summary>eᵃ, within 2 units in the last place.</summary>
    static abstract V Exp(V a);

    /// <summary>ln a, within 2 units in the last place.</summary>
    static abstract V Log(V a);

    /// <summary>tanh a, within 5 units in the last place.</summary>
    static abstract V Tanh(V a);

    /// <summary>1 / (1 + e⁻ᵃ), within 5 units in the last place.</summary>
    static abstract V Sigmoid(V a);

    /// <summary>2/√π · ∫₀ᵃ exp(−t²) dt, the error function, within 2 units in the last place.</summary>
    static abstract V Erf(V a);

    /// <summary>Sine of an angle in radians up to 1e5 (double: 1e9), within 2 units in the last place; NaN beyond.</summary>
    static abstract V Sin(V a);

    /// <summary>Cosine of an angle in radians up to 1e5 (double: 1e9), within 2 units in the last place; NaN beyond.</summary>
    static abstract V Cos(V a);

    /// <summary>aᵇ, as <see cref="MathF.Pow(float, float)"/> defines it, within 2 units in the last place.</summary>
    static abstract V Pow(V a, V b);

    /// <summary>Mask: a &lt; b.</summary>
    static abstract V Less(V a, V b);

    /// <summary>Mask: a ≤ b.</summary>
    static abstract V LessOrEqual(V a, V b);

    /// <summary>Mask: a = b.</summary>
    static abstract V Equal(V a, V b);

    /// <summary>Mask: both.</summary>
    static abstract V And(V a, V b);

    /// <summary>Mask: either.</summary>
    static abstract V Or(V a, V b);

    /// <summary>Mask: not a.</summary>
    static abstract V Not(V a);

    /// <summary>Where the mask holds, a; elsewhere b.</summary>
    static abstract V Select(V mask, V a, V b);

    /// <summary>Where a &lt; b, x; elsewhere y. Cheaper than a mask of its own, which processors keep in another kind of register.</summary>
    static abstract V SelectLess(V a, V b, V x, V y);

    /// <summary>Where a ≤ b, x; elsewhere y.</summary>
    static abstract V SelectLessOrEqual(V a, V b, V x, V y);

    /// <summary>Where a = b, x; elsewhere y.</summary>
    static abstract V SelectEqual(V a, V b, V x, V y);

    /// <summary>Mask: the first <paramref name="lanes"/> lanes.</summary>
    static abstract V FirstLanes(int lanes);

    /// <summary>Sum of all lanes.</summary>
    static abstract T SumAcross(V a);

    /// <summary>Largest lane; NaN if any is.</summary>
    static abstract T MaxAcross(V a);

    /// <summary>Smallest lane; NaN if any is.</summary>
    static abstract T MinAcross(V a);
}
