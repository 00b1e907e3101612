namespace OptGen;

public static partial class Initializers
{
    /// <summary>Uniform with variance 2·gain² / (fanIn + fanOut): the bound is gain·√(6 / (fanIn + fanOut)).</summary>
    /// <remarks>Glorot and Bengio, "Understanding the difficulty of training deep feedforward neural networks", 2010.</remarks>
    public static double GlorotUniform(in InitializerInput input) => input.Gain * Math.Sqrt(6.0 / ((double)input.FanIn + input.FanOut)) * input.Uniform;
}
