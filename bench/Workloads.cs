using System.Diagnostics;

namespace OptGen.Bench;

/// <summary>A network to train, known by the same name to the peers. <see cref="Run"/> does so many steps and gives the seconds they took.</summary>
internal sealed record Workload(string Name, int[] Widths, int Batch, Action<int> Train)
{
    /// <summary>The three networks in the order of their size. The same table stands in peers/train_torch.py.</summary>
    public static Workload[] All() => [Small(), Medium(), Large()];

    /// <summary>Multiplications and additions of the matrix products of one step; the gradient of the input is not needed.</summary>
    public double FlopsPerStep
    {
        get
        {
            double flops = 0;
            for (int layer = 0; layer + 1 < Widths.Length; layer++)
                flops += 2.0 * Batch * Widths[layer] * Widths[layer + 1] * (layer == 0 ? 2 : 3);
            return flops;
        }
    }

    public string Title => $"{Name} {string.Join('-', Widths)}, batch {Batch}";

    public double Run(int steps)
    {
        long start = Stopwatch.GetTimestamp();
        Train(steps);
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private static Workload Small()
    {
        SmallAdamW optimizer = new(new SmallNet(1));
        (float[] x, int[] y) = RandomBatch(SmallNet.Batch, 4, 3);
        return new("A", [4, 16, 3], SmallNet.Batch, steps =>
        {
            for (int i = 0; i < steps; i++)
                optimizer.TrainStep(x, y);
        });
    }

    private static Workload Medium()
    {
        MediumAdamW optimizer = new(new MediumNet(1));
        (float[] x, int[] y) = RandomBatch(MediumNet.Batch, 64, 10);
        return new("B", [64, 128, 10], MediumNet.Batch, steps =>
        {
            for (int i = 0; i < steps; i++)
                optimizer.TrainStep(x, y);
        });
    }

    private static Workload Large()
    {
        LargeAdamW optimizer = new(new LargeNet(1));
        (float[] x, int[] y) = RandomBatch(LargeNet.Batch, 784, 10);
        return new("C", [784, 256, 128, 10], LargeNet.Batch, steps =>
        {
            for (int i = 0; i < steps; i++)
                optimizer.TrainStep(x, y);
        });
    }

    private static (float[] X, int[] Y) RandomBatch(int batch, int inputs, int classes)
    {
        Random random = new(1);
        float[] x = new float[batch * inputs];
        int[] y = new int[batch];
        foreach (ref float value in x.AsSpan())
            value = random.NextSingle() * 2 - 1;
        foreach (ref int label in y.AsSpan())
            label = random.Next(classes);
        return (x, y);
    }
}
