using System.Reflection;
using System.Text;
using OptGen.Generator.Tests.Harness;

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

    private static readonly Lazy<LoadedProgram> s_program = new(() => LoadedProgram.Of(Source()));

    public static string[] Rules { get; } = Derived(typeof(UpdateRule));

    public static string[] GradientTransforms { get; } = Derived(typeof(GradientTransform));

    public static string[] ParameterTransforms { get; } = Derived(typeof(ParameterTransform));

    /// <summary>The attributes of each chain.</summary>
    public static string[] All { get; } =
    [
        .. Rules,
        .. Rules.Where(HasOptionalDecay).Select(rule => rule + "(WeightDecay = 0.05f)"),
        .. GradientTransforms.Select(transform => Attribute(transform) + ", AdamW"),
        .. ParameterTransforms.Select(transform => "AdamW, " + Attribute(transform)),
        "Unscale, Accumulate(2), ClipGlobalNorm(0.5f), Centralize, L2(0.01f), Lamb(LearningRate = 0.01f), Cautious, Lookahead, Ema(0.95f), L1(0.01f)",
        "Accumulate(2), ClipGlobalNorm(0.5f), AdamW",
    ];

    /// <summary>An optimizer of a chain, as an object of the interface that the program declares.</summary>
    public static IRunner Create(string chain, bool isDouble, params (int Rows, int Columns)[] shapes)
    {
        int[] flat = [.. shapes.SelectMany(shape => new[] { shape.Rows, shape.Columns })];
        return new Runner(s_program.Value.Method<Func<int, bool, int[], object>>("Create")(Array.IndexOf(All, chain), isDouble, flat));
    }

    public static string Attribute(string transform)
    {
        if (s_arguments.TryGetValue(transform, out string? arguments))
            return transform + arguments;
        Type type = typeof(UpdateRule).Assembly.GetType("OptGen." + transform)!;
        return type.GetConstructors().Single().GetParameters().Length == 0 ? transform : transform + "(1)";
    }

    private static string[] Derived(Type definition) =>
    [
        .. definition.Assembly.GetTypes().Where(type => type.IsSubclassOf(definition) && !type.IsAbstract).Select(type => type.Name).Order(StringComparer.Ordinal),
    ];

    private static bool HasOptionalDecay(string rule) =>
        typeof(UpdateRule).Assembly.GetType("OptGen." + rule)!.GetProperty("WeightDecay")?.GetCustomAttribute<HyperAttribute>() is { Optional: true };

    private static string Source()
    {
        StringBuilder source = new("using System.Reflection;\npublic interface IStep<T> { void Step(Span<T> parameters, ReadOnlySpan<T> gradients); }\n");
        for (int i = 0; i < All.Length; i++)
        {
            source.Append(System.Globalization.CultureInfo.InvariantCulture, $"[Optimizer, {All[i]}] public partial class F{i} : IStep<float>;\n");
            source.Append(System.Globalization.CultureInfo.InvariantCulture, $"[Optimizer(Precision = Precision.Double), {All[i]}] public partial class D{i} : IStep<double>;\n");
        }

        source.Append("""
            public static class Probe
            {
                public static object Create(int chain, bool isDouble, int[] sizes)
                {
                    MatrixShape[] shapes = new MatrixShape[sizes.Length / 2];
                    for (int i = 0; i < shapes.Length; i++)
                        shapes[i] = new MatrixShape(sizes[2 * i], sizes[2 * i + 1]);
                    return chain switch
                    {

            """);
        for (int i = 0; i < All.Length; i++)
            source.Append(System.Globalization.CultureInfo.InvariantCulture, $"            {i} => isDouble ? new D{i}(shapes) : new F{i}(shapes),\n");
        source.Append("            _ => throw new ArgumentOutOfRangeException(nameof(chain)),\n        };\n    }\n\n");
        source.Append("""
                public static Action<float[], float[]> StepOfFloats(object optimizer) => (parameters, gradients) => ((IStep<float>)optimizer).Step(parameters, gradients);

                public static Action<double[], double[]> StepOfDoubles(object optimizer) => (parameters, gradients) => ((IStep<double>)optimizer).Step(parameters, gradients);
            }
            """);
        return source.ToString();
    }

    /// <summary>What a test does with a compiled optimizer.</summary>
    internal interface IRunner
    {
        object Optimizer { get; }

        Action<float[], float[]> StepFloats { get; }

        Action<double[], double[]> StepDoubles { get; }

        double[] StateOfDoubles(string name);

        void Set(string property, object value);
    }

    private sealed class Runner(object optimizer) : IRunner
    {
        private delegate Span<double> Doubles();

        public object Optimizer => optimizer;

        public Action<float[], float[]> StepFloats { get; } = s_program.Value.Method<Func<object, Action<float[], float[]>>>("StepOfFloats")(optimizer);

        public Action<double[], double[]> StepDoubles { get; } = s_program.Value.Method<Func<object, Action<double[], double[]>>>("StepOfDoubles")(optimizer);

        public double[] StateOfDoubles(string name)
        {
            PropertyInfo property = optimizer.GetType().GetProperty(name)!;
            return property.PropertyType == typeof(double)
                ? [(double)property.GetValue(optimizer)!]
                : property.GetMethod!.CreateDelegate<Doubles>(optimizer)().ToArray();
        }

        public void Set(string property, object value)
        {
            PropertyInfo found = optimizer.GetType().GetProperty(property)!;
            found.SetValue(optimizer, Convert.ChangeType(value, found.PropertyType, System.Globalization.CultureInfo.InvariantCulture));
        }
    }
}
