using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace OptGen.Simd;

/// <summary>Two <see cref="double"/> lanes in one 128-bit register.</summary>
public readonly struct Double128 : ISimd<Double128, double>, ISimdBits<Double128, double>
{
    private readonly Vector128<double> _value;

    /// <summary>Wraps a vector.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Double128(Vector128<double> value) => _value = value;

    /// <summary>The vector itself.</summary>
    public Vector128<double> Value
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => _value;
    }

    /// <inheritdoc/>
    public static int Count
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => 2;
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
    public static Double128 Zero
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => default;
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Double128 Broadcast(double value) => new(Vector128.Create(value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Double128 Sequence(int start) => new(Vector128.Create((double)start) + Vector128<double>.Indices);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Double128 Random(uint key, int stream, nint start, nint stride) =>
        new(Vector128.ConvertToDouble(RandomLanes.Draw128(key, stream, start, stride)) * (1.0 / (1 << OptGen.Kernels.StepRandom.Bits)));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Double128 Load(ref readonly double source) => new(Vector128.LoadUnsafe(in source));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe Double128 LoadPartial(ref readonly double source, int lanes)
    {
        if (Avx.IsSupported)
        {
            fixed (double* address = &source)
                return new(Avx.MaskLoad(address, LaneMask(lanes)));
        }

        if (lanes >= Count)
            return Load(in source);
        ref double first = ref Unsafe.AsRef(in source);
        return new(Vector128.Create(lanes > 0 ? first : 0, 0));
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Double128 Gather(ref readonly double source, nint stride, int lanes)
    {
        Vector128<double> gathered = default;
        ref double lane = ref Unsafe.As<Vector128<double>, double>(ref gathered);
        for (int i = 0; i < Math.Min(lanes, Count); i++)
            Unsafe.Add(ref lane, i) = Unsafe.Add(ref Unsafe.AsRef(in source), i * stride);
        return new(gathered);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Double128 value, ref double destination) => value._value.StoreUnsafe(ref destination);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe void StorePartial(Double128 value, ref double destination, int lanes)
    {
        if (Avx.IsSupported)
        {
            fixed (double* address = &destination)
                Avx.MaskStore(address, LaneMask(lanes), value._value);
            return;
        }

        for (int i = 0; i < Math.Min(lanes, Count); i++)
            Unsafe.Add(ref destination, i) = value._value.GetElement(i);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Scatter(Double128 value, ref double destination, nint stride, int lanes)
    {
        Vector128<double> scattered = value._value;
        ref double lane = ref Unsafe.As<Vector128<double>, double>(ref scattered);
        for (int i = 0; i < Math.Min(lanes, Count); i++)
            Unsafe.Add(ref destination, i * stride) = Unsafe.Add(ref lane, i);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Double128 operator +(Double128 a, Double128 b) => new(a._value + b._value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Double128 operator -(Double128 a, Double128 b) => new(a._value - b._value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Double128 operator *(Double128 a, Double128 b) => new(a._value * b._value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Double128 operator /(Double128 a, Double128 b) => new(a._value / b._value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Double128 DivideEstimate(Double128 a, Double128 b) => a / b;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Double128 DivideByNormal(Double128 a, Double128 b) => a / b;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Double128 operator -(Double128 a) => new(-a._value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Double128 FusedMultiplyAdd(Double128 a, Double128 b, Double128 c) => new(Vector128.FusedMultiplyAdd(a._value, b._value, c._value));

    // Written to the sum itself: a result of its own would cost a move between registers for each product.
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void AddProduct(ref Double128 sum, Double128 a, double b) =>
        Unsafe.As<Double128, Vector128<double>>(ref sum) = Vector128.FusedMultiplyAdd(a._value, Vector128.Create(b), sum._value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Double128 Min(Double128 a, Double128 b)
    {
        // Where either is NaN the instruction gives b; a NaN of a comes in as the lane of a mask, all ones, which is NaN.
        Vector128<double> chosen = Vector128.MinNative(a._value, b._value);
        return new(chosen | ~Vector128.Equals(a._value, a._value));
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Double128 Max(Double128 a, Double128 b)
    {
        // Where either is NaN the instruction gives b; a NaN of a comes in as the lane of a mask, all ones, which is NaN.
        Vector128<double> chosen = Vector128.MaxNative(a._value, b._value);
        return new(chosen | ~Vector128.Equals(a._value, a._value));
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Double128 ClampMin(Double128 a, Double128 bound) => new(Vector128.MaxNative(bound._value, a._value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Double128 ClampMax(Double128 a, Double128 bound) => new(Vector128.MinNative(bound._value, a._value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Double128 Abs(Double128 a) => new(Vector128.Abs(a._value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Double128 Sign(Double128 a)
    {
        // a + 0 keeps NaN and makes −0 into 0.
        Vector128<double> zero = Vector128<double>.Zero;
        Vector128<double> notPositive = Vector128.ConditionalSelect(Vector128.LessThan(a._value, zero), Vector128.Create(-1.0), a._value + zero);
        return new(Vector128.ConditionalSelect(Vector128.GreaterThan(a._value, zero), Vector128<double>.One, notPositive));
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Double128 Floor(Double128 a) => new(Vector128.Floor(a._value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Double128 Sqrt(Double128 a) => new(Vector128.Sqrt(a._value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Double128 Cbrt(Double128 a) => ElementaryMath<Double128, double, DoubleConstants>.Cbrt(a);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Double128 FlushSubnormal(Double128 a)
    {
        Vector128<long> exponent = a._value.AsInt64() & Vector128.Create(0x7FF0000000000000L);
        return new(Vector128.ConditionalSelect(Vector128.Equals(exponent, Vector128<long>.Zero).AsDouble(), default, a._value));
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool MayBeSubnormal(Double128 a, Double128 b) =>
        Vector128.EqualsAny(a._value.AsInt64() & b._value.AsInt64() & Vector128.Create(0x7FF0000000000000L), Vector128<long>.Zero);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Double128 CopySign(Double128 a, Double128 b) => new(Vector128.ConditionalSelect(Vector128.Create(-0d), b._value, a._value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Double128 Exp(Double128 a) => ElementaryMath<Double128, double, DoubleConstants>.Exp(a);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Double128 Log(Double128 a) => ElementaryMath<Double128, double, DoubleConstants>.Log(a);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Double128 Tanh(Double128 a) => ElementaryMath<Double128, double, DoubleConstants>.Tanh(a);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Double128 Sigmoid(Double128 a) => ElementaryMath<Double128, double, DoubleConstants>.Sigmoid(a);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Double128 Erf(Double128 a) => ElementaryMath<Double128, double, DoubleConstants>.Erf(a);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Double128 Sin(Double128 a) => ElementaryMath<Double128, double, DoubleConstants>.Sin(a);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Double128 Cos(Double128 a) => ElementaryMath<Double128, double, DoubleConstants>.Cos(a);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Double128 Pow(Double128 a, Double128 b) => ElementaryMath<Double128, double, DoubleConstants>.Pow(a, b);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Double128 Less(Double128 a, Double128 b) => new(Vector128.LessThan(a._value, b._value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Double128 LessOrEqual(Double128 a, Double128 b) => new(Vector128.LessThanOrEqual(a._value, b._value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Double128 Equal(Double128 a, Double128 b) => new(Vector128.Equals(a._value, b._value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Double128 And(Double128 a, Double128 b) => new(a._value & b._value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Double128 Or(Double128 a, Double128 b) => new(a._value | b._value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Double128 Not(Double128 a) => new(~a._value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Double128 Select(Double128 mask, Double128 a, Double128 b) => new(Vector128.ConditionalSelect(mask._value, a._value, b._value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Double128 SelectLess(Double128 a, Double128 b, Double128 x, Double128 y) => new(Vector128.ConditionalSelect(Vector128.LessThan(a._value, b._value), x._value, y._value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Double128 SelectLessOrEqual(Double128 a, Double128 b, Double128 x, Double128 y) => new(Vector128.ConditionalSelect(Vector128.LessThanOrEqual(a._value, b._value), x._value, y._value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Double128 SelectEqual(Double128 a, Double128 b, Double128 x, Double128 y) => new(Vector128.ConditionalSelect(Vector128.Equals(a._value, b._value), x._value, y._value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Double128 FirstLanes(int lanes) => new(LaneMask(lanes));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double SumAcross(Double128 a) => a._value.GetElement(0) + a._value.GetElement(1);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double MaxAcross(Double128 a) => Math.Max(a._value.GetElement(0), a._value.GetElement(1));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double MinAcross(Double128 a) => Math.Min(a._value.GetElement(0), a._value.GetElement(1));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Double128 ISimdBits<Double128, double>.AddBits(Double128 a, Double128 b) => new((a._value.AsInt64() + b._value.AsInt64()).AsDouble());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Double128 ISimdBits<Double128, double>.SubtractBits(Double128 a, Double128 b) => new((a._value.AsInt64() - b._value.AsInt64()).AsDouble());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Double128 ISimdBits<Double128, double>.ShiftLeft(Double128 a, int bits) => new((a._value.AsInt64() << bits).AsDouble());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Double128 ISimdBits<Double128, double>.ShiftRight(Double128 a, int bits) => new((a._value.AsInt64() >>> bits).AsDouble());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Double128 ISimdBits<Double128, double>.ClampFast(Double128 a, Double128 low, Double128 high) =>
        new(Vector128.MinNative(high._value, Vector128.MaxNative(low._value, a._value)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Double128 ISimdBits<Double128, double>.Scale(Double128 a, Double128 n) =>
        Avx512F.VL.IsSupported ? new(Avx512F.VL.Scale(a._value, n._value)) : ElementaryMath<Double128, double, DoubleConstants>.Scale(a, n);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<double> LaneMask(int lanes) => Vector128.LessThan(Vector128<long>.Indices, Vector128.Create((long)lanes)).AsDouble();
}
