using System.Diagnostics;
using OptGen;

namespace Digits;

/// <summary>What one pass over the training images gave.</summary>
internal readonly record struct EpochResult(int Epoch, double Loss, double TestAccuracy);

/// <summary>Trains a <see cref="DigitNet"/>, epoch by epoch, and measures its own loop.</summary>
internal sealed class Training
{
    private readonly DigitData _training;
    private readonly DigitData _test;
    private readonly DigitNet _model;
    private readonly DigitAdamW _optimizer;
    private readonly Random _random;
    private readonly int[] _order;
    private readonly float[] _pixels = new float[DigitNet.Batch * DigitData.PixelCount];
    private readonly int[] _labels = new int[DigitNet.Batch];
    private readonly float[] _logits;
    private int _epoch;
    private long _ticks;
    private long _allocatedBytes;
    private int _measuredSteps;

    public Training(DigitData data, int epochs, int seed)
    {
        _random = new Random(seed);
        (_training, _test) = data.Split(_random);
        _order = [.. Enumerable.Range(0, _training.Count)];
        _logits = new float[_test.Count * DigitData.ClassCount];
        _model = new DigitNet(seed);

        // The declared schedule is for 30 epochs; this one ends with the last epoch, however many there are.
        int steps = epochs * ((_training.Count + DigitNet.Batch - 1) / DigitNet.Batch);
        _optimizer = new DigitAdamW(_model) { WarmupCosine = new WarmupCosine { Warmup = Math.Min(100, steps / 10), Total = steps } };
    }

    public int TrainingCount => _training.Count;

    public int TestCount => _test.Count;

    public double SamplesPerSecond => (double)_epoch * _training.Count * Stopwatch.Frequency / _ticks;

    /// <summary>Bytes allocated per step, without the first, which sets up the buffers of the network.</summary>
    public double BytesPerStep => (double)_allocatedBytes / _measuredSteps;

    public EpochResult NextEpoch()
    {
        _random.Shuffle(_order);
        long start = Stopwatch.GetTimestamp();
        double loss = TrainOnAll();
        _ticks += Stopwatch.GetTimestamp() - start;
        return new EpochResult(++_epoch, loss, TestAccuracy());
    }

    private double TrainOnAll()
    {
        double sum = 0;
        for (int first = 0; first < _order.Length; first += DigitNet.Batch)
        {
            int count = Math.Min(DigitNet.Batch, _order.Length - first);
            Span<float> pixels = _pixels.AsSpan(0, count * DigitData.PixelCount);
            Span<int> labels = _labels.AsSpan(0, count);
            long before = GC.GetAllocatedBytesForCurrentThread();
            _training.CopyRows(_order.AsSpan(first, count), pixels, labels);
            sum += (double)_optimizer.TrainStep(pixels, labels) * count;
            if (_optimizer.StepCount == 1)
                continue;
            _allocatedBytes += GC.GetAllocatedBytesForCurrentThread() - before;
            _measuredSteps++;
        }

        return sum / _order.Length;
    }

    private double TestAccuracy()
    {
        _model.Predict(_test.Pixels, _logits);
        int right = 0;
        for (int row = 0; row < _test.Count; row++)
        {
            if (LargestOf(_logits.AsSpan(row * DigitData.ClassCount, DigitData.ClassCount)) == _test.Labels[row])
                right++;
        }

        return (double)right / _test.Count;
    }

    private static int LargestOf(ReadOnlySpan<float> logits)
    {
        int largest = 0;
        for (int i = 1; i < logits.Length; i++)
        {
            if (logits[i] > logits[largest])
                largest = i;
        }

        return largest;
    }
}
