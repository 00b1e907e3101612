namespace OptGen;

public static partial class Initializers
{
    /// <summary>
    /// Gain times a random matrix W with WᵀW = I, over the kernel as [all inputs of a window, outputs]; with more outputs than inputs, WWᵀ = I. It keeps lengths, so that a
    /// deep linear network learns as fast as a shallow one. All such matrices are equally likely. Takes inputs·outputs·min(inputs, outputs) operations.
    /// </summary>
    /// <remarks>Saxe, McClelland and Ganguli, "Exact solutions to the nonlinear dynamics of learning in deep linear neural networks", 2014.</remarks>
    public static void Orthogonal(in InitializerInput input, Span<double> values)
    {
        int outputs = input.Shape.IsEmpty ? 1 : input.Shape[^1];
        OrthogonalMatrix.Fill(input, values, outputs == 0 ? 0 : values.Length / outputs, outputs);
    }
}
