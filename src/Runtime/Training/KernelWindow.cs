namespace OptGen;

/// <summary>A kernel [.., inputs, outputs] as the matrices [inputs, outputs] at the places of its window.</summary>
internal static class KernelWindow
{
    /// <summary>Sizes of a matrix, and the number of the one at the center: of an even window, the one after the middle.</summary>
    public static (int Inputs, int Outputs, int Center) Of(ReadOnlySpan<int> shape)
    {
        int center = 0;
        for (int axis = 0; axis < shape.Length - 2; axis++)
            center = (center * shape[axis]) + (shape[axis] / 2);
        return (shape.Length < 2 ? 1 : shape[^2], shape.IsEmpty ? 1 : shape[^1], center);
    }
}
