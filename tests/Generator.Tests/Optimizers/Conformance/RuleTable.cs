using System.Reflection;

namespace OptGen.Generator.Tests.Optimizers.Conformance;

/// <summary>
/// The rules of the library, found by reflection, with what tests must know of each: a new rule is under test the moment it exists, with the defaults of the table.
/// </summary>
internal static class RuleTable
{
    /// <summary>Names of all rules.</summary>
    public static string[] All => Chains.Rules;

    /// <summary>Compiled, each alone in both precisions.</summary>
    public static CompiledOptimizer Create(string rule, bool isDouble, params (int Rows, int Columns)[] shapes) => Chains.Create(rule, isDouble, shapes);

    /// <summary>In double precision, without anything that moves parameters besides their gradients.</summary>
    public static CompiledOptimizer WithoutDecay(string rule, params (int Rows, int Columns)[] shapes)
    {
        CompiledOptimizer optimizer = Create(rule, isDouble: true, shapes);
        ForgoDecay(optimizer);
        return optimizer;
    }

    public static void ForgoDecay(CompiledOptimizer optimizer)
    {
        optimizer.Try("WeightDecay", 0);
        optimizer.Try("Lambda", 0);
    }

    /// <summary>Whether what the rule does to an element depends on that element alone.</summary>
    public static bool IsElementwise(string rule) =>
        !Definition(rule).GetMethods().Any(method => method.IsDefined(typeof(ReduceAttribute)) || method.IsDefined(typeof(WholeAttribute)));

    /// <summary>Whether the rule reduces over all parameters, so that no tensor is by itself.</summary>
    public static bool ReducesEverything(string rule) =>
        Definition(rule).GetMethods().Any(method => method.GetCustomAttribute<ReduceAttribute>() is { Over: Over.Everything });

    /// <summary>Learning rate for the quadratic of the table.</summary>
    public static double QuadraticRate(string rule) => rule switch
    {
        _ when FindsItsRate(rule) => 1,
        nameof(AdaGrad) => 0.3,
        nameof(Lars) => 10,
        nameof(Muon) => 0.2,
        nameof(ScheduleFreeSgd) or nameof(Sm3) => 0.1,
        nameof(SimplifiedAdEMAMix) => 1e-4,
        nameof(SignSgd) or nameof(Lion) => 0.003,
        _ => 0.01,
    };

    /// <summary>Learning rate for Rosenbrock's valley.</summary>
    public static double ValleyRate(string rule) => rule switch
    {
        nameof(DoG) or nameof(DoWG) or nameof(Cocob) or nameof(Prodigy) or nameof(PolyakSgd) or nameof(Momo) => 1,
        nameof(AdaGrad) or nameof(Lars) or nameof(Sm3) or nameof(DAdaptAdamW) => 0.3,
        nameof(Adopt) or nameof(AdaHessian) or nameof(Lbfgs) => 0.1,
        nameof(Muon) => 0.2,
        nameof(AdaDelta) => 0.03,
        nameof(Lamb) => 0.003,
        nameof(Sgd) or nameof(Asgd) or nameof(ScheduleFreeSgd) or nameof(RAdam) or nameof(Lion) => 1e-3,
        nameof(OptimisticGradientDescent) => 5e-4,
        nameof(Fromage) => 3e-3,
        nameof(SignSgd) => 3e-4,
        nameof(SimplifiedAdEMAMix) => 1e-4,
        _ => 0.01,
    };

    /// <summary>Whether the learning rate is a factor on a step size that the rule finds itself, 1 by default.</summary>
    public static bool FindsItsRate(string rule) =>
        rule is nameof(AdaDelta) or nameof(Prodigy) or nameof(DAdaptAdamW) or nameof(DoG) or nameof(DoWG) or nameof(Cocob) or nameof(PolyakSgd) or nameof(Momo) or nameof(Lbfgs);

    /// <summary>To which power of a factor on all gradients the path of the parameters grows: 1 for a rule that is linear, 0 for one that has a length of step of its own.</summary>
    public static double Degree(string rule) => rule switch
    {
        nameof(Sgd) or nameof(Asgd) or nameof(ScheduleFreeSgd) or nameof(Quickprop) or nameof(Lars) or nameof(RAdam) or nameof(OptimisticGradientDescent) => 1,
        nameof(AcProp) => 1,
        nameof(MadGrad) => 1.0 / 3,
        _ => 0,
    };

    /// <summary>For how many steps <see cref="Degree"/> holds; an odd number of steps of one length never leads back.</summary>
    public static int DegreeSteps(string rule) => rule switch
    {
        // Plain steps along the mean until it knows the variance.
        nameof(RAdam) => 5,

        // Until the factors have shrunk so far that their probes are seen beside the gradients.
        nameof(Kron) => 7,

        // One plain step, before there is anything to divide by.
        nameof(AcProp) => 1,
        _ => 13,
    };

    /// <summary>
    /// How much longer a step may be, once gradients cease after the sixth of 300 steps, than the longest before. SimplifiedAdEMAMix forgets its mean square
    /// (√β₂ = 0.9747) faster than its momentum (β₁ = 0.99): (0.99 / 0.9747)²⁹⁴ = 98, and its correction grows from √(1 − 0.95⁶) = 0.515 to 1, together 190.
    /// </summary>
    public static double GrowthWithoutGradient(string rule) => rule is nameof(SimplifiedAdEMAMix) ? 191 : 1.5;

    /// <summary>Whether a step shrinks parameters even without gradient and decay.</summary>
    public static bool AlwaysShrinks(string rule) => rule is nameof(Fromage);

    /// <summary>Whether the rule remembers no gradient and no average, so that a zero gradient leaves a parameter where it is, at any time.</summary>
    public static bool StaysWithoutGradient(string rule) =>
        rule is nameof(Sgd) or nameof(SignSgd) or nameof(Asgd) or nameof(AdaGrad) or nameof(AdaDelta) or nameof(RmsProp) or nameof(Rprop) or nameof(Quickprop) or nameof(Adafactor);

    /// <summary>Numbers between −size and size.</summary>
    public static double[] Numbers(Random random, int count, double size = 1) => [.. Enumerable.Range(0, count).Select(_ => size * ((random.NextDouble() * 2) - 1))];

    private static Type Definition(string rule) => typeof(UpdateRule).Assembly.GetType("OptGen." + rule)!;
}
