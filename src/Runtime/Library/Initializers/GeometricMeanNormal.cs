namespace OptGen;

public static partial class Initializers
{
    /// <summary>
    /// Normal with variance gain² / √(fanIn · fanOut), the geometric mean of the variance that keeps the scale of activations and the one that keeps that of gradients.
    /// </summary>
    /// <remarks>Sun, "Optimization for deep learning: theory and algorithms", 2019, section 4.2.</remarks>
    public static double GeometricMeanNormal(in InitializerInput input) => input.Gain / Math.Sqrt(Math.Sqrt((double)input.FanIn * input.FanOut)) * input.Normal;
}
