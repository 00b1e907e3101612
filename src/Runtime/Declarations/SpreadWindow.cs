namespace OptGen;

/// <summary>How windows that elements are spread over lie along an axis.</summary>
internal static class SpreadWindow
{
    /// <summary>How many positions the windows cover together.</summary>
    public static int Of(int size, int kernel, int stride, int dilation, int padding, int outputPadding)
    {
        Window.Check(stride, dilation, padding);
        if (outputPadding < 0 || (outputPadding > 0 && outputPadding >= stride && outputPadding >= dilation))
            throw new ArgumentException($"the output padding is {outputPadding}, but must be less than the stride or the dilation", "OutputPadding");
        int covered = (size - 1) * stride - 2 * padding + dilation * (kernel - 1) + 1 + outputPadding;
        return covered > 0 ? covered : throw new ArgumentException("the padding leaves nothing of the output", "Padding");
    }
}
