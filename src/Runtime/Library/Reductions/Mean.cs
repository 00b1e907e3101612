namespace OptGen;

public static partial class Ops
{
    /// <summary>Mean along one or several axes, which stay with size 1.</summary>
    /// <param name="x">What is averaged.</param>
    /// <param name="axis">Numbers of the axes; negative ones count from the end.</param>
    public static Tensor Mean(Tensor x, params int[] axis)
    {
        int count = 1;
        foreach (int each in axis)
            count *= x.Shape[Argument.Axis(x, each)];
        return Sum(x, axis) * (1f / count);
    }
}
