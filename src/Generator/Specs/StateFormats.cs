namespace OptGen.Generator.Specs;

/// <summary>What formats of states mean for memory.</summary>
internal static class StateFormats
{
    /// <summary>Numbers that share a scale.</summary>
    public const int BlockSize = 256;

    /// <summary>Whether blocks of numbers share a scale.</summary>
    public static bool IsBlockwise(this StateFormat format) => format is StateFormat.Signed8 or StateFormat.Unsigned8;

    /// <summary>Bytes of one number, with its part of the block's scale.</summary>
    public static double Bytes(this StateFormat format, int elementSize) => format switch
    {
        StateFormat.Element => elementSize,
        StateFormat.BFloat16 or StateFormat.StochasticBFloat16 => 2,
        _ => 1 + (4.0 / BlockSize),
    };

    /// <summary>In words, after "kept"; empty for elements.</summary>
    public static string Describe(this StateFormat format) => format switch
    {
        StateFormat.Element => "",
        StateFormat.BFloat16 => "as bfloat16",
        StateFormat.StochasticBFloat16 => "as bfloat16, rounded at random",
        _ => "in blocks of 256 codes of 8 bits",
    };
}
