namespace OptGen;

public static partial class Initializers
{
    /// <summary>
    /// Uniform in (−gain/√fanIn, gain/√fanIn), with variance gain² / (3·fanIn): what PyTorch gives dense and convolutional layers, their biases included, whose fanIn is
    /// that of the kernel.
    /// </summary>
    /// <remarks>LeCun, Bottou, Orr and Müller, "Efficient BackProp", 1998, as Lua Torch applied it.</remarks>
    public static double FanInUniform(in InitializerInput input) => input.Gain * Math.Sqrt(1.0 / input.FanIn) * input.Uniform;
}
