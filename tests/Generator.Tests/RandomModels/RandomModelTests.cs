using System.Globalization;
using OptGen.Generator.Specs;
using OptGen.Generator.Tests.Harness;
using static System.FormattableString;

namespace OptGen.Generator.Tests.RandomModels;

/// <summary>
/// Models composed at random, through the whole generator and one compilation, against their graphs as they were read: loss, gradients, statistics and predictions, for full and
/// part batches, at all widths of vectors; the gradients of the graphs against differences of the loss; fused training steps against gradient and update.
/// </summary>
[Collection(RuntimeSettings.Name)]
public class RandomModelTests
{
    private const int Models = 200;

    /// <summary>The widths at which a model runs: the widest, and one of the others for each, since compiling a method takes far longer than running it.</summary>
    private static int[] Widths(int number) => [512, new[] { 256, 128, 0 }[number % 3]];

    /// <summary>Other models with each number: the variable OPTGEN_RANDOM_SEED.</summary>
    private static readonly int s_seed = Variable("OPTGEN_RANDOM_SEED") ?? 1;

    /// <summary>All of them, or the one that the variable OPTGEN_RANDOM_MODEL names.</summary>
    private static readonly RandomModel[] s_models = [.. (Variable("OPTGEN_RANDOM_MODEL") is int only ? [only] : Enumerable.Range(0, Models)).Select(number => new RandomModel((100_000 * s_seed) + number, number))];

    private static readonly Lazy<(RandomModelProgram Program, ModelReference[] References)> s_all = new(() =>
    {
        RandomModelProgram program = RandomModelProgram.Of(s_models);
        return (program, [.. s_models.AsParallel().AsOrdered().Select((model, i) => new ModelReference(program.Specs[i], model.Seed))]);
    });

    [Fact]
    public void Gradients_are_those_of_the_interpreted_graph() => Compare(0.9, (program, reference, i, comparison) =>
    {
        foreach (int width in Widths(s_models[i].Number))
        {
            for (int part = 0; part < reference.Rows.Length; part++)
            {
                program.Set(i, reference.Content);
                double[][] actual = [];
                VectorWidths.At(width, () => actual = program.Gradient(i, reference.Content.Rows(reference.Rows[part], s_models[i].Batch)));
                int first = 1 + program.Specs[i].Parameters.Count;
                actual = [.. actual[..first], .. reference.KeptBuffers.Select(buffer => actual[first + buffer])];
                for (int t = 0; t < actual.Length; t++)
                    comparison.Check(i, reference.Trained[part][t], actual[t], () => Invariant($"{width} bits, {reference.Rows[part]} rows: {reference.Names[t]}"));
            }
        }
    });

    [Fact]
    public void Gradients_of_the_interpreted_graph_are_slopes_of_its_loss()
    {
        List<string> failures = [];
        int certain = 0;
        for (int i = 0; i < s_models.Length; i++)
        {
            if (s_all.Value.References[i].Slope is not { } slope || slope.Error > 1e-7 * slope.Size)
                continue;
            certain++;
            if (!(Math.Abs(slope.Gradient - slope.Difference) <= 1e-6 * slope.Size))
                failures.Add(Describe(i, Invariant($"the gradient along a direction is {slope.Gradient:R}, but the loss has the slope {slope.Difference:R} ± {slope.Error:G2}")));
        }

        Report(failures);
        Assert.True(certain >= 0.9 * s_models.Length, $"Only {certain} of {s_models.Length} models have a certain slope.");
    }

    [Fact]
    public void Predictions_are_those_of_the_interpreted_graph() => Compare(0.9, (program, reference, i, comparison) =>
    {
        if (!s_models[i].HasPrediction)
            return;
        int width = Widths(s_models[i].Number + 1)[1];
        for (int part = 0; part < reference.Rows.Length; part++)
        {
            program.Set(i, reference.Content);
            double[][] actual = [];
            VectorWidths.At(width, () => actual = program.Predict(i, reference.Content.Rows(reference.Rows[part], s_models[i].Batch)));
            for (int t = 0; t < actual.Length; t++)
                comparison.Check(i, reference.Predicted[part][t], actual[t], () => Invariant($"{width} bits, {reference.Rows[part]} rows: output {program.Specs[i].Outputs[t].Name}"));
        }
    });

