using System.Globalization;
using OptGen.Generator.Specs;
using OptGen.Generator.Tests.Frontend;

namespace OptGen.Generator.Tests.Golden;

/// <summary>How each layer and loss of the reference is written here, and how its tensors lie.</summary>
internal static class GoldenCases
{
    /// <summary>The attribute of a layer method; what is not here is called as a function of the reference's name.</summary>
    private static readonly Dictionary<string, string> s_layers = new()
    {
        ["Dense"] = "Dense(11)",
        ["DenseNoBias"] = "Dense(4, Bias = false)",
        ["Conv2D"] = "Conv2D(4, 3)",
        ["Conv2DSame"] = "Conv2D(4, 3, Same = true)",
        ["Conv2DStride"] = "Conv2D(4, 3, Stride = 2, Padding = 1)",
        ["Conv2DDilated"] = "Conv2D(4, 3, Dilation = 2)",
        ["Conv2D1x1"] = "Conv2D(4, 1)",
        ["Conv2D5x5"] = "Conv2D(4, 5, Padding = 2)",
        ["Conv2DDepthwise"] = "Conv2D(4, 3, Padding = 1, Depthwise = true)",
        ["Conv2DGrouped"] = "Conv2D(6, 3, Groups = 2)",
        ["Conv1D"] = "Conv1D(5, 3, Padding = 1)",
        ["ConvTranspose2D"] = "ConvTranspose2D(2, 3, Stride = 2, Padding = 1)",
        ["MaxPool2D"] = "MaxPool2D(2)",
        ["MaxPool2DOverlap"] = "MaxPool2D(3, Stride = 2, Padding = 1)",
        ["AvgPool2D"] = "AvgPool2D(2)",
        ["GlobalAvgPool2D"] = "GlobalAvgPool2D",
        ["PRelu"] = "PRelu",
        ["BatchNorm1D"] = "BatchNorm",
        ["BatchNorm2D"] = "BatchNorm",
        ["BatchNorm1DInference"] = "BatchNorm",
        ["LayerNorm"] = "LayerNorm",
        ["RmsNorm"] = "RmsNorm(Affine = false)",
        ["InstanceNorm2D"] = "InstanceNorm",
        ["GroupNorm"] = "GroupNorm(2)",
        ["WeightNormDense"] = "Dense(5), WeightNorm",
        ["Embedding"] = "Embedding(9, 4)",
        ["Rnn"] = "Rnn(6)",
        ["Lstm"] = "Lstm(6)",
        ["Gru"] = "Gru(6)",
        ["SelfAttention"] = "MultiHeadAttention(2)",
        ["CausalSelfAttention"] = "MultiHeadAttention(2, Causal = true)",
    };

    private static readonly Dictionary<string, string> s_calls = new()
    {
        ["Celu"] = "Celu(x, 1.3f)",
        ["Huber"] = "Huber(y, target, 0.8f)",
        ["SmoothL1"] = "SmoothL1(y, target, 0.7f)",
        ["SoftmaxCrossEntropyLabelSmoothing"] = "SmoothedCrossEntropy(y, target, 0.1f)",
        ["SoftmaxCrossEntropyProbabilities"] = "SoftmaxCrossEntropy(y, target)",
        ["SoftmaxCrossEntropyExtremeLogits"] = "SoftmaxCrossEntropy(y, target)",
    };

    private static readonly Dictionary<string, string> s_parameters = new()
    {
        ["Kernel"] = "weight",
        ["Bias"] = "bias",
        ["Gain"] = "weight",
        ["Slope"] = "weight",
        ["Table"] = "weight",
        ["KernelGain"] = "weight_g",
        ["InputKernel"] = "weight_ih_l0",
        ["RecurrentKernel"] = "weight_hh_l0",
        ["InputBias"] = "bias_ih_l0",
        ["RecurrentBias"] = "bias_hh_l0",
        ["OutputKernel"] = "m.out_proj.weight",
        ["OutputBias"] = "m.out_proj.bias",
        ["RunningMean"] = "running_mean",
        ["RunningVariance"] = "running_var",
    };

    /// <summary>The attribute or call that stands for a case of the reference.</summary>
    public static string Written(string name) => s_layers.TryGetValue(name, out string? attribute) ? attribute : s_calls.GetValueOrDefault(name, name);

