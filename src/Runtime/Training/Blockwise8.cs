using OptGen.Kernels;
using OptGen.Simd;

namespace OptGen;

/// <summary>
/// Numbers in 8 bits each, in blocks of 256 with a scale: the largest magnitude of the block. A code is one of 256 numbers of the dynamic map (Dettmers, Lewis, Shleifer
/// and Zettlemoyer, "8-bit optimizers via block-wise quantization", ICLR 2022), whose seven decades become finer towards the largest. An optimizer keeps a state so; one
/// number takes 1.016 bytes.
/// </summary>
/// <remarks>
/// A run of numbers begins a block of its own, and its last block may have less than 256. In the bytes, 0 stands for 0, q and −q in two's complement for the q-th magnitude
/// of the signed map, and 128 for 1.
/// </remarks>
public sealed class Blockwise8
{
    /// <summary>Numbers of a whole block.</summary>
    public const int BlockSize = 256;

    private readonly AlignedBuffer<byte> _codes;
    private readonly AlignedBuffer<float> _scales;
    private readonly int[] _ends;
    private readonly int[] _firstBlocks;

    /// <summary>Zeros.</summary>
    /// <param name="isSigned">Whether there are negative numbers; without them the codes are twice as fine.</param>
    /// <param name="runs">How many numbers each run has.</param>
    /// <exception cref="ArgumentOutOfRangeException">A length is negative.</exception>
    public Blockwise8(bool isSigned, params ReadOnlySpan<int> runs)
    {
        IsSigned = isSigned;
        _ends = new int[runs.Length];
        _firstBlocks = new int[runs.Length + 1];
        int length = 0;
        for (int run = 0; run < runs.Length; run++)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(runs[run], nameof(runs));
            _ends[run] = length = checked(length + runs[run]);
            _firstBlocks[run + 1] = _firstBlocks[run] + (int)(((long)runs[run] + BlockSize - 1) / BlockSize);
        }

        Length = length;
        _codes = new(checked(_firstBlocks[^1] * BlockSize));
        _scales = new(_firstBlocks[^1]);
    }

    /// <summary>How many numbers there are.</summary>
    public int Length { get; }

    /// <summary>Whether there may be negative numbers.</summary>
    public bool IsSigned { get; }

    /// <summary>The codes, 256 for each block. Those past the end of a run stand for nothing.</summary>
    public Span<byte> Codes => _codes.Span;

    /// <summary>The scale of each block.</summary>
    public Span<float> Scales => _scales.Span;

    /// <summary>Address of the first code.</summary>
    public nint CodeAddress => _codes.Address;

    /// <summary>Address of the first scale.</summary>
    public nint ScaleAddress => _scales.Address;

    /// <summary>A number, decoded.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such number.</exception>
    public float this[int index]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfNegative(index);
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Length);
            int run = 0;
            while (index >= _ends[run])
                run++;
            int code = (_firstBlocks[run] * BlockSize) + index - (run == 0 ? 0 : _ends[run - 1]);
            Float32 scale = new(Scales[code / BlockSize]);
            return (IsSigned ? Float32.LoadSigned8(in Codes[code], scale) : Float32.LoadUnsigned8(in Codes[code], scale)).Value;
        }
    }

    /// <summary>Decodes all numbers.</summary>
    /// <exception cref="ArgumentException">There is no room for <see cref="Length"/> numbers.</exception>
    public void CopyTo(Span<float> destination)
    {
        if (destination.Length < Length)
            throw new ArgumentException($"There is room for {destination.Length} of {Length} numbers.", nameof(destination));
        for (int i = 0; i < Length; i++)
            destination[i] = this[i];
    }

    /// <summary>Makes all numbers 0.</summary>
    public void Clear()
    {
        Codes.Clear();
        Scales.Clear();
    }
}
