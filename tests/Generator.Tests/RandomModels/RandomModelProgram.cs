using System.Globalization;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using OptGen.Generator.Diagnostics;
using OptGen.Generator.Lowering;
using OptGen.Generator.Specs;
using OptGen.Generator.Tests.Harness;
using static System.FormattableString;

namespace OptGen.Generator.Tests.RandomModels;

/// <summary>Random models after the whole generator and a few compilations: what was read of each, and its methods.</summary>
internal sealed class RandomModelProgram
{
    /// <summary>Models of one compilation: all at once would keep so much alive that a fifth of the time went into collecting garbage.</summary>
    private const int Together = 50;

    private const string Usings = "using System;\nusing OptGen;\nusing OptGen.Kernels;\n";

    // One instance of each model and two of its optimizer: one steps at once, the other by gradient and update.
    private const string Probe = """
        public interface IRandomModel
        {
            double[][] Call(string what, double[][] x);
        }

        public static partial class Probe
        {
            private static readonly IRandomModel[] s_models = Create();

            public static double[][] Call(int model, string what, double[][] x) => s_models[model].Call(what, x);

            internal static double[] Wide(ReadOnlySpan<double> values) => values.ToArray();

            internal static double[] Wide(ReadOnlySpan<float> values) => Array.ConvertAll(values.ToArray(), value => (double)value);

            internal static int[] Integers(double[] values) => Array.ConvertAll(values, value => (int)value);

            internal static float[] Singles(double[] values) => Array.ConvertAll(values, value => (float)value);
        }
        """;

    private readonly Func<int, string, double[][], double[][]> _call;
    private readonly ParameterLayout[] _layouts;

    private RandomModelProgram((ModelSpec[] Specs, OptimizerSpec[] Optimizers, LoadedProgram Program)[] parts)
    {
        (Specs, Optimizers) = ([.. parts.SelectMany(part => part.Specs)], [.. parts.SelectMany(part => part.Optimizers)]);
        _layouts = [.. Specs.Select(ParameterLayout.Of)];
        Func<int, string, double[][], double[][]>[] calls = [.. parts.Select(part => part.Program.Method<Func<int, string, double[][], double[][]>>("Call"))];
        _call = (model, what, x) => calls[model / Together](model % Together, what, x);
    }

    public IReadOnlyList<ModelSpec> Specs { get; }

    public IReadOnlyList<OptimizerSpec> Optimizers { get; }

    /// <summary>Generates, compiles and loads them. A fault names its model.</summary>
    public static RandomModelProgram Of(IReadOnlyList<RandomModel> models) => new([.. models.Chunk(Together).Select(Compile)]);

    /// <summary>Gives all instances of a model this content, and their optimizers the state before the first step.</summary>
    public void Set(int model, ModelContent content) => _call(model, "set", [[content.RandomStep], Flat(model, content.Parameters), [.. content.Buffers.SelectMany(buffer => buffer)]]);

    /// <summary>The loss, the gradient of each parameter, then the buffers: as <see cref="ModelOracle.Train"/>, but with all buffers.</summary>
    public double[][] Gradient(int model, double[][] inputs) => Split(model, _call(model, "gradient", inputs));

    /// <summary>The outputs, for any number of rows.</summary>
    public double[][] Predict(int model, double[][] inputs) => _call(model, "predict", inputs);

    /// <summary>The loss without training.</summary>
    public double[][] Evaluate(int model, double[][] inputs) => _call(model, "evaluate", inputs);

    /// <summary>The loss, each parameter and all buffers after a step.</summary>
    public double[][] TrainStep(int model, double[][] inputs) => Split(model, _call(model, "fused", inputs));

    /// <summary>The same of the second instance, whose step is a gradient and an update.</summary>
    public double[][] GradientAndStep(int model, double[][] inputs) => Split(model, _call(model, "apart", inputs));

