using OptGen.Generator.Graph;
using OptGen.Generator.Lowering;
using OptGen.Generator.Specs;
using OptGen.Generator.Tests.Backends;

namespace OptGen.Generator.Tests.Lowering;

public sealed class LayoutTests
{
    [Fact]
    public void Decayed_kinds_come_first_and_nothing_lies_between_parameters()
    {
        ModelSpec model = Networks.Mlp(4, 3, 5, 2);
        ParameterLayout layout = ParameterLayout.Of(model);
        Assert.Equal(["Hidden1.Kernel", "Logits.Kernel", "Hidden1.Bias", "Logits.Bias"], layout.Order.Select(p => model.Parameters[p].Name));
        Assert.Equal([0, 25, 15, 30], layout.Offsets);
        Assert.Equal(32, layout.Total);
        Assert.Equal(model.ParameterCount, layout.Total);
    }

    [Fact]
    public void The_last_group_that_speaks_of_decay_decides()
    {
        ModelSpec model = Networks.Mlp(4, 3, 5, 2);
        bool[] Decayed(params GroupSpec[] groups)
        {
            OptimizerSpec optimizer = Networks.AdamW(model) with { Groups = groups.ToEquatableArray() };
            return [.. model.Parameters.Select(parameter => Decay.AppliesTo(optimizer, parameter))];
        }

        Assert.Equal([true, false, true, false], Decayed());
        Assert.Equal([true, true, true, true], Decayed(Rules.Group("*", true)));
        Assert.Equal([false, false, true, true], Decayed(Rules.Group("*", true), Rules.Group("Hidden*", false), Rules.Group("*", null)));
    }

    [Fact]
    public void Uniforms_are_named_for_what_they_hold()
    {
        OptimizerSpec optimizer = Networks.AdamW(Networks.Mlp(4, 3, 5, 2));
        UpdatePass pass = UpdateSequence.Of(optimizer).Update;
        Assert.Equal(
            [
                "beta1", "oneMinusBeta1", "beta2", "oneMinusBeta2", "inverseSqrtOneMinusBeta2ToTheStep", "epsilon", "oneMinusLearningRateTimesWeightDecay",
                "learningRateOverOneMinusBeta1ToTheStep", "flushes",
            ],
            pass.PassedNames);
        // Only what depends on the decay needs a number of its own without it.
        Assert.Equal(["oneMinusLearningRateTimesWeightDecay"], pass.PassedNames.Where((_, k) => pass.ExtentOf(k) == Extent.Tensor));
        UniformSets sets = UniformSets.Of(pass, ParameterGroups.Of(optimizer));
        Assert.Equal((2, 9, 1 + 9), (sets.Count, sets.Size, sets.Begin(1)));
        TensorGraph step = OptimizerPrograms.TrainStep(optimizer, UpdateSequence.Of(optimizer))!;
        int[] uniforms = [.. step.Nodes.Select(node => node.Op).OfType<SourceOp>().Where(source => source.Buffer.Kind == BufferKind.Uniform).Select(source => source.Buffer.Index).Order()];
        Assert.Equal([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, sets.IndexOf(1, 6)], uniforms);
    }

    [Fact]
    public void Every_parameter_and_state_is_written_once_by_a_step()
    {
        ModelSpec model = Networks.Mlp(4, 3, 5, 2);
        TensorGraph step = OptimizerPrograms.TrainStep(Networks.AdamW(model), UpdateSequence.Of(Networks.AdamW(model)))!;
        GraphVerifier.Verify(step);
        IEnumerable<BufferRef> expected = Enumerable.Range(0, 4)
            .SelectMany(p => new[] { new BufferRef(BufferKind.Parameter, p), new BufferRef(BufferKind.State, p, 0), new BufferRef(BufferKind.State, p, 1) })
            .Prepend(new BufferRef(BufferKind.Loss));
        Assert.Equal(expected, step.Outputs.Select(output => output.Target));
    }
}
