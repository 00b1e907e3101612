namespace OptGen;

public static partial class Initializers
{
    /// <summary>
    /// Gain times the identity: output i is gain times input i, and outputs beyond the inputs are 0. With a window, that holds at its center and the rest is 0, so that a
    /// convolution gives what it gets.
    /// </summary>
    /// <remarks>Le, Jaitly and Hinton, "A simple way to initialize recurrent networks of rectified linear units", 2015; for convolutions, PyTorch's <c>dirac_</c>.</remarks>
    public static void Identity(in InitializerInput input, Span<double> values)
    {
        (int inputs, int outputs, int center) = KernelWindow.Of(input.Shape);
        values.Clear();
        for (int i = 0; i < Math.Min(inputs, outputs); i++)
            values[(center * inputs * outputs) + (i * outputs) + i] = input.Gain;
    }
}
