using OptGen.Generator.Planning;
using OptGen.Kernels;

namespace OptGen.Generator.Tests.Planning;

public class PartialsTests
{
    /// <summary>Parts that threads take begin at multiples of the planner's number, and find the place of their results by the runtime's.</summary>
    [Fact]
    public void The_planner_divides_reductions_at_the_blocks_of_the_runtime() => Assert.Equal(Partials.Block, Planner.PartialsBlock);
}
