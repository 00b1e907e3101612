using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace OptGen.Simd;

/// <summary>Sixteen <see cref="float"/> lanes in one 512-bit register.</summary>
public readonly partial struct Float512 : ISimd<Float512, float>, ISimdBits<Float512, float>
{
    private readonly Vector512<float> _value;

    /// <summary>Wraps a vector.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Float512(Vector512<float> value) => _value = value;

    /// <summary>The vector itself.</summary>
    public Vector512<float> Value
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => _value;
    }

    /// <inheritdoc/>
    public static int Count
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => 16;
    }

    /// <inheritdoc/>
    public static int Registers
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => 32;
    }

    /// <inheritdoc/>
    /// <remarks>
    /// Some processors prefer 256-bit code for ordinary programs: <see cref="Vector512.IsHardwareAccelerated"/> is false there although they execute 512-bit
    /// instructions. Kernels that do nothing but arithmetic gain from these all the same (1.8 times the multiply-adds, where it was measured).
    /// </remarks>
    public static bool IsSupported
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Avx512F.IsSupported || Vector512.IsHardwareAccelerated;
    }

    /// <inheritdoc/>
    public static Float512 Zero
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => default;
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float512 Broadcast(float value) => new(Vector512.Create(value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float512 Sequence(int start) => new(Vector512.Create((float)start) + Vector512<float>.Indices);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float512 Random(uint key, int stream, nint start, nint stride)
    {
        RandomLanes.Draw512(key, stream, start, stride, out Vector512<ulong> lower, out Vector512<ulong> upper);
        return new(Vector512.ConvertToSingle(Vector512.Narrow(lower, upper).AsInt32()) * (1f / (1 << OptGen.Kernels.StepRandom.Bits)));
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float512 Load(ref readonly float source) => new(Vector512.LoadUnsafe(in source));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe Float512 LoadPartial(ref readonly float source, int lanes)
    {
        if (Avx512F.IsSupported)
        {
            fixed (float* address = &source)
                return new(Avx512F.MaskLoad(address, LaneMask(lanes), Vector512<float>.Zero));
        }

        Float256 lower = Float256.LoadPartial(in source, lanes);
        Float256 upper = Float256.LoadPartial(in Unsafe.Add(ref Unsafe.AsRef(in source), 8), lanes - 8);
        return new(Vector512.Create(lower.Value, upper.Value));
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float512 Gather(ref readonly float source, nint stride, int lanes)
    {
        Vector512<float> gathered = default;
        ref float lane = ref Unsafe.As<Vector512<float>, float>(ref gathered);
        for (int i = 0; i < Math.Min(lanes, Count); i++)
            Unsafe.Add(ref lane, i) = Unsafe.Add(ref Unsafe.AsRef(in source), i * stride);
        return new(gathered);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Float512 value, ref float destination) => value._value.StoreUnsafe(ref destination);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe void StorePartial(Float512 value, ref float destination, int lanes)
    {
        if (Avx512F.IsSupported)
        {
            fixed (float* address = &destination)
                Avx512F.MaskStore(address, LaneMask(lanes), value._value);
            return;
        }

        Float256.StorePartial(new(value._value.GetLower()), ref destination, lanes);
        Float256.StorePartial(new(value._value.GetUpper()), ref Unsafe.Add(ref destination, 8), lanes - 8);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Scatter(Float512 value, ref float destination, nint stride, int lanes)
    {
        Vector512<float> scattered = value._value;
        ref float lane = ref Unsafe.As<Vector512<float>, float>(ref scattered);
        for (int i = 0; i < Math.Min(lanes, Count); i++)
            Unsafe.Add(ref destination, i * stride) = Unsafe.Add(ref lane, i);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float512 operator +(Float512 a, Float512 b) => new(a._value + b._value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float512 operator -(Float512 a, Float512 b) => new(a._value - b._value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float512 operator *(Float512 a, Float512 b) => new(a._value * b._value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float512 operator /(Float512 a, Float512 b) => new(a._value / b._value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float512 DivideEstimate(Float512 a, Float512 b)
    {
        if (!Avx512F.VL.IsSupported)
            return a / b;
        // Newton's step for the reciprocal, taken by the quotient. Where the estimate has left its range (b is 0, subnormal or infinite) it gives NaN.
        Vector512<float> reciprocal = Avx512F.Reciprocal14(b._value), quotient = a._value * reciprocal;
        quotient = Vector512.FusedMultiplyAdd(quotient, Avx512F.FusedMultiplyAddNegated(b._value, reciprocal, Vector512<float>.One), quotient);
        if (!Vector512.EqualsAll(quotient, quotient))
            quotient = Vector512.ConditionalSelect(Vector512.Equals(quotient, quotient), quotient, a._value / b._value);
        return new(quotient);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float512 DivideByNormal(Float512 a, Float512 b)
    {
        if (!Avx512F.VL.IsSupported)
            return a / b;

        // The same estimate. Where it is right, of 0 and infinity, its error is NaN, of which the minimum makes 1.
        Vector512<float> reciprocal = Avx512F.Reciprocal14(b._value), quotient = a._value * reciprocal;
        Vector512<float> error = Avx512F.Min(Avx512F.FusedMultiplyAddNegated(b._value, reciprocal, Vector512<float>.One), Vector512<float>.One);
        return new(Vector512.FusedMultiplyAdd(quotient, error, quotient));
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float512 operator -(Float512 a) => new(-a._value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float512 FusedMultiplyAdd(Float512 a, Float512 b, Float512 c) => new(Vector512.FusedMultiplyAdd(a._value, b._value, c._value));

    // Written to the sum itself: a result of its own would cost a move between registers for each product.
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void AddProduct(ref Float512 sum, Float512 a, float b) =>
        Unsafe.As<Float512, Vector512<float>>(ref sum) = Vector512.FusedMultiplyAdd(a._value, Vector512.Create(b), sum._value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float512 Min(Float512 a, Float512 b)
    {
        // Where either is NaN the instruction gives b, so a NaN of a is put in: 2 is the response to quiet NaN (the lowest digit) and to signalling NaN.
        Vector512<float> chosen = Vector512.MinNative(a._value, b._value);
        return new(Avx512F.IsSupported
            ? Avx512F.Fixup(chosen, a._value, Vector512.Create(0x22), 0)
            : Vector512.ConditionalSelect(Vector512.Equals(a._value, a._value), chosen, a._value));
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float512 Max(Float512 a, Float512 b)
    {
        // Where either is NaN the instruction gives b, so a NaN of a is put in: 2 is the response to quiet NaN (the lowest digit) and to signalling NaN.
        Vector512<float> chosen = Vector512.MaxNative(a._value, b._value);
        return new(Avx512F.IsSupported
            ? Avx512F.Fixup(chosen, a._value, Vector512.Create(0x22), 0)
            : Vector512.ConditionalSelect(Vector512.Equals(a._value, a._value), chosen, a._value));
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float512 ClampMin(Float512 a, Float512 bound) => new(Vector512.MaxNative(bound._value, a._value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float512 ClampMax(Float512 a, Float512 bound) => new(Vector512.MinNative(bound._value, a._value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float512 Abs(Float512 a) => new(Vector512.Abs(a._value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float512 Sign(Float512 a)
    {
        // What becomes of NaN (quiet or not), zero, one, −∞, ∞, negative and positive numbers, from the lowest digit on: 2 is the NaN, 8, 9 and A are 0, −1 and 1.
        if (Avx512F.IsSupported)
            return new(Avx512F.Fixup(a._value, a._value, Vector512.Create(unchecked((int)0xA9A9A822)), 0));

        // a + 0 keeps NaN and makes −0 into 0.
        Vector512<float> zero = Vector512<float>.Zero;
        Vector512<float> notPositive = Vector512.ConditionalSelect(Vector512.LessThan(a._value, zero), Vector512.Create(-1f), a._value + zero);
        return new(Vector512.ConditionalSelect(Vector512.GreaterThan(a._value, zero), Vector512<float>.One, notPositive));
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float512 Floor(Float512 a) => new(Vector512.Floor(a._value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float512 Sqrt(Float512 a) => new(Vector512.Sqrt(a._value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float512 Cbrt(Float512 a) => ElementaryMath<Float512, float, FloatConstants>.Cbrt(a);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float512 FlushSubnormal(Float512 a)
    {
        Vector512<int> exponent = a._value.AsInt32() & Vector512.Create(0x7F800000);
        if (Avx512F.IsSupported)
            return new(Avx512F.BlendVariable(Vector512<float>.Zero, a._value, Avx512F.CompareNotEqual(exponent, Vector512<int>.Zero).AsSingle()));
        return new(Vector512.ConditionalSelect(Vector512.Equals(exponent, Vector512<int>.Zero).AsSingle(), default, a._value));
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool MayBeSubnormal(Float512 a, Float512 b) =>
        Vector512.EqualsAny(a._value.AsInt32() & b._value.AsInt32() & Vector512.Create(0x7F800000), Vector512<int>.Zero);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float512 CopySign(Float512 a, Float512 b) => new(Vector512.ConditionalSelect(Vector512.Create(-0f), b._value, a._value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float512 Exp(Float512 a) => ElementaryMath<Float512, float, FloatConstants>.Exp(a);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float512 Log(Float512 a) => ElementaryMath<Float512, float, FloatConstants>.Log(a);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float512 Tanh(Float512 a) => ElementaryMath<Float512, float, FloatConstants>.Tanh(a);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float512 Sigmoid(Float512 a) => ElementaryMath<Float512, float, FloatConstants>.Sigmoid(a);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float512 Erf(Float512 a) => ElementaryMath<Float512, float, FloatConstants>.Erf(a);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float512 Sin(Float512 a) => ElementaryMath<Float512, float, FloatConstants>.Sin(a);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float512 Cos(Float512 a) => ElementaryMath<Float512, float, FloatConstants>.Cos(a);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float512 Pow(Float512 a, Float512 b) => ElementaryMath<Float512, float, FloatConstants>.Pow(a, b);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float512 Less(Float512 a, Float512 b) => new(Vector512.LessThan(a._value, b._value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float512 LessOrEqual(Float512 a, Float512 b) => new(Vector512.LessThanOrEqual(a._value, b._value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float512 Equal(Float512 a, Float512 b) => new(Vector512.Equals(a._value, b._value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float512 And(Float512 a, Float512 b) => new(a._value & b._value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float512 Or(Float512 a, Float512 b) => new(a._value | b._value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float512 Not(Float512 a) => new(~a._value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float512 Select(Float512 mask, Float512 a, Float512 b) => new(Vector512.ConditionalSelect(mask._value, a._value, b._value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float512 SelectLess(Float512 a, Float512 b, Float512 x, Float512 y) => new(Vector512.ConditionalSelect(Vector512.LessThan(a._value, b._value), x._value, y._value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float512 SelectLessOrEqual(Float512 a, Float512 b, Float512 x, Float512 y) => new(Vector512.ConditionalSelect(Vector512.LessThanOrEqual(a._value, b._value), x._value, y._value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float512 SelectEqual(Float512 a, Float512 b, Float512 x, Float512 y) => new(Vector512.ConditionalSelect(Vector512.Equals(a._value, b._value), x._value, y._value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float512 FirstLanes(int lanes) => new(LaneMask(lanes));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float SumAcross(Float512 a) => Float256.SumAcross(new(a._value.GetLower() + a._value.GetUpper()));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float MaxAcross(Float512 a) => Float256.MaxAcross(new(Vector256.Max(a._value.GetLower(), a._value.GetUpper())));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float MinAcross(Float512 a) => Float256.MinAcross(new(Vector256.Min(a._value.GetLower(), a._value.GetUpper())));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Float512 ISimdBits<Float512, float>.AddBits(Float512 a, Float512 b) => new((a._value.AsInt32() + b._value.AsInt32()).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Float512 ISimdBits<Float512, float>.SubtractBits(Float512 a, Float512 b) => new((a._value.AsInt32() - b._value.AsInt32()).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Float512 ISimdBits<Float512, float>.ShiftLeft(Float512 a, int bits) => new((a._value.AsInt32() << bits).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Float512 ISimdBits<Float512, float>.ShiftRight(Float512 a, int bits) => new((a._value.AsInt32() >>> bits).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Float512 ISimdBits<Float512, float>.ClampFast(Float512 a, Float512 low, Float512 high) =>
        new(Vector512.MinNative(high._value, Vector512.MaxNative(low._value, a._value)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Float512 ISimdBits<Float512, float>.Scale(Float512 a, Float512 n) =>
        Avx512F.IsSupported ? new(Avx512F.Scale(a._value, n._value)) : ElementaryMath<Float512, float, FloatConstants>.Scale(a, n);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> LaneMask(int lanes) => Vector512.LessThan(Vector512<int>.Indices, Vector512.Create(lanes)).AsSingle();
}
