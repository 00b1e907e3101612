using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using OptGen.Generator.Tests.Harness;

namespace OptGen.Generator.Tests.Optimizers.RandomRules;

/// <summary>
/// Rules composed at random, compiled through the whole generator in one compilation, against their own methods run for one element after the other: equal to the last
/// bit where no result depends on how operations are compiled, and within a running bound of the rounding errors for the rest.
/// </summary>
[Collection(RuntimeSettings.Name)]
public class RandomRuleTests
{
    private const int ExactRules = 180;
    private const int SingleRules = 160;
    private const int DoubleRules = 160;
    private const int Steps = 4;

    /// <summary>The widths at which a rule runs: the widest, and each of the others for a third of the rules, since compiling a method takes far longer than running it.</summary>
    private static int[] Widths(int number) => [512, new[] { 256, 128, 0 }[number % 3]];

    /// <summary>Around the lengths of vectors, in one tensor and in several.</summary>
    private static readonly MatrixShape[][] s_shapes =
    [
        [37],
        [(3, 7), 16],
        [1],
        [(1, 1), 31, (2, 5)],
        [15, 17],
        [(7, 3), (4, 4)],
        [(5, 9)],
    ];

    /// <summary>Other rules with each number: the variable OPTGEN_RANDOM_SEED.</summary>
    private static readonly int s_seed = int.TryParse(Environment.GetEnvironmentVariable("OPTGEN_RANDOM_SEED"), CultureInfo.InvariantCulture, out int seed) ? seed : 1;

    private static readonly RandomRule[] s_rules =
    [
        .. Enumerable.Range(0, ExactRules).Select(number => new RandomRule(Seed(number), RandomRuleKind.Exact)),
        .. Enumerable.Range(ExactRules, SingleRules).Select(number => new RandomRule(Seed(number), RandomRuleKind.Single)),
        .. Enumerable.Range(ExactRules + SingleRules, DoubleRules).Select(number => new RandomRule(Seed(number), RandomRuleKind.Double)),
    ];

    private static readonly Lazy<LoadedProgram> s_program = new(Compile);

    private delegate double[][] Widened(int rule, int vectorBits, MatrixShape[] shapes, double[] parameters, double[][] gradients);

    private delegate double[][] Scalar(int rule, double[] parameters, double[][] gradients);

    private delegate double[][] Bounds(int rule, bool isDouble, MatrixShape[] shapes, double[] parameters, double[][] gradients);

    [Fact]
    public void Widened_code_computes_what_the_method_computes_to_the_last_bit()
    {
        Widened widened = s_program.Value.Method<Widened>("Widened");
        Scalar scalar = s_program.Value.Method<Scalar>("Scalar");
        Comparison comparison = new();
        for (int number = 0; number < ExactRules; number++)
        {
            (MatrixShape[] shapes, double[] parameters, double[][] gradients) = Numbers(number);
            double[][] expected = scalar(number, parameters, gradients);
            foreach (int bits in Widths(number))
            {
                double[][] actual = widened(number, bits, shapes, parameters, gradients);
                comparison.Each(expected, (row, i) =>
                {
                    if (double.IsNaN(expected[row][i]))
                        return;
                    comparison.Compared++;
                    comparison.Require(expected[row][i] == actual[row][i], () => Describe(number, bits, row, i, Text(expected[row][i]), actual[row][i]));
                });
            }
        }

        comparison.Finish(0.8);
    }

    [Fact]
    public void Widened_code_stays_within_the_rounding_errors_of_the_method()
    {
        Widened widened = s_program.Value.Method<Widened>("Widened");
        Bounds bounds = s_program.Value.Method<Bounds>("Bounds");
        Comparison comparison = new();
        int accurate = 0;
        for (int number = ExactRules; number < s_rules.Length; number++)
        {
            RandomRule rule = s_rules[number];
            bool isDouble = rule.Kind == RandomRuleKind.Double;
            (MatrixShape[] shapes, double[] parameters, double[][] gradients) = Numbers(number);
            double[][] expected = bounds(number, isDouble, shapes, parameters, gradients);
            double[][][] all = [.. Widths(number).Select(bits => widened(number, bits, shapes, parameters, gradients))];
            comparison.Each(all[0], (row, i) =>
            {
                double value = expected[2 * row][i], error = expected[(2 * row) + 1][i];
                if (double.IsNaN(error))
                    return;
                comparison.Compared++;
                accurate += error < (isDouble ? 1e-12 : 1e-4) * Math.Max(1, Math.Abs(value)) ? 1 : 0;
                for (int run = 0; run < all.Length; run++)
                    comparison.Require(Math.Abs(all[run][row][i] - value) <= error, () => Describe(number, Widths(number)[run], row, i, $"{Text(value)} ± {Text(error)}", all[run][row][i]));

                // Every width computes the same operations in the same order; only sums over lanes do not.
                if (rule.Reductions.Length == 0)
                    comparison.Require(all.All(run => run[row][i] == all[0][row][i]), () => Describe(number, Widths(number)[1], row, i, $"{Text(all[0][row][i])} as with 512 bits", all[^1][row][i]));
            });
        }

        comparison.Finish(0.5);
        Assert.True(accurate > 0.9 * comparison.Compared, $"Of {comparison.Compared} numbers {accurate} have tight bounds: the rules say too little.");
    }

