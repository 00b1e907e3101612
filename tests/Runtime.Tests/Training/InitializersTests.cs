using System.Reflection;

namespace OptGen.Runtime.Tests.Training;

/// <summary>Every initializer against its mean, variance and shape; new ones are found by reflection.</summary>
public sealed class InitializersTests
{
    private const int FanIn = 40, FanOut = 24, Repeats = 50;

    /// <summary>Initializers that draw every element alike, with the variance at gain 1 and the most that an element can be in standard deviations.</summary>
    private static readonly Dictionary<Init, (double Variance, double Bound)> s_random = new()
    {
        [Init.Uniform] = (1.0 / 3, Math.Sqrt(3)),
        [Init.Normal] = (1, double.PositiveInfinity),
        [Init.TruncatedNormal] = (0.7737, 2 / Math.Sqrt(0.7737)),
        [Init.FanInUniform] = (1.0 / 3 / FanIn, Math.Sqrt(3)),
        [Init.LeCunNormal] = (1.0 / FanIn, double.PositiveInfinity),
        [Init.LeCunUniform] = (1.0 / FanIn, Math.Sqrt(3)),
        [Init.GlorotNormal] = (2.0 / (FanIn + FanOut), double.PositiveInfinity),
        [Init.GlorotUniform] = (2.0 / (FanIn + FanOut), Math.Sqrt(3)),
        [Init.GeometricMeanNormal] = (1 / Math.Sqrt(FanIn * FanOut), double.PositiveInfinity),
        [Init.HeNormal] = (2.0 / FanIn, double.PositiveInfinity),
        [Init.HeUniform] = (2.0 / FanIn, Math.Sqrt(3)),
        [Init.HeNormalFanOut] = (2.0 / FanOut, double.PositiveInfinity),
        [Init.HeUniformFanOut] = (2.0 / FanOut, Math.Sqrt(3)),
        [Init.Orthogonal] = (1.0 / FanIn, double.PositiveInfinity),
        [Init.DeltaOrthogonal] = (1.0 / FanIn, double.PositiveInfinity),
        [Init.Sparse] = (15.0 / FanIn, double.PositiveInfinity),
    };

    private static readonly Init[] s_others = [Init.Zero, Init.One, Init.Constant, Init.UnitUniform, Init.Identity];

    public static TheoryData<Init> Random => [.. s_random.Keys];

    public static TheoryData<Init> All => [.. Enum.GetValues<Init>()];

    [Fact]
    public void Every_name_is_an_initializer_and_every_initializer_has_a_name()
    {
        string[] methods = [.. typeof(Initializers).GetMethods(BindingFlags.Public | BindingFlags.Static).Select(method => method.Name).Where(name => name != "Fill")];
        Assert.Equal(Enum.GetNames<Init>().Order(StringComparer.Ordinal), methods.Order(StringComparer.Ordinal));
        Assert.Equal(Enum.GetValues<Init>().Order(), s_random.Keys.Concat(s_others).Order());
    }

    [Theory]
    [MemberData(nameof(Random))]
    public void Random_initializers_have_mean_0_their_variance_and_shape(Init init)
    {
        const float gain = 0.5f;
        double[] values = [.. Enumerable.Range(0, Repeats).SelectMany(stream => Filled(init, [FanIn, FanOut], gain, seed: 11, stream))];
        double variance = s_random[init].Variance * gain * gain, deviation = Math.Sqrt(variance);

        Assert.InRange(values.Average(), -5 * deviation / Math.Sqrt(values.Length), 5 * deviation / Math.Sqrt(values.Length));
        Assert.InRange(values.Average(v => v * v) / variance, 0.96, 1.04);

        // A uniform distribution ends at √3 deviations; a normal one of this many draws passes 3.
        double largest = values.Max(Math.Abs) / deviation, bound = s_random[init].Bound;
        Assert.InRange(largest, double.IsFinite(bound) ? 0.999 * bound : 3, double.IsFinite(bound) ? 1.0001 * bound : 10);
    }

    [Fact]
    public void Constants_are_constant()
    {
        Assert.All(Filled(Init.One, [5], 0.1f), v => Assert.Equal(1, v));
        Assert.All(Filled(Init.Constant, [5], 0.1f), v => Assert.Equal(0.1, v));
        Assert.All(Filled(Init.Zero, [5], 0.1f), v => Assert.Equal(0, v));
        float[] single = new float[5];
        Initializers.Fill(Initializers.Constant, single, [5], 0.1f);
        Assert.All(single, v => Assert.Equal(0.1f, v));
    }

    [Fact]
    public void The_naive_initializer_is_between_0_and_the_gain()
    {
        double[] values = Filled(Init.UnitUniform, [20_000], 2);
        Assert.InRange(values.Min(), 0, 0.001);
        Assert.InRange(values.Max(), 1.999, 2);
        Assert.Equal(1, values.Average(), 0.02);
    }

