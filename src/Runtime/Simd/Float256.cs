using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace OptGen.Simd;

/// <summary>Eight <see cref="float"/> lanes in one 256-bit register.</summary>
public readonly partial struct Float256 : ISimd<Float256, float>, ISimdBits<Float256, float>
{
    private readonly Vector256<float> _value;

    /// <summary>Wraps a vector.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Float256(Vector256<float> value) => _value = value;

    /// <summary>The vector itself.</summary>
    public Vector256<float> Value
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => _value;
    }

    /// <inheritdoc/>
    public static int Count
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => 8;
    }

    /// <inheritdoc/>
    public static int Registers
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Avx512F.VL.IsSupported ? 32 : 16;
    }

    /// <inheritdoc/>
    public static bool IsSupported
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Vector256.IsHardwareAccelerated && Fma.IsSupported;
    }

    /// <inheritdoc/>
    public static Float256 Zero
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => default;
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float256 Broadcast(float value) => new(Vector256.Create(value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float256 Sequence(int start) => new(Vector256.Create((float)start) + Vector256<float>.Indices);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float256 Random(uint key, int stream, nint start, nint stride)
    {
        RandomLanes.Draw256(key, stream, start, stride, out Vector256<ulong> lower, out Vector256<ulong> upper);
        return new(Vector256.ConvertToSingle(Vector256.Narrow(lower, upper).AsInt32()) * (1f / (1 << OptGen.Kernels.StepRandom.Bits)));
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float256 Load(ref readonly float source) => new(Vector256.LoadUnsafe(in source));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe Float256 LoadPartial(ref readonly float source, int lanes)
    {
        if (Avx.IsSupported)
        {
            fixed (float* address = &source)
                return new(Avx.MaskLoad(address, LaneMask(lanes)));
        }

        Float128 lower = Float128.LoadPartial(in source, lanes);
        Float128 upper = Float128.LoadPartial(in Unsafe.Add(ref Unsafe.AsRef(in source), 4), lanes - 4);
        return new(Vector256.Create(lower.Value, upper.Value));
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float256 Gather(ref readonly float source, nint stride, int lanes)
    {
        Vector256<float> gathered = default;
        ref float lane = ref Unsafe.As<Vector256<float>, float>(ref gathered);
        for (int i = 0; i < Math.Min(lanes, Count); i++)
            Unsafe.Add(ref lane, i) = Unsafe.Add(ref Unsafe.AsRef(in source), i * stride);
        return new(gathered);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Float256 value, ref float destination) => value._value.StoreUnsafe(ref destination);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe void StorePartial(Float256 value, ref float destination, int lanes)
    {
        if (Avx.IsSupported)
        {
            fixed (float* address = &destination)
                Avx.MaskStore(address, LaneMask(lanes), value._value);
            return;
        }

        Float128.StorePartial(new(value._value.GetLower()), ref destination, lanes);
        Float128.StorePartial(new(value._value.GetUpper()), ref Unsafe.Add(ref destination, 4), lanes - 4);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Scatter(Float256 value, ref float destination, nint stride, int lanes)
    {
        Vector256<float> scattered = value._value;
        ref float lane = ref Unsafe.As<Vector256<float>, float>(ref scattered);
        for (int i = 0; i < Math.Min(lanes, Count); i++)
            Unsafe.Add(ref destination, i * stride) = Unsafe.Add(ref lane, i);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float256 operator +(Float256 a, Float256 b) => new(a._value + b._value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float256 operator -(Float256 a, Float256 b) => new(a._value - b._value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float256 operator *(Float256 a, Float256 b) => new(a._value * b._value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float256 operator /(Float256 a, Float256 b) => new(a._value / b._value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float256 DivideEstimate(Float256 a, Float256 b)
    {
        if (!Avx512F.VL.IsSupported)
            return a / b;
        // Newton's step for the reciprocal, taken by the quotient. Where the estimate has left its range (b is 0, subnormal or infinite) it gives NaN.
        Vector256<float> reciprocal = Avx512F.VL.Reciprocal14(b._value), quotient = a._value * reciprocal;
        quotient = Vector256.FusedMultiplyAdd(quotient, Fma.MultiplyAddNegated(b._value, reciprocal, Vector256<float>.One), quotient);
        if (!Vector256.EqualsAll(quotient, quotient))
            quotient = Vector256.ConditionalSelect(Vector256.Equals(quotient, quotient), quotient, a._value / b._value);
        return new(quotient);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float256 DivideByNormal(Float256 a, Float256 b)
    {
        if (!Avx512F.VL.IsSupported)
            return a / b;

        // The same estimate. Where it is right, of 0 and infinity, its error is NaN, of which the minimum makes 1.
        Vector256<float> reciprocal = Avx512F.VL.Reciprocal14(b._value), quotient = a._value * reciprocal;
        Vector256<float> error = Avx.Min(Fma.MultiplyAddNegated(b._value, reciprocal, Vector256<float>.One), Vector256<float>.One);
        return new(Vector256.FusedMultiplyAdd(quotient, error, quotient));
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float256 operator -(Float256 a) => new(-a._value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float256 FusedMultiplyAdd(Float256 a, Float256 b, Float256 c) => new(Vector256.FusedMultiplyAdd(a._value, b._value, c._value));

    // Written to the sum itself: a result of its own would cost a move between registers for each product.
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void AddProduct(ref Float256 sum, Float256 a, float b) =>
        Unsafe.As<Float256, Vector256<float>>(ref sum) = Vector256.FusedMultiplyAdd(a._value, Vector256.Create(b), sum._value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float256 Min(Float256 a, Float256 b)
    {
        // Where either is NaN the instruction gives b; a NaN of a comes in as the lane of a mask, all ones, which is NaN.
        Vector256<float> chosen = Vector256.MinNative(a._value, b._value);
        return new(chosen | ~Vector256.Equals(a._value, a._value));
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float256 Max(Float256 a, Float256 b)
    {
        // Where either is NaN the instruction gives b; a NaN of a comes in as the lane of a mask, all ones, which is NaN.
        Vector256<float> chosen = Vector256.MaxNative(a._value, b._value);
        return new(chosen | ~Vector256.Equals(a._value, a._value));
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float256 ClampMin(Float256 a, Float256 bound) => new(Vector256.MaxNative(bound._value, a._value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float256 ClampMax(Float256 a, Float256 bound) => new(Vector256.MinNative(bound._value, a._value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float256 Abs(Float256 a) => new(Vector256.Abs(a._value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float256 Sign(Float256 a)
    {
        // a + 0 keeps NaN and makes −0 into 0.
        Vector256<float> zero = Vector256<float>.Zero;
        Vector256<float> notPositive = Vector256.ConditionalSelect(Vector256.LessThan(a._value, zero), Vector256.Create(-1f), a._value + zero);
        return new(Vector256.ConditionalSelect(Vector256.GreaterThan(a._value, zero), Vector256<float>.One, notPositive));
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float256 Floor(Float256 a) => new(Vector256.Floor(a._value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float256 Sqrt(Float256 a) => new(Vector256.Sqrt(a._value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float256 Cbrt(Float256 a) => ElementaryMath<Float256, float, FloatConstants>.Cbrt(a);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float256 FlushSubnormal(Float256 a)
    {
        Vector256<int> exponent = a._value.AsInt32() & Vector256.Create(0x7F800000);
        return new(Vector256.ConditionalSelect(Vector256.Equals(exponent, Vector256<int>.Zero).AsSingle(), default, a._value));
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool MayBeSubnormal(Float256 a, Float256 b) =>
        Vector256.EqualsAny(a._value.AsInt32() & b._value.AsInt32() & Vector256.Create(0x7F800000), Vector256<int>.Zero);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float256 CopySign(Float256 a, Float256 b) => new(Vector256.ConditionalSelect(Vector256.Create(-0f), b._value, a._value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float256 Exp(Float256 a) => ElementaryMath<Float256, float, FloatConstants>.Exp(a);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float256 Log(Float256 a) => ElementaryMath<Float256, float, FloatConstants>.Log(a);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float256 Tanh(Float256 a) => ElementaryMath<Float256, float, FloatConstants>.Tanh(a);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float256 Sigmoid(Float256 a) => ElementaryMath<Float256, float, FloatConstants>.Sigmoid(a);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float256 Erf(Float256 a) => ElementaryMath<Float256, float, FloatConstants>.Erf(a);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float256 Sin(Float256 a) => ElementaryMath<Float256, float, FloatConstants>.Sin(a);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float256 Cos(Float256 a) => ElementaryMath<Float256, float, FloatConstants>.Cos(a);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float256 Pow(Float256 a, Float256 b) => ElementaryMath<Float256, float, FloatConstants>.Pow(a, b);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float256 Less(Float256 a, Float256 b) => new(Vector256.LessThan(a._value, b._value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float256 LessOrEqual(Float256 a, Float256 b) => new(Vector256.LessThanOrEqual(a._value, b._value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float256 Equal(Float256 a, Float256 b) => new(Vector256.Equals(a._value, b._value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float256 And(Float256 a, Float256 b) => new(a._value & b._value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float256 Or(Float256 a, Float256 b) => new(a._value | b._value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float256 Not(Float256 a) => new(~a._value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float256 Select(Float256 mask, Float256 a, Float256 b) => new(Vector256.ConditionalSelect(mask._value, a._value, b._value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float256 SelectLess(Float256 a, Float256 b, Float256 x, Float256 y) => new(Vector256.ConditionalSelect(Vector256.LessThan(a._value, b._value), x._value, y._value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float256 SelectLessOrEqual(Float256 a, Float256 b, Float256 x, Float256 y) => new(Vector256.ConditionalSelect(Vector256.LessThanOrEqual(a._value, b._value), x._value, y._value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float256 SelectEqual(Float256 a, Float256 b, Float256 x, Float256 y) => new(Vector256.ConditionalSelect(Vector256.Equals(a._value, b._value), x._value, y._value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float256 FirstLanes(int lanes) => new(LaneMask(lanes));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float SumAcross(Float256 a) => Float128.SumAcross(new(a._value.GetLower() + a._value.GetUpper()));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float MaxAcross(Float256 a) => Float128.MaxAcross(new(Vector128.Max(a._value.GetLower(), a._value.GetUpper())));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float MinAcross(Float256 a) => Float128.MinAcross(new(Vector128.Min(a._value.GetLower(), a._value.GetUpper())));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Float256 ISimdBits<Float256, float>.AddBits(Float256 a, Float256 b) => new((a._value.AsInt32() + b._value.AsInt32()).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Float256 ISimdBits<Float256, float>.SubtractBits(Float256 a, Float256 b) => new((a._value.AsInt32() - b._value.AsInt32()).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Float256 ISimdBits<Float256, float>.ShiftLeft(Float256 a, int bits) => new((a._value.AsInt32() << bits).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Float256 ISimdBits<Float256, float>.ShiftRight(Float256 a, int bits) => new((a._value.AsInt32() >>> bits).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Float256 ISimdBits<Float256, float>.ClampFast(Float256 a, Float256 low, Float256 high) =>
        new(Vector256.MinNative(high._value, Vector256.MaxNative(low._value, a._value)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Float256 ISimdBits<Float256, float>.Scale(Float256 a, Float256 n) =>
        Avx512F.VL.IsSupported ? new(Avx512F.VL.Scale(a._value, n._value)) : ElementaryMath<Float256, float, FloatConstants>.Scale(a, n);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> LaneMask(int lanes) => Vector256.LessThan(Vector256<int>.Indices, Vector256.Create(lanes)).AsSingle();
}
