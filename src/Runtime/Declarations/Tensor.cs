namespace OptGen;

/// <summary>
/// A symbolic tensor of real numbers: what <c>[Forward]</c>, <c>[Loss]</c> and layers compute with. The generator reads the code that uses it; the code never
/// runs, and no instance exists. A leading batch axis is implied and is not part of <see cref="Shape"/>.
/// </summary>
public sealed class Tensor
{
    private Tensor()
    {
    }

    /// <summary>Sizes of the axes, without the batch axis.</summary>
    public int[] Shape => throw Symbolic.Run();

    /// <summary>Number of axes, without the batch axis.</summary>
    public int Rank => throw Symbolic.Run();

    /// <summary>A constant that broadcasts to any shape.</summary>
    public static implicit operator Tensor(float value) => throw Symbolic.Run();

    /// <summary>Element by element, broadcasting.</summary>
    public static Tensor operator +(Tensor a, Tensor b) => throw Symbolic.Run();

    /// <summary>Element by element, broadcasting.</summary>
    public static Tensor operator -(Tensor a, Tensor b) => throw Symbolic.Run();

    /// <summary>Element by element, broadcasting. For the matrix product see <see cref="Ops.MatMul"/>.</summary>
    public static Tensor operator *(Tensor a, Tensor b) => throw Symbolic.Run();

    /// <summary>Element by element, broadcasting.</summary>
    public static Tensor operator /(Tensor a, Tensor b) => throw Symbolic.Run();

    /// <summary>Element by element.</summary>
    public static Tensor operator -(Tensor a) => throw Symbolic.Run();
}

/// <summary>Symbolic integer class labels, one for each row (or each position of <c>[Shape]</c>).</summary>
public sealed class Labels
{
    private Labels()
    {
    }
}

/// <summary>The error of code that is read by the generator and was executed nevertheless.</summary>
internal static class Symbolic
{
    public static InvalidOperationException Run() =>
        new("This code is a declaration that the OptGen generator compiles; it does not run. Call the methods generated on the model or optimizer instead.");
}
