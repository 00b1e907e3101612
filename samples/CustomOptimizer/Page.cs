using System.Globalization;
using System.Net;
using System.Text;
using System.Text.RegularExpressions;

namespace CustomOptimizer;

/// <summary>The page: one file without references to others.</summary>
internal static partial class Page
{
    private const double MapWidth = 1120, MapHeight = 600;
    private static readonly View s_view = new(-1.95, 1.65, -0.35, 2.05);

    public static string Write(Score[] scores, int steps, float[][] trust)
    {
        string Row(Score score, string value) => $"<div><span class=\"name {Style(score)}\">{score.Name}</span><b>{value}</b></div>";
        string Card(string title, Func<Score, string> value) => $"<section class=\"card\"><h2>{title}</h2>{string.Concat(scores.Select(score => Row(score, value(score))))}</section>";
        string loop = GeneratedCode.Loop();
        string emitted = loop.Length == 0 ? "" : $"""
            <figure class="wide"><h2>What it becomes</h2><pre>{Highlight(loop)}</pre>
            <figcaption><code>V</code> is the widest vector of the processor; what is the same for every parameter was computed before the loop.
            From <code>{GeneratedCode.File}</code></figcaption></figure>
            """;
        return $"""
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>Trend against AdamW on Rosenbrock</title>
            <style>
            {Resource("page.css")}</style>
            </head>
            <body><main>
            <h1><span class="name trend">Trend</span> against <span class="name adamw">AdamW</span></h1>
            <p>An update rule invented in a dozen lines of scalar C#, compiled by OptGen into one fused pass of vector code, beside the library's AdamW on Rosenbrock's
            valley f(x, y) = (1 − x)² + 100(y − x²)². Both start at (−1.2, 1), and each runs at the best for it of 19 learning rates between 0.01 and 1.</p>
            <div class="cards">
            {Card("Steps until f stays below 10⁻⁶", score => Figures.Steps(score))}
            {Card($"f after {Figures.Count(steps)} steps", score => Figures.Value(score.Best.Losses[^1]))}
            {Card("1,000 random starts solved", score => Figures.Share(score.Solved))}
            {Card("Nanoseconds per parameter", score => Figures.Nanoseconds(score))}
            </div>
            <figure class="wide">{Map(scores)}<figcaption>The paths over the valley; bands are equal steps of log f. Dots are 20 steps apart.</figcaption></figure>
            <div class="pair">
            <figure><h2>f after each step</h2>
            {Chart.Draw("f after each step", [.. scores.Select(score => new Curve(score.Name, Style(score), score.Best.Losses))], 1e-14)}</figure>
            <figure><h2>The trust of <span class="name x">x</span> and <span class="name y">y</span> in Trend</h2>
            {Chart.Draw("trust", [new("x", "x", Wide(trust[0])), new("y", "y", Wide(trust[1]))], 1e-6)}</figure>
            </div>
            <figure class="wide"><h2>What is written</h2><pre>{Highlight(Resource("Trend.cs").Trim())}</pre></figure>
            {emitted}
            </main></body>
            </html>

            """;
    }

    private static string Map(Score[] scores)
    {
        StringBuilder svg = new();
        svg.Append(CultureInfo.InvariantCulture, $"<svg class=\"map\" viewBox=\"0 0 {MapWidth} {MapHeight}\" role=\"img\" aria-label=\"Paths on Rosenbrock's function\">");
        svg.Append(CultureInfo.InvariantCulture, $"<image href=\"{HeatMap.DataUri(s_view, (int)MapWidth, (int)MapHeight)}\" width=\"{MapWidth}\" height=\"{MapHeight}\"/>");
        foreach (Score score in scores.Reverse())
        {
            (float X, float Y)[] path = score.Best.Path;
            svg.Append(CultureInfo.InvariantCulture, $"<g class=\"{Style(score)}\"><polyline pathLength=\"1\" points=\"{string.Join(' ', path.Select(At))}\"/>");
            for (int i = 0; i < path.Length; i += 20)
                svg.Append(CultureInfo.InvariantCulture, $"<circle cx=\"{X(path[i].X):F1}\" cy=\"{Y(path[i].Y):F1}\" r=\"3\"/>");
            svg.Append("</g>");
        }

        Mark(svg, Rosenbrock.Start.X, Rosenbrock.Start.Y, "start");
        Mark(svg, 1, 1, "minimum");
        return svg.Append("</svg>").ToString();
    }

    private static void Mark(StringBuilder svg, double x, double y, string name) => svg.Append(
        CultureInfo.InvariantCulture,
        $"<circle cx=\"{X(x):F1}\" cy=\"{Y(y):F1}\" r=\"6\" style=\"fill:none;stroke:#fff;stroke-width:2\"/><text x=\"{X(x) + 11:F1}\" y=\"{Y(y) + 5:F1}\">{name}</text>");

    private static string At((float X, float Y) point) => string.Create(CultureInfo.InvariantCulture, $"{X(point.X):F1},{Y(point.Y):F1}");

    private static double X(double x) => (Math.Clamp(x, -9, 9) - s_view.Left) / (s_view.Right - s_view.Left) * MapWidth;

    private static double Y(double y) => (s_view.Top - Math.Clamp(y, -9, 9)) / (s_view.Top - s_view.Bottom) * MapHeight;

    private static string Style(Score score) => score.Name == "Trend" ? "trend" : "adamw";

    private static double[] Wide(float[] values) => [.. values.Select(value => (double)value)];

    private static string Resource(string name)
    {
        using StreamReader reader = new(typeof(Page).Assembly.GetManifestResourceStream(name)!);
        return reader.ReadToEnd();
    }

    /// <summary>C# with its words coloured.</summary>
    private static string Highlight(string code) => Word().Replace(WebUtility.HtmlEncode(code).Replace("&#39;", "'", StringComparison.Ordinal), word =>
        word.Groups["comment"].Success ? $"<span class=\"c\">{word.Value}</span>"
        : word.Groups["attribute"].Success ? $"<span class=\"a\">{word.Value}</span>"
        : word.Groups["number"].Success ? $"<span class=\"n\">{word.Value}</span>"
        : $"<span class=\"k\">{word.Value}</span>");

    [GeneratedRegex("""
        (?<comment>//[^\n]*) | (?<attribute>\[(?:Optimizer|Hyper|Update|State)\]) | (?<number>\b\d[\d.eE+_-]*f?\b)
        | \b(?:using|namespace|public|private|partial|class|float|int|nint|ref|void|if|else|for|get|set)\b
        """, RegexOptions.IgnorePatternWhitespace)]
    private static partial Regex Word();
}