    public static ModelSpec Read(LayerCase golden)
    {
        bool labels = golden.InputGradient is null;
        string members = s_layers.TryGetValue(golden.Name, out string? attribute) ? $"[{attribute}] private static partial Tensor Layer({(labels ? "Labels" : "Tensor")} x);" : "";
        string call = attribute is not null ? "Layer(x)" : s_calls.GetValueOrDefault(golden.Name, $"{golden.Name}(x)");
        int[] sizes = Ours(golden, golden.Input).Shape;
        return ModelSource.ReadValid($$"""
            [Model(Batch = {{sizes[0]}}, Precision = Precision.Double)]
            public partial class Net
            {
                {{members}}
                [Forward] private static Tensor Forward([Shape({{string.Join(", ", sizes.Skip(1))}})] {{(labels ? "Labels" : "Tensor")}} x) => {{call}};
            }
            """);
    }

    public static ModelSpec Read(LossCase golden)
    {
        bool labels = golden.Target.Shape.Length == 1;
        string call = s_calls.GetValueOrDefault(golden.Name, $"{golden.Name}(y, target)"), sizes = string.Join(", ", golden.Input.Shape.Skip(1));
        return ModelSource.ReadValid($$"""
            [Model(Batch = {{golden.Input.Shape[0]}}, Precision = Precision.Double)]
            public partial class Net
            {
                [Forward] private static Tensor Forward([Shape({{sizes}})] Tensor x) => x;
                [Loss] private static Tensor Loss(Tensor y, {{(labels ? "[Shape] Labels" : $"[Shape({sizes})] Tensor")}} target) => {{call}};
            }
            """);
    }

    /// <summary>A tensor of rows as it lies here: channels last.</summary>
    public static GoldenTensor Ours(LayerCase golden, GoldenTensor rows) => rows.Shape.Length switch
    {
        4 => Permute(rows, [0, 2, 3, 1]),
        3 when golden.Name.StartsWith("Conv1D", StringComparison.Ordinal) => Permute(rows, [0, 2, 1]),
        _ => rows,
    };

    /// <summary>The reference's parameter, gradient or statistic of one of ours, as it lies here.</summary>
    public static GoldenTensor Find(LayerCase golden, IReadOnlyDictionary<string, GoldenTensor> tensors, string ours)
    {
        string name = ours[(ours.IndexOf('.', StringComparison.Ordinal) + 1)..];
        string theirs = golden.Name.EndsWith("Attention", StringComparison.Ordinal) && name.StartsWith("Input", StringComparison.Ordinal) ? name == "InputKernel" ? "m.in_proj_weight" : "m.in_proj_bias"
            : golden.Name == "WeightNormDense" && name == "Kernel" ? "weight_v"
            : name == "Bias" && golden.Name.EndsWith("Attention", StringComparison.Ordinal) ? "m.out_proj.bias"
            : s_parameters[name];
        GoldenTensor tensor = tensors[theirs];
        return (golden.Name, tensor.Shape.Length) switch
        {
            ("Embedding", _) => tensor,
            ("ConvTranspose2D", 4) => Permute(tensor, [2, 3, 0, 1]),
            (_, 4) => Permute(tensor, [2, 3, 1, 0]),
            (_, 3) => Permute(tensor, [2, 1, 0]),
            (_, 2) => Permute(tensor, [1, 0]),
            _ => tensor,
        };
    }

    /// <summary>Axis i of the result is axis <paramref name="axes"/>[i] of the tensor.</summary>
    public static GoldenTensor Permute(GoldenTensor tensor, int[] axes)
    {
        int[] shape = [.. axes.Select(axis => tensor.Shape[axis])], strides = new int[shape.Length];
        int stride = 1;
        for (int axis = strides.Length - 1; axis >= 0; axis--)
        {
            strides[axis] = stride;
            stride *= tensor.Shape[axis];
        }

        double[] data = new double[tensor.Data.Length];
        int[] point = new int[shape.Length];
        for (int i = 0; i < data.Length; i++)
        {
            data[i] = tensor.Data[point.Select((position, axis) => position * strides[axes[axis]]).Sum()];
            for (int axis = shape.Length - 1; axis >= 0 && ++point[axis] == shape[axis]; axis--)
                point[axis] = 0;
        }

        return new GoldenTensor(shape, data);
    }

    /// <summary>A name that an emitted class can have.</summary>
    public static string ClassName(string name) => "Golden" + string.Create(CultureInfo.InvariantCulture, $"{name}");
}
