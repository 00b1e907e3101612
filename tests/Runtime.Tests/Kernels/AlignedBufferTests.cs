using System.Runtime.CompilerServices;
using OptGen.Kernels;

namespace OptGen.Runtime.Tests.Kernels;

public sealed class AlignedBufferTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(17)]
    [InlineData(100_003)]
    public void Memory_is_aligned_zeroed_and_has_slack(int length)
    {
        Check<float>(length);
        Check<double>(length);
        Check<byte>(length);
        Check<Odd>(length);
    }

    [Fact]
    public void Memory_does_not_move_and_is_reached_by_address()
    {
        var buffers = Enumerable.Range(0, 20).Select(i => new AlignedBuffer<float>(i + 1)).ToArray();
        nint[] addresses = [.. buffers.Select(b => b.Address)];
        foreach (AlignedBuffer<float> buffer in buffers)
            buffer.Span[^1] = buffer.Length;
        GC.Collect(2, GCCollectionMode.Forced, blocking: true, compacting: true);
        for (int i = 0; i < buffers.Length; i++)
        {
            Assert.Equal(addresses[i], buffers[i].Address);
            Assert.Equal(i + 1, Memory.At<float>(addresses[i] + (4 * i)));
            Assert.Equal(i + 1, Memory.Span<float>(addresses[i], i + 1)[i]);
            Memory.At<float>(addresses[i]) = 7;
            Assert.Equal(7, buffers[i].Span[0]);
        }

        GC.KeepAlive(buffers);
    }

    [Fact]
    public void Larger_buffers_begin_at_different_places_of_their_pages()
    {
        var buffers = Enumerable.Range(0, 8).Select(_ => new AlignedBuffer<float>(1_000)).ToArray();
        Assert.All(buffers, buffer => Assert.Equal(0, buffer.Address % 512));

        // Other tests may allocate in between.
        Assert.InRange(buffers.Select(buffer => buffer.Address % 4_096).Distinct().Count(), 4, 8);
    }

    [Fact]
    public void A_negative_length_is_refused() => Assert.Throws<ArgumentOutOfRangeException>("length", () => new AlignedBuffer<float>(-1));

    private static unsafe void Check<T>(int length)
        where T : unmanaged
    {
        var buffer = new AlignedBuffer<T>(length);
        Assert.Equal(0, buffer.Address % 64);
        Assert.Equal(length, buffer.Length);
        Assert.Equal(length, buffer.Span.Length);
        if (length > 0)
            Assert.Equal(buffer.Address, (nint)Unsafe.AsPointer(ref buffer.Span[0]));
        var withSlack = new ReadOnlySpan<byte>((void*)buffer.Address, (length * sizeof(T)) + 64);
        Assert.Equal(-1, withSlack.IndexOfAnyExcept((byte)0));
        GC.KeepAlive(buffer);
    }

    private readonly record struct Odd(byte A, byte B, byte C);
}
