namespace OptGen;

/// <summary>Where a parameter lies in the flat buffer of its model, and what it is.</summary>
public sealed class ParameterInfo
{
    private readonly int[] _shape, _savedAxes;

    /// <summary>Describes a parameter.</summary>
    public ParameterInfo(
        string name, int[] shape, int offset, int length, ParameterKind kind, string initializer = "Zero", string? savedName = null, int[]? savedAxes = null)
    {
        Name = name;
        _shape = shape;
        Offset = offset;
        Length = length;
        Kind = kind;
        Initializer = initializer;
        SavedName = savedName ?? name;
        _savedAxes = savedAxes ?? [];
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

    /// <summary>Name of the initializer that gives its first values: a member of <see cref="Init"/>, or a method.</summary>
    public string Initializer { get; }

    /// <summary>Name of its tensor in files, such as <c>hidden.weight</c>.</summary>
    public string SavedName { get; }

    /// <summary>Its axes in the order in which its tensor in files has them, such as [1, 0] for a transposed kernel; none where the order is the same.</summary>
    public ReadOnlySpan<int> SavedAxes => _savedAxes;

    /// <summary>Name and shape, such as <c>Hidden.Kernel [64, 128]</c>.</summary>
    public override string ToString() => $"{Name} [{string.Join(", ", _shape)}]";
}
