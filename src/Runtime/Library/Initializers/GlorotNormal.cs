namespace OptGen;

public static partial class Initializers
{
    /// <summary>Normal with variance 2·gain² / (fanIn + fanOut): a compromise between keeping the variance of activations and that of gradients.</summary>
    /// <remarks>Glorot and Bengio, "Understanding the difficulty of training deep feedforward neural networks", 2010.</remarks>
    public static double GlorotNormal(in InitializerInput input) => input.Gain * Math.Sqrt(2.0 / ((double)input.FanIn + input.FanOut)) * input.Normal;
}
