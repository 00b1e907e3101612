using OptGen.Generator.Tests.Harness;

namespace OptGen.Generator.Tests.Planning;

/// <summary>What the length of a sequence costs: neither text nor time of the generator.</summary>
[Collection(RuntimeSettings.Name)]
public sealed class SequenceLengthTests
{
    private static string Source(string layer, int steps) => $$"""
        [Model(Batch = 16)]
        public partial class Net
        {
            [{{layer}}] private static partial Tensor Cells(Tensor x);
            [Dense(5)] private static partial Tensor Logits(Tensor x);
            [Forward] private static Tensor Forward([Shape({{steps}}, 12)] Tensor x) => Logits(Reshape(Slice(Cells(x), 0, {{steps - 1}}, 1), -1));
            [Loss] private static Tensor Loss(Tensor logits, [Shape] Labels y) => SoftmaxCrossEntropy(logits, y);
        }

        [Optimizer<Net>] [AdamW] public partial class Fused;
        """;

    [Theory]
    [InlineData("Rnn(24)")]
    [InlineData("Gru(24)")]
    [InlineData("Lstm(24)")]
    public void The_text_of_a_recurrent_layer_does_not_grow_with_its_steps(string layer)
    {
        int Length(int steps) => GeneratorRun.Clean(Source(layer, steps)).Files.Values.Sum(text => text.Length);
        int few = Length(8), many = Length(64);
        Assert.True(many < few * 1.05, $"{few} characters for 8 steps, {many} for 64");
    }

    [Fact]
    public void Generation_takes_as_long_for_many_steps_as_for_few()
    {
        TimeSpan Time(int steps)
        {
            // Time of the processor, the best of several: other work on the machine says nothing about the generator.
            TimeSpan best = TimeSpan.MaxValue;
            for (int i = 0; i < 5; i++)
            {
                TimeSpan before = Environment.CpuUsage.TotalTime;
                Assert.NotEmpty(GeneratorRun.Of(Source("Lstm(24)", steps) + $"\n// {i}").Files);
                best = TimeSpan.FromTicks(Math.Min(best.Ticks, (Environment.CpuUsage.TotalTime - before).Ticks));
            }

            return best;
        }

        Time(4);
        TimeSpan few = Time(8), many = Time(64);
        Assert.True(many < 1.5 * few, $"{few.TotalMilliseconds} ms for 8 steps, {many.TotalMilliseconds} for 64");
    }
}
