using OptGen.Generator.Tests.Harness;
using OptGen.Generator.Tests.Optimizers.Conformance;

namespace OptGen.Generator.Tests.Optimizers;

/// <summary>Rows that a step leaves out: parameters and states to the last bit as they were, whatever holds the states, and memory that is not touched.</summary>
[Collection(RuntimeSettings.Name)]
public class SkippedRowsTests
{
    private const string Lazy = """
        [Update]
        private void Update(ref float w, float g, [State] ref float m)
        {
            if (Size(g * g) > 0)
            {
                m = 0.9f * m + g;
                w -= 0.1f * m;
            }
        }
        """;

    private const string Size = "[Reduce(Over.Row)] private float Size(float x) => x;";

    private static readonly string[] s_optimizers =
    [
        "[Optimizer(Precision = Precision.Double), SkipAbsentRows, Adam(LearningRate = 0.1f, Epsilon = 0.01f)] public partial class O0;",
        "[Optimizer, SkipAbsentRows, Adam] public partial class O1;",
        "[Optimizer, SkipAbsentRows, AdamW(WeightDecay = 0.5f), StateStorage(Storage.Blockwise8)] public partial class O2;",
        "[Optimizer, SkipAbsentRows, AdamW(WeightDecay = 0.5f), StateStorage(Storage.BFloat16, Stochastic = true)] public partial class O3;",
        "[Optimizer(Precision = Precision.Double), SkipAbsentRows, ScheduleFreeSgd(LearningRate = 0.5f)] public partial class O4;",
        "[Optimizer(Precision = Precision.Double), SkipAbsentRows, AdaGrad(LearningRate = 0.5f, InitialAccumulator = 0.25f)] public partial class O5;",
        $"[Optimizer] public partial class O6 {{ {Size} {Lazy} }}",
        "[Optimizer, SkipAbsentRows, Adam, Ema(0.5f)] public partial class O7;",
        "[Optimizer, Sam(0.1f), SkipAbsentRows, Adam] public partial class O8;",
        $"[Optimizer] public partial class O9 {{ {Size} [Update] private void Update(ref float w, float g, [State] ref float m) {{ m = Size(g) > 0 ? g : m; w -= m; }} }}",
    ];

    private static readonly Lazy<(GeneratorRun Run, Func<int, MatrixShape[], object> Create)> s_compiled = new(() =>
    {
        string cases = string.Concat(s_optimizers.Select((_, number) => $"{number} => new O{number}(shapes), "));
        GeneratorRun run = GeneratorRun.Of(string.Join("\n", s_optimizers) + $" public static class Probe {{ public static object Create(int number, MatrixShape[] shapes) => number switch {{ {cases}_ => null! }}; }}");
        run.AssertClean();
        return (run, LoadedProgram.OfCompilation(run.Output).Method<Func<int, MatrixShape[], object>>("Create"));
    });

