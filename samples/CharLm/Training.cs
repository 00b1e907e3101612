using OptGen;

namespace CharLm;

/// <summary>Trains a <see cref="CharNet"/> on random passages of a text. Losses are bits per character.</summary>
internal sealed class Training
{
    private readonly Corpus _corpus;
    private readonly CharNet _model;
    private readonly CharAdamW _optimizer;
    private readonly Random _random;
    private readonly int[] _text = new int[CharNet.Batch * CharNet.Context];
    private readonly int[] _next = new int[CharNet.Batch * CharNet.Context];

    public Training(Corpus corpus, int steps, int seed)
    {
        _corpus = corpus;
        _random = new Random(seed);
        _model = new CharNet(seed);
        _optimizer = new CharAdamW(_model) { WarmupCosine = new WarmupCosine { Warmup = Math.Min(50, steps / 10), Total = steps } };
    }

    public CharNet Model => _model;

    /// <summary>Bytes allocated by all steps but the first, which sets up the buffers of the network.</summary>
    public long AllocatedBytes { get; private set; }

    /// <summary>Makes one step on random passages; returns their loss.</summary>
    public double Step()
    {
        long allocated = GC.GetAllocatedBytesForCurrentThread();
        for (int row = 0; row < CharNet.Batch; row++)
            Take(_corpus.Training, _random.Next(_corpus.Training.Length - CharNet.Context), row);
        float loss = _optimizer.TrainStep(_text, _next);
        if (_optimizer.StepCount > 1)
            AllocatedBytes += GC.GetAllocatedBytesForCurrentThread() - allocated;
        return Bits(loss);
    }

    /// <summary>The loss over the pages that were held out.</summary>
    public double HeldOutLoss()
    {
        double sum = 0;
        int passages = (_corpus.HeldOut.Length - 1) / CharNet.Context;
        for (int first = 0; first < passages; first += CharNet.Batch)
        {
            int rows = Math.Min(CharNet.Batch, passages - first);
            for (int row = 0; row < rows; row++)
                Take(_corpus.HeldOut, (first + row) * CharNet.Context, row);
            sum += rows * _model.Evaluate(_text.AsSpan(0, rows * CharNet.Context), _next.AsSpan(0, rows * CharNet.Context));
        }

        return Bits(sum / passages);
    }

    /// <summary>Puts a passage, and the same passage one character later, into a row of the batch.</summary>
    private void Take(int[] text, int start, int row)
    {
        text.AsSpan(start, CharNet.Context).CopyTo(_text.AsSpan(row * CharNet.Context));
        text.AsSpan(start + 1, CharNet.Context).CopyTo(_next.AsSpan(row * CharNet.Context));
    }

    private static double Bits(double nats) => nats / Math.Log(2);
}
