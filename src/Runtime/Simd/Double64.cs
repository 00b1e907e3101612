using System.Runtime.CompilerServices;

namespace OptGen.Simd;

/// <summary>One <see cref="double"/> lane: the scalar form of a kernel.</summary>
public readonly struct Double64 : ISimd<Double64, double>, ISimdBits<Double64, double>
{
    private readonly double _value;

    /// <summary>Wraps a number.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Double64(double value) => _value = value;

    /// <summary>The number itself.</summary>
    public double Value
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
        get => Double128.Registers;
    }

    /// <inheritdoc/>
    public static bool IsSupported
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => true;
    }

    /// <inheritdoc/>
    public static Double64 Zero
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => default;
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Double64 Broadcast(double value) => new(value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Double64 Sequence(int start) => new(start);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Double64 Random(uint key, int stream, nint start, nint stride) => new(OptGen.Kernels.StepRandom.Uniform(key, stream, start));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Double64 Load(ref readonly double source) => new(source);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Double64 LoadPartial(ref readonly double source, int lanes) => lanes > 0 ? new(source) : default;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Double64 Gather(ref readonly double source, nint stride, int lanes) => lanes > 0 ? new(source) : default;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Double64 value, ref double destination) => destination = value._value;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StorePartial(Double64 value, ref double destination, int lanes)
    {
        if (lanes > 0)
            destination = value._value;
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Scatter(Double64 value, ref double destination, nint stride, int lanes)
    {
        if (lanes > 0)
            destination = value._value;
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Double64 operator +(Double64 a, Double64 b) => new(a._value + b._value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Double64 operator -(Double64 a, Double64 b) => new(a._value - b._value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Double64 operator *(Double64 a, Double64 b) => new(a._value * b._value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Double64 operator /(Double64 a, Double64 b) => new(a._value / b._value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Double64 DivideEstimate(Double64 a, Double64 b) => a / b;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Double64 DivideByNormal(Double64 a, Double64 b) => a / b;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Double64 operator -(Double64 a) => new(-a._value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Double64 FusedMultiplyAdd(Double64 a, Double64 b, Double64 c) => new(Math.FusedMultiplyAdd(a._value, b._value, c._value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void AddProduct(ref Double64 sum, Double64 a, double b) => sum = new(Math.FusedMultiplyAdd(a._value, b, sum._value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Double64 Min(Double64 a, Double64 b) => a._value < b._value || double.IsNaN(a._value) ? a : b;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Double64 Max(Double64 a, Double64 b) => a._value > b._value || double.IsNaN(a._value) ? a : b;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Double64 ClampMin(Double64 a, Double64 bound) => new(bound._value > a._value ? bound._value : a._value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Double64 ClampMax(Double64 a, Double64 bound) => new(bound._value < a._value ? bound._value : a._value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Double64 Abs(Double64 a) => new(Math.Abs(a._value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Double64 Sign(Double64 a)
    {
        // a + 0 keeps NaN and makes −0 into 0.
        double notPositive = a._value < 0 ? -1 : a._value + 0;
        return new(a._value > 0 ? 1 : notPositive);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Double64 Floor(Double64 a) => new(Math.Floor(a._value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Double64 Sqrt(Double64 a) => new(Math.Sqrt(a._value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Double64 Cbrt(Double64 a) => ElementaryMath<Double64, double, DoubleConstants>.Cbrt(a);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Double64 FlushSubnormal(Double64 a) => Math.Abs(a._value) < 2.2250738585072014E-308 ? default : a;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool MayBeSubnormal(Double64 a, Double64 b) => (BitConverter.DoubleToInt64Bits(a._value) & BitConverter.DoubleToInt64Bits(b._value) & 0x7FF0000000000000L) == 0;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Double64 CopySign(Double64 a, Double64 b) => new(Math.CopySign(a._value, b._value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Double64 Exp(Double64 a) => ElementaryMath<Double64, double, DoubleConstants>.Exp(a);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Double64 Log(Double64 a) => ElementaryMath<Double64, double, DoubleConstants>.Log(a);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Double64 Tanh(Double64 a) => ElementaryMath<Double64, double, DoubleConstants>.Tanh(a);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Double64 Sigmoid(Double64 a) => ElementaryMath<Double64, double, DoubleConstants>.Sigmoid(a);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Double64 Erf(Double64 a) => ElementaryMath<Double64, double, DoubleConstants>.Erf(a);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Double64 Sin(Double64 a) => ElementaryMath<Double64, double, DoubleConstants>.Sin(a);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Double64 Cos(Double64 a) => ElementaryMath<Double64, double, DoubleConstants>.Cos(a);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Double64 Pow(Double64 a, Double64 b) => ElementaryMath<Double64, double, DoubleConstants>.Pow(a, b);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Double64 Less(Double64 a, Double64 b) => Mask(a._value < b._value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Double64 LessOrEqual(Double64 a, Double64 b) => Mask(a._value <= b._value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Double64 Equal(Double64 a, Double64 b) => Mask(a._value == b._value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Double64 And(Double64 a, Double64 b) =>
        new(BitConverter.Int64BitsToDouble(BitConverter.DoubleToInt64Bits(a._value) & BitConverter.DoubleToInt64Bits(b._value)));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Double64 Or(Double64 a, Double64 b) =>
        new(BitConverter.Int64BitsToDouble(BitConverter.DoubleToInt64Bits(a._value) | BitConverter.DoubleToInt64Bits(b._value)));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Double64 Not(Double64 a) => new(BitConverter.Int64BitsToDouble(~BitConverter.DoubleToInt64Bits(a._value)));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Double64 Select(Double64 mask, Double64 a, Double64 b) => BitConverter.DoubleToInt64Bits(mask._value) != 0 ? a : b;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Double64 SelectLess(Double64 a, Double64 b, Double64 x, Double64 y) => a._value < b._value ? x : y;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Double64 SelectLessOrEqual(Double64 a, Double64 b, Double64 x, Double64 y) => a._value <= b._value ? x : y;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Double64 SelectEqual(Double64 a, Double64 b, Double64 x, Double64 y) => a._value == b._value ? x : y;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Double64 FirstLanes(int lanes) => Mask(lanes > 0);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double SumAcross(Double64 a) => a._value;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double MaxAcross(Double64 a) => a._value;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double MinAcross(Double64 a) => a._value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Double64 ISimdBits<Double64, double>.AddBits(Double64 a, Double64 b) =>
        new(BitConverter.Int64BitsToDouble(BitConverter.DoubleToInt64Bits(a._value) + BitConverter.DoubleToInt64Bits(b._value)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Double64 ISimdBits<Double64, double>.SubtractBits(Double64 a, Double64 b) =>
        new(BitConverter.Int64BitsToDouble(BitConverter.DoubleToInt64Bits(a._value) - BitConverter.DoubleToInt64Bits(b._value)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Double64 ISimdBits<Double64, double>.ShiftLeft(Double64 a, int bits) =>
        new(BitConverter.Int64BitsToDouble(BitConverter.DoubleToInt64Bits(a._value) << bits));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Double64 ISimdBits<Double64, double>.ShiftRight(Double64 a, int bits) =>
        new(BitConverter.Int64BitsToDouble(BitConverter.DoubleToInt64Bits(a._value) >>> bits));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Double64 ISimdBits<Double64, double>.ClampFast(Double64 a, Double64 low, Double64 high) =>
        a._value < low._value ? low : a._value > high._value ? high : a;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Double64 ISimdBits<Double64, double>.Scale(Double64 a, Double64 n) => ElementaryMath<Double64, double, DoubleConstants>.Scale(a, n);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Double64 Mask(bool holds) => new(BitConverter.Int64BitsToDouble(holds ? -1 : 0));
}
