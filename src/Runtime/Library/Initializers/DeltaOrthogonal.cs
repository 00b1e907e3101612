namespace OptGen;

public static partial class Initializers
{
    /// <summary>
    /// Gain times an orthogonal matrix [inputs, outputs] at the center of the window, 0 around it: a convolution that keeps lengths. Without a window it is
    /// <see cref="Orthogonal"/>.
    /// </summary>
    /// <remarks>Xiao, Bahri, Sohl-Dickstein, Schoenholz and Pennington, "Dynamical isometry and a mean field theory of CNNs", 2018.</remarks>
    public static void DeltaOrthogonal(in InitializerInput input, Span<double> values)
    {
        (int inputs, int outputs, int center) = KernelWindow.Of(input.Shape);
        values.Clear();
        OrthogonalMatrix.Fill(input, values.Slice(center * inputs * outputs, inputs * outputs), inputs, outputs);
    }
}
