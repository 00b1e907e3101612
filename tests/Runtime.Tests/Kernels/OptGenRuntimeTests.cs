using OptGen.Simd;

namespace OptGen.Runtime.Tests.Kernels;

[Collection(nameof(ProcessSettings))]
public sealed class OptGenRuntimeTests : IDisposable
{
    private readonly int _threads = OptGenRuntime.MaxThreads;
    private readonly int _bits = OptGenRuntime.VectorBits;

    public void Dispose() => (OptGenRuntime.MaxThreads, OptGenRuntime.VectorBits) = (_threads, _bits);

    [Fact]
    public void The_widest_vectors_and_all_processors_are_the_default()
    {
        OptGenRuntime.VectorBits = int.MaxValue;
        Assert.Equal(_bits, OptGenRuntime.VectorBits);
        Assert.Equal(Float512.IsSupported ? 512 : Float256.IsSupported ? 256 : Float128.IsSupported ? 128 : 0, _bits);
        Assert.True(OptGenRuntime.MaxThreads >= 1);
    }

    [Fact]
    public void A_width_becomes_the_next_smaller_one_that_the_processor_has()
    {
        bool[] has = [Float128.IsSupported, Float256.IsSupported, Float512.IsSupported];
        foreach (int wanted in new[] { 0, 64, 128, 200, 256, 511, 512, 1024 })
        {
            OptGenRuntime.VectorBits = wanted;
            int expected = 0;
            for (int i = 0; i < 3; i++)
                expected = has[i] && 128 << i <= wanted ? 128 << i : expected;
            Assert.Equal(expected, OptGenRuntime.VectorBits);
        }
    }

    [Fact]
    public void Nonsense_is_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => OptGenRuntime.VectorBits = -1);
        Assert.Throws<ArgumentOutOfRangeException>(() => OptGenRuntime.MaxThreads = 0);
    }
}