    [Fact]
    public void A_fused_step_is_the_gradient_and_the_update_and_moves_every_parameter_that_has_a_gradient() => Compare(0.9, (program, reference, i, comparison) =>
    {
        RandomModel model = s_models[i];
        if (!model.HasOptimizer)
            return;
        int width = Widths(model.Number + 2)[1], count = program.Specs[i].Parameters.Count;
        program.Set(i, reference.Content);
        for (int part = 0; part < reference.Rows.Length; part++)
        {
            double[][] inputs = reference.Content.Rows(reference.Rows[part], model.Batch), fused = [], apart = [];
            VectorWidths.At(width, () => (fused, apart) = (program.TrainStep(i, inputs), program.GradientAndStep(i, inputs)));
            string where = Invariant($"{width} bits, step {part + 1}");
            for (int t = 0; t < fused.Length; t++)
            {
                // An update may divide a gradient, and with it its error, by a hundredth or so; what rounds differently has as many digits as the parameter.
                ReferenceTensor like = reference.Trained[0][t <= count ? t : 0];
                double allowed = (100 * like.Allowed) + ((model.IsDouble ? 1e-12 : 1e-5) * (1 + apart[t].Select(Math.Abs).DefaultIfEmpty(0).Max()));
                comparison.Check(i, new ReferenceTensor(apart[t], allowed, like.IsCertain), fused[t], () => $"{where}: {Name(t)}, fused");
                if (part > 0 || t == 0 || t > count)
                    continue;
                double[] before = reference.Content.Parameters[t - 1], gradient = like.Values;
                if (model.IsPlainDescent)
                {
                    double[] after = [.. before.Zip(gradient, (w, g) => w - (RandomModel.Rate * g))];
                    comparison.Check(i, new ReferenceTensor(after, like.Allowed + ((model.IsDouble ? 1e-15 : 1e-6) * (1 + after.Select(Math.Abs).DefaultIfEmpty(0).Max())), like.IsCertain), fused[t], () => $"{where}: {Name(t)}, by the rule");
                }

                for (int e = 0; e < before.Length && like.IsCertain; e++)
                    comparison.Require(i, fused[t][e] != before[e] || Math.Abs(gradient[e]) <= (model.IsDouble ? 1e-12 : 1e-4), () => Invariant($"{where}: {Name(t)}[{e}] has the gradient {gradient[e]:R} and does not move"));
            }

            program.Align(i);

            string Name(int t) => t == 0 ? "the loss" : t <= count ? program.Specs[i].Parameters[t - 1].Name : program.Specs[i].Buffers[t - 1 - count].Name;
        }
    });

    private static void Compare(double leastShare, Action<RandomModelProgram, ModelReference, int, Comparison> compare)
    {
        (RandomModelProgram program, ModelReference[] references) = s_all.Value;
        Comparison comparison = new();
        for (int i = 0; i < s_models.Length; i++)
        {
            try
            {
                compare(program, references[i], i, comparison);
            }
            catch (Exception fault) when (fault is not OutOfMemoryException)
            {
                comparison.Require(i, false, () => fault.ToString());
            }
        }

        comparison.Finish(leastShare);
    }

    private static int? Variable(string name) => int.TryParse(Environment.GetEnvironmentVariable(name), CultureInfo.InvariantCulture, out int value) ? value : null;

    private static string Describe(int i, string fault) => Invariant($"OPTGEN_RANDOM_SEED={s_seed} OPTGEN_RANDOM_MODEL={s_models[i].Number}: {fault}\n{s_models[i].Source}");

    private static void Report(List<string> failures) => Assert.True(
        failures.Count == 0,
        $"{failures.Count} of {s_models.Length} models are wrong.\n{string.Join("\n", failures.OrderBy(failure => failure.Length).Take(3))}\n{string.Join("\n", failures.Select(failure => failure.Split('\n')[0]))}");

    private sealed class Comparison
    {
        private readonly List<string> _failures = [];
        private int _last = -1;
        private int _tensors;
        private int _certain;

        public void Check(int model, ReferenceTensor expected, double[] actual, Func<string> what)
        {
            _tensors++;
            if (!expected.IsCertain)
                return;
            _certain++;
            if (expected.Compare(actual) is { } fault)
                Require(model, false, () => what() + fault);
        }

        /// <summary>Each model is reported once, where it first goes wrong.</summary>
        public void Require(int model, bool holds, Func<string> message)
        {
            if (holds || _last == model)
                return;
            _last = model;
            _failures.Add(Describe(model, message()));
        }

        public void Finish(double leastShare)
        {
            Report(_failures);
            Assert.True(_certain >= leastShare * _tensors, $"Only {_certain} of {_tensors} tensors were certain.");
        }
    }
}
