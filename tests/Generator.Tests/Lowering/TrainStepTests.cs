using OptGen.Generator.Graph;
using OptGen.Generator.Lowering;
using OptGen.Generator.Scalar;
using OptGen.Generator.Specs;
using OptGen.Generator.Tests.Backends;
using OptGen.Generator.Tests.Golden;
using OptGen.Generator.Tests.Oracle;

namespace OptGen.Generator.Tests.Lowering;

public sealed class TrainStepTests
{
    [Theory]
    [InlineData("MlpAdamW")]
    [InlineData("MlpNesterov")]
    public void Interpreted_training_repeats_the_golden_losses(string name)
    {
        TrainingRun run = GoldenFile.Training.Single(run => run.Name == name);
        ModelSpec model = Networks.Mlp(run.Batch, 64, 22, 10);
        // The reference decays biases too.
        InterpretedTraining training = new((name == "MlpAdamW" ? Networks.AdamW(model) : Rules.Nesterov(model)) with { Groups = [Rules.Group("*", true)] });
        LoadInitial(training, run);
        for (int step = 0; step < 40; step++)
        {
            Stage(training, Digits.Batch(run.Batch, step));
            Assert.Equal(run.Losses[step], training.TrainStep(run.Batch), 1e-9 * run.Losses[step]);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_fused_step_does_what_gradient_and_update_do(bool groups)
    {
        ModelSpec model = Networks.Mlp(4, 3, 5, 2);
        OptimizerSpec optimizer = Networks.AdamW(model);
        if (groups)
            optimizer = optimizer with { Groups = [Rules.Group("Hidden*", false), Rules.Group("*.Bias", true)] };
        InterpretedTraining fused = new(optimizer), parted = new(optimizer);
        Assert.Equal(2, UniformSets.Of(UpdateSequence.Of(optimizer).Update, ParameterGroups.Of(optimizer)).Count);
        fused.Hypers[4] = parted.Hypers[4] = 0.5;
        RandomContent(fused, parted, model);
        for (int step = 0; step < 50; step++)
        {
            int rows = 1 + (step % 4);
            Assert.Equal(parted.GradientAndUpdate(rows), fused.TrainStep(rows), 1e-12);
            AssertSame(parted, fused, 1e-12);
        }
    }

    [Fact]
    public void Decay_shrinks_the_decayed_parameters_and_no_others()
    {
        ModelSpec model = Networks.Mlp(2, 3, 5, 2);
        InterpretedTraining with = new(Networks.AdamW(model)), without = new(Networks.AdamW(model));
        without.Hypers[4] = 0;
        RandomContent(with, without, model);
        with.TrainStep(2);
        without.TrainStep(2);
        for (int p = 0; p < model.Parameters.Count; p++)
        {
            bool same = with.Content[new BufferRef(BufferKind.Parameter, p)].SequenceEqual(without.Content[new BufferRef(BufferKind.Parameter, p)]);
            Assert.Equal(model.Parameters[p].Kind != Specs.ParameterKind.Weight, same);
        }
    }

    [Fact]
    public void A_reducing_transform_needs_all_gradients_first()
    {
        ModelSpec model = Networks.Mlp(2, 3, 5, 2);
        OptimizerSpec clipped = Rules.WithClippedNorm(Networks.AdamW(model), 0.01);
        Assert.Null(OptimizerPrograms.TrainStep(clipped, UpdateSequence.Of(clipped)));

        // Against the norm computed here: a clipped step of plain descent is the gradient scaled to the limit.
        OptimizerSpec descent = Rules.WithClippedNorm(Rules.Nesterov(model), 0.01);
        InterpretedTraining training = new(descent);
        RandomContent(training, training, model);
        training.Hypers[1] = 0;
        Dictionary<BufferRef, double[]> gradients = new GraphInterpreter(2).Run(ModelPrograms.Gradient(model), training.Content);
        double norm = Math.Sqrt(gradients.Where(pair => pair.Key.Kind == BufferKind.Gradient).Sum(pair => pair.Value.Sum(g => g * g)));
        Assert.True(norm > 0.01);
        double[] before = training.Content[new BufferRef(BufferKind.Parameter)];
        training.GradientAndUpdate(2);
        double[] after = training.Content[new BufferRef(BufferKind.Parameter)];
        for (int i = 0; i < before.Length; i++)
            Assert.Equal(-0.05 * gradients[new BufferRef(BufferKind.Gradient)][i] * 0.01 / norm, after[i] - before[i], 1e-12);
    }

    [Fact]
    public void A_transform_without_reduction_is_part_of_the_step()
    {
        ModelSpec model = Networks.Mlp(3, 3, 5, 2);
        OptimizerSpec optimizer = Rules.WithClippedValues(Networks.AdamW(model), 0.001);
        InterpretedTraining fused = new(optimizer), parted = new(optimizer), unclipped = new(Networks.AdamW(model));
        RandomContent(fused, parted, model);
        for (int step = 0; step < 5; step++)
        {
            fused.TrainStep(3);
            parted.GradientAndUpdate(3);
        }

        AssertSame(parted, fused, 1e-12);
        Assert.All(fused.Content.Where(pair => pair.Key is { Kind: BufferKind.State, Slot: 0 }), pair => Assert.All(pair.Value, m => Assert.InRange(m, -0.001, 0.001)));
    }

    [Fact]
    public void Gradients_of_dense_layers_are_plain_contractions_and_the_inputs_gradient_is_not_computed()
    {
        TensorGraph graph = ModelPrograms.Gradient(Networks.Mlp(32, 64, 22, 10));
        string[] contractions = [.. graph.Nodes.Where(node => node.Op is ContractOp).Select(node =>
        {
            ContractOp op = (ContractOp)node.Op;
            return string.Join(",", op.Loops.Select(loop => loop.Extent + (loop.Batched ? "rows" : ""))) + "|" + op.OutputRank;
        })];
        // Forward; then weights of the last layer, its input, weights of the first.
        Assert.Equal(["32rows,22,64|2", "32rows,10,22|2", "32rows,22,10|2", "22,10,32rows|2", "64,22,32rows|2"], contractions.OrderBy(text => text.EndsWith("rows|2", StringComparison.Ordinal)).ThenBy(text => Array.IndexOf(contractions, text)));
        Assert.All(graph.Nodes.Where(node => node.Op is ContractOp), node =>
        {
            ContractOp op = (ContractOp)node.Op;
            Assert.All(op.Left.Concat(op.Right), index => Assert.True(index.AsLoop >= 0));
        });
    }

    [Fact]
    public void Forward_and_evaluate_hold_only_what_they_need()
    {
        ModelSpec model = Networks.Mlp(32, 64, 22, 10);
        TensorGraph forward = ModelPrograms.Forward(model), evaluate = ModelPrograms.Evaluate(model);
        GraphVerifier.Verify(forward);
        GraphVerifier.Verify(evaluate);
        Assert.DoesNotContain(forward.Nodes, node => node.Op is ReduceOp or StopGradientOp or SourceOp { Buffer: { Kind: BufferKind.Uniform } or { Kind: BufferKind.Input, Index: 1 } });
        Assert.Equal([BufferKind.Prediction], forward.Outputs.Select(output => output.Target.Kind));
        Assert.Equal([BufferKind.Loss], evaluate.Outputs.Select(output => output.Target.Kind));
    }

    private static void Stage(InterpretedTraining training, (double[] Pixels, double[] Labels) batch)
    {
        training.Content[new BufferRef(BufferKind.Input, 0)] = batch.Pixels;
        training.Content[new BufferRef(BufferKind.Input, 1)] = batch.Labels;
    }

    private static void LoadInitial(InterpretedTraining training, TrainingRun run)
    {
        string[] names = ["hidden.weight", "hidden.bias", "logits.weight", "logits.bias"];
        for (int p = 0; p < names.Length; p++)
        {
            GoldenTensor tensor = run.Initial[names[p]];
            training.Content[new BufferRef(BufferKind.Parameter, p)] = tensor.Shape.Length == 1 ? tensor.Data : Transposed(tensor);
        }
    }

    /// <summary>PyTorch keeps [out, in].</summary>
    private static double[] Transposed(GoldenTensor tensor)
    {
        (int rows, int columns) = (tensor.Shape[0], tensor.Shape[1]);
        return [.. Enumerable.Range(0, rows * columns).Select(i => tensor.Data[(i % rows * columns) + (i / rows)])];
    }

    private static void RandomContent(InterpretedTraining first, InterpretedTraining second, ModelSpec model)
    {
        Random random = new(7);
        double[] Numbers(int count) => [.. Enumerable.Range(0, count).Select(_ => (random.NextDouble() * 2) - 1)];
        int batch = model.Batch;
        for (int p = 0; p < model.Parameters.Count; p++)
            first.Content[new BufferRef(BufferKind.Parameter, p)] = second.Content[new BufferRef(BufferKind.Parameter, p)] = Numbers(model.Parameters[p].Shape.Count);
        double[] x = Numbers(model.Inputs[0].Shape.Count), labels = [.. Enumerable.Range(0, batch).Select(_ => (double)random.Next(2))];
        Stage(first, (x, labels));
        Stage(second, (x, labels));
    }

    private static void AssertSame(InterpretedTraining expected, InterpretedTraining actual, double tolerance)
    {
        foreach ((BufferRef buffer, double[] values) in expected.Content)
        {
            for (int i = 0; i < values.Length; i++)
                Assert.Equal(values[i], actual.Content[buffer][i], tolerance * (1 + Math.Abs(values[i])));
        }
    }
}
