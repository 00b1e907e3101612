namespace OptGen;

/// <summary>What stands outside of a tensor that is padded.</summary>
public enum PadMode
{
    /// <summary>The elements mirrored at the first and last one, which are not repeated: c b | a b c | b a.</summary>
    Reflect,

    /// <summary>The first and last element: a a | a b c | c c.</summary>
    Replicate,

    /// <summary>The elements from the other end: b c | a b c | a b.</summary>
    Circular,
}
