namespace OptGen;

public static partial class Initializers
{
    /// <summary>Uniform with variance 2·gain² / fanIn: the bound is gain·√(6 / fanIn).</summary>
    /// <remarks>He, Zhang, Ren and Sun, "Delving deep into rectifiers", 2015.</remarks>
    public static double HeUniform(in InitializerInput input) => input.Gain * Math.Sqrt(6.0 / input.FanIn) * input.Uniform;
}
