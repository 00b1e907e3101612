using System.Text.Json;

namespace OptGen.Generator.Tests.Golden;

/// <summary>The reference results of PyTorch in double precision that lie beside this file.</summary>
internal static class GoldenFile
{
    private static readonly JsonSerializerOptions s_options = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    private static readonly Lazy<OptimizerFile> s_optimizers = new(() => Read<OptimizerFile>("optimizers.json"));
    private static readonly Lazy<LayerFile> s_layers = new(() => Read<LayerFile>("layers.json"));
    private static readonly Lazy<TrainingFile> s_training = new(() => Read<TrainingFile>("training.json"));

    /// <summary>Update rules on given gradients.</summary>
    public static IReadOnlyList<UpdateCase> Optimizers => s_optimizers.Value.Cases;

    /// <summary>Layers and activations, losses, and schedules.</summary>
    public static LayerFile Layers => s_layers.Value;

    /// <summary>Whole training runs on the digits.</summary>
    public static IReadOnlyList<TrainingRun> Training => s_training.Value.Runs;

    private static T Read<T>(string name)
    {
        using Stream stream = File.OpenRead(Path.Combine(AppContext.BaseDirectory, "Golden", name));
        return JsonSerializer.Deserialize<T>(stream, s_options) ?? throw new InvalidDataException($"{name} is empty.");
    }

    internal sealed record OptimizerFile(UpdateCase[] Cases);

    internal sealed record TrainingFile(TrainingRun[] Runs);
}

/// <summary>An array, flat and row-major.</summary>
internal sealed record GoldenTensor(int[] Shape, double[] Data);

/// <param name="Hyper">PyTorch's argument names.</param>
/// <param name="Gradients">The gradient of each step.</param>
/// <param name="Parameters">The parameters after each step.</param>
internal sealed record UpdateCase(string Name, Dictionary<string, JsonElement> Hyper, double[] Initial, double[][] Gradients, double[][] Parameters)
{
    public double Number(string hyper, double otherwise) => Hyper.TryGetValue(hyper, out JsonElement value) ? value.GetDouble() : otherwise;

    public double Number(string hyper, int index, double otherwise) => Hyper.TryGetValue(hyper, out JsonElement value) ? value[index].GetDouble() : otherwise;

    public bool Flag(string hyper) => Hyper.TryGetValue(hyper, out JsonElement value) && value.GetBoolean();
}

internal sealed record LayerFile(LayerCase[] Layers, LossCase[] Losses, ScheduleCase[] Schedules);

/// <param name="Upstream">The gradient with respect to <paramref name="Output"/> that the other gradients belong to.</param>
/// <param name="After">Buffers, such as running statistics, after the call.</param>
internal sealed record LayerCase(
    string Name,
    Dictionary<string, JsonElement> Options,
    GoldenTensor Input,
    Dictionary<string, GoldenTensor>? Parameters,
    GoldenTensor Output,
    GoldenTensor Upstream,
    GoldenTensor InputGradient,
    Dictionary<string, GoldenTensor>? ParameterGradients,
    JsonElement After);

internal sealed record LossCase(
    string Name, Dictionary<string, JsonElement> Options, GoldenTensor Input, GoldenTensor Target, double Loss, GoldenTensor InputGradient);

internal sealed record ScheduleCase(string Name, double BaseLearningRate, Dictionary<string, JsonElement> Options, double[]? Metrics, double[] LearningRates);

/// <param name="GradientNorms">Before clipping.</param>
internal sealed record TrainingRun(
    string Name,
    int Batch,
    int Steps,
    double? ClipGlobalNorm,
    Dictionary<string, JsonElement> Info,
    Dictionary<string, GoldenTensor> Initial,
    double[] Losses,
    double[] GradientNorms,
    Dictionary<string, GoldenTensor> Final,
    double TrainingAccuracy);
