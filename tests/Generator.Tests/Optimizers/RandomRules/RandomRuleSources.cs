using System.Globalization;
using System.Text;
using OptGen.Generator.Tests.Harness;

namespace OptGen.Generator.Tests.Optimizers.RandomRules;

/// <summary>The sources of random rules: each an optimizer, with its own method to be called for one element, on plain numbers or on numbers with bounds.</summary>
internal static class RandomRuleSources
{
    /// <summary>Two files that are the same for all rules, then one of the rules.</summary>
    public static string[] Of(IReadOnlyList<RandomRule> rules)
    {
        StringBuilder source = new();
        for (int number = 0; number < rules.Count; number++)
            Write(source, rules[number], number);
        source.Append(CultureInfo.InvariantCulture, $$"""
            public static partial class Probe
            {
                private static readonly Func<IRule>[] s_rules = [{{string.Concat(Enumerable.Range(0, rules.Count).Select(number => $"() => new R{number}(), "))}}];

                private static IRule Create(int rule) => s_rules[rule]();
            }
            """);
        return [Shared("Probe.cs"), Shared("RunningError.cs"), source.ToString()];
    }

    private static string Shared(string name) => File.ReadAllText(Path.Combine(Repository.Tests, "Optimizers", "RandomRules", "Sources", name));

    private static void Write(StringBuilder source, RandomRule rule, int number)
    {
        string type = rule.Kind == RandomRuleKind.Double ? "double" : "float";
        string states = string.Concat(rule.States.Select(state => $", [State] ref float {state}"));
        string other = rule.Kind == RandomRuleKind.Exact ? "IExact" : "IBounded";
        source.AppendLine(CultureInfo.InvariantCulture, $$"""
            [Optimizer({{(rule.Kind == RandomRuleKind.Double ? "Precision = Precision.Double" : "ExactDivision = true")}})]
            public partial class R{{number}} : IRule, {{other}}
            {
                [Hyper] public float H { get; set; } = 0.75f;
                [Hyper] public float K { get; set; } = 0.375f;
                [Hyper] public bool Flag { get; set; } = {{(rule.IsFlagged ? "true" : "false")}};
            {{string.Concat(rule.Reductions.Select((reduction, r) => $"    [Reduce({reduction.Over}, Reduction.{reduction.Kind})] public float R{r}(float x) => {reduction.Term};\n"))}}
                [Update]
                public void Update(ref float w, float g{{states}}, int step)
                {
            {{rule.Body}}    }

                public R{{number}}() : this(default(ReadOnlySpan<MatrixShape>)) { }

                public int States => {{rule.StateCount}};

                public double[][] Widened(MatrixShape[] shapes, double[] parameters, double[][] gradients)
                {
                    R{{number}} optimizer = new(shapes);
                    {{type}}[] w = Array.ConvertAll(parameters, value => ({{type}})value);
                    System.Collections.Generic.List<double[]> rows = [];
                    foreach (double[] g in gradients)
                    {
                        optimizer.Step(w, Array.ConvertAll(g, value => ({{type}})value));
                        rows.Add(Array.ConvertAll(w, value => (double)value));
            {{string.Concat(rule.States.Select(state => $"            rows.Add(Probe.State<{type}>(optimizer, \"{state.ToUpperInvariant()}\", w.Length));\n"))}}        }

                    return rows.ToArray();
                }

            """);
        if (rule.Kind == RandomRuleKind.Exact)
            source.AppendLine($"    public void Scalar(int i, float[] w, float g, float[][] s, int step) => Update(ref w[i], g{string.Concat(rule.States.Select((_, state) => $", ref s[{state}][i]"))}, step);");
        else
            WriteBounds(source, rule);
        source.AppendLine("}");
    }

    private static void WriteBounds(StringBuilder source, RandomRule rule)
    {
        string states = string.Concat(rule.States.Select((state, slot) => $", ref RunningError {state}"));
        string given = string.Concat(rule.States.Select((state, slot) => $", ref s[{slot}]"));
        string body = rule.Body;
        for (int r = 0; r < rule.Reductions.Length; r++)
            body = body.Replace($"R{r}({rule.Reductions[r].Argument})", $"reduced[{r}]", StringComparison.Ordinal);
        string Terms(Func<RandomReduction, int, string> text) => string.Concat(rule.Reductions.Select(text));
        source.AppendLine(CultureInfo.InvariantCulture, $$"""
                public string[] Extents => [{{Terms((reduction, _) => $"\"{reduction.Over}\", ")}}];

                public string[] Kinds => [{{Terms((reduction, _) => $"\"{reduction.Kind}\", ")}}];

                public RunningError Term(int reduction, RunningError w, RunningError g, RunningError[] s)
                {
            {{string.Concat(rule.States.Select((state, slot) => $"        RunningError {state} = s[{slot}];\n"))}}        RunningError x = reduction switch { {{Terms((reduction, r) => $"{r} => {reduction.Argument}, ")}}_ => default };
                    return reduction switch { {{Terms((reduction, r) => $"{r} => {OnBounds(reduction.Term)}, ")}}_ => x };
                }

                public void Bounds(ref RunningError w, RunningError g, RunningError[] s, int step, RunningError[] reduced) => Bounded(ref w, g{{given}}, step, reduced, new RunningError(H), new RunningError(K));

                private void Bounded(ref RunningError w, RunningError g{{states}}, int step, RunningError[] reduced, RunningError h, RunningError k)
                {
            {{OnBounds(body)}}    }
            """);
    }

    private static string OnBounds(string code) => code
        .Replace("MathF.", "RunningError.", StringComparison.Ordinal).Replace("ScalarMath.", "RunningError.", StringComparison.Ordinal).Replace("Math.", "RunningError.", StringComparison.Ordinal)
        .Replace("float ", "RunningError ", StringComparison.Ordinal).Replace("H", "h", StringComparison.Ordinal).Replace("K", "k", StringComparison.Ordinal);
}
