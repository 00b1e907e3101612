namespace OptGen;

/// <summary>Where a parameter lies in the flat buffer of its model, and what it is.</summary>
public sealed class ParameterInfo
{
    private readonly int[] _shape;

    /// <summary>Describes a parameter.</summary>
    public ParameterInfo(string name, int[] shape, int offset, int length, ParameterKind kind)
    {
        Name = name;
        _shape = shape;
        Offset = offset;
        Length = length;
        Kind = kind;
    }

    /// <summary>Path of the parameter, such as <c>Hidden.Kernel</c>.</summary>
    public string Name { get; }

    /// <summary>Sizes of its axes.</summary>
    public ReadOnlySpan<int> Shape => _shape;

    /// <summary>Index of its first element in the flat buffer.</summary>
    public int Offset { get; }

    /// <summary>Number of elements: the product of <see cref="Shape"/>.</summary>
    public int Length { get; }

    /// <summary>What the parameter is for; decides whether weight decay applies.</summary>
    public ParameterKind Kind { get; }

    /// <summary>Name and shape, such as <c>Hidden.Kernel [64, 128]</c>.</summary>
    public override string ToString() => $"{Name} [{string.Join(", ", _shape)}]";
}
