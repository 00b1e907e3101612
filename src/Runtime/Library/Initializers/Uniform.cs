namespace OptGen;

public static partial class Initializers
{
    /// <summary>Uniform in [−gain, gain).</summary>
    public static double Uniform(in InitializerInput input) => input.Gain * input.Uniform;
}
