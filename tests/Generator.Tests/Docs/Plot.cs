using System.Globalization;
using System.Text;

namespace OptGen.Generator.Tests.Docs;

/// <summary>Draws curves as an SVG image that is readable on a light page and on a dark one, and is the same text on every machine.</summary>
internal static class Plot
{
    private const double Width = 520, Height = 240, Left = 56, Right = 14, Top = 14, Bottom = 28;
    private static readonly string[] s_colors = ["#2f81f7", "#d29922", "#3fb950"];

    public static string Draw(string title, IReadOnlyList<(string Name, double[] X, double[] Y)> curves)
    {
        double[] allX = [.. curves.SelectMany(curve => curve.X)], allY = [.. curves.SelectMany(curve => curve.Y).Where(double.IsFinite)];
        double[] ticksX = Ticks(allX.Min(), allX.Max(), 6), ticksY = Ticks(allY.Min(), allY.Max(), 5);
        (double lowX, double highX) = (allX.Min(), allX.Max());
        (double lowY, double highY) = (Math.Min(ticksY[0], allY.Min()), Math.Max(ticksY[^1], allY.Max()));
        double X(double x) => Left + (x - lowX) / (highX - lowX) * (Width - Left - Right);
        double Y(double y) => Height - Bottom - (y - lowY) / (highY - lowY) * (Height - Top - Bottom);

        StringBuilder svg = new();
        svg.Append(CultureInfo.InvariantCulture, $"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{Width}\" height=\"{Height}\" viewBox=\"0 0 {Width} {Height}\" ");
        svg.Append(CultureInfo.InvariantCulture, $"role=\"img\" aria-label=\"{title}\" font-family=\"sans-serif\" font-size=\"11\" fill=\"#7d8590\">\n");
        foreach (double tick in ticksY)
        {
            svg.Append(CultureInfo.InvariantCulture, $"<path d=\"M{Left} {At(Y(tick))}H{Width - Right}\" stroke=\"#7d8590\" stroke-opacity=\"{(tick == 0 ? 0.7 : 0.25)}\"/>");
            svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{Left - 6}\" y=\"{At(Y(tick) + 4)}\" text-anchor=\"end\">{Label(tick)}</text>\n");
        }

        foreach (double tick in ticksX.Where(tick => tick >= lowX && tick <= highX))
        {
            if (tick == 0 && lowX < 0)
                svg.Append(CultureInfo.InvariantCulture, $"<path d=\"M{At(X(0))} {Top}V{Height - Bottom}\" stroke=\"#7d8590\" stroke-opacity=\"0.7\"/>");
            svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{At(X(tick))}\" y=\"{Height - 8}\" text-anchor=\"middle\">{Label(tick)}</text>\n");
        }

        for (int i = curves.Count - 1; i >= 0; i--)
        {
            IEnumerable<string> points = curves[i].X.Zip(curves[i].Y)
                .Where(point => double.IsFinite(point.Second))
                .Select(point => $"{At(X(point.First))},{At(Y(point.Second))}");
            svg.Append(CultureInfo.InvariantCulture, $"<polyline points=\"{string.Join(' ', points)}\" fill=\"none\" stroke=\"{s_colors[i]}\" ");
            svg.Append(CultureInfo.InvariantCulture, $"stroke-width=\"2\" stroke-linejoin=\"round\"{(i > 0 ? " stroke-dasharray=\"5 4\"" : "")}/>\n");
        }

        for (int i = 0; i < curves.Count && curves.Count > 1; i++)
            svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{Left + 10}\" y=\"{Top + 12 + 15 * i}\" fill=\"{s_colors[i]}\">{curves[i].Name}</text>\n");
        return svg.Append("</svg>\n").ToString();
    }

    /// <summary>Round numbers across a range, at least two.</summary>
    private static double[] Ticks(double low, double high, int count)
    {
        if (high == low)
            (low, high) = (low - Math.Max(1, Math.Abs(low)) / 2, high + Math.Max(1, Math.Abs(high)) / 2);
        double raw = (high - low) / count, magnitude = Math.Pow(10, Math.Floor(Math.Log10(raw)));
        double step = magnitude * (raw / magnitude <= 1.0001 ? 1 : raw / magnitude <= 2.0001 ? 2 : raw / magnitude <= 5.0001 ? 5 : 10);
        int first = (int)Math.Floor(low / step + 1e-9), last = (int)Math.Ceiling(high / step - 1e-9);
        return [.. Enumerable.Range(first, last - first + 1).Select(i => i * step)];
    }

    private static string Label(double tick) => LibraryResults.Number(Math.Round(tick, 10));

    private static string At(double position) => (Math.Round(position, 1) + 0.0).ToString("0.#", CultureInfo.InvariantCulture);
}
