namespace OptGen;

public static partial class Initializers
{
    /// <summary>Normal with variance 2·gain² / fanOut: keeps the scale of gradients on their way back through rectifiers.</summary>
    /// <remarks>He, Zhang, Ren and Sun, "Delving deep into rectifiers", 2015, section 2.2.</remarks>
    public static double HeNormalFanOut(in InitializerInput input) => input.Gain * Math.Sqrt(2.0 / input.FanOut) * input.Normal;
}
