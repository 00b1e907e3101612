namespace OptGen;

public static partial class Initializers
{
    /// <summary>
    /// Normal with mean 0 and standard deviation gain, drawn again beyond two standard deviations; the variance that remains is 0.7737·gain². Transformers begin with
    /// gain 0.02.
    /// </summary>
    /// <remarks>Devlin, Chang, Lee and Toutanova, "BERT: Pre-training of deep bidirectional transformers for language understanding", 2019.</remarks>
    public static double TruncatedNormal(in InitializerInput input)
    {
        // No parameter has 2⁴⁰ elements, so that further draws of one element are none of another.
        double normal = input.Normal;
        for (long draw = 1; Math.Abs(normal) > 2; draw++)
            normal = input.At(input.Index + (draw << 40)).Normal;
        return input.Gain * normal;
    }
}
