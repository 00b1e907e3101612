using System.Diagnostics;
using OptGen;

namespace Mnist;

/// <summary>What one pass over the training images gave.</summary>
internal readonly record struct EpochResult(int Epoch, double Loss, double TestAccuracy, TimeSpan Time);

/// <summary>Trains a <see cref="MnistNet"/>, epoch by epoch, and measures its own loop.</summary>
internal sealed class Training
{
    private readonly MnistData _training;
    private readonly MnistData _test;
    private readonly MnistNet _model;
    private readonly MnistAdamW _optimizer;
    private readonly Random _random;
    private readonly int[] _order;
    private readonly float[] _pixels = new float[MnistNet.Batch * MnistData.PixelCount];
    private readonly int[] _labels = new int[MnistNet.Batch];
    private readonly float[] _logits = new float[MnistNet.Batch * MnistData.ClassCount];
    private int _epoch;
    private long _ticks;
    private long _allocatedBytes;

    public Training(MnistData training, MnistData test, int epochs, int seed)
    {
        (_training, _test) = (training, test);
        _random = new Random(seed);
        _order = [.. Enumerable.Range(0, training.Count)];
        _model = new MnistNet(seed);

        // The declared schedule is for five epochs of all images; this one ends with the last step, however many there are.
        int steps = epochs * ((training.Count + MnistNet.Batch - 1) / MnistNet.Batch);
        _optimizer = new MnistAdamW(_model) { WarmupCosine = new WarmupCosine { Warmup = Math.Min(100, steps / 10), Total = steps } };
    }

    /// <summary>Microseconds per step, without the first, which sets up the buffers of the network.</summary>
    public double MicrosecondsPerStep => _ticks * 1e6 / Stopwatch.Frequency / (_optimizer.StepCount - 1);

    /// <summary>Bytes allocated per step, without the first.</summary>
    public double BytesPerStep => (double)_allocatedBytes / (_optimizer.StepCount - 1);

    public EpochResult NextEpoch()
    {
        long start = Stopwatch.GetTimestamp();
        _random.Shuffle(_order);
        double sum = 0;
        for (int first = 0; first < _order.Length; first += MnistNet.Batch)
            sum += TrainOn(_order.AsSpan(first, Math.Min(MnistNet.Batch, _order.Length - first)));
        return new EpochResult(++_epoch, sum / _order.Length, TestAccuracy(), Stopwatch.GetElapsedTime(start));
    }

    /// <summary>The sum of the losses of some images.</summary>
    private double TrainOn(ReadOnlySpan<int> rows)
    {
        Span<float> pixels = _pixels.AsSpan(0, rows.Length * MnistData.PixelCount);
        Span<int> labels = _labels.AsSpan(0, rows.Length);
        long allocated = GC.GetAllocatedBytesForCurrentThread(), start = Stopwatch.GetTimestamp();
        _training.CopyRows(rows, pixels, labels);
        float loss = _optimizer.TrainStep(pixels, labels);
        if (_optimizer.StepCount > 1)
        {
            _ticks += Stopwatch.GetTimestamp() - start;
            _allocatedBytes += GC.GetAllocatedBytesForCurrentThread() - allocated;
        }

        return (double)loss * rows.Length;
    }

    private double TestAccuracy()
    {
        int right = 0;
        for (int first = 0; first < _test.Count; first += MnistNet.Batch)
        {
            int count = Math.Min(MnistNet.Batch, _test.Count - first);
            Span<float> pixels = _pixels.AsSpan(0, count * MnistData.PixelCount), logits = _logits.AsSpan(0, count * MnistData.ClassCount);
            _test.CopyPixels(first, count, pixels);
            _model.Predict(pixels, logits);
            for (int i = 0; i < count; i++)
            {
                ReadOnlySpan<float> row = logits.Slice(i * MnistData.ClassCount, MnistData.ClassCount);
                if (IndexOfLargest(row) == _test.Labels[first + i])
                    right++;
            }
        }

        return (double)right / _test.Count;
    }

    private static int IndexOfLargest(ReadOnlySpan<float> values)
    {
        int largest = 0;
        for (int i = 1; i < values.Length; i++)
        {
            if (values[i] > values[largest])
                largest = i;
        }

        return largest;
    }
}
