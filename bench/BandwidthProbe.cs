using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using OptGen.Kernels;

namespace OptGen.Bench;

/// <summary>
/// Moves as many bytes as an update with as little arithmetic as there can be: adds what it reads of some arrays to others, in place. What an update reaches of
/// its speed is the share of the memory's bandwidth that the update uses.
/// </summary>
internal sealed class BandwidthProbe : IParallelProgram
{
    /// <summary>Elements of each array between two changes of the array: four vectors of the widest kind.</summary>
    private const int Chunk = 64;

    private readonly AlignedBuffer<float>[] _read;
    private readonly AlignedBuffer<float>[] _written;
    private readonly int _readLength;
    private readonly int _writtenLength;

    public BandwidthProbe(UpdateCost cost, int parameters)
    {
        // An array that is written is read as well.
        (_read, _readLength) = Arrays(cost.Read - cost.Written, parameters);
        (_written, _writtenLength) = Arrays(cost.Written, parameters);
    }

    public void Run(int threads)
    {
        OptGenRuntime.MaxThreads = threads;
        if (threads == 1)
            Execute(0, 0, 1);
        else
            WorkerTeam.Run(this, 0, threads);
    }

    public void Execute(int kernel, int part, int parts)
    {
        int from = Partition.Begin(Chunks, 1, part, parts), to = Partition.Begin(Chunks, 1, part + 1, parts);
        Add(from, to);
    }

    private int Chunks => Math.Max(_readLength, _writtenLength) / Chunk;

    private static (AlignedBuffer<float>[] Arrays, int Length) Arrays(double bytesPerParameter, int parameters)
    {
        int count = (int)Math.Ceiling(bytesPerParameter / sizeof(float));
        if (count == 0)
            return ([], 0);
        int length = (int)(parameters * bytesPerParameter / sizeof(float) / count);
        AlignedBuffer<float>[] arrays = new AlignedBuffer<float>[count];
        for (int i = 0; i < count; i++)
        {
            arrays[i] = new AlignedBuffer<float>(length);
            arrays[i].Span.Fill(1e-10f);
        }

        return (arrays, length);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Add(int from, int to)
    {
        for (int chunk = from; chunk < to; chunk++)
        {
            int offset = chunk * Chunk;
            Vector512<float> a = default, b = default, c = default, d = default;
            if (offset + Chunk <= _readLength)
            {
                foreach (AlignedBuffer<float> array in _read)
                {
                    ref float source = ref Memory.At<float>(array.Address + offset * sizeof(float));
                    a += Vector512.LoadUnsafe(ref source);
                    b += Vector512.LoadUnsafe(ref source, 16);
                    c += Vector512.LoadUnsafe(ref source, 32);
                    d += Vector512.LoadUnsafe(ref source, 48);
                }
            }

            if (offset + Chunk > _writtenLength)
                continue;
            foreach (AlignedBuffer<float> array in _written)
            {
                ref float place = ref Memory.At<float>(array.Address + offset * sizeof(float));
                (Vector512.LoadUnsafe(ref place) + a).StoreUnsafe(ref place);
                (Vector512.LoadUnsafe(ref place, 16) + b).StoreUnsafe(ref place, 16);
                (Vector512.LoadUnsafe(ref place, 32) + c).StoreUnsafe(ref place, 32);
                (Vector512.LoadUnsafe(ref place, 48) + d).StoreUnsafe(ref place, 48);
            }
        }
    }
}
