namespace OptGen;

public static partial class Initializers
{
    /// <summary>The gain.</summary>
    public static double Constant(in InitializerInput input) => input.Gain;
}
