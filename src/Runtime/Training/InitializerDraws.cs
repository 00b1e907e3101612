namespace OptGen;

// The numbers that an initializer draws: what it runs on, which its declaration does not need.
public readonly ref partial struct InitializerInput
{
    /// <summary>This element's number in [−1, 1).</summary>
    public double Uniform => (2 * Philox.UniformDouble(Seed, Stream, Index)) - 1;

    /// <summary>This element's number of the standard normal distribution.</summary>
    public double Normal => Philox.Normal(Seed, Stream, Index);
}