    [Theory]
    [InlineData(7, 7)]
    [InlineData(30, 13)]
    [InlineData(13, 30)]
    [InlineData(1, 5)]
    [InlineData(129, 128)]
    public void An_orthogonal_kernel_keeps_lengths(int rows, int columns)
    {
        foreach (Init init in new[] { Init.Orthogonal, Init.DeltaOrthogonal })
            AssertOrthogonal(Filled(init, [rows, columns], 2, seed: 5), rows, columns, 4);
    }

    [Fact]
    public void An_orthogonal_convolution_is_orthogonal_over_its_window_or_at_its_center()
    {
        AssertOrthogonal(Filled(Init.Orthogonal, [3, 3, 4, 8], 1), 36, 8, 1);
        double[] delta = Filled(Init.DeltaOrthogonal, [3, 5, 4, 8], 1);
        const int center = ((1 * 5) + 2) * 32;
        AssertOrthogonal(delta[center..(center + 32)], 4, 8, 1);
        Assert.All(delta[..center].Concat(delta[(center + 32)..]), v => Assert.Equal(0, v));
    }

    [Fact]
    public void Orthogonal_matrices_are_rotations_as_often_as_reflections()
    {
        int rotations = Enumerable.Range(0, 1000).Count(seed => Filled(Init.Orthogonal, [2, 2], 1, seed) is [double a, double b, double c, double d] && (a * d) - (b * c) > 0);
        Assert.InRange(rotations, 440, 560);
    }

    [Fact]
    public void The_identity_gives_what_it_gets()
    {
        Assert.Equal([2, 0, 0, 0, 2, 0], Filled(Init.Identity, [2, 3], 2));
        Assert.Equal([2, 0, 0, 2, 0, 0], Filled(Init.Identity, [3, 2], 2));
        double[] kernel = Filled(Init.Identity, [3, 3, 2, 2], 1);
        Assert.Equal([16, 19], Enumerable.Range(0, 36).Where(i => kernel[i] != 0));
    }

    [Fact]
    public void A_sparse_kernel_has_15_inputs_for_each_output()
    {
        double[] kernel = Filled(Init.Sparse, [100, 20], 1);
        Assert.All(Enumerable.Range(0, 20), output => Assert.Equal(15, Enumerable.Range(0, 100).Count(input => kernel[(input * 20) + output] != 0)));
        Assert.All(Enumerable.Range(0, 100), input => Assert.InRange(Enumerable.Range(0, 20).Count(output => kernel[(input * 20) + output] != 0), 0, 10));
        Assert.DoesNotContain(0, Filled(Init.Sparse, [15, 4], 1));
    }

    [Fact]
    public void The_fans_of_a_convolution_count_its_window()
    {
        double spread = Spread(Init.HeNormal, [3, 5, 16, 8]);
        Assert.Equal(Math.Sqrt(2.0 / (3 * 5 * 16)), spread, 0.03 * spread);
        spread = Spread(Init.HeNormalFanOut, [3, 5, 16, 8]);
        Assert.Equal(Math.Sqrt(2.0 / (3 * 5 * 8)), spread, 0.03 * spread);

        double[] given = new double[4000];
        Initializers.Fill(Initializers.FanInUniform, given, [4000], fanIn: 25);
        Assert.Equal(0.2, given.Max(), 0.001);
        Initializers.Fill(Initializers.HeNormalFanOut, given, [4000], fanOut: 50);
        Assert.Equal(0.2, Math.Sqrt(given.Average(v => v * v)), 0.01);

        static double Spread(Init init, int[] shape) => Math.Sqrt(Filled(init, shape, 1).Average(v => v * v));
    }

