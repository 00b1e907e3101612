using OptGen.Generator.Scalar;
using OptGen.Generator.Specs;
using OptGen.Generator.Tests.Backends;

namespace OptGen.Generator.Tests.Lowering;

/// <summary>Update rules and transforms written by hand.</summary>
internal static class Rules
{
    /// <summary>Gradient descent with Nesterov's momentum; hyperparameters are the learning rate and the momentum.</summary>
    public static OptimizerSpec Nesterov(ModelSpec model)
    {
        ScalarBuilder s = new();
        int w = s.Input(0), g = s.Input(1), m = s.Input(2), rate = s.Input(3), momentum = s.Input(4);
        int newM = s.Apply(ScalarOp.Add, s.Apply(ScalarOp.Multiply, momentum, m), g);
        int direction = s.Apply(ScalarOp.Add, g, s.Apply(ScalarOp.Multiply, momentum, newM));
        int newW = s.Apply(ScalarOp.Subtract, w, s.Apply(ScalarOp.Multiply, rate, direction));
        BoundFunction update = new(
            s.Build(5, newW, newM),
            [new(UpdateInputKind.Parameter, 0), new(UpdateInputKind.Gradient, 0), new(UpdateInputKind.State, 0), new(UpdateInputKind.Hyper, 0), new(UpdateInputKind.Hyper, 1)]);
        return Networks.AdamW(model) with
        {
            Stages = [new StageSpec(StageKind.Rule, "Nesterov", update, [0], [], Holds: false)],
            Hypers = [new HyperSpec("LearningRate", "float", 0.05, false, false, ""), new HyperSpec("Momentum", "float", 0.9, false, false, "")],
            States = [new StateSpec("M", "")],
        };
    }

    /// <summary>An optimizer that first scales all gradients together so that their norm is at most the limit.</summary>
    public static OptimizerSpec WithClippedNorm(OptimizerSpec optimizer, double limit)
    {
        ScalarBuilder s = new();
        int g = s.Input(0);
        int factor = s.Apply(ScalarOp.Min, s.Constant(1), s.Apply(ScalarOp.Divide, s.Constant(limit), s.Apply(ScalarOp.Sqrt, s.Input(1))));
        BoundFunction apply = new(
            s.Build(2, s.Apply(ScalarOp.Multiply, g, factor), s.Apply(ScalarOp.Multiply, g, g)),
            [new(UpdateInputKind.Gradient, 0), new(UpdateInputKind.Reduced, 0)]);
        StageSpec clip = new(StageKind.GradientTransform, "ClipGlobalNorm", apply, [], [0], Holds: false);
        return optimizer with { Stages = [clip, .. optimizer.Stages], Reductions = [new ReductionSpec("SumOfSquares", Extent.Everything, ReductionKind.Sum)] };
    }

    /// <summary>An optimizer that first clamps each gradient.</summary>
    public static OptimizerSpec WithClippedValues(OptimizerSpec optimizer, double limit)
    {
        ScalarBuilder s = new();
        int clamped = s.Apply(ScalarOp.Max, s.Constant(-limit), s.Apply(ScalarOp.Min, s.Constant(limit), s.Input(0)));
        StageSpec clip = new(StageKind.GradientTransform, "ClipValue", new BoundFunction(s.Build(1, clamped), [new(UpdateInputKind.Gradient, 0)]), [], [], Holds: false);
        return optimizer with { Stages = [clip, .. optimizer.Stages] };
    }

    /// <summary>A group by name that only says whether decay applies.</summary>
    public static GroupSpec Group(string pattern, bool? decay) => new("Group", pattern, null, decay, Frozen: false, null, -1, 0);
}
