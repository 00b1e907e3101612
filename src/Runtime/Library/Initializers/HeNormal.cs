namespace OptGen;

public static partial class Initializers
{
    /// <summary>Normal with variance 2·gain² / fanIn: makes up for the half of its input that a rectifier drops.</summary>
    /// <remarks>He, Zhang, Ren and Sun, "Delving deep into rectifiers", 2015.</remarks>
    public static double HeNormal(in InitializerInput input) => input.Gain * Math.Sqrt(2.0 / input.FanIn) * input.Normal;
}