    private static int Seed(int number) => (100_000 * s_seed) + number;

    private static LoadedProgram Compile()
    {
        GeneratorRun run = GeneratorRun.Of(RandomRuleSources.Of(s_rules));

        // A random rule may well give the parameter back as it was.
        Diagnostic[] wrong = [.. run.Diagnostics.Where(diagnostic => diagnostic.Id != "OPTG056")];
        Assert.True(wrong.Length == 0, string.Join("\n", wrong.Take(3).Select(diagnostic =>
        {
            RandomRule? rule = s_rules.Where((_, number) => diagnostic.GetMessage(CultureInfo.InvariantCulture).Contains($"'R{number}'", StringComparison.Ordinal)).FirstOrDefault();
            return $"{diagnostic}\n{(rule is null ? "" : $"seed {rule.Seed}\n{rule.Body}")}";
        })));

        // Compiling takes most of the time of these tests, so what they don't call is left out.
        Compilation lean = run.Output;
        foreach (SyntaxTree tree in run.Result.GeneratedSources.Select(source => source.SyntaxTree))
            lean = lean.ReplaceSyntaxTree(tree, tree.WithRootAndOptions(new UncalledMembers().Visit(tree.GetRoot()), tree.Options));
        return LoadedProgram.OfCompilation(lean);
    }

    /// <summary>Takes members away that have no part in a step over spans.</summary>
    private sealed class UncalledMembers : CSharpSyntaxRewriter
    {
        public override SyntaxNode? VisitMethodDeclaration(MethodDeclarationSyntax node) => node.Identifier.Text switch
        {
            "SaveState" or "LoadState" or "SavedState" or "Reset" => null,
            "Step" when node.ParameterList.Parameters[0].Type!.ToString() != "Span<float>" && node.ParameterList.Parameters[0].Type!.ToString() != "Span<double>" => null,
            _ => node,
        };
    }

    /// <summary>Parameters and gradients with few digits, so that sums are often exact; both signs and zero.</summary>
    private static (MatrixShape[] Shapes, double[] Parameters, double[][] Gradients) Numbers(int number)
    {
        MatrixShape[] shapes = s_shapes[number % s_shapes.Length];
        int count = shapes.Sum(shape => shape.Rows * shape.Columns);
        Random random = new(s_rules[number].Seed);
        double Next() => random.Next(-24, 25) / 8.0;
        return (shapes, [.. Enumerable.Range(0, count).Select(_ => Next())], [.. Enumerable.Range(0, Steps).Select(_ => Enumerable.Range(0, count).Select(_ => Next()).ToArray())]);
    }

    private static string Text(double number) => number.ToString("R", CultureInfo.InvariantCulture);

    private static string Describe(int number, int bits, int row, int element, string expected, double actual)
    {
        RandomRule rule = s_rules[number];
        int kind = row % (rule.StateCount + 1);
        string which = kind == 0 ? "parameter" : "state " + rule.States.ElementAt(kind - 1);
        string reductions = string.Concat(rule.Reductions.Select((reduction, r) => $"R{r}(x) = {reduction.Kind} {reduction.Over} of {reduction.Term}\n"));
        return $"Rule of seed {rule.Seed} ({rule.Kind}), {(bits == 0 ? "one lane" : bits + " bits")}, after step {(row / (rule.StateCount + 1)) + 1}, {which} of element {element} "
            + $"of {string.Join(", ", s_shapes[number % s_shapes.Length])}: expected {expected}, got {Text(actual)}. Flag = {rule.IsFlagged}.\n{reductions}{rule.Body}";
    }

    private sealed class Comparison
    {
        private readonly List<string> _failures = [];
        private long _offered;
        private bool _hasFailed;
        private int _rules;
        private int _failedRules;

        public long Compared { get; set; }

        public void Each(double[][] rows, Action<int, int> compare)
        {
            _rules++;
            _hasFailed = false;
            for (int row = 0; row < rows.Length; row++)
            {
                for (int i = 0; i < rows[row].Length; i++)
                {
                    _offered++;
                    compare(row, i);
                }
            }

            _failedRules += _hasFailed ? 1 : 0;
        }

        /// <summary>Each rule is reported once, where it first goes wrong.</summary>
        public void Require(bool holds, Func<string> message)
        {
            if (holds || _hasFailed)
                return;
            _hasFailed = true;
            _failures.Add(message());
        }

        public void Finish(double leastShare)
        {
            Assert.True(_failures.Count == 0, $"{_failedRules} of {_rules} runs differ.\n" + string.Join("\n", _failures.OrderBy(failure => failure.Length).Take(3)));
            Assert.True(Compared > leastShare * _offered, $"Only {Compared} of {_offered} numbers were certain.");
        }
    }
}
