namespace OptGen;

/// <summary>Element type of parameters and arithmetic.</summary>
public enum Precision
{
    /// <summary><c>float</c>, the default.</summary>
    Single,

    /// <summary><c>double</c>.</summary>
    Double,
}
