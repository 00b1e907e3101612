namespace OptGen.Generator.Tests.Golden;

public class GoldenFileTests
{
    [Fact]
    public void The_files_hold_what_their_readme_promises()
    {
        Assert.Equal(17, GoldenFile.Optimizers.Count);
        Assert.All(GoldenFile.Optimizers, c => Assert.Equal(c.Gradients.Length, c.Parameters.Length));
        Assert.Equal((54, 16, 13), (GoldenFile.Layers.Layers.Length, GoldenFile.Layers.Losses.Length, GoldenFile.Layers.Schedules.Length));
        Assert.All(GoldenFile.Layers.Layers, c => Assert.Equal(c.Output.Shape.Aggregate(1, (a, b) => a * b), c.Output.Data.Length));
        Assert.Equal(5, GoldenFile.Training.Count);
        Assert.All(GoldenFile.Training, c => Assert.Equal(c.Steps, c.Losses.Length));
    }
}
