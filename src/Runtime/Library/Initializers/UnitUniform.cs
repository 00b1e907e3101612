namespace OptGen;

public static partial class Initializers
{
    /// <summary>Uniform in [0, gain), with mean gain/2 and variance gain² / 12: what weights are not to be, since all have the same sign.</summary>
    public static double UnitUniform(in InitializerInput input) => input.Gain * (input.Uniform + 1) / 2;
}
