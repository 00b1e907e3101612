using OptGen.Generator.Tests.Harness;

namespace OptGen.Generator.Tests.EndToEnd;

/// <summary>
/// Numbers over rows, columns, tensors and everything, against plain loops: w becomes what was reduced. The second tensor is longer than the blocks in which a pass goes over it,
/// and long enough for threads to divide these.
/// </summary>
[Collection(RuntimeSettings.Name)]
public sealed class ReductionTests : IDisposable
{
    private const int Rows = 31, Columns = 700, Length = 150_001;

    private static readonly double[] s_gradients = [.. Enumerable.Range(0, (Rows * Columns) + Length).Select(i => Math.Sin(i * 1.7) * (1 + (i % 13)) + (i == 5 ? 50 : 0))];

    private static readonly (string Over, string Kind)[] s_reductions =
        [.. from over in new[] { "Row", "Column", "Tensor", "Everything" } from kind in new[] { "Sum", "Mean", "Max" } select (over, kind)];

    private readonly LoadedProgram _program = LoadedProgram.Of(string.Concat(s_reductions.Select(reduction => $$"""

        [Optimizer(Precision = Precision.Double)]
        public partial class {{reduction.Kind}}Over{{reduction.Over}}
        {
            [Reduce(Over.{{reduction.Over}}, Reduction.{{reduction.Kind}})]
            private static double Reduced(double x) => x;

            [Update]
            private void Update(ref double w, double g) => w = Reduced(g * g - 3);
        }
        """)) + $$"""

        [Optimizer(Precision = Precision.Double)]
        public partial class Dear
        {
            [Reduce(Over.Row)] private static double Along(double x) => x;
            [Reduce(Over.Row, Reduction.Max)] private static double Largest(double x) => x;
            [Reduce(Over.Column)] private static double Across(double x) => x;
            [Reduce(Over.Tensor)] private static double All(double x) => x;

            [Update]
            private void Update(ref double w, double g)
            {
                double dear = Math.Log(1 + Math.Exp(g / 8)) * Math.Sqrt(1 + g * g);
                w = Along(dear) + 100 * Largest(dear) + 10 * Across(dear) + All(dear);
            }
        }

        public static class Probe
        {
            public static double[] Run(string rule, double[] gradients)
            {
                double[] w = new double[gradients.Length];
                switch (rule)
                {
                    case "Dear":
                        new Dear(({{Rows}}, {{Columns}}), {{Length}}).Step(w, gradients);
                        break;
        {{string.Concat(s_reductions.Select(reduction => $"""
                    case "{reduction.Kind}Over{reduction.Over}":
                        new {reduction.Kind}Over{reduction.Over}(({Rows}, {Columns}), {Length}).Step(w, gradients);
                        break;

        """))}}
                }

                return w;
            }
        }
        """);

    public static TheoryData<string, string> Reductions()
    {
        TheoryData<string, string> data = [];
        foreach ((string over, string kind) in s_reductions)
            data.Add(over, kind);
        return data;
    }

    [Fact]
    public void A_term_that_is_dear_may_be_reduced_in_several_ways()
    {
        double[] actual = _program.Method<Func<string, double[], double[]>>("Run")("Dear", s_gradients);
        double[] terms = [.. s_gradients.Select(g => Math.Log(1 + Math.Exp(g / 8)) * Math.Sqrt(1 + (g * g)))];
        foreach ((int offset, int rows, int columns) in new[] { (0, Rows, Columns), (Rows * Columns, 1, Length) })
        {
            double all = terms.AsSpan(offset, rows * columns).ToArray().Sum();
            foreach ((int row, int column) in new[] { (0, 0), (rows - 1, columns - 1), (rows / 2, columns / 3) })
            {
                double[] along = terms[(offset + (row * columns))..(offset + ((row + 1) * columns))];
                double across = Enumerable.Range(0, rows).Sum(r => terms[offset + (r * columns) + column]);
                double expected = along.Sum() + (100 * along.Max()) + (10 * across) + all;
                Assert.Equal(expected, actual[offset + (row * columns) + column], 1e-11 * expected);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Reductions))]
    public void Every_element_gets_what_its_part_gives(string over, string kind)
    {
        double[] result = _program.Method<Func<string, double[], double[]>>("Run")($"{kind}Over{over}", s_gradients);
        ILookup<int, double> parts = Enumerable.Range(0, s_gradients.Length).ToLookup(i => Part(over, i), i => (s_gradients[i] * s_gradients[i]) - 3);
        Dictionary<int, double> expected = parts.ToDictionary(part => part.Key, part => kind switch { "Sum" => part.Sum(), "Mean" => part.Average(), _ => part.Max() });
        for (int i = 0; i < result.Length; i++)
            Assert.Equal(expected[Part(over, i)], result[i], 1e-9 * Math.Abs(expected[Part(over, i)]) + 1e-9);
    }

    [Theory]
    [MemberData(nameof(Reductions))]
    public void Any_number_of_threads_gives_the_same_bits(string over, string kind)
    {
        Func<string, double[], double[]> run = _program.Method<Func<string, double[], double[]>>("Run");
        int threads = OptGenRuntime.MaxThreads;
        try
        {
            OptGenRuntime.MaxThreads = 1;
            double[] one = run($"{kind}Over{over}", s_gradients);
            foreach (int several in new[] { 2, 3, 4 })
            {
                OptGenRuntime.MaxThreads = several;
                Assert.Equal(one, run($"{kind}Over{over}", s_gradients));
            }
        }
        finally
        {
            OptGenRuntime.MaxThreads = threads;
        }
    }

    public void Dispose() => _program.Dispose();

    // The first tensor is a matrix, the second a single row.
    private static int Part(string over, int i)
    {
        bool isMatrix = i < Rows * Columns;
        return over switch
        {
            "Row" => isMatrix ? i / Columns : Rows,
            "Column" => isMatrix ? i % Columns : i,
            "Tensor" => isMatrix ? 0 : 1,
            _ => 0,
        };
    }
}
