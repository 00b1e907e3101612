namespace OptGen;

/// <summary>What an initializer may use for one element.</summary>
/// <param name="FanIn">Number of inputs that one output sums over.</param>
/// <param name="FanOut">Number of outputs that one input reaches.</param>
/// <param name="Gain">The factor that the declaration gives.</param>
/// <param name="Seed">Seed of the model.</param>
/// <param name="Stream">Number of the parameter in its model.</param>
/// <param name="Index">Number of the element in its parameter.</param>
public readonly record struct InitializerInput(int FanIn, int FanOut, double Gain, int Seed, int Stream, long Index)
{
    /// <summary>This element's number in [−1, 1).</summary>
    public double Uniform => (2 * Philox.UniformDouble(Seed, Stream, Index)) - 1;

    /// <summary>This element's number of the standard normal distribution.</summary>
    public double Normal => Philox.Normal(Seed, Stream, Index);
}
