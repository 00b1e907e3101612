namespace OptGen.Generator.Tests.Optimizers.Conformance;

/// <summary>Every rule, compiled, goes down: on a quadratic and along Rosenbrock's curved valley.</summary>
public class DescentTests
{
    private static readonly double[] s_curvature = [1, 3, 10];

    private static readonly double[] s_minimum = [1, 0.5, -0.5];

    public static TheoryData<string> Rules => [.. RuleTable.All];

    [Theory]
    [MemberData(nameof(Rules))]
    public void A_rule_descends_a_quadratic(string rule)
    {
        double Loss(double[] w) => w.Select((value, i) => s_curvature[i] * Math.Pow(value - s_minimum[i], 2) / 2).Sum();
        double[] start = [2, -1, 1];
        CompiledOptimizer optimizer = RuleTable.Create(rule, isDouble: true, (1, 3));
        optimizer["LearningRate"] = RuleTable.QuadraticRate(rule);
        if (optimizer.Has("Hessian"))
            s_curvature.CopyTo(optimizer.Memory<double>("Hessian"));
        double[] end = [.. start], gradients = new double[3];
        for (int step = 0; step < 2_000; step++)
        {
            for (int i = 0; i < 3; i++)
                gradients[i] = s_curvature[i] * (end[i] - s_minimum[i]);
            optimizer.Loss = Loss(end);
            optimizer.Step<double>(end, gradients);
        }

        Assert.InRange(Loss(end), 0, 1e-3 * Loss(start));
    }

    [Theory]
    [MemberData(nameof(Rules))]
    public void A_rule_goes_along_a_curved_valley(string rule)
    {
        // From the other side of the origin, with its loss of 24.2, to a point from which the rest of the way is flat.
        double[] w = [-1.2, 1], gradients = new double[2];
        CompiledOptimizer optimizer = RuleTable.Create(rule, isDouble: true, (1, 2));
        optimizer["LearningRate"] = RuleTable.ValleyRate(rule);
        for (int step = 0; step < 10_000; step++)
        {
            double bend = w[1] - (w[0] * w[0]);
            gradients[0] = (-400 * w[0] * bend) - (2 * (1 - w[0]));
            gradients[1] = 200 * bend;
            if (optimizer.Has("Hessian"))
            {
                optimizer.Memory<double>("Hessian")[0] = Math.Abs((1_200 * w[0] * w[0]) - (400 * w[1]) + 2);
                optimizer.Memory<double>("Hessian")[1] = 200;
            }

            optimizer.Loss = Height(w);
            optimizer.Step<double>(w, gradients);
        }

        Assert.InRange(Height(w), 0, 0.1);

        static double Height(double[] w) => (100 * Math.Pow(w[1] - (w[0] * w[0]), 2)) + Math.Pow(1 - w[0], 2);
    }
}
