using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace OptGen.Simd;

/// <summary>One <see cref="float"/> lane: the scalar form of a kernel.</summary>
public readonly partial struct Float32 : ISimd<Float32, float>, ISimdBits<Float32, float>
{
    private readonly float _value;

    /// <summary>Wraps a number.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Float32(float value) => _value = value;

    /// <summary>The number itself.</summary>
    public float Value
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => _value;
    }

    /// <inheritdoc/>
    public static int Count
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => 1;
    }

    /// <inheritdoc/>
    public static int Registers
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Float128.Registers;
    }

    /// <inheritdoc/>
    public static bool IsSupported
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => true;
    }

    /// <inheritdoc/>
    public static Float32 Zero
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => default;
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float32 Broadcast(float value) => new(value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float32 Sequence(int start) => new(start);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float32 Random(uint key, int stream, nint start, nint stride) => new(OptGen.Kernels.StepRandom.Uniform(key, stream, start));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float32 Load(ref readonly float source) => new(source);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float32 LoadPartial(ref readonly float source, int lanes) => lanes > 0 ? new(source) : default;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float32 Gather(ref readonly float source, nint stride, int lanes) => lanes > 0 ? new(source) : default;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Float32 value, ref float destination) => destination = value._value;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StorePartial(Float32 value, ref float destination, int lanes)
    {
        if (lanes > 0)
            destination = value._value;
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Scatter(Float32 value, ref float destination, nint stride, int lanes)
    {
        if (lanes > 0)
            destination = value._value;
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float32 operator +(Float32 a, Float32 b) => new(a._value + b._value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float32 operator -(Float32 a, Float32 b) => new(a._value - b._value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float32 operator *(Float32 a, Float32 b) => new(a._value * b._value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float32 operator /(Float32 a, Float32 b) => new(a._value / b._value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float32 DivideEstimate(Float32 a, Float32 b)
    {
        if (!Avx512F.VL.IsSupported)
            return a / b;
        // As the vectors do it, so that the bits are theirs.
        float reciprocal = Avx512F.Reciprocal14Scalar(Vector128.CreateScalarUnsafe(b._value)).ToScalar(), quotient = a._value * reciprocal;
        quotient = MathF.FusedMultiplyAdd(quotient, MathF.FusedMultiplyAdd(-b._value, reciprocal, 1), quotient);
        return float.IsNaN(quotient) ? a / b : new(quotient);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float32 DivideByNormal(Float32 a, Float32 b)
    {
        if (!Avx512F.VL.IsSupported)
            return a / b;

        // As the vectors do it, so that the bits are theirs.
        float reciprocal = Avx512F.Reciprocal14Scalar(Vector128.CreateScalarUnsafe(b._value)).ToScalar(), quotient = a._value * reciprocal;
        float error = MathF.FusedMultiplyAdd(-b._value, reciprocal, 1);
        return new(MathF.FusedMultiplyAdd(quotient, error < 1 ? error : 1, quotient));
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float32 operator -(Float32 a) => new(-a._value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float32 FusedMultiplyAdd(Float32 a, Float32 b, Float32 c) => new(MathF.FusedMultiplyAdd(a._value, b._value, c._value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void AddProduct(ref Float32 sum, Float32 a, float b) => sum = new(MathF.FusedMultiplyAdd(a._value, b, sum._value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float32 Min(Float32 a, Float32 b) => a._value < b._value || float.IsNaN(a._value) ? a : b;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float32 Max(Float32 a, Float32 b) => a._value > b._value || float.IsNaN(a._value) ? a : b;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float32 ClampMin(Float32 a, Float32 bound) => new(bound._value > a._value ? bound._value : a._value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float32 ClampMax(Float32 a, Float32 bound) => new(bound._value < a._value ? bound._value : a._value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float32 Abs(Float32 a) => new(MathF.Abs(a._value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float32 Sign(Float32 a)
    {
        // a + 0 keeps NaN and makes −0 into 0.
        float notPositive = a._value < 0 ? -1 : a._value + 0;
        return new(a._value > 0 ? 1 : notPositive);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float32 Floor(Float32 a) => new(MathF.Floor(a._value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float32 Sqrt(Float32 a) => new(MathF.Sqrt(a._value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float32 Cbrt(Float32 a) => ElementaryMath<Float32, float, FloatConstants>.Cbrt(a);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float32 FlushSubnormal(Float32 a) => MathF.Abs(a._value) < 1.17549435E-38f ? default : a;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool MayBeSubnormal(Float32 a, Float32 b) => (BitConverter.SingleToInt32Bits(a._value) & BitConverter.SingleToInt32Bits(b._value) & 0x7F800000) == 0;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float32 CopySign(Float32 a, Float32 b) => new(MathF.CopySign(a._value, b._value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float32 Exp(Float32 a) => ElementaryMath<Float32, float, FloatConstants>.Exp(a);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float32 Log(Float32 a) => ElementaryMath<Float32, float, FloatConstants>.Log(a);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float32 Tanh(Float32 a) => ElementaryMath<Float32, float, FloatConstants>.Tanh(a);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float32 Sigmoid(Float32 a) => ElementaryMath<Float32, float, FloatConstants>.Sigmoid(a);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float32 Erf(Float32 a) => ElementaryMath<Float32, float, FloatConstants>.Erf(a);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float32 Sin(Float32 a) => ElementaryMath<Float32, float, FloatConstants>.Sin(a);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float32 Cos(Float32 a) => ElementaryMath<Float32, float, FloatConstants>.Cos(a);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float32 Pow(Float32 a, Float32 b) => ElementaryMath<Float32, float, FloatConstants>.Pow(a, b);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float32 Less(Float32 a, Float32 b) => Mask(a._value < b._value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float32 LessOrEqual(Float32 a, Float32 b) => Mask(a._value <= b._value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float32 Equal(Float32 a, Float32 b) => Mask(a._value == b._value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float32 And(Float32 a, Float32 b) =>
        new(BitConverter.Int32BitsToSingle(BitConverter.SingleToInt32Bits(a._value) & BitConverter.SingleToInt32Bits(b._value)));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float32 Or(Float32 a, Float32 b) =>
        new(BitConverter.Int32BitsToSingle(BitConverter.SingleToInt32Bits(a._value) | BitConverter.SingleToInt32Bits(b._value)));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float32 Not(Float32 a) => new(BitConverter.Int32BitsToSingle(~BitConverter.SingleToInt32Bits(a._value)));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float32 Select(Float32 mask, Float32 a, Float32 b) => BitConverter.SingleToInt32Bits(mask._value) != 0 ? a : b;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float32 SelectLess(Float32 a, Float32 b, Float32 x, Float32 y) => a._value < b._value ? x : y;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float32 SelectLessOrEqual(Float32 a, Float32 b, Float32 x, Float32 y) => a._value <= b._value ? x : y;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float32 SelectEqual(Float32 a, Float32 b, Float32 x, Float32 y) => a._value == b._value ? x : y;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float32 FirstLanes(int lanes) => Mask(lanes > 0);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float SumAcross(Float32 a) => a._value;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float MaxAcross(Float32 a) => a._value;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float MinAcross(Float32 a) => a._value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Float32 ISimdBits<Float32, float>.AddBits(Float32 a, Float32 b) =>
        new(BitConverter.Int32BitsToSingle(BitConverter.SingleToInt32Bits(a._value) + BitConverter.SingleToInt32Bits(b._value)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Float32 ISimdBits<Float32, float>.SubtractBits(Float32 a, Float32 b) =>
        new(BitConverter.Int32BitsToSingle(BitConverter.SingleToInt32Bits(a._value) - BitConverter.SingleToInt32Bits(b._value)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Float32 ISimdBits<Float32, float>.ShiftLeft(Float32 a, int bits) =>
        new(BitConverter.Int32BitsToSingle(BitConverter.SingleToInt32Bits(a._value) << bits));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Float32 ISimdBits<Float32, float>.ShiftRight(Float32 a, int bits) =>
        new(BitConverter.Int32BitsToSingle(BitConverter.SingleToInt32Bits(a._value) >>> bits));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Float32 ISimdBits<Float32, float>.ClampFast(Float32 a, Float32 low, Float32 high) => a._value < low._value ? low : a._value > high._value ? high : a;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Float32 ISimdBits<Float32, float>.Scale(Float32 a, Float32 n) => ElementaryMath<Float32, float, FloatConstants>.Scale(a, n);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Float32 Mask(bool holds) => new(BitConverter.Int32BitsToSingle(holds ? -1 : 0));
}
