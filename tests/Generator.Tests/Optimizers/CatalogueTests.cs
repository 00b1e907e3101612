using System.Reflection;
using OptGen.Generator.Specs;
using OptGen.Generator.Tests.Optimizers.Conformance;

namespace OptGen.Generator.Tests.Optimizers;

/// <summary>What holds for every rule and transform of the library; a new one is tested here from its first day.</summary>
public class CatalogueTests
{
    public static TheoryData<Type> Rules => [.. Derived(typeof(UpdateRule))];

    /// <summary>Rules whose methods say all that they do to a single element; what runs once per step is elsewhere, and so is what code on whole tensors does even to a tensor of one element.</summary>
    public static TheoryData<Type> RulesOfElements =>
    [
        .. Derived(typeof(UpdateRule)).Where(rule => !rule.GetMethods().Any(method => method.IsDefined(typeof(OnceAttribute)) || method.GetCustomAttribute<WholeAttribute>() is { Draws: true })),
    ];

    public static TheoryData<Type> Transforms => [.. Derived(typeof(GradientTransform))];

    [Theory]
    [MemberData(nameof(Rules))]
    public void A_rule_finds_the_minimum_of_a_parabola(Type rule)
    {
        OptimizerSpec spec = Read(rule.Name);
        RuleRunner runner = new(spec, [1, -0.5]) { ["LearningRate"] = RuleTable.QuadraticRate(rule.Name) };
        if (spec.States.Any(state => state.Name == "Hessian"))
            Array.Fill(runner.State("Hessian"), 1);
        for (int step = 0; step < 2000; step++)
        {
            runner.Loss = runner.Parameters.Sum(w => (w - 0.25) * (w - 0.25) / 2);
            runner.Step([.. runner.Parameters.Select(w => w - 0.25)]);
        }

        // Decay draws towards zero, by no more than a hundredth of the curvature.
        Assert.All(runner.Parameters, w => Assert.Equal(0.25, w, 0.01));
    }

    [Theory]
    [MemberData(nameof(RulesOfElements))]
    public void A_rule_computes_what_its_method_computes_when_it_runs(Type rule)
    {
        // A first estimate of a millionth makes single precision lose what double precision keeps.
        PropertyInfo? first = rule.GetProperty("InitialDistance");
        OptimizerSpec spec = Read(first is null ? rule.Name : $"{rule.Name}(InitialDistance = 0.01f, LearningRate = 0.01f)");
        UpdateRule instance = (UpdateRule)Activator.CreateInstance(rule)!;
        first?.SetValue(instance, 0.01f);
        if (first is not null)
            rule.GetProperty("LearningRate")!.SetValue(instance, 0.01f);
        MethodInfo update = rule.GetMethods().Single(method => method.IsDefined(typeof(UpdateAttribute)));
        System.Reflection.ParameterInfo[] parameters = update.GetParameters();
        object[] arguments = [.. parameters.Select(object (parameter) => parameter.ParameterType == typeof(int) ? 0 : 0f)];
        int gradient = Array.FindIndex(parameters, parameter => parameter.ParameterType == typeof(float) && !parameter.IsDefined(typeof(InputAttribute)) && !parameter.IsDefined(typeof(LossAttribute)));
        int number = Array.FindIndex(parameters, parameter => parameter.ParameterType == typeof(int));
        int element = Array.FindIndex(parameters, parameter => parameter.ParameterType.IsByRef && !parameter.IsDefined(typeof(StateAttribute)));
        arguments[element] = 0.75f;
        foreach (System.Reflection.ParameterInfo state in parameters.Where(parameter => parameter.GetCustomAttribute<StateAttribute>() is { Initial: not 0 }))
            arguments[state.Position] = (float)state.GetCustomAttribute<StateAttribute>()!.Initial;
        foreach (System.Reflection.ParameterInfo input in parameters.Where(parameter => parameter.IsDefined(typeof(InputAttribute))))
            arguments[input.Position] = (float)input.GetCustomAttribute<InputAttribute>()!.Initial;

        foreach (System.Reflection.ParameterInfo loss in parameters.Where(parameter => parameter.IsDefined(typeof(LossAttribute))))
            arguments[loss.Position] = (float)RuleRunner.DefaultLoss;

        RuleRunner runner = new(spec, [0.75]);
        Random random = new(7);
        for (int step = 1; step <= 50; step++)
        {
            float g = random.NextSingle() - 0.3f;
            arguments[gradient] = g;
            if (number >= 0)
                arguments[number] = step;
            update.Invoke(instance, arguments);
            runner.Step([g]);
            Assert.Equal(runner.Parameters[0], (float)arguments[element], 1e-4 * Math.Max(1, Math.Abs(runner.Parameters[0])));
        }
    }

    [Theory]
    [MemberData(nameof(Rules))]
    public void A_rule_documents_its_hyperparameters(Type rule) => Assert.All(Read(rule.Name).Hypers, hyper => Assert.NotEqual("", hyper.Summary));

    [Theory]
    [MemberData(nameof(Transforms))]
    public void A_transform_gives_finite_gradients_of_the_same_sign(Type transform)
    {
        // Noise has its own sign, unless it has no variance.
        string argument = transform == typeof(GradientNoise) || transform == typeof(PrivacyNoise) ? "0" : "1";
        string arguments = string.Join(", ", transform.GetConstructors().Single().GetParameters().Select(_ => argument));
        string before = transform == typeof(PrivacyNoise) ? "ClipExample(9), Accumulate(1), " : "";
        RuleRunner runner = new(Read($"{before}{transform.Name}({arguments}), Sgd(LearningRate = 1)"), new double[3]);
        runner.Step([-2, 0, 3]);

        Assert.All(runner.Parameters, w => Assert.True(double.IsFinite(w)));
        Assert.Equal([1, 0, -1], runner.Parameters.Select(Math.Sign));
    }

    private static IEnumerable<Type> Derived(Type definition) =>
        definition.Assembly.GetTypes().Where(type => type.IsSubclassOf(definition) && !type.IsAbstract).OrderBy(type => type.Name, StringComparer.Ordinal);

    private static OptimizerSpec Read(string attributes) => OptimizerSource.ReadValid($"[Optimizer, {attributes}] public partial class O;", "O");
}
