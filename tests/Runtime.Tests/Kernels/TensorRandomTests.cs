using OptGen.Kernels;

namespace OptGen.Runtime.Tests.Kernels;

public class TensorRandomTests
{
    [Fact]
    public void Normal_numbers_have_the_moments_of_the_normal_distribution()
    {
        double[] z = new double[100_001];
        new TensorRandom(3, 5, 7, 0).Normal<double>(z);
        Assert.Equal(0, z.Average(), 0.02);
        Assert.Equal(1, z.Average(x => x * x), 0.03);
        Assert.Equal(0, z.Average(x => x * x * x), 0.06);
        Assert.Equal(3, z.Average(x => x * x * x * x), 0.15);
        Assert.Equal(0, z.Zip(z.Skip(1), (x, y) => x * y).Average(), 0.02);
        Assert.Equal(z.Length, z.Distinct().Count());
    }

    [Fact]
    public void A_number_is_a_function_of_seed_step_tensor_stream_and_place()
    {
        float[] some = new float[7], more = new float[64];
        new TensorRandom(1, 2, 3, 4).Normal<float>(some);
        new TensorRandom(1, 2, 3, 4).Normal<float>(more);
        Assert.Equal(some, more[..7]);
        HashSet<float> known = [some[0]];
        HashSet<double> single = [new TensorRandom(1, 2, 3, 4).Uniform(0)];
        foreach (TensorRandom other in new TensorRandom[] { new(2, 2, 3, 4), new(1, 3, 3, 4), new(1, 2, 4, 4), new(1, 2, 3, 5) })
        {
            other.Normal(some.AsSpan());
            Assert.True(known.Add(some[0]));
            Assert.True(single.Add(other.Uniform(0)));
        }

        Assert.True(single.Add(new TensorRandom(1, 2, 3, 4).Uniform(1)));
        Assert.All(single, u => Assert.InRange(u, 0, 1 - 1e-8));
    }

    /// <summary>By Box and Muller from the 32 random bits of each half of a block; 32 of the first half are more than the 24 of a uniform number.</summary>
    [Fact]
    public void Normal_numbers_are_those_of_the_bits()
    {
        double[] z = new double[40];
        new TensorRandom(9, 1, 20, 2).Normal<double>(z);
        uint key = StepRandom.Key(9, (1L << 32) + 20);
        Assert.All(Enumerable.Range(0, 20), i => Assert.NotEqual(StepRandom.Uniform(key, 2, i), new TensorRandom(9, 1, 20, 2).Uniform(i)));
        for (int i = 0; i < z.Length; i += 2)
        {
            double radius = Math.Sqrt(-2 * Math.Log(1 - StepRandom.Uniform(key, 2, i / 2)));
            Assert.Equal(radius, Math.Sqrt((z[i] * z[i]) + (z[i + 1] * z[i + 1])), 1e-4);
        }
    }
}
