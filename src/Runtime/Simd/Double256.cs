using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace OptGen.Simd;

/// <summary>Four <see cref="double"/> lanes in one 256-bit register.</summary>
public readonly struct Double256 : ISimd<Double256, double>, ISimdBits<Double256, double>
{
    private readonly Vector256<double> _value;

    /// <summary>Wraps a vector.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Double256(Vector256<double> value) => _value = value;

    /// <summary>The vector itself.</summary>
    public Vector256<double> Value
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
        get => Avx512F.VL.IsSupported ? 32 : 16;
    }

    /// <inheritdoc/>
    public static bool IsSupported
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Vector256.IsHardwareAccelerated && Fma.IsSupported;
    }

    /// <inheritdoc/>
    public static Double256 Zero
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => default;
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Double256 Broadcast(double value) => new(Vector256.Create(value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Double256 Sequence(int start) => new(Vector256.Create((double)start) + Vector256<double>.Indices);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Double256 Random(uint key, int stream, nint start, nint stride) =>
        new(Vector256.ConvertToDouble(RandomLanes.Draw256(key, stream, start, stride)) * (1.0 / (1 << OptGen.Kernels.StepRandom.Bits)));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Double256 Load(ref readonly double source) => new(Vector256.LoadUnsafe(in source));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe Double256 LoadPartial(ref readonly double source, int lanes)
    {
        if (Avx.IsSupported)
        {
            fixed (double* address = &source)
                return new(Avx.MaskLoad(address, LaneMask(lanes)));
        }

        Double128 lower = Double128.LoadPartial(in source, lanes);
        Double128 upper = Double128.LoadPartial(in Unsafe.Add(ref Unsafe.AsRef(in source), 2), lanes - 2);
        return new(Vector256.Create(lower.Value, upper.Value));
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Double256 Gather(ref readonly double source, nint stride, int lanes)
    {
        Vector256<double> gathered = default;
        ref double lane = ref Unsafe.As<Vector256<double>, double>(ref gathered);
        for (int i = 0; i < Math.Min(lanes, Count); i++)
            Unsafe.Add(ref lane, i) = Unsafe.Add(ref Unsafe.AsRef(in source), i * stride);
        return new(gathered);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Double256 value, ref double destination) => value._value.StoreUnsafe(ref destination);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe void StorePartial(Double256 value, ref double destination, int lanes)
    {
        if (Avx.IsSupported)
        {
            fixed (double* address = &destination)
                Avx.MaskStore(address, LaneMask(lanes), value._value);
            return;
        }

        Double128.StorePartial(new(value._value.GetLower()), ref destination, lanes);
        Double128.StorePartial(new(value._value.GetUpper()), ref Unsafe.Add(ref destination, 2), lanes - 2);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Scatter(Double256 value, ref double destination, nint stride, int lanes)
    {
        Vector256<double> scattered = value._value;
        ref double lane = ref Unsafe.As<Vector256<double>, double>(ref scattered);
        for (int i = 0; i < Math.Min(lanes, Count); i++)
            Unsafe.Add(ref destination, i * stride) = Unsafe.Add(ref lane, i);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Double256 operator +(Double256 a, Double256 b) => new(a._value + b._value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Double256 operator -(Double256 a, Double256 b) => new(a._value - b._value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Double256 operator *(Double256 a, Double256 b) => new(a._value * b._value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Double256 operator /(Double256 a, Double256 b) => new(a._value / b._value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Double256 DivideEstimate(Double256 a, Double256 b) => a / b;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Double256 DivideByNormal(Double256 a, Double256 b) => a / b;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Double256 operator -(Double256 a) => new(-a._value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Double256 FusedMultiplyAdd(Double256 a, Double256 b, Double256 c) => new(Vector256.FusedMultiplyAdd(a._value, b._value, c._value));

    // Written to the sum itself: a result of its own would cost a move between registers for each product.
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void AddProduct(ref Double256 sum, Double256 a, double b) =>
        Unsafe.As<Double256, Vector256<double>>(ref sum) = Vector256.FusedMultiplyAdd(a._value, Vector256.Create(b), sum._value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Double256 Min(Double256 a, Double256 b)
    {
        // Where either is NaN the instruction gives b; a NaN of a comes in as the lane of a mask, all ones, which is NaN.
        Vector256<double> chosen = Vector256.MinNative(a._value, b._value);
        return new(chosen | ~Vector256.Equals(a._value, a._value));
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Double256 Max(Double256 a, Double256 b)
    {
        // Where either is NaN the instruction gives b; a NaN of a comes in as the lane of a mask, all ones, which is NaN.
        Vector256<double> chosen = Vector256.MaxNative(a._value, b._value);
        return new(chosen | ~Vector256.Equals(a._value, a._value));
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Double256 ClampMin(Double256 a, Double256 bound) => new(Vector256.MaxNative(bound._value, a._value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Double256 ClampMax(Double256 a, Double256 bound) => new(Vector256.MinNative(bound._value, a._value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Double256 Abs(Double256 a) => new(Vector256.Abs(a._value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Double256 Sign(Double256 a)
    {
        // a + 0 keeps NaN and makes −0 into 0.
        Vector256<double> zero = Vector256<double>.Zero;
        Vector256<double> notPositive = Vector256.ConditionalSelect(Vector256.LessThan(a._value, zero), Vector256.Create(-1.0), a._value + zero);
        return new(Vector256.ConditionalSelect(Vector256.GreaterThan(a._value, zero), Vector256<double>.One, notPositive));
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Double256 Floor(Double256 a) => new(Vector256.Floor(a._value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Double256 Sqrt(Double256 a) => new(Vector256.Sqrt(a._value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Double256 Cbrt(Double256 a) => ElementaryMath<Double256, double, DoubleConstants>.Cbrt(a);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Double256 FlushSubnormal(Double256 a)
    {
        Vector256<long> exponent = a._value.AsInt64() & Vector256.Create(0x7FF0000000000000L);
        return new(Vector256.ConditionalSelect(Vector256.Equals(exponent, Vector256<long>.Zero).AsDouble(), default, a._value));
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool MayBeSubnormal(Double256 a, Double256 b) =>
        Vector256.EqualsAny(a._value.AsInt64() & b._value.AsInt64() & Vector256.Create(0x7FF0000000000000L), Vector256<long>.Zero);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Double256 CopySign(Double256 a, Double256 b) => new(Vector256.ConditionalSelect(Vector256.Create(-0d), b._value, a._value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Double256 Exp(Double256 a) => ElementaryMath<Double256, double, DoubleConstants>.Exp(a);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Double256 Log(Double256 a) => ElementaryMath<Double256, double, DoubleConstants>.Log(a);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Double256 Tanh(Double256 a) => ElementaryMath<Double256, double, DoubleConstants>.Tanh(a);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Double256 Sigmoid(Double256 a) => ElementaryMath<Double256, double, DoubleConstants>.Sigmoid(a);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Double256 Erf(Double256 a) => ElementaryMath<Double256, double, DoubleConstants>.Erf(a);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Double256 Sin(Double256 a) => ElementaryMath<Double256, double, DoubleConstants>.Sin(a);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Double256 Cos(Double256 a) => ElementaryMath<Double256, double, DoubleConstants>.Cos(a);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Double256 Pow(Double256 a, Double256 b) => ElementaryMath<Double256, double, DoubleConstants>.Pow(a, b);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Double256 Less(Double256 a, Double256 b) => new(Vector256.LessThan(a._value, b._value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Double256 LessOrEqual(Double256 a, Double256 b) => new(Vector256.LessThanOrEqual(a._value, b._value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Double256 Equal(Double256 a, Double256 b) => new(Vector256.Equals(a._value, b._value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Double256 And(Double256 a, Double256 b) => new(a._value & b._value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Double256 Or(Double256 a, Double256 b) => new(a._value | b._value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Double256 Not(Double256 a) => new(~a._value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Double256 Select(Double256 mask, Double256 a, Double256 b) => new(Vector256.ConditionalSelect(mask._value, a._value, b._value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Double256 SelectLess(Double256 a, Double256 b, Double256 x, Double256 y) => new(Vector256.ConditionalSelect(Vector256.LessThan(a._value, b._value), x._value, y._value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Double256 SelectLessOrEqual(Double256 a, Double256 b, Double256 x, Double256 y) => new(Vector256.ConditionalSelect(Vector256.LessThanOrEqual(a._value, b._value), x._value, y._value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Double256 SelectEqual(Double256 a, Double256 b, Double256 x, Double256 y) => new(Vector256.ConditionalSelect(Vector256.Equals(a._value, b._value), x._value, y._value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Double256 FirstLanes(int lanes) => new(LaneMask(lanes));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double SumAcross(Double256 a) => Double128.SumAcross(new(a._value.GetLower() + a._value.GetUpper()));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double MaxAcross(Double256 a) => Double128.MaxAcross(new(Vector128.Max(a._value.GetLower(), a._value.GetUpper())));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double MinAcross(Double256 a) => Double128.MinAcross(new(Vector128.Min(a._value.GetLower(), a._value.GetUpper())));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Double256 ISimdBits<Double256, double>.AddBits(Double256 a, Double256 b) => new((a._value.AsInt64() + b._value.AsInt64()).AsDouble());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Double256 ISimdBits<Double256, double>.SubtractBits(Double256 a, Double256 b) => new((a._value.AsInt64() - b._value.AsInt64()).AsDouble());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Double256 ISimdBits<Double256, double>.ShiftLeft(Double256 a, int bits) => new((a._value.AsInt64() << bits).AsDouble());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Double256 ISimdBits<Double256, double>.ShiftRight(Double256 a, int bits) => new((a._value.AsInt64() >>> bits).AsDouble());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Double256 ISimdBits<Double256, double>.ClampFast(Double256 a, Double256 low, Double256 high) =>
        new(Vector256.MinNative(high._value, Vector256.MaxNative(low._value, a._value)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Double256 ISimdBits<Double256, double>.Scale(Double256 a, Double256 n) =>
        Avx512F.VL.IsSupported ? new(Avx512F.VL.Scale(a._value, n._value)) : ElementaryMath<Double256, double, DoubleConstants>.Scale(a, n);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<double> LaneMask(int lanes) => Vector256.LessThan(Vector256<long>.Indices, Vector256.Create((long)lanes)).AsDouble();
}
