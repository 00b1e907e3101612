namespace OptGen;

public static partial class Ops
{
    /// <summary>Mean square of the distance from the mean along one or several axes, which stay with size 1.</summary>
    /// <param name="x">The numbers.</param>
    /// <param name="axis">Numbers of the axes; negative ones count from the end.</param>
    public static Tensor Variance(Tensor x, params int[] axis)
    {
        if (axis.Length == 0)
            throw new ArgumentException("a variance needs the number of an axis: write 'Variance(x, -1)' for the last one");
        return Mean(Square(x - Mean(x, axis)), axis);
    }
}
