using System.Globalization;
using System.Text;

namespace OptGen.Generator.Tests.Oracle;

/// <summary>
/// The source of a model composed at random of the library's layers, activations, normalizations and losses: residual and gated branches, shared weights, sequences and
/// images, several inputs, sizes around those of vectors. The same seed gives the same model.
/// </summary>
internal sealed class RandomModel
{
    /// <summary>One, primes, and the neighbours of vector lengths.</summary>
    private static readonly int[] s_sizes = [1, 2, 3, 5, 7, 8, 9, 11, 13, 15, 16, 17];

    private static readonly int[] s_smallSizes = [1, 2, 3, 4, 5, 7, 8, 9];

    private static readonly string[] s_activations =
    [
        "Tanh", "Sigmoid", "Relu", "Silu", "Gelu", "GeluTanh", "Softplus", "Softsign", "LeakyRelu", "Elu", "Selu", "Mish", "HardSwish", "HardSigmoid", "HardTanh", "Relu6",
        "LogSigmoid", "Softshrink", "Tanhshrink", "Celu", "Softmax", "LogSoftmax",
    ];

    private readonly Random _random;
    private readonly StringBuilder _members = new();
    private readonly StringBuilder _body = new();
    private readonly List<string> _inputs = [];
    private int _locals;
    private int _layers;

    /// <param name="name">The name of the class.</param>
    public RandomModel(int seed, string name)
    {
        Seed = seed;
        _random = new Random(seed);
        Batch = Pick(2, 3, 5, 8, 9);
        (string value, int[] shape) = Begin();
        for (int step = _random.Next(2, 6); step > 0; step--)
            (value, shape) = Next(value, shape);
        (value, shape) = Vector(value, shape);
        if (_random.Next(3) == 0)
            (value, shape) = SecondInput(value, shape);
        int outputs = Pick(1, 2, 3, 7, 8, 9);
        (value, _) = Layer($"Dense({outputs})", value, [outputs]);
        (string loss, string target) = Loss(outputs);
        Source = $$"""
            [Model(Batch = {{Batch}}, Precision = Precision.Double)]
            public partial class {{name}}
            {
            {{_members}}
                [Forward]
                private static Tensor Forward({{string.Join(", ", _inputs)}})
                {
            {{_body}}        return {{value}};
                }

                [Loss] private static Tensor Loss(Tensor y, {{target}}) => {{loss}};
            }
            """;
    }

    public int Seed { get; }

    public int Batch { get; }

    public string Source { get; }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Shape(int[] shape) => string.Join(", ", shape.Select(Text));

    private (string, int[]) Begin()
    {
        switch (_random.Next(5))
        {
            case 0 or 1:
                return Input(Size());
            case 2:
                return Input(Pick(1, 2, 3, 5), SmallSize());
            case 3:
                return Input(_random.Next(3, 7), _random.Next(3, 7), Pick(1, 2, 3, 8));
            default:
                int steps = Pick(1, 2, 3, 5), size = SmallSize();
                _inputs.Add($"[Shape({Text(steps)})] Labels tokens");
                return Layer($"Embedding({Text(Pick(2, 7, 11))}, {Text(size)})", "tokens", [steps, size], "Labels");
        }
    }

    private (string, int[]) Input(params int[] shape)
    {
        string name = "x" + Text(_inputs.Count);
        _inputs.Add($"[Shape({Shape(shape)})] Tensor {name}");
        return (name, shape);
    }

    private (string, int[]) SecondInput(string value, int[] shape)
    {
        (string other, int[] its) = Input(Pick(shape[0], 1, 5));
        if (its[0] == shape[0] && _random.Next(2) == 0)
            return Local($"{value} + {other}", shape);
        return Local($"Concat(0, {value}, {other})", [shape[0] + its[0]]);
    }

    private (string, int[]) Next(string value, int[] shape)
    {
        int kind = _random.Next(10);
        if (kind == 0)
            return Residual(value, shape);
        if (kind <= 2)
            return Activation(value, shape);
        if (kind == 3)
            return Normalization(value, shape);
        if (kind == 4)
            return Movement(value, shape);
        return shape.Length switch
        {
            1 => OfVector(value, shape),
            2 => OfSequence(value, shape),
            _ => OfImage(value, shape),
        };
    }

    private (string, int[]) OfVector(string value, int[] shape)
    {
        int units = Size();
        return _random.Next(6) switch
        {
            0 => Layer($"Maxout({Text(units)}, {Text(_random.Next(2, 4))})", value, [units]),
            1 => Layer($"Dense({Text(units)}), WeightNorm", value, [units]),
            2 => Layer("Dropout(0.3f)", value, shape),
            3 => Layer($"Dense({Text(units)}, Bias = false)", value, [units]),
            _ => Layer($"Dense({Text(units)})", value, [units]),
        };
    }

