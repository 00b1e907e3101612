namespace OptGen;

public static partial class Initializers
{
    /// <summary>Normal with variance gain² / fanIn: a sum over fanIn inputs of variance 1 has variance gain².</summary>
    /// <remarks>LeCun, Bottou, Orr and Müller, "Efficient BackProp", 1998.</remarks>
    public static double LeCunNormal(in InitializerInput input) => input.Gain * Math.Sqrt(1.0 / input.FanIn) * input.Normal;
}
