using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace OptGen.Simd;

/// <summary>Four <see cref="float"/> lanes in one 128-bit register.</summary>
public readonly partial struct Float128 : ISimd<Float128, float>, ISimdBits<Float128, float>
{
    private readonly Vector128<float> _value;

    /// <summary>Wraps a vector.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Float128(Vector128<float> value) => _value = value;

    /// <summary>The vector itself.</summary>
    public Vector128<float> Value
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => _value;
    }

    /// <inheritdoc/>
    public static int Count
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => 4;
    }

    /// <inheritdoc/>
    public static int Registers
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Avx512F.VL.IsSupported || AdvSimd.Arm64.IsSupported ? 32 : 16;
    }

    /// <inheritdoc/>
    public static bool IsSupported
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Vector128.IsHardwareAccelerated && (Fma.IsSupported || AdvSimd.Arm64.IsSupported);
    }

    /// <inheritdoc/>
    public static Float128 Zero
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => default;
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float128 Broadcast(float value) => new(Vector128.Create(value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float128 Sequence(int start) => new(Vector128.Create((float)start) + Vector128<float>.Indices);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float128 Random(uint key, int stream, nint start, nint stride)
    {
        RandomLanes.Draw128(key, stream, start, stride, out Vector128<ulong> lower, out Vector128<ulong> upper);
        return new(Vector128.ConvertToSingle(Vector128.Narrow(lower, upper).AsInt32()) * (1f / (1 << OptGen.Kernels.StepRandom.Bits)));
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float128 Load(ref readonly float source) => new(Vector128.LoadUnsafe(in source));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe Float128 LoadPartial(ref readonly float source, int lanes)
    {
        if (Avx.IsSupported)
        {
            fixed (float* address = &source)
                return new(Avx.MaskLoad(address, LaneMask(lanes)));
        }

        if (lanes >= Count)
            return Load(in source);
        ref float first = ref Unsafe.AsRef(in source);
        return new(Vector128.Create(lanes > 0 ? first : 0, lanes > 1 ? Unsafe.Add(ref first, 1) : 0, lanes > 2 ? Unsafe.Add(ref first, 2) : 0, 0));
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float128 Gather(ref readonly float source, nint stride, int lanes)
    {
        Vector128<float> gathered = default;
        ref float lane = ref Unsafe.As<Vector128<float>, float>(ref gathered);
        for (int i = 0; i < Math.Min(lanes, Count); i++)
            Unsafe.Add(ref lane, i) = Unsafe.Add(ref Unsafe.AsRef(in source), i * stride);
        return new(gathered);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Float128 value, ref float destination) => value._value.StoreUnsafe(ref destination);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe void StorePartial(Float128 value, ref float destination, int lanes)
    {
        if (Avx.IsSupported)
        {
            fixed (float* address = &destination)
                Avx.MaskStore(address, LaneMask(lanes), value._value);
            return;
        }

        for (int i = 0; i < Math.Min(lanes, Count); i++)
            Unsafe.Add(ref destination, i) = value._value.GetElement(i);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Scatter(Float128 value, ref float destination, nint stride, int lanes)
    {
        Vector128<float> scattered = value._value;
        ref float lane = ref Unsafe.As<Vector128<float>, float>(ref scattered);
        for (int i = 0; i < Math.Min(lanes, Count); i++)
            Unsafe.Add(ref destination, i * stride) = Unsafe.Add(ref lane, i);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float128 operator +(Float128 a, Float128 b) => new(a._value + b._value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float128 operator -(Float128 a, Float128 b) => new(a._value - b._value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float128 operator *(Float128 a, Float128 b) => new(a._value * b._value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float128 operator /(Float128 a, Float128 b) => new(a._value / b._value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float128 DivideEstimate(Float128 a, Float128 b)
    {
        if (!Avx512F.VL.IsSupported)
            return a / b;
        // Newton's step for the reciprocal, taken by the quotient. Where the estimate has left its range (b is 0, subnormal or infinite) it gives NaN.
        Vector128<float> reciprocal = Avx512F.VL.Reciprocal14(b._value), quotient = a._value * reciprocal;
        quotient = Vector128.FusedMultiplyAdd(quotient, Fma.MultiplyAddNegated(b._value, reciprocal, Vector128<float>.One), quotient);
        if (!Vector128.EqualsAll(quotient, quotient))
            quotient = Vector128.ConditionalSelect(Vector128.Equals(quotient, quotient), quotient, a._value / b._value);
        return new(quotient);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float128 DivideByNormal(Float128 a, Float128 b)
    {
        if (!Avx512F.VL.IsSupported)
            return a / b;

        // The same estimate. Where it is right, of 0 and infinity, its error is NaN, of which the minimum makes 1.
        Vector128<float> reciprocal = Avx512F.VL.Reciprocal14(b._value), quotient = a._value * reciprocal;
        Vector128<float> error = Sse.Min(Fma.MultiplyAddNegated(b._value, reciprocal, Vector128<float>.One), Vector128<float>.One);
        return new(Vector128.FusedMultiplyAdd(quotient, error, quotient));
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float128 operator -(Float128 a) => new(-a._value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float128 FusedMultiplyAdd(Float128 a, Float128 b, Float128 c) => new(Vector128.FusedMultiplyAdd(a._value, b._value, c._value));

    // Written to the sum itself: a result of its own would cost a move between registers for each product.
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void AddProduct(ref Float128 sum, Float128 a, float b) =>
        Unsafe.As<Float128, Vector128<float>>(ref sum) = Vector128.FusedMultiplyAdd(a._value, Vector128.Create(b), sum._value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float128 Min(Float128 a, Float128 b)
    {
        // Where either is NaN the instruction gives b; a NaN of a comes in as the lane of a mask, all ones, which is NaN.
        Vector128<float> chosen = Vector128.MinNative(a._value, b._value);
        return new(chosen | ~Vector128.Equals(a._value, a._value));
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float128 Max(Float128 a, Float128 b)
    {
        // Where either is NaN the instruction gives b; a NaN of a comes in as the lane of a mask, all ones, which is NaN.
        Vector128<float> chosen = Vector128.MaxNative(a._value, b._value);
        return new(chosen | ~Vector128.Equals(a._value, a._value));
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float128 ClampMin(Float128 a, Float128 bound) => new(Vector128.MaxNative(bound._value, a._value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float128 ClampMax(Float128 a, Float128 bound) => new(Vector128.MinNative(bound._value, a._value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float128 Abs(Float128 a) => new(Vector128.Abs(a._value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float128 Sign(Float128 a)
    {
        // a + 0 keeps NaN and makes −0 into 0.
        Vector128<float> zero = Vector128<float>.Zero;
        Vector128<float> notPositive = Vector128.ConditionalSelect(Vector128.LessThan(a._value, zero), Vector128.Create(-1f), a._value + zero);
        return new(Vector128.ConditionalSelect(Vector128.GreaterThan(a._value, zero), Vector128<float>.One, notPositive));
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float128 Floor(Float128 a) => new(Vector128.Floor(a._value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float128 Sqrt(Float128 a) => new(Vector128.Sqrt(a._value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float128 Cbrt(Float128 a) => ElementaryMath<Float128, float, FloatConstants>.Cbrt(a);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float128 FlushSubnormal(Float128 a)
    {
        Vector128<int> exponent = a._value.AsInt32() & Vector128.Create(0x7F800000);
        return new(Vector128.ConditionalSelect(Vector128.Equals(exponent, Vector128<int>.Zero).AsSingle(), default, a._value));
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool MayBeSubnormal(Float128 a, Float128 b) =>
        Vector128.EqualsAny(a._value.AsInt32() & b._value.AsInt32() & Vector128.Create(0x7F800000), Vector128<int>.Zero);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float128 CopySign(Float128 a, Float128 b) => new(Vector128.ConditionalSelect(Vector128.Create(-0f), b._value, a._value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float128 Exp(Float128 a) => ElementaryMath<Float128, float, FloatConstants>.Exp(a);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float128 Log(Float128 a) => ElementaryMath<Float128, float, FloatConstants>.Log(a);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float128 Tanh(Float128 a) => ElementaryMath<Float128, float, FloatConstants>.Tanh(a);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float128 Sigmoid(Float128 a) => ElementaryMath<Float128, float, FloatConstants>.Sigmoid(a);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float128 Erf(Float128 a) => ElementaryMath<Float128, float, FloatConstants>.Erf(a);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float128 Sin(Float128 a) => ElementaryMath<Float128, float, FloatConstants>.Sin(a);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float128 Cos(Float128 a) => ElementaryMath<Float128, float, FloatConstants>.Cos(a);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float128 Pow(Float128 a, Float128 b) => ElementaryMath<Float128, float, FloatConstants>.Pow(a, b);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float128 Less(Float128 a, Float128 b) => new(Vector128.LessThan(a._value, b._value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float128 LessOrEqual(Float128 a, Float128 b) => new(Vector128.LessThanOrEqual(a._value, b._value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float128 Equal(Float128 a, Float128 b) => new(Vector128.Equals(a._value, b._value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float128 And(Float128 a, Float128 b) => new(a._value & b._value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float128 Or(Float128 a, Float128 b) => new(a._value | b._value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float128 Not(Float128 a) => new(~a._value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float128 Select(Float128 mask, Float128 a, Float128 b) => new(Vector128.ConditionalSelect(mask._value, a._value, b._value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float128 SelectLess(Float128 a, Float128 b, Float128 x, Float128 y) => new(Vector128.ConditionalSelect(Vector128.LessThan(a._value, b._value), x._value, y._value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float128 SelectLessOrEqual(Float128 a, Float128 b, Float128 x, Float128 y) => new(Vector128.ConditionalSelect(Vector128.LessThanOrEqual(a._value, b._value), x._value, y._value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float128 SelectEqual(Float128 a, Float128 b, Float128 x, Float128 y) => new(Vector128.ConditionalSelect(Vector128.Equals(a._value, b._value), x._value, y._value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float128 FirstLanes(int lanes) => new(LaneMask(lanes));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float SumAcross(Float128 a)
    {
        Vector128<float> pairs = a._value + Vector128.Shuffle(a._value, Vector128.Create(2, 3, 0, 1));
        return pairs.GetElement(0) + pairs.GetElement(1);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float MaxAcross(Float128 a)
    {
        Vector128<float> pairs = Vector128.Max(a._value, Vector128.Shuffle(a._value, Vector128.Create(2, 3, 0, 1)));
        return MathF.Max(pairs.GetElement(0), pairs.GetElement(1));
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float MinAcross(Float128 a)
    {
        Vector128<float> pairs = Vector128.Min(a._value, Vector128.Shuffle(a._value, Vector128.Create(2, 3, 0, 1)));
        return MathF.Min(pairs.GetElement(0), pairs.GetElement(1));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Float128 ISimdBits<Float128, float>.AddBits(Float128 a, Float128 b) => new((a._value.AsInt32() + b._value.AsInt32()).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Float128 ISimdBits<Float128, float>.SubtractBits(Float128 a, Float128 b) => new((a._value.AsInt32() - b._value.AsInt32()).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Float128 ISimdBits<Float128, float>.ShiftLeft(Float128 a, int bits) => new((a._value.AsInt32() << bits).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Float128 ISimdBits<Float128, float>.ShiftRight(Float128 a, int bits) => new((a._value.AsInt32() >>> bits).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Float128 ISimdBits<Float128, float>.ClampFast(Float128 a, Float128 low, Float128 high) =>
        new(Vector128.MinNative(high._value, Vector128.MaxNative(low._value, a._value)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Float128 ISimdBits<Float128, float>.Scale(Float128 a, Float128 n) =>
        Avx512F.VL.IsSupported ? new(Avx512F.VL.Scale(a._value, n._value)) : ElementaryMath<Float128, float, FloatConstants>.Scale(a, n);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> LaneMask(int lanes) => Vector128.LessThan(Vector128<int>.Indices, Vector128.Create(lanes)).AsSingle();
}
