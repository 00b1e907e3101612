using System.Globalization;
using System.Text;

namespace CustomOptimizer;

/// <summary>One curve: its name, its class in the page's style sheet, and a value for each step.</summary>
internal sealed record Curve(string Name, string Style, double[] Values);

/// <summary>Values over steps on a logarithmic scale, as an SVG drawing.</summary>
internal static class Chart
{
    private const double Width = 560, Height = 300, Left = 52, Right = 12, Top = 12, Bottom = 30;

    public static string Draw(string label, IReadOnlyList<Curve> curves, double floor)
    {
        int steps = curves.Max(curve => curve.Values.Length) - 1;
        double[] logs = [.. curves.SelectMany(curve => curve.Values).Where(double.IsFinite).Select(value => Math.Log10(Math.Max(value, floor)))];
        int low = (int)Math.Floor(logs.Min()), high = (int)Math.Ceiling(logs.Max());
        int every = Math.Max(1, (high - low + 5) / 6), across = RoundStep(steps / 6.0);
        double X(double step) => Left + step / steps * (Width - Left - Right);
        double Y(double log) => Height - Bottom - (log - low) / (high - low) * (Height - Top - Bottom);

        StringBuilder svg = new();
        svg.Append(CultureInfo.InvariantCulture, $"<svg viewBox=\"0 0 {Width} {Height}\" role=\"img\" aria-label=\"{label}\">");
        for (int power = high; power >= low; power -= every)
        {
            svg.Append(CultureInfo.InvariantCulture, $"<path class=\"grid\" d=\"M{Left} {Y(power):F1}H{Width - Right}\"/>");
            svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{Left - 8}\" y=\"{Y(power) + 4:F1}\" text-anchor=\"end\">{Power(power)}</text>");
        }

        for (int step = 0; step <= steps; step += across)
            svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{X(step):F1}\" y=\"{Height - 10}\" text-anchor=\"middle\">{step:N0}</text>");
        foreach (Curve curve in curves.Reverse())
        {
            IEnumerable<string> points = curve.Values.Select((value, step) =>
                string.Create(CultureInfo.InvariantCulture, $"{X(step):F1},{Y(Math.Log10(Math.Max(value, floor))):F1}"));
            svg.Append(CultureInfo.InvariantCulture, $"<polyline class=\"{curve.Style}\" points=\"{string.Join(' ', points)}\"/>");
        }

        return svg.Append("</svg>").ToString();
    }

    private static int RoundStep(double least)
    {
        double magnitude = Math.Pow(10, Math.Floor(Math.Log10(Math.Max(least, 1))));
        return (int)(magnitude * new[] { 1.0, 2, 5, 10 }.First(factor => factor * magnitude >= least || factor == 10));
    }

    private static string Power(int power) => power is >= -2 and <= 3
        ? Math.Pow(10, power).ToString("0.##", CultureInfo.InvariantCulture)
        : $"10<tspan dy=\"-4\" font-size=\"9\">{power.ToString(CultureInfo.InvariantCulture).Replace('-', '−')}</tspan>";
}
