using OptGen.Generator.Scalar;
using OptGen.Generator.Specs;

namespace OptGen.Generator.Lowering;

/// <summary>An optimizer as one scalar function: every gradient transform in turn, then the update rule.</summary>
internal static class UpdateFunction
{
    /// <summary>Outputs are the new parameter, then every new state in order.</summary>
    public static BoundFunction Of(OptimizerSpec optimizer)
    {
        ScalarBuilder scalar = new();
        UpdateInput[] inputs = Inputs(optimizer);
        int gradient = Transformed(scalar, optimizer, inputs, optimizer.Transforms.Count);
        return new BoundFunction(scalar.Build(inputs.Length, Inline(scalar, optimizer.Rule.Update, inputs, gradient, -1)), inputs.ToEquatableArray());
    }

    /// <summary>What transform number <paramref name="transform"/> sums, of a gradient to which the transforms before it are already applied.</summary>
    public static BoundFunction OfReduction(OptimizerSpec optimizer, int transform)
    {
        ScalarBuilder scalar = new();
        UpdateInput[] inputs = Inputs(optimizer);
        int gradient = Transformed(scalar, optimizer, inputs, transform);
        BoundFunction reduction = optimizer.Transforms[transform].Reduction ?? throw new InvalidOperationException($"{optimizer.Transforms[transform].Name} reduces nothing");
        ScalarFunction function = Compose.DropUnread(scalar.Build(inputs.Length, Inline(scalar, reduction, inputs, gradient, transform)), out int[] kept);
        return new BoundFunction(function, kept.Select(input => inputs[input]).ToEquatableArray());
    }

    private static UpdateInput[] Inputs(OptimizerSpec optimizer) =>
    [
        new UpdateInput(UpdateInputKind.Parameter, 0),
        new UpdateInput(UpdateInputKind.Gradient, 0),
        .. Enumerable.Range(0, optimizer.States.Count).Select(slot => new UpdateInput(UpdateInputKind.State, slot)),
        .. Enumerable.Range(0, optimizer.Hypers.Count).Select(hyper => new UpdateInput(UpdateInputKind.Hyper, hyper)),
        new UpdateInput(UpdateInputKind.Step, 0),
        .. Enumerable.Range(0, optimizer.Transforms.Count).Select(transform => new UpdateInput(UpdateInputKind.Reduced, transform)),
    ];

    private static int Transformed(ScalarBuilder scalar, OptimizerSpec optimizer, UpdateInput[] inputs, int count)
    {
        int gradient = scalar.Input(Array.IndexOf(inputs, new UpdateInput(UpdateInputKind.Gradient, 0)));
        for (int transform = 0; transform < count; transform++)
            gradient = Inline(scalar, optimizer.Transforms[transform].Apply, inputs, gradient, transform)[0];
        return gradient;
    }

    /// <summary>The function's outputs with <paramref name="gradient"/> for its gradient; what it calls reduced is the sum of its own transform.</summary>
    private static int[] Inline(ScalarBuilder scalar, BoundFunction function, UpdateInput[] inputs, int gradient, int transform) =>
        scalar.Inline(function.Function, function.Inputs.Select(input => input.Kind switch
        {
            UpdateInputKind.Gradient => gradient,
            UpdateInputKind.Parameter => scalar.Input(Array.IndexOf(inputs, new UpdateInput(UpdateInputKind.Parameter, 0))),
            UpdateInputKind.Step => scalar.Input(Array.IndexOf(inputs, new UpdateInput(UpdateInputKind.Step, 0))),
            UpdateInputKind.Reduced => scalar.Input(Array.IndexOf(inputs, new UpdateInput(UpdateInputKind.Reduced, transform))),
            _ => scalar.Input(Array.IndexOf(inputs, input)),
        }).ToArray());
}
