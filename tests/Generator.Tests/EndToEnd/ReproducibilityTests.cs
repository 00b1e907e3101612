using OptGen.Generator.Tests.Harness;

namespace OptGen.Generator.Tests.EndToEnd;

/// <summary>The same run on any number of threads, to the last bit, and at every vector width, to rounding.</summary>
[Collection(RuntimeSettings.Name)]
public class ReproducibilityTests
{
    [Fact]
    public void Any_number_of_threads_gives_the_same_bits()
    {
        // Large enough that its kernels are divided.
        using TrainingProbe probe = TrainingProbe.Of(TrainingProbe.Classifier("[AdamW(WeightDecay = 0.1f)]", 64, 300, 260, 10));
        (double[] x, int[] y) = TrainingProbe.Data(64, 300, 10);
        int threads = OptGenRuntime.MaxThreads;
        try
        {
            double[] Run(int count)
            {
                OptGenRuntime.MaxThreads = count;
                probe.New(11);
                double[] losses = [.. Enumerable.Range(0, 4).Select(_ => probe.TrainStep(x, y))];
                probe.Gradient(x, y);
                double[] gradients = probe.Gradients();
                probe.Step();
                return [.. losses, .. gradients, .. probe.Parameters()];
            }

            double[] alone = Run(1);
            Assert.Equal(alone, Run(2));
            Assert.Equal(alone, Run(4));
        }
        finally
        {
            OptGenRuntime.MaxThreads = threads;
        }
    }

    [Theory]
    [InlineData(false, 2e-4)]
    [InlineData(true, 1e-11)]
    public void Every_vector_width_agrees(bool isDouble, double tolerance)
    {
        // Sizes that fill no vector.
        using TrainingProbe probe = TrainingProbe.Of(TrainingProbe.Classifier("[AdamW]", 7, 5, 37, 3, isDouble), isDouble);
        (double[] x, int[] y) = TrainingProbe.Data(7, 5);
        int widest = OptGenRuntime.VectorBits;
        try
        {
            double[] Run(int bits)
            {
                OptGenRuntime.VectorBits = bits;
                probe.New(11);
                return [.. Enumerable.Range(0, 10).Select(_ => probe.TrainStep(x, y)), .. probe.Parameters()];
            }

            double[] scalar = Run(0);
            foreach (int bits in new[] { 128, 256, 512 })
                Assert.All(scalar.Zip(Run(bits)), pair => Assert.Equal(pair.First, pair.Second, tolerance));
        }
        finally
        {
            OptGenRuntime.VectorBits = widest;
        }
    }

    [Fact]
    public void The_same_seed_gives_the_same_model_and_another_a_different_one()
    {
        using TrainingProbe probe = TrainingProbe.Of(TrainingProbe.Classifier("[AdamW]"));
        double[] Initial(int seed)
        {
            probe.New(seed);
            return probe.Parameters();
        }

        Assert.Equal(Initial(5), Initial(5));
        Assert.NotEqual(Initial(5), Initial(6));
    }
}
