namespace OptGen.Runtime.Tests.Training;

public sealed class InitializersTests
{
    private const int FanIn = 40, FanOut = 24, Count = 50_000;

    public static TheoryData<Init, double, bool> Scaled => new()
    {
        { Init.Uniform, 1.0 / 3, true },
        { Init.Normal, 1, false },
        { Init.LeCunNormal, 1.0 / FanIn, false },
        { Init.LeCunUniform, 1.0 / FanIn, true },
        { Init.GlorotNormal, 2.0 / (FanIn + FanOut), false },
        { Init.GlorotUniform, 2.0 / (FanIn + FanOut), true },
        { Init.HeNormal, 2.0 / FanIn, false },
        { Init.HeUniform, 2.0 / FanIn, true },
    };

    [Theory]
    [MemberData(nameof(Scaled))]
    public void Random_initializers_have_mean_0_their_variance_and_shape(Init init, double variance, bool isUniform)
    {
        const float gain = 0.5f;
        float[] values = new float[Count];
        Initializers.Initialize(init, values, FanIn, FanOut, gain, 11, 3);
        variance *= gain * gain;

        double mean = values.Average(v => (double)v), deviation = Math.Sqrt(variance);
        Assert.InRange(mean, -5 * deviation / Math.Sqrt(Count), 5 * deviation / Math.Sqrt(Count));
        Assert.InRange(values.Average(v => (double)v * v) / variance, 0.96, 1.04);

        // A uniform distribution ends at √3 deviations; a normal one of this many draws passes 3.5.
        double largest = values.Max(Math.Abs) / deviation;
        Assert.InRange(largest, isUniform ? 1.72 : 3.5, isUniform ? 1.7321 : 6);
    }

    [Fact]
    public void Constants_are_constant()
    {
        float[] values = new float[5];
        Initializers.Initialize(Init.One, values, 1, 1, 0.1f, 0, 0);
        Assert.All(values, v => Assert.Equal(1f, v));
        Initializers.Initialize(Init.Constant, values, 1, 1, 0.1f, 0, 0);
        Assert.All(values, v => Assert.Equal(0.1f, v));
        Initializers.Initialize(Init.Zero, values, 1, 1, 0.1f, 0, 0);
        Assert.All(values, v => Assert.Equal(0f, v));
        double[] wide = new double[5];
        Initializers.Initialize(Init.Constant, wide, 1, 1, 0.1f, 0, 0);
        Assert.All(wide, v => Assert.Equal(0.1, v));
    }

    [Fact]
    public void Float_and_double_models_start_from_the_same_numbers()
    {
        foreach (Init init in Enum.GetValues<Init>())
        {
            float[] single = new float[100];
            double[] wide = new double[100];
            Initializers.Initialize(init, single, FanIn, FanOut, 1, 42, 1);
            Initializers.Initialize(init, wide, FanIn, FanOut, 1, 42, 1);
            Assert.Equal(wide.Select(v => (float)v), single);
        }
    }

    [Fact]
    public void A_seed_gives_the_same_weights_on_every_machine()
    {
        float[] values = new float[4];
        Initializers.Initialize(Init.HeNormal, values, FanIn, FanOut, 1, 42, 1);
        Assert.Equal([1047701126, -1097360187, 999503120, -1110597923], values.Select(BitConverter.SingleToInt32Bits));
        Initializers.Initialize(Init.LeCunUniform, values, FanIn, FanOut, 1, 42, 1);
        Assert.Equal([1041454373, 1044936153, -1100837640, 1041249629], values.Select(BitConverter.SingleToInt32Bits));
    }

    [Fact]
    public void Streams_and_seeds_differ()
    {
        Assert.NotEqual(Draw(1, 1), Draw(1, 2));
        Assert.NotEqual(Draw(1, 1), Draw(2, 1));
        Assert.Equal(Draw(1, 1), Draw(1, 1));

        static float[] Draw(int seed, int stream)
        {
            float[] values = new float[8];
            Initializers.Initialize(Init.Normal, values, 1, 1, 1, seed, stream);
            return values;
        }
    }

    [Fact]
    public void A_fan_below_1_is_refused()
    {
        float[] values = new float[1];
        Assert.Throws<ArgumentOutOfRangeException>("fanIn", () => Initializers.Initialize(Init.HeNormal, values, 0, 1, 1, 0, 0));
        Assert.Throws<ArgumentOutOfRangeException>("fanOut", () => Initializers.Initialize(Init.HeNormal, values, 1, 0, 1, 0, 0));
    }
}
