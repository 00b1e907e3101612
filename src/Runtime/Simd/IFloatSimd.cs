namespace OptGen.Simd;

/// <summary>
/// A vector of <see cref="float"/> that memory may also hold in narrower formats. Values are converted where they are loaded and stored; every width gives the same bits.
/// </summary>
public interface IFloatSimd<V> : ISimd<V, float>
    where V : struct, IFloatSimd<V>
{
    /// <summary>Reads <see cref="ISimd{V, T}.Count"/> neighbours.</summary>
    static abstract V LoadBFloat16(ref readonly BFloat16 source);

    /// <summary>Reads the first <paramref name="lanes"/> neighbours and touches no others; the other lanes are 0.</summary>
    static abstract V LoadBFloat16Partial(ref readonly BFloat16 source, int lanes);

    /// <summary>Reads elements 0, stride, 2·stride, … for the first <paramref name="lanes"/> lanes; the other lanes are 0.</summary>
    static abstract V GatherBFloat16(ref readonly BFloat16 source, nint stride, int lanes);

    /// <summary>Writes <see cref="ISimd{V, T}.Count"/> neighbours, of numbers that <see cref="RoundToBFloat16"/> or <see cref="RoundStochastically"/> gave.</summary>
    static abstract void StoreBFloat16(V value, ref BFloat16 destination);

    /// <summary>Writes the first <paramref name="lanes"/> neighbours of rounded numbers and touches no others.</summary>
    static abstract void StoreBFloat16Partial(V value, ref BFloat16 destination, int lanes);

    /// <summary>Writes lane i of rounded numbers to element i·stride for the first <paramref name="lanes"/> lanes.</summary>
    static abstract void ScatterBFloat16(V value, ref BFloat16 destination, nint stride, int lanes);

    /// <summary>
    /// Rounds for a store as <see cref="BFloat16"/>: to the nearest, ties to the even one. Beyond the largest it is infinite. NaN stays NaN, but for a signalling one whose
    /// payload lies in the half that is cut off, which no arithmetic gives: that becomes infinite. The lower half of a lane is undefined.
    /// </summary>
    static abstract V RoundToBFloat16(V value);

    /// <summary>
    /// Rounds for a store as <see cref="BFloat16"/>: to one of the two neighbours, with probabilities such that the expected value is the lane itself. Lane i draws the
    /// random bits of element <paramref name="element"/> + i·<paramref name="stride"/> under the key (see <see cref="Kernels.RoundingKey.Of"/>), whatever the width.
    /// Otherwise as <see cref="RoundToBFloat16"/>.
    /// </summary>
    static abstract V RoundStochastically(V value, uint key, nint element, nint stride);

    /// <summary>Reads <see cref="ISimd{V, T}.Count"/> codes of the signed dynamic map, times the scale of their block.</summary>
    static abstract V LoadSigned8(ref readonly byte codes, V scale);

    /// <summary>Reads <see cref="ISimd{V, T}.Count"/> codes of the unsigned dynamic map, times the scale of their block.</summary>
    static abstract V LoadUnsigned8(ref readonly byte codes, V scale);

    /// <summary>
    /// Writes a block as codes of the signed dynamic map. Its scale is the number of largest magnitude with its sign reversed, so that this number has the code of −1 and
    /// is exact. A block with a number that is not finite gets the scale NaN.
    /// What follows the <paramref name="count"/> values up to the next multiple of 16 is overwritten, and codes are written as far.
    /// </summary>
    static abstract void StoreSigned8(ref float values, int count, ref byte codes, ref float scale);

    /// <summary>Writes a block as codes of the unsigned dynamic map; negative numbers become 0. The scale is the largest number. Otherwise as <see cref="StoreSigned8"/>.</summary>
    static abstract void StoreUnsigned8(ref float values, int count, ref byte codes, ref float scale);
}