    private static (ModelSpec[] Specs, OptimizerSpec[] Optimizers, LoadedProgram Program) Compile(RandomModel[] models)
    {
        GeneratorRun run = GeneratorRun.Lean([.. models.Select(model => model.Source)]);

        // A random layer may keep nothing that could be computed again.
        AssertNone(models, run.Result.Diagnostics.Where(diagnostic => diagnostic.Id != "OPTG062"));
        ModelSpec[] specs = InOrder(run, TrackingNames.Model, models.Select(model => model.Name), (ModelSpec spec) => spec.Class.Name);
        OptimizerSpec[] optimizers = InOrder(run, TrackingNames.BoundOptimizer, models.Select(model => Invariant($"O{model.Number}")), (OptimizerSpec spec) => spec.Class.Name);
        StringBuilder adapters = new(Usings + "#nullable disable\n" + Probe);
        for (int i = 0; i < models.Length; i++)
            adapters.AppendLine(Adapter(specs[i], models[i].Number));
        adapters.AppendLine($"public static partial class Probe {{ private static IRandomModel[] Create() => [{string.Join(", ", models.Select(model => $"new A{model.Number}()"))}]; }}");
        Compilation whole = run.Output.AddSyntaxTrees(CSharpSyntaxTree.ParseText(adapters.ToString(), (CSharpParseOptions)run.Input.SyntaxTrees[0].Options));
        using MemoryStream image = new();
        AssertNone(models, whole.Emit(image).Diagnostics.Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error));
        return (specs, optimizers, LoadedProgram.OfImage(image.ToArray()));
    }

    private static TSpec[] InOrder<TSpec>(GeneratorRun run, string step, IEnumerable<string> names, Func<TSpec, string> name)
    {
        Dictionary<string, TSpec> specs = run.Result.TrackedSteps[step].SelectMany(each => each.Outputs).Select(output => (TSpec)output.Value).ToDictionary(name);
        return [.. names.Select(each => specs[each])];
    }

    private static void AssertNone(IReadOnlyList<RandomModel> models, IEnumerable<Diagnostic> faults)
    {
        string[] said = [.. faults.Take(3).Select(fault =>
        {
            string text = fault.GetMessage(CultureInfo.InvariantCulture), path = Path.GetFileName(fault.Location.SourceTree?.FilePath) ?? "";
            RandomModel? model = models.Where((model, i) => path == (i == 0 ? "User.cs" : Invariant($"User{i}.cs")) || path.StartsWith(model.Name + ".", StringComparison.Ordinal)
                || path.StartsWith(Invariant($"O{model.Number}."), StringComparison.Ordinal) || text.Contains($"'{model.Name}'", StringComparison.Ordinal) || text.Contains(Invariant($"'O{model.Number}'"), StringComparison.Ordinal)).FirstOrDefault();
            return $"{fault}\n{fault.Location.SourceTree?.GetText().Lines[fault.Location.GetLineSpan().StartLinePosition.Line]}\n{(model is null ? "" : $"Model {model.Number} of seed {model.Seed}:\n{model.Source}")}";
        })];
        Assert.True(said.Length == 0, string.Join("\n", said));
    }

    private static string Adapter(ModelSpec spec, int number)
    {
        bool isDouble = spec.Precision == Generator.Specs.Precision.Double;
        string name = spec.Class.Name, element = spec.Element, buffers = spec.Buffers.Count > 0 ? "Probe.Wide(model.BufferValues)" : "[]";
        string Argument(InputSpec input, int i) => input.Classes > 0 ? Invariant($"Probe.Integers(x[{i}])") : isDouble ? Invariant($"x[{i}]") : Invariant($"Probe.Singles(x[{i}])");
        InputSpec[] inputs = [.. spec.Inputs.Where(input => !input.IsTarget)];
        string all = string.Join(", ", spec.Inputs.Select(Argument));
        string outputs = string.Concat(spec.Outputs.Select((output, i) => Invariant($"{element}[] o{i} = new {element}[x[0].Length / {inputs[0].Shape.Count / spec.Batch} * {output.Shape.Count / spec.Batch}]; ")));
        string given = string.Concat(spec.Outputs.Select((_, i) => Invariant($", o{i}"))), wide = string.Join(", ", spec.Outputs.Select((_, i) => Invariant($"Probe.Wide((ReadOnlySpan<{element}>)o{i})")));
        string parameters = isDouble ? "x[1]" : "Probe.Singles(x[1])", kept = isDouble ? "x[2]" : "Probe.Singles(x[2])";
        return Invariant($$"""
            internal sealed class A{{number}} : IRandomModel
            {
                private {{name}} _first, _second;
                private O{{number}} _fused, _apart;

                public double[][] Call(string what, double[][] x)
                {
                    {{name}} model = _first;
                    switch (what)
                    {
                        case "set":
                            (_first, _second) = (_first ?? new {{name}}(1), _second ?? new {{name}}(1));
                            (_fused, _apart) = (new O{{number}}(_first), new O{{number}}(_second));
                            foreach ({{name}} each in new[] { _first, _second })
                            {
                                {{parameters}}.CopyTo(each.Parameters);
                                {{(spec.Buffers.Count > 0 ? $"{kept}.CopyTo(each.BufferValues);" : "")}}
                                {{(spec.IsRandom ? Invariant($"(each.RandomSeed, each.RandomStep) = ({ModelContent.RandomSeed}, (long)x[0][0]);") : "")}}
                            }

                            return [];
                        case "gradient": return [[model.Gradient({{all}})], Probe.Wide(model.Gradients), {{buffers}}];
                        case "predict": {{outputs}}model.Predict({{string.Join(", ", inputs.Select(Argument))}}{{given}}); return [{{wide}}];
                        case "evaluate": return [[model.Evaluate({{all}})]];
                        case "fused": return [[_fused.TrainStep({{all}})], Probe.Wide(model.Parameters), {{buffers}}];
                        case "apart":
                            model = _second;
                            double loss = model.Gradient({{all}});
                            _apart.Step();
                            return [[loss], Probe.Wide(model.Parameters), {{buffers}}];
                        default: throw new ArgumentException("There is no such call.", nameof(what));
                    }
                }
            }
            """);
    }

    private double[] Flat(int model, double[][] tensors) => [.. _layouts[model].Order.SelectMany(parameter => tensors[parameter])];

    /// <summary>A number, then flat parameters and buffers, as one array for each tensor.</summary>
    private double[][] Split(int model, double[][] flat)
    {
        List<double[]> tensors = [flat[0], .. Specs[model].Parameters.Select((parameter, p) => flat[1].AsSpan(_layouts[model].Offsets[p], parameter.Shape.Count).ToArray())];
        int next = 0;
        foreach (ModelBufferSpec buffer in Specs[model].Buffers)
            tensors.Add(flat[2][next..(next += buffer.Shape.Count)]);
        return [.. tensors];
    }
}
