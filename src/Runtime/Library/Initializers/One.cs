namespace OptGen;

public static partial class Initializers
{
    /// <summary>1.</summary>
    public static double One(in InitializerInput input) => 1;
}
