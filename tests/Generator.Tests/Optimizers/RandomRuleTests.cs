using System.Globalization;
using System.Text;
using OptGen.Generator.Tests.Harness;

namespace OptGen.Generator.Tests.Optimizers;

/// <summary>
/// Rules composed at random, compiled through the whole generator, against their own methods run for one element after the other: equal to the last bit where no
/// result depends on how operations are compiled, and within a running bound of the rounding errors for the rest.
/// </summary>
[Collection(RuntimeSettings.Name)]
public class RandomRuleTests
{
    private const int ExactRules = 260;
    private const int BoundedRules = 260;
    private const int RulesPerCompilation = 130;
    private const int Elements = 37;
    private const int Steps = 4;

    private delegate float[][] Widened(int rule, int vectorBits, float[] parameters, float[][] gradients);

    [Fact]
    public void Widened_code_computes_what_the_method_computes()
    {
        List<string> failures = [];
        int rules = 0;
        long compared = 0, offered = 0;
        for (int first = 0; first < ExactRules; first += RulesPerCompilation)
        {
            RandomRule[] exact = [.. Enumerable.Range(first, RulesPerCompilation).Select(seed => new RandomRule(seed, isExact: true))];
            using LoadedProgram program = Compile(exact, isExact: true);
            Func<int, float[], float[][], float[][]> scalar = program.Method<Func<int, float[], float[][], float[][]>>("Scalar");
            Widened widened = program.Method<Widened>("Widened");
            for (int rule = 0; rule < exact.Length; rule++, rules++)
            {
                (float[] parameters, float[][] gradients) = Numbers(first + rule);
                float[][] expected = scalar(rule, parameters, gradients);
                foreach (int bits in new[] { 512, 256, 128, 0 })
                {
                    float[][] actual = widened(rule, bits, parameters, gradients);
                    for (int row = 0; row < expected.Length; row++)
                    {
                        for (int i = 0; i < Elements; i++)
                        {
                            offered++;
                            if (float.IsNaN(expected[row][i]))
                                continue;
                            compared++;
                            if (expected[row][i] != actual[row][i])
                                failures.Add(Describe(exact[rule], first + rule, bits, row, i, expected[row][i].ToString("R", CultureInfo.InvariantCulture), actual[row][i]));
                        }
                    }
                }
            }
        }

        Assert.True(failures.Count == 0, $"{failures.Count} numbers of {compared} differ.\n" + string.Join("\n", failures.Take(3)));
        Assert.Equal(ExactRules, rules);
        Assert.True(compared > 0.8 * offered, $"Only {compared} of {offered} numbers stayed within the range.");
    }

    [Fact]
    public void Widened_code_stays_within_the_rounding_errors_of_the_method()
    {
        List<string> failures = [];
        int rules = 0;
        long compared = 0, accurate = 0, offered = 0;
        for (int first = 0; first < BoundedRules; first += RulesPerCompilation)
        {
            RandomRule[] bounded = [.. Enumerable.Range(first, RulesPerCompilation).Select(seed => new RandomRule(1_000_000 + seed, isExact: false))];
            using LoadedProgram program = Compile(bounded, isExact: false);
            Func<int, float[], float[][], float[][]> scalar = program.Method<Func<int, float[], float[][], float[][]>>("Scalar");
            Func<int, float[], float[][], double[][]> bounds = program.Method<Func<int, float[], float[][], double[][]>>("Bounds");
            Widened widened = program.Method<Widened>("Widened");
            for (int rule = 0; rule < bounded.Length; rule++, rules++)
            {
                (float[] parameters, float[][] gradients) = Numbers(first + rule);
                double[][] expected = bounds(rule, parameters, gradients);
                float[][][] all = [scalar(rule, parameters, gradients), .. new[] { 512, 256, 128, 0 }.Select(bits => widened(rule, bits, parameters, gradients))];
                int[] widths = [-1, 512, 256, 128, 0];
                for (int row = 0; row < all[0].Length; row++)
                {
                    for (int i = 0; i < Elements; i++)
                    {
                        double value = expected[2 * row][i], error = expected[2 * row + 1][i];
                        offered++;
                        if (double.IsNaN(error))
                            continue;
                        compared++;
                        accurate += error < 1e-4 * Math.Max(1, Math.Abs(value)) ? 1 : 0;
                        for (int run = 0; run < all.Length; run++)
                        {
                            if (!(Math.Abs(all[run][row][i] - value) <= error))
                                failures.Add(Describe(bounded[rule], 1_000_000 + first + rule, widths[run], row, i, $"{value:R} ± {error:R}", all[run][row][i]));
                        }

                        // Every width computes the same operations in the same order.
                        if (all.Skip(2).Any(other => other[row][i] != all[1][row][i]))
                            failures.Add(Describe(bounded[rule], 1_000_000 + first + rule, 0, row, i, $"{all[1][row][i]:R} as with 512 bits", all[4][row][i]));
                    }
                }
            }
        }

        Assert.True(failures.Count == 0, $"{failures.Count} numbers of {compared} are off.\n" + string.Join("\n", failures.Take(3)));
        Assert.Equal(BoundedRules, rules);
        Assert.True(compared > 0.5 * offered && accurate > 0.8 * compared, $"Of {offered} numbers, {compared} were certain and {accurate} accurate: the rules say too little.");
    }

