namespace OptGen;

/// <summary>
/// The range of a hyperparameter: <c>[Hyper, Bounds(AtLeast = 0, Below = 1)] public float Momentum { get; set; }</c>. A value outside of it is a mistake where it is written in an
/// attribute, and the property of the optimizer throws when it is set to one; what is not a number is outside of every range.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class BoundsAttribute : Attribute
{
    /// <summary>The least value; none where it is not given.</summary>
    public double AtLeast { get; set; } = double.NegativeInfinity;

    /// <summary>What every value is greater than; nothing where it is not given.</summary>
    public double Above { get; set; } = double.NaN;

    /// <summary>The greatest value; none where it is not given.</summary>
    public double AtMost { get; set; } = double.PositiveInfinity;

    /// <summary>What every value is less than; nothing where it is not given.</summary>
    public double Below { get; set; } = double.NaN;
}
