namespace OptGen.Simd;

/// <summary>What the narrow formats need of a vector beyond arithmetic: whole numbers of 32 bits in the lanes, and memory of 16 and 8 bits.</summary>
internal interface IFloatBits<V> : ISimdBits<V, float>
    where V : struct, IFloatBits<V>
{
    /// <summary>All lanes the whole number.</summary>
    static abstract V BroadcastBits(int value);

    /// <summary>Lanes start, start + step, … as whole numbers.</summary>
    static abstract V SequenceBits(int start, int step);

    /// <summary>The lower halves of the products of the lanes as whole numbers.</summary>
    static abstract V MultiplyBits(V a, V b);

    /// <summary>Exclusive or.</summary>
    static abstract V XorBits(V a, V b);

    /// <summary>The smaller of two numbers that are not NaN.</summary>
    static abstract V MinFast(V a, V b);

    /// <summary>The larger of two numbers that are not NaN.</summary>
    static abstract V MaxFast(V a, V b);

    /// <summary>The smaller as whole numbers with a sign.</summary>
    static abstract V MinSigned(V a, V b);

    /// <summary>The smaller as whole numbers without a sign.</summary>
    static abstract V MinUnsigned(V a, V b);

    /// <summary>The larger as whole numbers without a sign.</summary>
    static abstract V MaxUnsigned(V a, V b);

    /// <summary>The largest lane as a whole number without a sign.</summary>
    static abstract uint MaxAcrossUnsigned(V a);

    /// <summary>The magnitudes of whole numbers.</summary>
    static abstract V AbsBits(V a);

    /// <summary>Numbers to whole numbers, cut off at the point. They must be in range.</summary>
    static abstract V ToInteger(V a);

    /// <summary>Whole numbers to numbers.</summary>
    static abstract V FromInteger(V a);

    /// <summary>One of eight numbers for each lane: the lowest three bits of the index say which.</summary>
    static abstract V Lookup(float n0, float n1, float n2, float n3, float n4, float n5, float n6, float n7, V index);

    /// <summary>Reads neighbours as whole numbers.</summary>
    static abstract V LoadHalves(ref readonly ushort source);

    /// <summary>Writes the upper 16 bits of each lane.</summary>
    static abstract void StoreUpperHalves(V value, ref ushort destination);

    /// <summary>Reads neighbours as whole numbers.</summary>
    static abstract V LoadBytes(ref readonly byte source);

    /// <summary>Reads neighbours as whole numbers in two's complement.</summary>
    static abstract V LoadSignedBytes(ref readonly byte source);

    /// <summary>Writes the lowest 8 bits of each lane.</summary>
    static abstract void StoreBytes(V value, ref byte destination);
}
