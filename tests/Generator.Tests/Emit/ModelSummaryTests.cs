using OptGen.Generator.Emit;
using OptGen.Generator.Tests.Frontend;

namespace OptGen.Generator.Tests.Emit;

/// <summary>The tables that <c>Describe()</c> gives.</summary>
public class ModelSummaryTests
{
    [Fact]
    public void Buffers_are_described_behind_the_parameters()
    {
        string summary = ModelSummary.Of(ModelSource.ReadValid("""
            [Model(Batch = 4, Precision = Precision.Double)]
            public partial class Net
            {
                [Dense(3)] private static partial Tensor Hidden(Tensor x);
                [BatchNorm] private static partial Tensor Norm(Tensor x);
                [Forward] private static Tensor Forward([Shape(2)] Tensor x) => Norm(Hidden(x)) * Constant(new[] { 0.5f, 2f, 8f }, 3);
            }
            """));
        Assert.EndsWith(
            """
            Norm.Bias      [3]     Bias    Zero              3     24  norm.bias [3]
            total                                           15    120

            buffer                shape  initial  count  bytes  in files
            Norm.RunningMean      [3]    0            3     24  norm.running_mean [3]
            Norm.RunningVariance  [3]    1            3     24  norm.running_var [3]
            Constant              [3]    given        3     24  constant [3]
            total                                     9     72
            """,
            summary,
            StringComparison.Ordinal);
    }
}
