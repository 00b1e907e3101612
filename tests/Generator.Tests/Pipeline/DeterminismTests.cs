using System.Globalization;
using OptGen.Generator.Tests.Harness;

namespace OptGen.Generator.Tests.Pipeline;

/// <summary>The same declaration gives the same bytes.</summary>
public class DeterminismTests
{
    private static readonly string s_source = TrainingProbe.Classifier("[ClipGlobalNorm(0.5f)]\n[AdamW(LearningRate = 1.5e-3f)]\n[StepDecay(Every = 10, Factor = 0.5f)]", isDouble: true);

    [Fact]
    public void Two_runs_give_the_same_files() => Assert.Equal(GeneratorRun.Of(s_source).Files, GeneratorRun.Of(s_source).Files);

    [Fact]
    public void The_culture_of_the_machine_shows_nowhere()
    {
        IReadOnlyDictionary<string, string> expected = GeneratorRun.Of(s_source).Files;
        CultureInfo before = CultureInfo.CurrentCulture;
        try
        {
            // One that writes every number differently.
            CultureInfo culture = (CultureInfo)CultureInfo.InvariantCulture.Clone();
            culture.NumberFormat.NumberDecimalSeparator = ",";
            culture.NumberFormat.NumberGroupSeparator = "_";
            culture.NumberFormat.NegativeSign = "~";
            CultureInfo.CurrentCulture = culture;
            Assert.Equal("~1,5", (-1.5).ToString(CultureInfo.CurrentCulture));
            Assert.Equal(expected, GeneratorRun.Of(s_source).Files);
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }
}