    [Theory]
    [InlineData(Init.HeNormal, 200, true, 0.3, 3)]
    [InlineData(Init.HeUniform, 200, true, 0.3, 3)]
    [InlineData(Init.Orthogonal, 40, false, 0.999, 1.001)]
    [InlineData(Init.LeCunNormal, 200, false, 0.3, 3)]
    [InlineData(Init.GlorotNormal, 40, true, 0, 1e-12)]
    [InlineData(Init.FanInUniform, 40, true, 0, 1e-30)]
    [InlineData(Init.Normal, 40, true, 1e50, double.PositiveInfinity)]
    public void The_second_moment_through_50_layers(Init init, int width, bool isRectified, double least, double most)
    {
        // The wider the layers, the less the result depends on the draw: each multiplies the second moment by 1 ± √(5/width).
        const int samples = 4;
        double[] x = Filled(Init.Normal, [samples, width], 1, seed: 3);
        double before = x.Average(v => v * v);
        for (int layer = 0; layer < 50; layer++)
        {
            double[] kernel = Filled(init, [width, width], 1, seed: 9, stream: layer), y = new double[x.Length];
            for (int row = 0; row < samples; row++)
            {
                for (int i = 0; i < width; i++)
                {
                    for (int j = 0; j < width; j++)
                        y[(row * width) + j] += x[(row * width) + i] * kernel[(i * width) + j];
                }
            }

            x = isRectified && layer < 49 ? [.. y.Select(v => Math.Max(v, 0))] : y;
        }

        // Rectifiers halve the second moment of 49 layers, which He's initializer doubles in 50.
        double ratio = x.Average(v => v * v) / before / (isRectified ? 2 : 1);
        Assert.InRange(ratio, least, most);
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Float_and_double_models_start_from_the_same_numbers(Init init)
    {
        float[] single = new float[100];
        Fill(init, single, [10, 10], 1, 42, 1);
        Assert.Equal(Filled(init, [10, 10], 1, 42, 1).Select(v => (float)v), single);
    }

    [Fact]
    public void A_seed_gives_the_same_weights_on_every_machine()
    {
        float[] values = new float[40 * 24];
        Fill(Init.HeNormal, values, [FanIn, FanOut], 1, 42, 1);
        Assert.Equal([1047701126, -1097360187, 999503120, -1110597923], values.Take(4).Select(BitConverter.SingleToInt32Bits));
        Fill(Init.LeCunUniform, values, [FanIn, FanOut], 1, 42, 1);
        Assert.Equal([1041454373, 1044936153, -1100837640, 1041249629], values.Take(4).Select(BitConverter.SingleToInt32Bits));
        Fill(Init.Orthogonal, values, [FanIn, FanOut], 1, 42, 1);
        Assert.Equal([1042329999, -1098413187, 1032123950, -1113091980], values.Take(4).Select(BitConverter.SingleToInt32Bits));
    }

    [Theory]
    [InlineData(Init.Normal)]
    [InlineData(Init.Orthogonal)]
    [InlineData(Init.Sparse)]
    public void Streams_and_seeds_differ(Init init)
    {
        Assert.NotEqual(Filled(init, [4, 4], 1, 1, 1), Filled(init, [4, 4], 1, 1, 2));
        Assert.NotEqual(Filled(init, [4, 4], 1, 1, 1), Filled(init, [4, 4], 1, 2, 1));
        Assert.Equal(Filled(init, [4, 4], 1, 1, 1), Filled(init, [4, 4], 1, 1, 1));
    }

    [Fact]
    public void A_wrong_shape_or_fan_is_refused()
    {
        Assert.Throws<ArgumentException>("shape", () => Initializers.Fill(Initializers.HeNormal, new float[5], [2, 3]));
        Assert.Throws<ArgumentOutOfRangeException>("fanIn", () => Initializers.Fill(Initializers.HeNormal, new float[1], [1], fanIn: -1));
        Assert.Throws<ArgumentOutOfRangeException>("fanOut", () => Initializers.Fill(Initializers.HeNormal, new float[1], [1], fanOut: -1));
    }

    private static void AssertOrthogonal(double[] matrix, int rows, int columns, double square)
    {
        bool byColumn = rows >= columns;
        int count = byColumn ? columns : rows, length = byColumn ? rows : columns;
        for (int i = 0; i < count; i++)
        {
            for (int j = 0; j <= i; j++)
            {
                double product = Enumerable.Range(0, length).Sum(k => byColumn ? matrix[(k * columns) + i] * matrix[(k * columns) + j] : matrix[(i * columns) + k] * matrix[(j * columns) + k]);
                Assert.Equal(i == j ? square : 0, product, 1e-12);
            }
        }
    }

    private static double[] Filled(Init init, int[] shape, float gain, int seed = 0, int stream = 0)
    {
        double[] values = new double[shape.Aggregate(1, (count, size) => count * size)];
        MethodInfo method = typeof(Initializers).GetMethod(init.ToString())!;
        if (method.ReturnType == typeof(double))
            Initializers.Fill(method.CreateDelegate<ElementInitializer>(), values, shape, gain, seed, stream);
        else
            Initializers.Fill(method.CreateDelegate<TensorInitializer>(), values, shape, gain, seed, stream);
        return values;
    }

    private static void Fill(Init init, float[] values, int[] shape, float gain, int seed, int stream)
    {
        MethodInfo method = typeof(Initializers).GetMethod(init.ToString())!;
        if (method.ReturnType == typeof(double))
            Initializers.Fill(method.CreateDelegate<ElementInitializer>(), values, shape, gain, seed, stream);
        else
            Initializers.Fill(method.CreateDelegate<TensorInitializer>(), values, shape, gain, seed, stream);
    }
}
