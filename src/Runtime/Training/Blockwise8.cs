using OptGen.Kernels;
using OptGen.Simd;

namespace OptGen;

/// <summary>
/// Numbers in 8 bits each, in blocks of up to 256 with a scale, whose magnitude is the largest of the block. A code is one of 256 numbers of the dynamic map (Dettmers, Lewis,
/// Shleifer and Zettlemoyer, "8-bit optimizers via block-wise quantization", ICLR 2022), whose seven decades become finer towards the largest. An optimizer keeps a state so.
/// </summary>
/// <remarks>
/// In the bytes, 0 stands for 0; q for the q-th magnitude of the map, from which the scale makes the number; and −q, in two's complement, for that with the sign reversed.
/// The largest code of a map, 255 or −128, stands for exactly 1 or −1. A block with a number that is not finite has the scale NaN.
/// </remarks>
public sealed class Blockwise8
{
    private readonly BlockLayout _layout;
    private readonly Func<ReadOnlySpan<float>>? _weights;
    private readonly AlignedBuffer<byte> _codes;
    private readonly AlignedBuffer<float> _scales;

    /// <summary>Zeros.</summary>
    /// <param name="length">How many parameters there are.</param>
    /// <param name="isSigned">Whether there are negative numbers; without them the codes are twice as fine.</param>
    /// <param name="layout">Where the number of each parameter lies.</param>
    /// <param name="weights">All parameters, if the numbers are a second set of weights: one that is never updated is in no block, and stands for itself. By default its number is 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">The length is negative.</exception>
    public Blockwise8(int length, bool isSigned, BlockLayout layout, Func<ReadOnlySpan<float>>? weights = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentNullException.ThrowIfNull(layout);
        Length = length;
        IsSigned = isSigned;
        _layout = layout;
        _weights = weights;
        _codes = new(layout.Codes);
        _scales = new(layout.Blocks);
    }

    /// <summary>How many numbers there are: one for each parameter, in the order of the parameters.</summary>
    public int Length { get; }

    /// <summary>Whether there may be negative numbers.</summary>
    public bool IsSigned { get; }

    /// <summary>The codes of all blocks.</summary>
    public Span<byte> Codes => _codes.Span;

    /// <summary>The scale of each block.</summary>
    public Span<float> Scales => _scales.Span;

    /// <summary>The codes, as <see cref="Codes"/>.</summary>
    public Memory<byte> CodeMemory => _codes.Memory;

    /// <summary>The scales, as <see cref="Scales"/>.</summary>
    public Memory<float> ScaleMemory => _scales.Memory;

    /// <summary>Address of the first code.</summary>
    public nint CodeAddress => _codes.Address;

    /// <summary>Address of the first scale.</summary>
    public nint ScaleAddress => _scales.Address;

    /// <summary>A number, decoded. That of a parameter that is never updated is 0, or the parameter itself in a second set of weights.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such parameter.</exception>
    public float this[int index]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfNegative(index);
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Length);
            if (_layout.Find(index) is not (int code, int block))
                return _weights is null ? 0 : _weights()[index];
            Float32 scale = new(Scales[block]);
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

    /// <summary>Makes all numbers the same. Without codes for negative numbers, such a number becomes 0.</summary>
    public void Fill(float value)
    {
        Clear();
        Span<float> values = stackalloc float[BlockLayout.BlockSize];
        foreach ((int code, int block, int count) in _layout.Runs())
        {
            for (int first = 0; first < count; first += BlockLayout.BlockSize)
            {
                int length = Math.Min(BlockLayout.BlockSize, count - first);
                values[..length].Fill(value);
                ref float scale = ref Scales[block + (first / BlockLayout.BlockSize)];
                if (IsSigned)
                    Float32.StoreSigned8(ref values[0], length, ref Codes[code + first], ref scale);
                else
                    Float32.StoreUnsigned8(ref values[0], length, ref Codes[code + first], ref scale);
            }
        }
    }
}
