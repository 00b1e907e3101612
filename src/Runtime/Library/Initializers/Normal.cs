namespace OptGen;

public static partial class Initializers
{
    /// <summary>Normal with mean 0 and standard deviation gain.</summary>
    public static double Normal(in InitializerInput input) => input.Gain * input.Normal;
}
