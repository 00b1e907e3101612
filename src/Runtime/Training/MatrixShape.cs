namespace OptGen;

/// <summary>
/// The shape of a parameter tensor as optimizers see it: a matrix whose columns lie along the last axis, all other axes together being its rows. A tensor of a single
/// axis is one row; a plain number converts to it.
/// </summary>
public readonly record struct MatrixShape
{
    /// <summary>A matrix.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A size is negative.</exception>
    public MatrixShape(int rows, int columns)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(rows);
        ArgumentOutOfRangeException.ThrowIfNegative(columns);
        Rows = rows;
        Columns = columns;
    }

    /// <summary>Product of the sizes of all axes but the last.</summary>
    public int Rows { get; }

    /// <summary>Size of the last axis.</summary>
    public int Columns { get; }

    /// <summary>A tensor of a single axis.</summary>
    public static implicit operator MatrixShape(int length) => new(1, length);

    /// <summary>A matrix.</summary>
    public static implicit operator MatrixShape((int Rows, int Columns) shape) => new(shape.Rows, shape.Columns);

    /// <summary>A tensor of a single axis.</summary>
    public static MatrixShape FromInt32(int length) => new(1, length);
}
