using System.Globalization;

namespace OptGen.Samples.Tests;

public class DigitsTests
{
    [Fact]
    public void Redirected_output_is_plain_lines_with_a_summary()
    {
        DigitsProgram run = DigitsProgram.Run("--epochs", "1", "--seed", "1");

        Assert.Equal(0, run.ExitCode);
        Assert.Empty(run.Error);
        Assert.DoesNotContain(run.Lines, line => line.Contains('\u001b', StringComparison.Ordinal));
        Assert.Contains("1,437 training and 360 test images", run.Lines[0], StringComparison.Ordinal);
        Assert.Matches(@"^epoch 1/1 loss [0-9.]+ test accuracy [0-9.]+ %$", Assert.Single(run.EpochLines));
        Assert.EndsWith("%", run.Summary("Test accuracy"), StringComparison.Ordinal);
        Assert.True(double.Parse(run.Summary("Samples per second"), NumberStyles.AllowThousands, CultureInfo.InvariantCulture) > 0);
        Assert.Equal("0", run.Summary("Bytes allocated per step"));
    }

    [Fact]
    public void The_summary_names_where_the_generated_code_is()
    {
        string folder = Path.Combine(Repository.Root, DigitsProgram.Run("--epochs", "1").Summary("Generated code"));

        Assert.NotEmpty(Directory.GetFiles(folder, "*DigitNet.*.g.cs", SearchOption.AllDirectories));
    }

    [Fact]
    public void The_same_seed_gives_the_same_losses_to_the_last_bit()
    {
        string[] first = DigitsProgram.Run("--epochs", "3", "--seed", "7").EpochLines;

        Assert.Equal(3, first.Length);
        Assert.Equal(first, DigitsProgram.Run("--epochs", "3", "--seed", "7").EpochLines);
        Assert.NotEqual(first, DigitsProgram.Run("--epochs", "3", "--seed", "8").EpochLines);
    }

    [Fact]
    public void It_reaches_97_percent_on_average_over_ten_seeds()
    {
        double sum = 0;
        for (int seed = 1; seed <= 10; seed++)
        {
            DigitsProgram run = DigitsProgram.Run("--seed", seed.ToString(CultureInfo.InvariantCulture));
            sum += double.Parse(run.Summary("Test accuracy").TrimEnd('%', ' '), CultureInfo.InvariantCulture);
        }

        Assert.InRange(sum / 10, 97, 100);
    }

    [Theory]
    [InlineData("--epochs", "0")]
    [InlineData("--epochs", "many")]
    [InlineData("--seed", "1.5")]
    [InlineData("--seed", "-1")]
    public void A_wrong_value_is_named_and_fails(string option, string value)
    {
        DigitsProgram run = DigitsProgram.Run(option, value);

        Assert.NotEqual(0, run.ExitCode);
        Assert.Contains($"{option} takes a whole number", run.Error, StringComparison.Ordinal);
        Assert.Contains($"not \"{value}\"", run.Error, StringComparison.Ordinal);
        Assert.Empty(run.EpochLines);
    }

    [Fact]
    public void An_unknown_option_fails()
    {
        DigitsProgram run = DigitsProgram.Run("--epoch", "3");

        Assert.NotEqual(0, run.ExitCode);
        Assert.Contains("'--epoch'", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Help_names_the_options()
    {
        DigitsProgram run = DigitsProgram.Run("--help");

        Assert.Equal(0, run.ExitCode);
        Assert.Contains(run.Lines, line => line.Contains("--epochs", StringComparison.Ordinal));
        Assert.Contains(run.Lines, line => line.Contains("--seed", StringComparison.Ordinal));
        Assert.Empty(run.EpochLines);
    }
}
