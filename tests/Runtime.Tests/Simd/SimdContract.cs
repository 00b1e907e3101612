using System.Numerics;
using System.Runtime.CompilerServices;
using OptGen.Simd;

namespace OptGen.Runtime.Tests.Simd;

public sealed class Float512Tests : SimdContract<Float512, float>;

public sealed class Float256Tests : SimdContract<Float256, float>;

public sealed class Float128Tests : SimdContract<Float128, float>;

public sealed class Float32Tests : SimdContract<Float32, float>;

public sealed class Double512Tests : SimdContract<Double512, double>;

public sealed class Double256Tests : SimdContract<Double256, double>;

public sealed class Double128Tests : SimdContract<Double128, double>;

public sealed class Double64Tests : SimdContract<Double64, double>;

/// <summary>
/// What every wrapper must do, lane by lane, against the scalar operation of .NET. It holds at any width, on a processor that executes it or not.
/// </summary>
public abstract class SimdContract<V, T>
    where V : struct, ISimd<V, T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>, IMinMaxValue<T>
{
    private static readonly T s_guard = T.CreateChecked(-77);

    private static readonly T[] s_awkward =
    [
        T.Zero, T.NegativeZero, T.One, T.NegativeOne, T.NaN, T.PositiveInfinity, T.NegativeInfinity, T.Epsilon, -T.Epsilon, T.MaxValue, T.MinValue,
        T.CreateChecked(0.5), T.CreateChecked(-0.5), T.CreateChecked(2.5), T.CreateChecked(-2.5), T.CreateChecked(1e-20), T.CreateChecked(1.0 / 3),
        T.CreateChecked(-1e10), T.CreateChecked(8388609), T.Pi,
    ];

    /// <summary>The smallest normal number, the largest subnormal one and their negatives.</summary>
    private static readonly T[] s_extremes = [SmallestNormal, T.BitDecrement(SmallestNormal), -SmallestNormal, -T.BitDecrement(SmallestNormal)];

    private static T SmallestNormal => T.CreateChecked(Unsafe.SizeOf<T>() == sizeof(float) ? 1.17549435E-38f : 2.2250738585072014E-308);

    [Fact]
    public void Count_is_the_number_of_elements_that_fit()
    {
        int bits = int.Parse(typeof(V).Name.AsSpan("Float".Length).TrimStart('e'));
        Assert.Equal(bits / 8 / Unsafe.SizeOf<T>(), V.Count);
        Assert.True(V.Registers is 16 or 32);
    }

    [Fact]
    public void Zero_broadcast_and_sequence_fill_every_lane()
    {
        Assert.All(Lanes(V.Zero), lane => Same(T.Zero, lane));
        Assert.All(Lanes(V.Broadcast(T.Pi)), lane => Same(T.Pi, lane));
        T[] sequence = Lanes(V.Sequence(5));
        for (int i = 0; i < V.Count; i++)
            Same(T.CreateChecked(5 + i), sequence[i]);
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(7, 3)]
    [InlineData(1_000_003, 28 * 28)]
    [InlineData((long)uint.MaxValue - 5, 1)]
    public void Random_numbers_are_those_of_each_position(long start, int stride)
    {
        foreach (uint key in (uint[])[0, 12345, uint.MaxValue])
        {
            T[] random = Lanes(V.Random(key, 3, (nint)start, stride));
            for (int i = 0; i < V.Count; i++)
                Same(T.CreateChecked(OptGen.Kernels.StepRandom.Uniform(key, 3, start + (i * (long)stride))), random[i]);
        }
    }

    [Fact]
    public void Partial_loads_take_the_first_lanes_and_zero_the_rest()
    {
        T[] source = Numbers();
        for (int lanes = 0; lanes <= V.Count; lanes++)
        {
            T[] loaded = Lanes(V.LoadPartial(in source[0], lanes));
            for (int i = 0; i < V.Count; i++)
                Same(i < lanes ? source[i] : T.Zero, loaded[i]);
        }

        Assert.Equal(Lanes(V.Load(in source[0])), Lanes(V.LoadPartial(in source[0], V.Count + 9)));
    }

    [Fact]
    public void Partial_stores_leave_the_neighbours_alone()
    {
        T[] source = Numbers();
        for (int lanes = 0; lanes <= V.Count; lanes++)
        {
            T[] destination = new T[V.Count + 2];
            Array.Fill(destination, s_guard);
            V.StorePartial(V.Load(in source[0]), ref destination[1], lanes);
            for (int i = -1; i <= V.Count; i++)
                Same(i >= 0 && i < lanes ? source[i] : s_guard, destination[i + 1]);
        }
    }

    [Fact]
    public unsafe void Partial_access_does_not_touch_a_page_that_is_not_there()
    {
        using var pages = new GuardedPages();
        T[] source = Numbers();
        for (int lanes = 1; lanes <= V.Count; lanes++)
        {
            ref T last = ref Unsafe.AsRef<T>((void*)(pages.End - (lanes * Unsafe.SizeOf<T>())));
            V.StorePartial(V.Load(in source[0]), ref last, lanes);
            Assert.Equal(source[..lanes], Lanes(V.LoadPartial(in last, lanes))[..lanes]);
        }
    }

    [Fact]
    public void Gather_and_scatter_step_by_the_stride()
    {
        foreach (int stride in new[] { 1, 3, -2, 0 })
        {
            T[] source = Sequence(200);
            for (int lanes = 0; lanes <= V.Count; lanes++)
            {
                T[] gathered = Lanes(V.Gather(in source[100], stride, lanes));
                T[] destination = new T[200];
                Array.Fill(destination, s_guard);
                V.Scatter(V.Sequence(1), ref destination[100], stride, lanes);
                T[] expected = new T[200];
                Array.Fill(expected, s_guard);
                for (int i = 0; i < V.Count; i++)
                {
                    Same(i < lanes ? source[100 + (i * stride)] : T.Zero, gathered[i]);
                    if (i < lanes)
                        expected[100 + (i * stride)] = T.CreateChecked(1 + i);
                }

                Assert.Equal(expected, destination);
            }
        }
    }

    [Fact]
    public void Arithmetic_equals_the_scalar_operation()
    {
        Binary((a, b) => a + b, (a, b) => a + b);
        Binary((a, b) => a - b, (a, b) => a - b);
        Binary((a, b) => a * b, (a, b) => a * b);
        Binary((a, b) => a / b, (a, b) => a / b);
        Unary(a => -a, a => -a);
        foreach (T c in s_awkward)
        {
            Binary((a, b) => V.FusedMultiplyAdd(a, b, V.Broadcast(c)), (a, b) => T.FusedMultiplyAdd(a, b, c));
            Binary((a, sum) => WithProduct(sum, a, c), (a, sum) => T.FusedMultiplyAdd(a, c, sum));
        }

        static V WithProduct(V sum, V a, T b)
        {
            V.AddProduct(ref sum, a, b);
            return sum;
        }
    }

    [Fact]
    public void Min_and_max_give_NaN_if_either_is_and_of_two_zeros_the_second()
    {
        Binary(V.Min, (a, b) => T.IsZero(a) && T.IsZero(b) ? b : T.Min(a, b));
        Binary(V.Max, (a, b) => T.IsZero(a) && T.IsZero(b) ? b : T.Max(a, b));
    }

    [Fact]
    public void A_clamped_NaN_stays_NaN_and_of_equal_numbers_the_first_is_kept()
    {
        foreach (T bound in s_awkward.Where(number => !T.IsNaN(number)))
        {
            Unary(a => V.ClampMin(a, V.Broadcast(bound)), a => bound > a ? bound : a);
            Unary(a => V.ClampMax(a, V.Broadcast(bound)), a => bound < a ? bound : a);
        }
    }

    [Fact]
    public void Functions_of_one_number_equal_the_scalar_operation()
    {
        Unary(V.Abs, T.Abs);
        Unary(V.Floor, T.Floor);
        Unary(V.Sqrt, T.Sqrt);
        Unary(V.Sign, a => T.IsNaN(a) ? T.NaN : T.CreateChecked(T.Sign(a)));
        Binary(V.CopySign, T.CopySign);
    }

    [Fact]
    public void Subnormal_numbers_are_flushed_and_nothing_else_is()
    {
        Unary(V.FlushSubnormal, a => T.IsSubnormal(a) || T.IsZero(a) ? T.Zero : a);
        foreach (T a in s_extremes)
            Assert.All(Lanes(V.FlushSubnormal(V.Broadcast(a))), lane => Same(T.IsSubnormal(a) ? T.Zero : a, lane));
    }

    [Fact]
    public void No_subnormal_number_is_overlooked_in_any_lane()
    {
        V ones = V.Broadcast(T.One);
        Assert.False(V.MayBeSubnormal(ones, V.Broadcast(T.NaN)));
        foreach (T a in s_extremes.Concat(s_awkward).Where(T.IsSubnormal))
        {
            for (int position = 0; position < V.Count; position++)
            {
                T[] lanes = Lanes(ones);
                lanes[position] = a;
                Assert.True(V.MayBeSubnormal(V.Load(in lanes[0]), ones));
                Assert.True(V.MayBeSubnormal(ones, V.Load(in lanes[0])));
            }
        }
    }

    [Fact]
    public void Comparisons_are_all_ones_or_all_zeros_and_false_of_NaN()
    {
        Comparison(V.Less, (a, b) => a < b);
        Comparison(V.LessOrEqual, (a, b) => a <= b);
        Comparison(V.Equal, (a, b) => a == b);
    }

    [Fact]
    public void Masks_combine_and_select()
    {
        V yes = V.Equal(V.Zero, V.Zero), no = V.Less(V.Zero, V.Zero), one = V.Broadcast(T.One), two = V.Broadcast(T.CreateChecked(2));
        foreach ((V a, bool x) in new[] { (yes, true), (no, false) })
        {
            Assert.All(Lanes(V.Select(V.Not(a), one, two)), lane => Assert.Equal(x ? 2 : 1, int.CreateChecked(lane)));
            foreach ((V b, bool y) in new[] { (yes, true), (no, false) })
            {
                Assert.All(Lanes(V.Select(V.And(a, b), one, two)), lane => Assert.Equal(x && y ? 1 : 2, int.CreateChecked(lane)));
                Assert.All(Lanes(V.Select(V.Or(a, b), one, two)), lane => Assert.Equal(x || y ? 1 : 2, int.CreateChecked(lane)));
            }
        }
    }

    [Fact]
    public void Select_keeps_the_bits_of_NaN_and_negative_zero()
    {
        V mask = V.Less(V.Sequence(0), V.Broadcast(T.CreateChecked(V.Count / 2)));
        T[] selected = Lanes(V.Select(mask, V.Broadcast(T.NegativeZero), V.Broadcast(T.NaN)));
        for (int i = 0; i < V.Count; i++)
            Same(i < V.Count / 2 ? T.NegativeZero : T.NaN, selected[i]);
    }

    [Fact]
    public void First_lanes_is_the_mask_of_a_partial_load()
    {
        for (int lanes = 0; lanes <= V.Count; lanes++)
        {
            T[] selected = Lanes(V.Select(V.FirstLanes(lanes), V.Broadcast(T.One), V.Zero));
            Assert.Equal(lanes, selected.Count(lane => lane == T.One));
            Assert.All(selected[..lanes], lane => Same(T.One, lane));
        }
    }

    [Fact]
    public void Sums_and_extremes_cover_every_lane()
    {
        T[] numbers = Sequence(V.Count);
        Same(T.CreateChecked(V.Count * (V.Count - 1) / 2), V.SumAcross(V.Load(in numbers[0])));
        for (int position = 0; position < V.Count; position++)
        {
            T[] lanes = new T[V.Count];
            lanes[position] = T.CreateChecked(3);
            Same(T.CreateChecked(3), V.SumAcross(V.Load(in lanes[0])));
            Same(T.CreateChecked(3), V.MaxAcross(V.Load(in lanes[0])));
            lanes[position] = T.CreateChecked(-3);
            Same(T.CreateChecked(-3), V.MinAcross(V.Load(in lanes[0])));
            lanes[position] = T.NaN;
            Same(T.NaN, V.MinAcross(V.Load(in lanes[0])));
            Same(T.NaN, V.MaxAcross(V.Load(in lanes[0])));
        }
    }

    private static void Unary(Func<V, V> vector, Func<T, T> scalar)
    {
        foreach (T a in s_awkward)
            Assert.All(Lanes(vector(V.Broadcast(a))), lane => Same(scalar(a), lane));
    }

    private static void Binary(Func<V, V, V> vector, Func<T, T, T> scalar)
    {
        // Each lane has a different first operand, so that a swapped lane shows.
        for (int start = 0; start < s_awkward.Length; start++)
        {
            T[] a = [.. Enumerable.Range(start, V.Count).Select(i => s_awkward[i % s_awkward.Length])];
            foreach (T b in s_awkward)
            {
                T[] result = Lanes(vector(V.Load(in a[0]), V.Broadcast(b)));
                for (int i = 0; i < V.Count; i++)
                    Same(scalar(a[i], b), result[i]);
            }
        }
    }

    private static void Comparison(Func<V, V, V> vector, Func<T, T, bool> scalar)
    {
        V one = V.Broadcast(T.One);
        Binary((a, b) => V.Select(vector(a, b), one, V.Zero), (a, b) => scalar(a, b) ? T.One : T.Zero);
        Binary((a, b) => V.Select(V.Not(vector(a, b)), one, V.Zero), (a, b) => scalar(a, b) ? T.Zero : T.One);
    }

    private static T[] Numbers() => [.. Enumerable.Range(0, V.Count).Select(i => T.CreateChecked((i * 1.25) - 3))];

    private static T[] Sequence(int length) => [.. Enumerable.Range(0, length).Select(T.CreateChecked)];

    private static T[] Lanes(V value)
    {
        T[] lanes = new T[V.Count];
        V.Store(value, ref lanes[0]);
        return lanes;
    }

    /// <summary>Equal to the last bit, except that one NaN is as good as another.</summary>
    private static void Same(T expected, T actual)
    {
        bool same = expected == actual ? T.IsNegative(expected) == T.IsNegative(actual) : T.IsNaN(expected) && T.IsNaN(actual);
        if (!same)
            Assert.Fail($"expected {expected}, got {actual}");
    }
}
