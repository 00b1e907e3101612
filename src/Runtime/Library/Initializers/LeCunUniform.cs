namespace OptGen;

public static partial class Initializers
{
    /// <summary>Uniform with variance gain² / fanIn: the bound is gain·√(3 / fanIn).</summary>
    /// <remarks>LeCun, Bottou, Orr and Müller, "Efficient BackProp", 1998.</remarks>
    public static double LeCunUniform(in InitializerInput input) => input.Gain * Math.Sqrt(3.0 / input.FanIn) * input.Uniform;
}
