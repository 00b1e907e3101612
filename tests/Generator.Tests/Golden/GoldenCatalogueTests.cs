using System.Reflection;
using System.Text.Json;
using OptGen.Generator.Backends.Cpu;
using OptGen.Generator.Specs;
using OptGen.Generator.Tests.Backends;
using OptGen.Generator.Tests.Harness;

namespace OptGen.Generator.Tests.Golden;

/// <summary>Every layer, activation and loss of the reference: values and gradients, interpreted and compiled, in double and in float, at every vector width.</summary>
[Collection(RuntimeSettings.Name)]
public class GoldenCatalogueTests
{
    private const double Tolerance = 1e-9;

    private static readonly JsonSerializerOptions s_names = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    /// <summary>PyTorch keeps the constant 1/6 of the hard sigmoid and 1/α in the gradient of the CELU in float, even for double.</summary>
    private static readonly Dictionary<string, double> s_tolerances = new() { ["HardSigmoid"] = 1e-7, ["HardSwish"] = 1e-7, ["Celu"] = 1e-7 };

    private static readonly Lazy<Dictionary<string, GoldenProgram>> s_programs = new(ReadAll);
    private static readonly Lazy<Assembly> s_compiled = new(Compile);

    public static TheoryData<string> Layers => [.. GoldenFile.Layers.Layers.Select(golden => golden.Name)];

    public static TheoryData<string> Losses => [.. GoldenFile.Layers.Losses.Select(golden => golden.Name)];

    [Theory]
    [MemberData(nameof(Layers))]
    public void A_layer_agrees_with_the_reference(string name)
    {
        LayerCase golden = GoldenFile.Layers.Layers.Single(layer => layer.Name == name);
        GoldenProgram program = s_programs.Value[name];
        ModelSpec spec = GoldenCases.Read(golden);
        int rows = golden.Input.Shape[0];
        double[][] inputs = [GoldenCases.Ours(golden, golden.Input).Data, GoldenCases.Ours(golden, golden.Upstream).Data];
        double[][] parameters = [.. spec.Parameters.Select(parameter => GoldenCases.Find(golden, golden.Parameters!, parameter.Name).Data)];
        double[][] statistics = [.. spec.Buffers.Select(statistic => IsInference(name) ? GoldenCases.Find(golden, golden.Parameters!, statistic.Name).Data : Enumerable.Repeat(statistic.Initial[0], statistic.Shape.Count).ToArray())];
        Dictionary<string, GoldenTensor> after = golden.After.ValueKind == JsonValueKind.Object && golden.After.EnumerateObject().Any()
            ? golden.After.EnumerateObject().Where(tensor => tensor.Name != "num_batches_tracked").ToDictionary(tensor => tensor.Name, tensor => tensor.Value.Deserialize<GoldenTensor>(s_names)!)
            : [];

        double tolerance = s_tolerances.GetValueOrDefault(name, Tolerance);
        Check(program.Interpret(inputs, parameters, statistics, rows), tolerance, "interpreted");
        VectorWidths.Each(width =>
        {
            Check(program.Run(s_compiled.Value, "double", inputs, parameters, statistics, rows), tolerance, $"double, {width} bits");
            Check(program.Run(s_compiled.Value, "float", inputs, parameters, statistics, rows), Math.Max(tolerance, 1e-4), $"float, {width} bits");
        });

        void Check(double[][] results, double within, string how)
        {
            for (int i = 0; i < program.ResultNames.Count; i++)
            {
                string result = program.ResultNames[i];
                double[] expected = result == "y0" ? GoldenCases.Ours(golden, golden.Output).Data
                    : result == "x'" ? GoldenCases.Ours(golden, golden.InputGradient).Data
                    : result.EndsWith('\'') ? GoldenCases.Find(golden, golden.ParameterGradients!, result.TrimEnd('\'')).Data
                    : GoldenCases.Find(golden, after, result).Data;
                Close(expected, results[i + 1], within, $"{how}: {result}");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Losses))]
    public void A_loss_agrees_with_the_reference(string name)
    {
        LossCase golden = GoldenFile.Layers.Losses.Single(loss => loss.Name == name);
        GoldenProgram program = s_programs.Value[name];
        int rows = golden.Input.Shape[0];
        double[][] inputs = [golden.Input.Data, golden.Target.Data];

        double tolerance = s_tolerances.GetValueOrDefault(name, Tolerance);
        Check(program.Interpret(inputs, [], [], rows), tolerance, "interpreted");
        VectorWidths.Each(width =>
        {
            Check(program.Run(s_compiled.Value, "double", inputs, [], [], rows), tolerance, $"double, {width} bits");
            Check(program.Run(s_compiled.Value, "float", inputs, [], [], rows), Math.Max(tolerance, 1e-4), $"float, {width} bits");
        });

        void Check(double[][] results, double within, string how)
        {
            Close([golden.Loss], results[0], within, $"{how}: loss");
            Close(golden.InputGradient.Data, results[1 + program.ResultNames.ToList().IndexOf("x'")], within, $"{how}: gradient");
        }
    }

    private static bool IsInference(string name) => name.EndsWith("Inference", StringComparison.Ordinal);

    private static Dictionary<string, GoldenProgram> ReadAll()
    {
        Dictionary<string, GoldenProgram> programs = [];
        foreach (LayerCase golden in GoldenFile.Layers.Layers)
            programs.Add(golden.Name, new GoldenProgram(GoldenCases.ClassName(golden.Name), GoldenCases.Read(golden), !IsInference(golden.Name)));
        foreach (LossCase golden in GoldenFile.Layers.Losses)
            programs.Add(golden.Name, new GoldenProgram(GoldenCases.ClassName(golden.Name) + "Loss", GoldenCases.Read(golden)));
        return programs;
    }

    private static Assembly Compile()
    {
        string usings = string.Concat(CpuBackend.Usings.Where(name => name != "System").Select(name => $"using {name};\n"));
        return Compiled.Load(s_programs.Value.Values.SelectMany(program => new[] { usings + program.Source("double"), usings + program.Source("float") }));
    }

    /// <summary>Equal within a tolerance relative to each number in double, and to the largest of the tensor in float, whose sums may cancel.</summary>
    private static void Close(double[] expected, double[] actual, double tolerance, string what)
    {
        Assert.Equal(expected.Length, actual.Length);
        double largest = 1 + expected.Select(Math.Abs).DefaultIfEmpty(0).Max();
        for (int i = 0; i < expected.Length; i++)
            Assert.True(Math.Abs(expected[i] - actual[i]) <= tolerance * (tolerance >= 1e-4 ? largest : 1 + Math.Abs(expected[i])), $"{what}[{i}] is {actual[i]:R}, not {expected[i]:R}");
    }
}