    private (string, int[]) OfSequence(string value, int[] shape)
    {
        int units = SmallSize(), heads = Pick([.. Enumerable.Range(1, shape[1]).Where(heads => shape[1] % heads == 0)]);
        switch (_random.Next(9))
        {
            case 0:
                return Layer($"Rnn({Text(units)})", value, [shape[0], units]);
            case 1:
                return Layer($"Gru({Text(units)}{(_random.Next(2) == 0 ? ", Backwards = true" : "")})", value, [shape[0], units]);
            case 2:
                return Layer($"Lstm({Text(units)})", value, [shape[0], units]);
            case 3:
                return Layer($"MultiHeadAttention({Text(heads)})", value, shape);
            case 4:
                return Layer($"MultiHeadAttention({Text(heads)}, Causal = true)", value, shape);
            case 5:
                return Layer(Pick("PositionalEncoding", "LearnedPositions"), value, shape);
            case 6:
                int kernel = _random.Next(1, 4), padding = _random.Next(0, 3), stride = _random.Next(1, 3), dilation = _random.Next(1, 3), length = shape[0] + (2 * padding) - (dilation * (kernel - 1));
                if (length <= 0)
                    return Layer($"Conv1D({Text(units)}, {Text(kernel)}, Causal = true)", value, [shape[0], units]);
                return Layer($"Conv1D({Text(units)}, {Text(kernel)}, Padding = {Text(padding)}, Stride = {Text(stride)}, Dilation = {Text(dilation)})", value, [((length - 1) / stride) + 1, units]);
            default:
                return Layer($"Dense({Text(units)})", value, [shape[0], units]);
        }
    }

    private (string, int[]) OfImage(string value, int[] shape)
    {
        int channels = Pick(1, 2, 3, 7, 8, 9), kernel = _random.Next(1, 4), padding = _random.Next(0, 2), stride = _random.Next(1, 3), dilation = _random.Next(1, 3);
        int height = shape[0] + (2 * padding) - (dilation * (kernel - 1)), width = shape[1] + (2 * padding) - (dilation * (kernel - 1));
        switch (_random.Next(8))
        {
            case 0:
                return Layer($"Conv2D({Text(channels)}, {Text(kernel)}, Same = true)", value, [shape[0], shape[1], channels]);
            case 1:
                return Layer($"Conv2D({Text(shape[2])}, {Text(kernel)}, Same = true, Depthwise = true)", value, shape);
            case 2 when shape[2] % 2 == 0:
                return Layer($"Conv2D({Text(4)}, {Text(kernel)}, Same = true, Groups = 2)", value, [shape[0], shape[1], 4]);
            case 3 when Math.Min(shape[0], shape[1]) >= 2:
                return Layer($"{Pick("MaxPool2D", "AvgPool2D")}(2)", value, [shape[0] / 2, shape[1] / 2, shape[2]]);
            case 4 when shape[0] * shape[1] <= 16:
                return Layer(Pick("Upsample2D(2)", "Upsample2D(2, Bilinear = true)"), value, [2 * shape[0], 2 * shape[1], shape[2]]);
            case 5 when shape[0] * shape[1] <= 16:
                int[] enlarged = [((shape[0] - 1) * stride) + kernel, ((shape[1] - 1) * stride) + kernel, channels];
                return Layer($"ConvTranspose2D({Text(channels)}, {Text(kernel)}, Stride = {Text(stride)})", value, enlarged);
            default:
                if (height <= 0 || width <= 0)
                    return Layer($"Conv2D({Text(channels)}, 1)", value, [shape[0], shape[1], channels]);
                return Layer(
                    $"Conv2D({Text(channels)}, {Text(kernel)}, Padding = {Text(padding)}, Stride = {Text(stride)}, Dilation = {Text(dilation)})",
                    value,
                    [((height - 1) / stride) + 1, ((width - 1) / stride) + 1, channels]);
        }
    }

    private (string, int[]) Activation(string value, int[] shape)
    {
        if (shape[^1] % 2 == 0 && _random.Next(8) == 0)
            return Local($"Glu({value})", [.. shape[..^1], shape[^1] / 2]);
        return _random.Next(8) == 0 ? Layer("PRelu", value, shape) : Local($"{Pick(s_activations)}({value})", shape);
    }

    private (string, int[]) Normalization(string value, int[] shape)
    {
        int groups = Pick([.. Enumerable.Range(1, shape[^1]).Where(groups => shape[^1] % groups == 0)]);
        return _random.Next(5) switch
        {
            0 => Layer("BatchNorm", value, shape),
            1 when shape.Length == 3 => Layer("InstanceNorm", value, shape),
            2 when shape.Length == 3 => Layer($"GroupNorm({Text(groups)})", value, shape),
            3 => Layer("RmsNorm", value, shape),
            _ => Layer("LayerNorm", value, shape),
        };
    }