    /// <summary>Gradients with few digits, so that sums are often exact; both signs and zero.</summary>
    private static (float[] Parameters, float[][] Gradients) Numbers(int seed)
    {
        Random random = new(seed);
        float Next() => random.Next(-24, 25) / 8f;
        return ([.. Enumerable.Range(0, Elements).Select(_ => Next())], [.. Enumerable.Range(0, Steps).Select(_ => Enumerable.Range(0, Elements).Select(_ => Next()).ToArray())]);
    }

    private static string Describe(RandomRule rule, int seed, int bits, int row, int element, string expected, float actual) => string.Create(
        CultureInfo.InvariantCulture,
        $"seed {seed}, {(bits < 0 ? "the method itself" : bits == 0 ? "scalar code" : bits + " bits")}, after step {row / (rule.StateCount + 1) + 1}, {(row % (rule.StateCount + 1) == 0 ? "parameter" : "state")}, element {element}: expected {expected}, got {actual:R}\n{rule.Body}");

    private static LoadedProgram Compile(RandomRule[] rules, bool isExact)
    {
        StringBuilder source = new();
        for (int number = 0; number < rules.Length; number++)
            Write(source, rules[number], number, isExact);
        source.Append($$"""
            public interface IRule
            {
                void Step(Span<float> w, ReadOnlySpan<float> g);
                Span<float> State(int state);
                void Scalar(int i, float[] w, float[] g, float[][] s, int step);
                int States { get; }
            }

            public interface IBounded
            {
                void Bounds(int i, RunningError[] w, RunningError[] g, RunningError[][] s, int step);
            }

            public static class Probe
            {
                private static IRule Create(int rule) => Rules()[rule]();

                private static Func<IRule>[] Rules() => [{{string.Concat(Enumerable.Range(0, rules.Length).Select(number => $"() => new R{number}({Elements}), "))}}];

                public static float[][] Widened(int rule, int vectorBits, float[] parameters, float[][] gradients)
                {
                    int widest = OptGenRuntime.VectorBits;
                    OptGenRuntime.VectorBits = vectorBits;
                    try
                    {
                        IRule optimizer = Create(rule);
                        float[] w = (float[])parameters.Clone();
                        System.Collections.Generic.List<float[]> rows = [];
                        foreach (float[] g in gradients)
                        {
                            optimizer.Step(w, g);
                            rows.Add((float[])w.Clone());
                            for (int state = 0; state < optimizer.States; state++)
                                rows.Add(optimizer.State(state).ToArray());
                        }

                        return rows.ToArray();
                    }
                    finally
                    {
                        OptGenRuntime.VectorBits = widest;
                    }
                }

                /// <summary>NaN where an element has left the range of numbers.</summary>
                public static float[][] Scalar(int rule, float[] parameters, float[][] gradients)
                {
                    IRule optimizer = Create(rule);
                    int count = parameters.Length, width = optimizer.States + 1;
                    float[][] rows = new float[gradients.Length * width][];
                    for (int row = 0; row < rows.Length; row++)
                        rows[row] = new float[count];
                    float[] w = (float[])parameters.Clone();
                    float[][] s = new float[optimizer.States][];
                    for (int state = 0; state < s.Length; state++)
                        s[state] = new float[count];
                    for (int i = 0; i < count; i++)
                    {
                        bool lost = false;
                        for (int step = 1; step <= gradients.Length; step++)
                        {
                            try
                            {
                                if (!lost)
                                    optimizer.Scalar(i, w, (float[])gradients[step - 1].Clone(), s, step);
                            }
                            catch (ArithmeticException)
                            {
                                lost = true; // The sign of NaN.
                            }

                            lost |= !float.IsFinite(w[i]);
                            foreach (float[] state in s)
                            {
                                lost |= !float.IsFinite(state[i]);
                                if (MathF.Abs(state[i]) < 1.17549435E-38f)
                                    state[i] = 0;
                            }

                            rows[(step - 1) * width][i] = lost ? float.NaN : w[i];
                            for (int state = 0; state < s.Length; state++)
                                rows[(step - 1) * width + state + 1][i] = lost ? float.NaN : s[state][i];
                        }
                    }

                    return rows;
                }

                /// <summary>Rows of values, each followed by a row of bounds, NaN where nothing is certain.</summary>
                public static double[][] Bounds(int rule, float[] parameters, float[][] gradients)
                {
                    IRule optimizer = Create(rule);
                    int count = parameters.Length, width = optimizer.States + 1;
                    double[][] rows = new double[2 * gradients.Length * width][];
                    for (int row = 0; row < rows.Length; row++)
                        rows[row] = new double[count];
                    RunningError[] w = new RunningError[count], g = new RunningError[count];
                    RunningError[][] s = new RunningError[optimizer.States][];
                    for (int state = 0; state < s.Length; state++)
                        s[state] = new RunningError[count];
                    for (int i = 0; i < count; i++)
                    {
                        w[i] = new RunningError(parameters[i]);
                        RunningError.IsUncertain = false;
                        for (int step = 1; step <= gradients.Length; step++)
                        {
                            g[i] = new RunningError(gradients[step - 1][i]);
                            ((IBounded)optimizer).Bounds(i, w, g, s, step);
                            bool lost = RunningError.IsUncertain;
                            Keep(rows, (step - 1) * width, i, w[i], lost);
                            for (int state = 0; state < s.Length; state++)
                                Keep(rows, (step - 1) * width + state + 1, i, s[state][i], lost);
                        }
                    }

                    return rows;
                }

                private static void Keep(double[][] rows, int row, int i, RunningError number, bool lost)
                {
                    rows[2 * row][i] = number.Value;
                    rows[2 * row + 1][i] = lost ? double.NaN : number.Error + 1.2e-38;
                }
            }
            """);
        string numbers = isExact ? "public struct RunningError { }" : File.ReadAllText(Path.Combine(Repository.Tests, "Optimizers", "RunningError.cs"));
        return LoadedProgram.OfCompilation(GeneratorRun.Of(source.ToString(), numbers.Replace("using System;", "", StringComparison.Ordinal)).Output);
    }

