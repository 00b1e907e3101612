using System.Globalization;

namespace CustomOptimizer;

/// <summary>Numbers as the page and the terminal show them.</summary>
internal static class Figures
{
    public static string Count(int value) => value.ToString("N0", CultureInfo.InvariantCulture);

    public static string Value(double value) => value.ToString("0.0e-0", CultureInfo.InvariantCulture);

    public static string Share(double value) => value.ToString("P1", CultureInfo.InvariantCulture);

    public static string Rate(Score score) => score.Best.Rate.ToString("G3", CultureInfo.InvariantCulture);

    public static string Steps(Score score) => score.Best.StepsTo(Contest.Goal) is { } steps ? Count(steps) : "never";

    public static string Nanoseconds(Score score) => score.Nanoseconds.ToString("0.00", CultureInfo.InvariantCulture);
}
