using System.Globalization;

namespace OptGen.Generator.Specs;

/// <summary>The range of a hyperparameter; a bound that is null is none.</summary>
internal readonly record struct Bounds(double? AtLeast, double? Above, double? AtMost, double? Below)
{
    public static readonly Bounds NotNegative = new(0, null, null, null);

    public bool IsNone => this == default;

    /// <summary>Whether there is no number in the range.</summary>
    public bool IsEmpty => Math.Max(AtLeast ?? double.NegativeInfinity, Above ?? double.NegativeInfinity) is double low
        && Math.Min(AtMost ?? double.PositiveInfinity, Below ?? double.PositiveInfinity) is double high
        && (low > high || (low == high && !(Contains(low) || double.IsInfinity(low))));

    /// <summary>The same whole numbers, with bounds that are whole numbers and belong to the range.</summary>
    public Bounds Whole()
    {
        double low = Math.Max(Math.Ceiling(AtLeast ?? double.NegativeInfinity), Math.Floor(Above ?? double.NegativeInfinity) + 1);
        double high = Math.Min(Math.Floor(AtMost ?? double.PositiveInfinity), Math.Ceiling(Below ?? double.PositiveInfinity) - 1);
        return new(low > int.MinValue ? low : null, null, high < int.MaxValue ? high : null, null);
    }

    /// <summary>Whether a value is in the range; what is not a number is in none but the one without bounds.</summary>
    public bool Contains(double value) =>
        (AtLeast is not double least || value >= least) && (Above is not double above || value > above) && (AtMost is not double most || value <= most) && (Below is not double below || value < below);

    /// <summary>The range in words, such as <c>at least 0 and less than 1</c>.</summary>
    public string Describe() => string.Join(" and ", Parts("at least ", "more than ", "at most ", "less than ", Text));

    /// <summary>The range as a pattern of C#, such as <c>&gt;= 0f and &lt; 1f</c>.</summary>
    public string Pattern(Func<double, string> number) => string.Join(" and ", Parts(">= ", "> ", "<= ", "< ", number));

    /// <summary>A number for a message.</summary>
    public static string Text(double value) => value.ToString(CultureInfo.InvariantCulture);

    private IEnumerable<string> Parts(string least, string above, string most, string below, Func<double, string> number) =>
        new[] { (least, AtLeast), (above, Above), (most, AtMost), (below, Below) }.Where(part => part.Item2 is not null).Select(part => part.Item1 + number(part.Item2!.Value));
}
