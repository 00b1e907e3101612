namespace OptGen;

public static partial class Initializers
{
    /// <summary>0.</summary>
    public static double Zero(in InitializerInput input) => 0;
}
