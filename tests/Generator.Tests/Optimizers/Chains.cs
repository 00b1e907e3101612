using System.Reflection;

namespace OptGen.Generator.Tests.Optimizers;

/// <summary>
/// Chains of the library's rules and transforms, compiled in one program: every rule alone and with its decay, and every transform before or after a rule that keeps
/// states. A newcomer to the library is among them.
/// </summary>
internal static class Chains
{
    /// <summary>Arguments for the attributes that want some.</summary>
    private static readonly Dictionary<string, string> s_arguments = new()
    {
        ["Accumulate"] = "(3)",
        ["ClipAdaptive"] = "(0.05f)",
        ["DecoupledDecay"] = "(0.1f)",
        ["Ema"] = "(0.9f)",
        ["L1"] = "(0.1f)",
        ["L2"] = "(0.1f)",
    };

    /// <summary>What must stand before those that take a hyperparameter of another one.</summary>
    private static readonly Dictionary<string, string> s_before = new() { ["PrivacyNoise"] = "ClipExample(1f), Accumulate(1), " };

    public static string[] Rules { get; } = Derived(typeof(UpdateRule));

    public static string[] GradientTransforms { get; } = Derived(typeof(GradientTransform));

    public static string[] ParameterTransforms { get; } = Derived(typeof(ParameterTransform));

    public static string[] Perturbations { get; } = Derived(typeof(Perturbation));

    /// <summary>A rule that tries points.</summary>
    public const string Searching = "Lbfgs(History = 2, LineSearch = LineSearch.StrongWolfe)";

    /// <summary>The attributes of each chain.</summary>
    public static string[] All { get; } =
    [
        .. Rules,
        .. Rules.Where(HasOptionalDecay).Select(rule => rule + "(WeightDecay = 0.05f)"),
        .. GradientTransforms.Select(transform => Attribute(transform) + ", AdamW"),
        .. ParameterTransforms.Select(transform => "AdamW, " + Attribute(transform)),
        Searching,
        "Unscale, Accumulate(2), ClipGlobalNorm(0.5f), Centralize, L2(0.01f), Lamb(LearningRate = 0.01f), Cautious, Lookahead, Ema(0.95f), L1(0.01f)",
        "Accumulate(2), ClipGlobalNorm(0.5f), AdamW",
    ];

    private static readonly CompiledSet s_set = new(All, hasFloats: true);

    public static CompiledOptimizer Create(string chain, bool isDouble, params (int Rows, int Columns)[] shapes) =>
        s_set.Create(chain, isDouble, [.. shapes.Select(shape => (MatrixShape)shape)]);

    public static string Attribute(string transform)
    {
        if (s_arguments.TryGetValue(transform, out string? arguments))
            return transform + arguments;
        Type type = typeof(UpdateRule).Assembly.GetType("OptGen." + transform)!;
        return s_before.GetValueOrDefault(transform, "") + (type.GetConstructors().Single().GetParameters().Length == 0 ? transform : transform + "(1)");
    }

    private static string[] Derived(Type definition) =>
    [
        .. definition.Assembly.GetTypes().Where(type => type.IsSubclassOf(definition) && !type.IsAbstract).Select(type => type.Name).Order(StringComparer.Ordinal),
    ];

    private static bool HasOptionalDecay(string rule) =>
        typeof(UpdateRule).Assembly.GetType("OptGen." + rule)!.GetProperty("WeightDecay")?.GetCustomAttribute<HyperAttribute>() is { Optional: true };
}
