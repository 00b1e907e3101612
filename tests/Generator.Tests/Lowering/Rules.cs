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
            Rule = new UpdateSpec("Nesterov", update),
            Hypers = [new HyperSpec("LearningRate", "float", 0.05, false, false, ""), new HyperSpec("Momentum", "float", 0.9, false, false, "")],
            States = [new StateSpec("m", "")],
        };
    }

    /// <summary>Scales all gradients together so that their norm is at most the limit.</summary>
    public static GradientTransformSpec ClipGlobalNorm(double limit)
    {
        ScalarBuilder square = new();
        int x = square.Input(0);
        BoundFunction reduction = new(square.Build(1, square.Apply(ScalarOp.Multiply, x, x)), [new(UpdateInputKind.Gradient, 0)]);
        ScalarBuilder s = new();
        int factor = s.Apply(ScalarOp.Min, s.Constant(1), s.Apply(ScalarOp.Divide, s.Constant(limit), s.Apply(ScalarOp.Sqrt, s.Input(1))));
        BoundFunction apply = new(s.Build(2, s.Apply(ScalarOp.Multiply, s.Input(0), factor)), [new(UpdateInputKind.Gradient, 0), new(UpdateInputKind.Reduced, 0)]);
        return new GradientTransformSpec("ClipGlobalNorm", reduction, apply);
    }

    /// <summary>Clamps each gradient.</summary>
    public static GradientTransformSpec ClipValue(double limit)
    {
        ScalarBuilder s = new();
        int clamped = s.Apply(ScalarOp.Max, s.Constant(-limit), s.Apply(ScalarOp.Min, s.Constant(limit), s.Input(0)));
        return new GradientTransformSpec("ClipValue", null, new BoundFunction(s.Build(1, clamped), [new(UpdateInputKind.Gradient, 0)]));
    }
}