    private static void Write(StringBuilder source, RandomRule rule, int number, bool isExact)
    {
        string states = string.Concat(rule.States.Select(state => $", [State] ref float {state}"));
        string arguments = string.Concat(rule.States.Select((_, state) => $", ref s[{state}][i]"));
        string spans = string.Concat(rule.States.Select((state, slot) => $"{slot} => {state.ToUpperInvariant()}, "));
        source.AppendLine($$"""
            [Optimizer]
            public partial class R{{number}} : IRule{{(isExact ? "" : ", IBounded")}}
            {
                [Hyper] public float H { get; set; } = 0.75f;
                [Hyper] public float K { get; set; } = 0.375f;
                [Hyper] public bool Flag { get; set; } = {{(number % 2 == 0 ? "true" : "false")}};

                [Update]
                public void Update(ref float w, float g{{states}}, int step)
                {
            {{rule.Body}}
                }

                public int States => {{rule.StateCount}};

                public Span<float> State(int state) => state switch { {{spans}}_ => default };

                public void Scalar(int i, float[] w, float[] g, float[][] s, int step) => Update(ref w[i], g[i]{{arguments}}, step);
            """);
        if (!isExact)
        {
            string body = rule.Body.Replace("MathF.", "RunningError.", StringComparison.Ordinal).Replace("float ", "RunningError ", StringComparison.Ordinal)
                .Replace("H", "h", StringComparison.Ordinal).Replace("K", "k", StringComparison.Ordinal);
            source.AppendLine($$"""

                    public void Bounds(int i, RunningError[] w, RunningError[] g, RunningError[][] s, int step) =>
                        Bounded(ref w[i], g[i]{{arguments}}, step, new RunningError(H), new RunningError(K));

                    private void Bounded(ref RunningError w, RunningError g{{states.Replace("[State] ", "", StringComparison.Ordinal).Replace("float", "RunningError", StringComparison.Ordinal)}}, int step, RunningError h, RunningError k)
                    {
                {{body}}
                    }
                """);
        }

        source.AppendLine("}");
    }
}
