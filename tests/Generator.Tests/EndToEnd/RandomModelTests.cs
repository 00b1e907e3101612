using System.Globalization;
using System.Reflection;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using OptGen.Generator.Backends.Cpu;
using OptGen.Generator.Diagnostics;
using OptGen.Generator.Frontend;
using OptGen.Generator.Graph;
using OptGen.Generator.Specs;
using OptGen.Generator.Tests.Backends;
using OptGen.Generator.Tests.Golden;
using OptGen.Generator.Tests.Harness;
using OptGen.Generator.Tests.Optimizers;
using OptGen.Generator.Tests.Oracle;

namespace OptGen.Generator.Tests.EndToEnd;

/// <summary>
/// Models composed at random, read, lowered and printed in one compilation: results and gradients of the compiled code against those of the interpreted graph, and the
/// interpreted gradients against differences of the loss along a random direction. For a single row, part of a batch, and a full one.
/// </summary>
[Collection(RuntimeSettings.Name)]
public class RandomModelTests
{
    private const int Models = 200;

    /// <summary>Other models with each number: the variable OPTGEN_RANDOM_SEED.</summary>
    private static readonly int s_seed = int.TryParse(Environment.GetEnvironmentVariable("OPTGEN_RANDOM_SEED"), CultureInfo.InvariantCulture, out int seed) ? seed : 1;

    private static readonly int[] s_widths = [512, 256, 128, 0];

    [Fact]
    public void Compiled_gradients_are_those_of_the_interpreter_and_of_finite_differences()
    {
        RandomModel[] models = [.. Enumerable.Range(0, Models).Select(number => new RandomModel((100_000 * s_seed) + number, "Net" + number.ToString(CultureInfo.InvariantCulture)))];
        (ModelSpec Spec, GoldenProgram Program)[] programs = Read(models);
        StringBuilder source = new();
        foreach (string name in CpuBackend.Usings.Where(name => name != "System"))
            source.Append("using ").Append(name).AppendLine(";");
        List<string> failures = [];
        for (int number = 0; number < Models; number++)
        {
            try
            {
                source.AppendLine(programs[number].Program.Source("double"));
            }
            catch (InvalidOperationException fault)
            {
                failures.Add($"Model of seed {models[number].Seed}: {fault.Message}\n{models[number].Source}");
            }
        }

        Assert.True(failures.Count == 0, Report(failures));
        Assembly compiled = Compiled.Load(source.ToString());
        int widest = OptGenRuntime.VectorBits;
        try
        {
            for (int number = 0; number < Models; number++)
            {
                RandomModel model = models[number];
                Content content = new(programs[number].Spec, programs[number].Program, model.Seed);
                OptGenRuntime.VectorBits = s_widths[number % s_widths.Length];
                foreach (int rows in new[] { 1, (model.Batch + 1) / 2, model.Batch }.Distinct())
                {
                    if (content.Compare(compiled, rows) is not { } fault)
                        continue;
                    failures.Add($"Model of seed {model.Seed}, {OptGenRuntime.VectorBits} bits, {rows} of {model.Batch} rows: {fault}\n{model.Source}");
                    break;
                }
            }
        }
        finally
        {
            OptGenRuntime.VectorBits = widest;
        }

        Assert.True(failures.Count == 0, Report(failures));
    }

    private static string Report(List<string> failures) => $"{failures.Count} of {Models} models are wrong.\n" + string.Join("\n", failures.OrderBy(failure => failure.Length).Take(3));

    private static (ModelSpec, GoldenProgram)[] Read(RandomModel[] models)
    {
        CSharpCompilation compilation = OptimizerSource.Compile(string.Join("\n", models.Select(model => model.Source)));
        return [.. models.Select((model, number) =>
        {
            string name = "Net" + number.ToString(CultureInfo.InvariantCulture);
            ReadResult<ModelSpec> result = ModelReader.Read(compilation.GetTypeByMetadataName(name)!, compilation, TestContext.Current.CancellationToken);
            Assert.True(result.Diagnostics.Count == 0 && result.Value is not null, $"Model of seed {model.Seed}: {string.Join("\n", result.Diagnostics.Select(diagnostic => diagnostic.ToDiagnostic()))}\n{model.Source}");
            GraphVerifier.Verify(result.Value!.Graph);
            return (result.Value, new GoldenProgram(name, result.Value));
        })];
    }

    /// <summary>Random inputs and parameters of a model, and what comes of them.</summary>
    private sealed class Content
    {
        private const uint Key = 12_345;