    /// <summary>The same value, or a part of it, in another place.</summary>
    private (string, int[]) Movement(string value, int[] shape)
    {
        int axis = _random.Next(shape.Length), start = _random.Next(shape[axis]), step = _random.Next(1, 3), length = ((shape[axis] - start - 1) / step) + 1;
        switch (_random.Next(5))
        {
            case 0:
                int[] axes = [.. Enumerable.Range(0, shape.Length).OrderBy(_ => _random.Next())];
                return Local($"Transpose({value}, {Shape(axes)})", [.. axes.Select(from => shape[from])]);
            case 1:
                int count = shape.Aggregate(1, (product, size) => product * size), columns = Pick([.. Enumerable.Range(1, count).Where(columns => count % columns == 0)]);
                return Local($"Reshape({value}, {Text(count / columns)}, {Text(columns)})", [count / columns, columns]);
            case 2:
                return Local($"Slice({value}, {Text(axis)}, {Text(start)}, {Text(length)}, {Text(step)})", [.. shape[..axis], length, .. shape[(axis + 1)..]]);
            case 3 when shape.Aggregate(1, (product, size) => product * size) <= 100:
                return Local($"Concat({Text(axis)}, {value}, {Pick(s_activations)}({value}))", [.. shape[..axis], 2 * shape[axis], .. shape[(axis + 1)..]]);
            default:
                return shape.Length == 1 ? Activation(value, shape) : Local($"{Pick("Sum", "Max", "Min")}({value}, {Text(axis)})", [.. shape[..axis], 1, .. shape[(axis + 1)..]]);
        }
    }

    /// <summary>A branch that comes back: added, or as a factor. The branch's layer may be used twice.</summary>
    private (string, int[]) Residual(string value, int[] shape)
    {
        string layer = shape.Length == 3 ? $"Conv2D({Text(shape[2])}, {Text(Pick(1, 3))}, Same = true)" : $"Dense({Text(shape[^1])})";
        (string branch, _) = Layer(layer, value, shape);
        string method = "L" + Text(_layers - 1);
        if (_random.Next(3) == 0)
            (branch, _) = Local($"{method}({Pick(s_activations)}({branch}))", shape);
        return _random.Next(3) == 0 ? Local($"{value} * Sigmoid({branch})", shape) : Local($"{value} + {Pick(s_activations)}({branch})", shape);
    }

    private (string, int[]) Vector(string value, int[] shape)
    {
        int count = shape.Aggregate(1, (product, size) => product * size);
        if (shape.Length == 3 && _random.Next(2) == 0)
            return Layer("GlobalAvgPool2D", value, [shape[2]]);
        return shape.Length == 1 ? (value, shape) : Local($"Reshape({value}, {Text(count)})", [count]);
    }

    private (string Loss, string Target) Loss(int outputs)
    {
        string labels = "[Shape] Labels t", numbers = $"[Shape({Text(outputs)})] Tensor t", reduction = _random.Next(4) == 0 ? ", reduction: Reduction.Sum" : "";
        bool isClassifier = outputs > 1 && _random.Next(2) == 0;
        string loss = isClassifier
            ? Pick("SoftmaxCrossEntropy", "SmoothedCrossEntropy", "FocalCrossEntropy", "MultiClassHinge")
            : Pick("MeanSquaredError", "Huber", "SmoothL1", "MeanAbsoluteError", "BinaryCrossEntropyWithLogits", "LogisticMeanSquaredError", "Hinge", "CosineSimilarityLoss");
        string text = $"{loss}(y, t{(loss == "SmoothedCrossEntropy" ? ", 0.1f" : "")}{reduction})";
        if (!isClassifier && _random.Next(4) == 0)
            text += $" + 0.5f * {Pick("MeanSquaredError", "Huber")}(Tanh(y), t)";
        if (_random.Next(4) == 0)
            text += " + L2Penalty(0.01f, Weights(\"*.Kernel\"))";
        return (text, isClassifier ? labels : numbers);
    }

    private (string, int[]) Layer(string attribute, string value, int[] shape, string type = "Tensor")
    {
        string method = "L" + Text(_layers++);
        _members.AppendLine(CultureInfo.InvariantCulture, $"    [{attribute}] private static partial Tensor {method}({type} x);");
        return Local($"{method}({value})", shape);
    }

    private (string, int[]) Local(string expression, int[] shape)
    {
        string name = "h" + Text(_locals++);
        _body.AppendLine(CultureInfo.InvariantCulture, $"        Tensor {name} = {expression};");
        return (name, shape);
    }

    private int Size() => Pick(s_sizes);

    private int SmallSize() => Pick(s_smallSizes);

    private T Pick<T>(params T[] from) => from[_random.Next(from.Length)];
}