    /// <summary>PyTorch's SparseAdam, but that its ε is added to the root before that is corrected.</summary>
    [Fact]
    public void Adam_without_absent_rows_is_plain_loops_over_present_ones()
    {
        const int Rows = 40, Columns = 19;
        CompiledOptimizer optimizer = Create(0, (Rows, Columns), 23);
        Random random = new(1);
        double[] w = RuleTable.Numbers(random, (Rows * Columns) + 23), m = new double[w.Length], v = new double[w.Length], compiled = [.. w];
        for (int step = 1; step <= 12; step++)
        {
            double[] g = RuleTable.Numbers(random, w.Length);
            for (int row = 0; row <= Rows; row++)
            {
                (int begin, int length) = row < Rows ? (row * Columns, Columns) : (Rows * Columns, 23);
                if ((row + step) % 3 != 0)
                {
                    Array.Clear(g, begin, length);
                    continue;
                }

                for (int i = begin; i < begin + length; i++)
                {
                    m[i] += (1 - 0.9) * (g[i] - m[i]);
                    v[i] += (1 - 0.999) * ((g[i] * g[i]) - v[i]);
                    double rate = 0.1 * Math.Sqrt(1 - Math.Pow(0.999, step)) / (1 - Math.Pow(0.9, step));
                    w[i] -= rate * m[i] / (Math.Sqrt(v[i]) + (0.01 * Math.Sqrt(1 - Math.Pow(0.999, step))));
                }
            }

            optimizer.Step<double>(compiled, g);
            for (int i = 0; i < w.Length; i++)
                Assert.Equal(w[i], compiled[i], 1e-12);
            Assert.All(m.Zip(optimizer.State("M")), pair => Assert.Equal(pair.First, pair.Second, 1e-12));
        }

        Assert.Equal(12, optimizer.StepCount);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    public void What_is_kept_of_an_absent_row_stays_to_the_last_bit(int number)
    {
        const int Rows = 6, Columns = 300;
        object instance = s_compiled.Value.Create(number, [(Rows, Columns)]);
        CompiledOptimizer optimizer = new(instance);
        Random random = new(2);
        float[] w = Floats(random, Rows * Columns), before = [];
        byte[] kept = [];
        for (int step = 1; step <= 21; step++)
        {
            float[] g = Floats(random, w.Length);
            for (int row = 0; row < Rows && step > 3; row += 2)
                Array.Clear(g, row * Columns, Columns);
            if (step == 4)
            {
                // Every sixteenth step makes such numbers 0, but not of rows that stay as they are.
                if (number is 1 or 6 or 7 or 8)
                    optimizer.Memory<float>("M").Slice(5, 40).Fill(1e-41f);
                (before, kept) = ([.. w], FirstRow());
            }

            if (number == 8)
            {
                instance.GetType().GetMethod("Perturb")!.CreateDelegate<Perturb>(instance)(w, g);
                Assert.True(step < 4 || w[Columns] != before[Columns]);
            }

            optimizer.Step<float>(w, g);
        }

        Assert.Equal(kept, FirstRow());
        for (int i = 0; i < w.Length; i++)
            Assert.True((i / Columns % 2 == 0) == (BitConverter.SingleToInt32Bits(before[i]) == BitConverter.SingleToInt32Bits(w[i])), $"{number}: element {i} was {before[i]:R} and is {w[i]:R}.");
        if (number == 7)
            Assert.All(Enumerable.Range(0, Columns), i => Assert.Equal(w[i], optimizer.Memory<float>("Average")[i], 1e-5));

        byte[] FirstRow() => number switch
        {
            2 => ((Blockwise8)instance.GetType().GetProperty("V")!.GetValue(instance)!).Codes[..Columns].ToArray(),
            3 => System.Runtime.InteropServices.MemoryMarshal.AsBytes(optimizer.Memory<BFloat16>("V")[..Columns]).ToArray(),
            _ => System.Runtime.InteropServices.MemoryMarshal.AsBytes(optimizer.Memory<float>("M")[..Columns]).ToArray(),
        };
    }

    [Fact]
    public void A_row_that_comes_late_finds_states_with_the_first_value_that_its_rule_gives_them()
    {
        CompiledOptimizer free = Create(4, (2, 3)), adaptive = Create(5, (2, 3));
        double[] w = [1, 2, 3, 4, 5, 6], x = [.. w];
        for (int step = 1; step <= 3; step++)
        {
            double[] g = step < 3 ? [0, 0, 0, 1, 1, 1] : [1, -2, 3, 1, 1, 1];
            free.Step<double>(w, g);
            adaptive.Step<double>(x, g);
            Assert.True(step == 3 || (w[..3] is [1, 2, 3] && x[..3] is [1, 2, 3]));
        }

        for (int i = 0; i < 3; i++)
        {
            double first = i + 1, g = i == 1 ? -2 : i + 1, z = first - (0.5 * g), average = first + ((z - first) / 3);
            Assert.Equal(z + (0.9 * (average - z)), w[i], 1e-12);
            Assert.Equal(first - (0.5 * g / (Math.Sqrt(0.25 + (g * g)) + 1e-10)), x[i], 1e-12);
        }
    }

    [Fact]
    public void Two_threads_leave_out_the_same_rows()
    {
        const int Rows = 3_000, Columns = 64;
        float[] Run(int threads)
        {
            int before = OptGenRuntime.MaxThreads;
            try
            {
                OptGenRuntime.MaxThreads = threads;
                CompiledOptimizer optimizer = Create(1, (Rows, Columns));
                Random random = new(3);
                float[] w = Floats(random, Rows * Columns);
                for (int step = 0; step < 4; step++)
                {
                    float[] g = Floats(random, w.Length);
                    for (int row = 0; row < Rows; row++)
                    {
                        if (row % 50 != step)
                            Array.Clear(g, row * Columns, Columns);
                    }

                    optimizer.Step<float>(w, g);
                }

                return w;
            }
            finally
            {
                OptGenRuntime.MaxThreads = before;
            }
        }

        float[] initial = Floats(new(3), Rows * Columns), alone = Run(1);
        Assert.Equal(alone, Run(2));
        Assert.All(Enumerable.Range(0, Rows), row => Assert.Equal(row % 50 < 4, initial[row * Columns] != alone[row * Columns]));
    }

    /// <summary>A general matter of passes by rows: a rule of the user's own, the other way round, is one as well; where anything else is written to a row, it is not left out.</summary>
    [Theory]
    [InlineData(1, "skipped is 1", "> 0")]
    [InlineData(6, "changed is 0", "== 0")]
    [InlineData(7, null, "")]
    [InlineData(8, null, "")]
    [InlineData(9, null, "")]
    public void Rows_that_stay_as_they_are_are_not_touched(int number, string? when, string test)
    {
        string code = s_compiled.Value.Run.Files[$"O{number}.Step.g.cs"];
        Assert.Equal(when is not null, code.Contains("// Nothing of such a row changes.", StringComparison.Ordinal));
        if (when is null)
            return;
        Assert.Contains($"// Rows where {when} stay as they are: nothing of them is read or written.", code, StringComparison.Ordinal);
        Assert.Contains($"{when.Split(' ')[0]}Line, row) {test})", code, StringComparison.Ordinal);
    }

    private delegate void Perturb(Span<float> parameters, ReadOnlySpan<float> gradients);

    private static CompiledOptimizer Create(int number, params MatrixShape[] shapes) => new(s_compiled.Value.Create(number, shapes));

    private static float[] Floats(Random random, int length) => [.. RuleTable.Numbers(random, length).Select(x => (float)x)];
}
