using System.Diagnostics;

namespace OptGen.Bench;

/// <summary>Something to repeat, known by the same name to the peers.</summary>
/// <param name="Name">What the peers call it.</param>
/// <param name="Title">What the table calls it.</param>
/// <param name="WorkPerStep">Operations or bytes of one step.</param>
/// <param name="Repeat">Does so many steps.</param>
internal sealed record Workload(string Name, string Title, double WorkPerStep, Action<int> Repeat)
{
    /// <summary>Does so many steps and gives the seconds they took.</summary>
    public double Run(int steps)
    {
        long start = Stopwatch.GetTimestamp();
        Repeat(steps);
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }
}

/// <summary>Whole training steps of five networks: forward, backward, AdamW. The same table stands in peers/torch_peer.py.</summary>
internal static class TrainWorkloads
{
    private static readonly Dictionary<string, Func<Workload>> s_all = new() { ["A"] = Small, ["B"] = Medium, ["C"] = Large, ["D"] = Wide, ["E"] = Convolution };

    /// <summary>The networks of these names; all if there are none.</summary>
    public static IEnumerable<Workload> Of(string[] names) => s_all.Where(pair => names.Length == 0 || names.Contains(pair.Key)).Select(pair => pair.Value());

    public static IEnumerable<string> Names => s_all.Keys;

    private static Workload Small()
    {
        SmallAdamW optimizer = new(new SmallNet(1));
        return Dense("A", SmallNet.Batch, [4, 16, 3], (x, y) => optimizer.TrainStep(x, y));
    }

    private static Workload Medium()
    {
        MediumAdamW optimizer = new(new MediumNet(1));
        return Dense("B", MediumNet.Batch, [64, 128, 10], (x, y) => optimizer.TrainStep(x, y));
    }

    private static Workload Large()
    {
        LargeAdamW optimizer = new(new LargeNet(1));
        return Dense("C", LargeNet.Batch, [784, 256, 128, 10], (x, y) => optimizer.TrainStep(x, y));
    }

    private static Workload Wide()
    {
        WideAdamW optimizer = new(new WideNet(1));
        return Dense("D", WideNet.Batch, [784, 1024, 1024, 10], (x, y) => optimizer.TrainStep(x, y));
    }

    private static Workload Convolution()
    {
        ConvolutionAdamW optimizer = new(new ConvolutionNet(1));

        // Places times channels times what each sums over, as in the dense networks.
        double operations = 2.0 * ConvolutionNet.Batch * ((26 * 26 * 16 * 9 * 2) + (11 * 11 * 32 * 9 * 16 * 3) + (800 * 10 * 3));
        return Create("E", "conv 16, conv 32", ConvolutionNet.Batch, 28 * 28, 10, operations, (x, y) => optimizer.TrainStep(x, y));
    }

    private static Workload Dense(string name, int batch, int[] widths, Action<float[], int[]> step)
    {
        // Counted are the matrix products: forward and the gradient of the weights everywhere, the gradient of the input not in the first layer.
        double operations = 0;
        for (int layer = 0; layer + 1 < widths.Length; layer++)
            operations += 2.0 * batch * widths[layer] * widths[layer + 1] * (layer == 0 ? 2 : 3);
        return Create(name, string.Join('-', widths), batch, widths[0], widths[^1], operations, step);
    }

    private static Workload Create(string name, string layers, int batch, int inputs, int classes, double operations, Action<float[], int[]> step)
    {
        (float[] x, int[] y) = RandomBatch(batch, inputs, classes);
        return new(name, $"{name} {layers}, batch {batch}", operations, steps =>
        {
            for (int i = 0; i < steps; i++)
                step(x, y);
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
