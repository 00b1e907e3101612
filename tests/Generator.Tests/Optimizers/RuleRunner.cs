using OptGen.Generator.Specs;
using OptGen.Generator.Tests.Oracle;

namespace OptGen.Generator.Tests.Optimizers;

/// <summary>Runs an optimizer's update on numbers in double precision, with the oracle for scalar functions: one rule, any number of parameters.</summary>
internal sealed class RuleRunner(OptimizerSpec optimizer, double[] initial)
{
    private readonly double[][] _states = [.. optimizer.States.Select(_ => new double[initial.Length])];
    private readonly double[] _hypers = [.. optimizer.Hypers.Select(hyper => hyper.Default)];
    private int _step;

    public double[] Parameters { get; } = [.. initial];

    public double[] State(string name) => _states[optimizer.States.ToList().FindIndex(state => state.Name == name)];

    public double this[string hyper]
    {
        set => _hypers[optimizer.Hypers.ToList().FindIndex(candidate => candidate.Name == hyper)] = value;
    }

    public void Step(double[] gradients)
    {
        _step++;
        double[] transformed = [.. gradients];
        foreach (GradientTransformSpec transform in optimizer.Transforms)
        {
            double reduced = transform.Reduction is { } reduction ? transformed.Sum(g => Evaluate(reduction, -1, g, 0)[0]) : 0;
            transformed = [.. transformed.Select(g => Evaluate(transform.Apply, -1, g, reduced)[0])];
        }

        for (int i = 0; i < Parameters.Length; i++)
        {
            double[] results = Evaluate(optimizer.Rule.Update, i, transformed[i], 0);
            Parameters[i] = results[0];
            for (int state = 0; state < _states.Length; state++)
                _states[state][i] = results[state + 1];
        }
    }

    private double[] Evaluate(BoundFunction function, int element, double gradient, double reduced) =>
        ScalarInterpreter.Evaluate(function.Function, [.. function.Inputs.Select(input => input.Kind switch
        {
            UpdateInputKind.Parameter => Parameters[element],
            UpdateInputKind.Gradient => gradient,
            UpdateInputKind.State => _states[input.Index][element],
            UpdateInputKind.Hyper => _hypers[input.Index],
            UpdateInputKind.Step => _step,
            _ => reduced,
        })]);
}
