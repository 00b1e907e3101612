using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace OptGen.Simd;

/// <summary>Eight <see cref="double"/> lanes in one 512-bit register.</summary>
public readonly struct Double512 : ISimd<Double512, double>, ISimdBits<Double512, double>
{
    private readonly Vector512<double> _value;

    /// <summary>Wraps a vector.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Double512(Vector512<double> value) => _value = value;

    /// <summary>The vector itself.</summary>
    public Vector512<double> Value
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
    public static Double512 Zero
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => default;
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Double512 Broadcast(double value) => new(Vector512.Create(value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Double512 Sequence(int start) => new(Vector512.Create((double)start) + Vector512<double>.Indices);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Double512 Random(uint key, int stream, nint start, nint stride) =>
        new(Vector512.ConvertToDouble(RandomLanes.Draw512(key, stream, start, stride)) * (1.0 / (1 << OptGen.Kernels.StepRandom.Bits)));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Double512 Load(ref readonly double source) => new(Vector512.LoadUnsafe(in source));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe Double512 LoadPartial(ref readonly double source, int lanes)
    {
        if (Avx512F.IsSupported)
        {
            fixed (double* address = &source)
                return new(Avx512F.MaskLoad(address, LaneMask(lanes), Vector512<double>.Zero));
        }

        Double256 lower = Double256.LoadPartial(in source, lanes);
        Double256 upper = Double256.LoadPartial(in Unsafe.Add(ref Unsafe.AsRef(in source), 4), lanes - 4);
        return new(Vector512.Create(lower.Value, upper.Value));
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Double512 Gather(ref readonly double source, nint stride, int lanes)
    {
        Vector512<double> gathered = default;
        ref double lane = ref Unsafe.As<Vector512<double>, double>(ref gathered);
        for (int i = 0; i < Math.Min(lanes, Count); i++)
            Unsafe.Add(ref lane, i) = Unsafe.Add(ref Unsafe.AsRef(in source), i * stride);
        return new(gathered);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Double512 value, ref double destination) => value._value.StoreUnsafe(ref destination);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe void StorePartial(Double512 value, ref double destination, int lanes)
    {
        if (Avx512F.IsSupported)
        {
            fixed (double* address = &destination)
                Avx512F.MaskStore(address, LaneMask(lanes), value._value);
            return;
        }

        Double256.StorePartial(new(value._value.GetLower()), ref destination, lanes);
        Double256.StorePartial(new(value._value.GetUpper()), ref Unsafe.Add(ref destination, 4), lanes - 4);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Scatter(Double512 value, ref double destination, nint stride, int lanes)
    {
        Vector512<double> scattered = value._value;
        ref double lane = ref Unsafe.As<Vector512<double>, double>(ref scattered);
        for (int i = 0; i < Math.Min(lanes, Count); i++)
            Unsafe.Add(ref destination, i * stride) = Unsafe.Add(ref lane, i);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Double512 operator +(Double512 a, Double512 b) => new(a._value + b._value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Double512 operator -(Double512 a, Double512 b) => new(a._value - b._value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Double512 operator *(Double512 a, Double512 b) => new(a._value * b._value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Double512 operator /(Double512 a, Double512 b) => new(a._value / b._value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Double512 DivideEstimate(Double512 a, Double512 b) => a / b;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Double512 DivideByNormal(Double512 a, Double512 b) => a / b;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Double512 operator -(Double512 a) => new(-a._value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Double512 FusedMultiplyAdd(Double512 a, Double512 b, Double512 c) => new(Vector512.FusedMultiplyAdd(a._value, b._value, c._value));

    // Written to the sum itself: a result of its own would cost a move between registers for each product.
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void AddProduct(ref Double512 sum, Double512 a, double b) =>
        Unsafe.As<Double512, Vector512<double>>(ref sum) = Vector512.FusedMultiplyAdd(a._value, Vector512.Create(b), sum._value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Double512 Min(Double512 a, Double512 b)
    {
        // Where either is NaN the instruction gives b, so a NaN of a is put in: 2 is the response to quiet NaN (the lowest digit) and to signalling NaN.
        Vector512<double> chosen = Vector512.MinNative(a._value, b._value);
        return new(Avx512F.IsSupported
            ? Avx512F.Fixup(chosen, a._value, Vector512.Create(0x22L), 0)
            : Vector512.ConditionalSelect(Vector512.Equals(a._value, a._value), chosen, a._value));
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Double512 Max(Double512 a, Double512 b)
    {
        // Where either is NaN the instruction gives b, so a NaN of a is put in: 2 is the response to quiet NaN (the lowest digit) and to signalling NaN.
        Vector512<double> chosen = Vector512.MaxNative(a._value, b._value);
        return new(Avx512F.IsSupported
            ? Avx512F.Fixup(chosen, a._value, Vector512.Create(0x22L), 0)
            : Vector512.ConditionalSelect(Vector512.Equals(a._value, a._value), chosen, a._value));
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Double512 ClampMin(Double512 a, Double512 bound) => new(Vector512.MaxNative(bound._value, a._value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Double512 ClampMax(Double512 a, Double512 bound) => new(Vector512.MinNative(bound._value, a._value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Double512 Abs(Double512 a) => new(Vector512.Abs(a._value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Double512 Sign(Double512 a)
    {
        // What becomes of NaN (quiet or not), zero, one, −∞, ∞, negative and positive numbers, from the lowest digit on: 2 is the NaN, 8, 9 and A are 0, −1 and 1.
        if (Avx512F.IsSupported)
            return new(Avx512F.Fixup(a._value, a._value, Vector512.Create(unchecked((long)0xA9A9A822)), 0));

        // a + 0 keeps NaN and makes −0 into 0.
        Vector512<double> zero = Vector512<double>.Zero;
        Vector512<double> notPositive = Vector512.ConditionalSelect(Vector512.LessThan(a._value, zero), Vector512.Create(-1.0), a._value + zero);
        return new(Vector512.ConditionalSelect(Vector512.GreaterThan(a._value, zero), Vector512<double>.One, notPositive));
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Double512 Floor(Double512 a) => new(Vector512.Floor(a._value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Double512 Sqrt(Double512 a) => new(Vector512.Sqrt(a._value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Double512 Cbrt(Double512 a) => ElementaryMath<Double512, double, DoubleConstants>.Cbrt(a);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Double512 FlushSubnormal(Double512 a)
    {
        Vector512<long> exponent = a._value.AsInt64() & Vector512.Create(0x7FF0000000000000L);
        return new(Vector512.ConditionalSelect(Vector512.Equals(exponent, Vector512<long>.Zero).AsDouble(), default, a._value));
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool MayBeSubnormal(Double512 a, Double512 b) =>
        Vector512.EqualsAny(a._value.AsInt64() & b._value.AsInt64() & Vector512.Create(0x7FF0000000000000L), Vector512<long>.Zero);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Double512 CopySign(Double512 a, Double512 b) => new(Vector512.ConditionalSelect(Vector512.Create(-0d), b._value, a._value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Double512 Exp(Double512 a) => ElementaryMath<Double512, double, DoubleConstants>.Exp(a);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Double512 Log(Double512 a) => ElementaryMath<Double512, double, DoubleConstants>.Log(a);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Double512 Tanh(Double512 a) => ElementaryMath<Double512, double, DoubleConstants>.Tanh(a);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Double512 Sigmoid(Double512 a) => ElementaryMath<Double512, double, DoubleConstants>.Sigmoid(a);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Double512 Erf(Double512 a) => ElementaryMath<Double512, double, DoubleConstants>.Erf(a);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Double512 Sin(Double512 a) => ElementaryMath<Double512, double, DoubleConstants>.Sin(a);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Double512 Cos(Double512 a) => ElementaryMath<Double512, double, DoubleConstants>.Cos(a);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Double512 Pow(Double512 a, Double512 b) => ElementaryMath<Double512, double, DoubleConstants>.Pow(a, b);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Double512 Less(Double512 a, Double512 b) => new(Vector512.LessThan(a._value, b._value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Double512 LessOrEqual(Double512 a, Double512 b) => new(Vector512.LessThanOrEqual(a._value, b._value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Double512 Equal(Double512 a, Double512 b) => new(Vector512.Equals(a._value, b._value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Double512 And(Double512 a, Double512 b) => new(a._value & b._value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Double512 Or(Double512 a, Double512 b) => new(a._value | b._value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Double512 Not(Double512 a) => new(~a._value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Double512 Select(Double512 mask, Double512 a, Double512 b) => new(Vector512.ConditionalSelect(mask._value, a._value, b._value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Double512 SelectLess(Double512 a, Double512 b, Double512 x, Double512 y) => new(Vector512.ConditionalSelect(Vector512.LessThan(a._value, b._value), x._value, y._value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Double512 SelectLessOrEqual(Double512 a, Double512 b, Double512 x, Double512 y) => new(Vector512.ConditionalSelect(Vector512.LessThanOrEqual(a._value, b._value), x._value, y._value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Double512 SelectEqual(Double512 a, Double512 b, Double512 x, Double512 y) => new(Vector512.ConditionalSelect(Vector512.Equals(a._value, b._value), x._value, y._value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Double512 FirstLanes(int lanes) => new(LaneMask(lanes));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double SumAcross(Double512 a) => Double256.SumAcross(new(a._value.GetLower() + a._value.GetUpper()));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double MaxAcross(Double512 a) => Double256.MaxAcross(new(Vector256.Max(a._value.GetLower(), a._value.GetUpper())));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double MinAcross(Double512 a) => Double256.MinAcross(new(Vector256.Min(a._value.GetLower(), a._value.GetUpper())));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Double512 ISimdBits<Double512, double>.AddBits(Double512 a, Double512 b) => new((a._value.AsInt64() + b._value.AsInt64()).AsDouble());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Double512 ISimdBits<Double512, double>.SubtractBits(Double512 a, Double512 b) => new((a._value.AsInt64() - b._value.AsInt64()).AsDouble());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Double512 ISimdBits<Double512, double>.ShiftLeft(Double512 a, int bits) => new((a._value.AsInt64() << bits).AsDouble());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Double512 ISimdBits<Double512, double>.ShiftRight(Double512 a, int bits) => new((a._value.AsInt64() >>> bits).AsDouble());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Double512 ISimdBits<Double512, double>.ClampFast(Double512 a, Double512 low, Double512 high) =>
        new(Vector512.MinNative(high._value, Vector512.MaxNative(low._value, a._value)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Double512 ISimdBits<Double512, double>.Scale(Double512 a, Double512 n) =>
        Avx512F.IsSupported ? new(Avx512F.Scale(a._value, n._value)) : ElementaryMath<Double512, double, DoubleConstants>.Scale(a, n);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<double> LaneMask(int lanes) => Vector512.LessThan(Vector512<long>.Indices, Vector512.Create((long)lanes)).AsDouble();
}
