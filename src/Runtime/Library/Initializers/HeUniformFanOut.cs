namespace OptGen;

public static partial class Initializers
{
    /// <summary>Uniform with variance 2·gain² / fanOut: the bound is gain·√(6 / fanOut).</summary>
    /// <remarks>He, Zhang, Ren and Sun, "Delving deep into rectifiers", 2015, section 2.2.</remarks>
    public static double HeUniformFanOut(in InitializerInput input) => input.Gain * Math.Sqrt(6.0 / input.FanOut) * input.Uniform;
}
