using System.Collections.Concurrent;
using System.Globalization;
using OptGen.Generator.Specs;
using OptGen.Generator.Tests.Harness;
using static System.FormattableString;

namespace OptGen.Generator.Tests.RandomModels;

/// <summary>
/// Models composed at random, through the whole generator and compiler, against their graphs as they were read, for full and part batches and at all widths of vectors: loss, gradients and statistics;
/// predictions and the loss without training; two training steps, fused and apart. The gradients of the graphs are held against differences of the loss.
/// </summary>
[Collection(RuntimeSettings.Name)]
public class RandomModelTests
{
    private const int Models = 200;

    /// <summary>Whether each model computes everything at every width (the variable OPTGEN_RANDOM_WIDTHS is "all"), or what is no gradient at one: a method is compiled anew for each width, which takes far longer than running it.</summary>
    private static readonly bool s_allWidths = Environment.GetEnvironmentVariable("OPTGEN_RANDOM_WIDTHS") == "all";

    /// <summary>Other models with each number: the variable OPTGEN_RANDOM_SEED.</summary>
    private static readonly int s_seed = Variable("OPTGEN_RANDOM_SEED") ?? 1;

    /// <summary>All of them, or the one that the variable OPTGEN_RANDOM_MODEL names.</summary>
    private static readonly RandomModel[] s_models = [.. (Variable("OPTGEN_RANDOM_MODEL") is int only ? [only] : Enumerable.Range(0, Models)).Select(number => new RandomModel((100_000 * s_seed) + number, number))];

    private static readonly Lazy<(RandomModelProgram Program, ModelReference[] References)> s_all = new(() =>
    {
        RandomModelProgram program = RandomModelProgram.Of(s_models);
        return (program, [.. s_models.AsParallel().AsOrdered().Select((model, i) => new ModelReference(program.Specs[i], program.Optimizers[i], model.Seed))]);
    });

    [Fact]
    public void Gradients_are_those_of_the_interpreted_graph() => Compare(VectorWidths.All.Length, (program, reference, i, width, comparison) =>
    {
        for (int part = 0; part < reference.Rows.Length; part++)
        {
            program.Set(i, reference.Content);
            double[][] actual = Kept(program, reference, i, program.Gradient(i, reference.Content.Rows(reference.Rows[part], s_models[i].Batch)));
            for (int t = 0; t < actual.Length; t++)
                comparison.Check(i, reference.Trained[part][t], actual[t], () => Invariant($"{width} bits, {reference.Rows[part]} rows: {reference.Names[t]}"));
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
    public void Predictions_and_the_loss_without_training_are_those_of_the_interpreted_graph() => Compare(1, (program, reference, i, width, comparison) =>
    {
        program.Set(i, reference.Content);
        double[][][] parts = [.. reference.Rows.Select(rows => reference.Content.Rows(rows, s_models[i].Batch))];
        for (int part = 0; part < parts.Length; part++)
            comparison.Check(i, reference.Inferred[part][0], program.Evaluate(i, parts[part])[0], () => Invariant($"{width} bits, {reference.Rows[part]} rows: the loss without training"));

        // More rows than a batch, of which the last ones are part of a batch.
        double[][] outputs = program.Predict(i, [.. parts[0].Zip(parts[1], (full, rest) => (double[])[.. full, .. rest])]);
        for (int t = 0; t < outputs.Length; t++)
            comparison.Check(i, reference.Inferred[0][1 + t].Then(reference.Inferred[1][1 + t]), outputs[t], () => Invariant($"{width} bits, {reference.Rows.Sum()} rows: output {program.Specs[i].Outputs[t].Name}"));
    });

    [Fact]
    public void Training_steps_are_those_of_the_optimizer_on_interpreted_gradients() => Compare(1, (program, reference, i, width, comparison) =>
    {
        program.Set(i, reference.Content);
        string[] names = ["the loss", .. program.Specs[i].Parameters.Select(parameter => parameter.Name), .. reference.KeptBuffers.Select(buffer => program.Specs[i].Buffers[buffer].Name)];
        for (int step = 0; step < reference.Rows.Length; step++)
        {
            double[][] inputs = reference.Content.Rows(reference.Rows[step], s_models[i].Batch);
            double[][] fused = Kept(program, reference, i, program.TrainStep(i, inputs)), apart = Kept(program, reference, i, program.GradientAndStep(i, inputs));
            for (int t = 0; t < names.Length; t++)
            {
                ReferenceTensor expected = reference.Stepped[(step * names.Length) + t];
                comparison.Check(i, expected, fused[t], () => Invariant($"{width} bits, step {step + 1}: {names[t]}"));
                comparison.Check(i, expected, apart[t], () => Invariant($"{width} bits, step {step + 1}, gradient and update apart: {names[t]}"));
            }
        }
    });

    /// <summary>Without the buffers that training leaves alone.</summary>
    private static double[][] Kept(RandomModelProgram program, ModelReference reference, int i, double[][] tensors)
    {
        int first = 1 + program.Specs[i].Parameters.Count;
        return [.. tensors[..first], .. reference.KeptBuffers.Select(buffer => tensors[first + buffer])];
    }

    /// <summary>Compares each model at some widths: all of them, or as many others for the next one.</summary>
    private static void Compare(int widths, Action<RandomModelProgram, ModelReference, int, int, Comparison> compare)
    {
        (RandomModelProgram program, ModelReference[] references) = s_all.Value;
        Comparison comparison = new();
        VectorWidths.Each(width => Parallel.For(0, s_models.Length, i =>
        {
            if (!s_allWidths && (s_models[i].Number + Array.IndexOf(VectorWidths.All, width)) % VectorWidths.All.Length >= widths)
                return;
            try
            {
                compare(program, references[i], i, width, comparison);
            }
            catch (Exception fault) when (fault is not OutOfMemoryException)
            {
                comparison.Fail(i, () => fault.ToString());
            }
        }));

        comparison.Finish();
    }

    private static int? Variable(string name) => int.TryParse(Environment.GetEnvironmentVariable(name), CultureInfo.InvariantCulture, out int value) ? value : null;

    private static string Describe(int i, string fault) => Invariant($"OPTGEN_RANDOM_SEED={s_seed} OPTGEN_RANDOM_MODEL={s_models[i].Number}: {fault}\n{s_models[i].Source}");

    private static void Report(List<string> failures) => Assert.True(
        failures.Count == 0,
        $"{failures.Count} of {s_models.Length} models are wrong.\n{string.Join("\n", failures.OrderBy(failure => failure.Length).Take(3))}\n{string.Join("\n", failures.Select(failure => failure.Split('\n')[0]))}");

    /// <summary>What models computed, with what they should have. Each is reported once.</summary>
    private sealed class Comparison
    {
        private readonly ConcurrentDictionary<int, string> _failures = new();
        private long _elements;
        private long _certain;

        public void Check(int model, ReferenceTensor expected, double[] actual, Func<string> what)
        {
            Interlocked.Add(ref _elements, expected.Values.Length);
            Interlocked.Add(ref _certain, expected.Certain);
            if (expected.Compare(actual) is { } fault)
                Fail(model, () => what() + fault);
        }

        public void Fail(int model, Func<string> message)
        {
            if (!_failures.ContainsKey(model))
                _failures.TryAdd(model, Describe(model, message()));
        }

        public void Finish()
        {
            Report([.. _failures.OrderBy(failure => failure.Key).Select(failure => failure.Value)]);
            Assert.True(_certain >= 0.9 * _elements, $"Only {_certain} of {_elements} elements were certain.");
        }
    }
}