        private readonly GoldenProgram _program;
        private readonly double[][] _inputs;
        private readonly double[][] _parameters;
        private readonly double[][] _statistics;
        private readonly double[][] _direction;

        public Content(ModelSpec spec, GoldenProgram program, int seed)
        {
            _program = program;
            Random random = new(seed);
            double[] Numbers(int count, double size) => [.. Enumerable.Range(0, count).Select(_ => size * ((2 * random.NextDouble()) - 1))];
            _inputs = [.. spec.Inputs.Select(input => input.Classes > 0
                ? [.. Enumerable.Range(0, input.Shape.Count).Select(_ => (double)random.Next(input.Classes))]
                : Numbers(input.Shape.Count, 1).Select(value => input.IsTarget ? (value + 1) / 2 : value).ToArray())];
            _parameters = [.. spec.Parameters.Select(parameter => Numbers(parameter.Shape.Count, 1 / Math.Sqrt(Math.Max(1, parameter.Shape.Rank > 1 ? parameter.Shape.Count / parameter.Shape[^1] : 1))))];
            _statistics = [.. spec.Buffers.Select(statistic => statistic.Initial.Count == 1 ? Enumerable.Repeat(statistic.Initial[0], statistic.Shape.Count).ToArray() : statistic.Initial.ToArray())];
            _direction = [.. spec.Parameters.Select(parameter => Numbers(parameter.Shape.Count, 1)),
                .. spec.Inputs.Where(input => input.Classes == 0).Select(input => Numbers(input.Shape.Count, input.IsTarget ? 0 : 1))];
            MovedInputs = [.. Enumerable.Range(0, spec.Inputs.Count).Where(input => spec.Inputs[input].Classes == 0)];
        }

        /// <summary>Inputs that are real numbers, to which gradients lead.</summary>
        private int[] MovedInputs { get; }

        /// <summary>What is wrong, or null.</summary>
        public string? Compare(Assembly compiled, int rows)
        {
            double[][] expected = _program.Interpret(_inputs, _parameters, _statistics, rows, Key);
            double[][] actual = _program.Run(compiled, "double", _inputs, _parameters, _statistics, rows, Key);
            for (int result = 0; result < expected.Length; result++)
            {
                string name = result == 0 ? "loss" : _program.ResultNames[result - 1];
                double largest = 1 + expected[result].Select(Math.Abs).DefaultIfEmpty(0).Max();
                for (int i = 0; i < expected[result].Length; i++)
                {
                    // A variance of one row is no number for either.
                    if (!(Math.Abs(expected[result][i] - actual[result][i]) <= 1e-10 * largest) && !(double.IsNaN(expected[result][i]) && double.IsNaN(actual[result][i])))
                        return $"{name}[{i}] is {actual[result][i]:R} when compiled and {expected[result][i]:R} when interpreted";
                }
            }

            return CompareDifferences(expected, rows);
        }

        private string? CompareDifferences(double[][] results, int rows)
        {
            double slope = 0, size = 0;
            for (int p = 0; p < _direction.Length; p++)
            {
                for (int i = 0; i < results[1 + p].Length; i++)
                {
                    slope += results[1 + p][i] * _direction[p][i];
                    size += Math.Abs(results[1 + p][i] * _direction[p][i]);
                }
            }

            // The shorter way is less exact, and meets fewer kinks.
            double[] differences = [.. new[] { 1e-6, 1e-7 }.Select(length => (Loss(length, rows) - Loss(-length, rows)) / (2 * length))];
            double tolerance = 1e-6 * (1 + size + Math.Abs(results[0][0]));
            return differences.Any(difference => Math.Abs(difference - slope) <= tolerance) ? null
                : $"along a direction the gradient is {slope:R}, and the loss changes by {string.Join(" or ", differences.Select(difference => difference.ToString("R", CultureInfo.InvariantCulture)))}";
        }

        private double Loss(double length, int rows)
        {
            double[][] parameters = [.. _parameters.Select((values, p) => Moved(values, p, length))];
            double[][] inputs = [.. _inputs.Select((values, input) => Array.IndexOf(MovedInputs, input) is >= 0 and int moved ? Moved(values, _parameters.Length + moved, length) : values)];
            return _program.Interpret(inputs, parameters, _statistics, rows, Key)[0][0];
        }

        private double[] Moved(double[] values, int direction, double length) => [.. values.Select((value, i) => value + (length * _direction[direction][i]))];
    }
}
