using static System.FormattableString;

namespace OptGen.Generator.Tests.RandomModels;

/// <content>Layers of the library.</content>
internal sealed partial class RandomModel
{
    private Value Dense(Value x)
    {
        int units = x.Rank == 1 ? Size() : SmallSize();
        string? transform = Chance(6) ? Pick("WeightNorm", "SpectralNorm") : null;
        return Layer(x, With(x.Shape, x.Rank - 1, units), "Dense", Text(units), Chance(4) ? ["Bias = false"] : [], transform);
    }

    private Value VectorLayer(Value x)
    {
        int units = Size();
        return _random.Next(4) switch
        {
            0 => Layer(x, [units], "Maxout", Invariant($"{units}, {_random.Next(1, 4)}")),
            1 or 2 => Layer(x, x.Shape, "Dropout", Pick("0.3f", "0.5f")),
            _ => Layer(x, x.Shape, "PRelu", "", Chance(2) ? ["Shared = true"] : []),
        };
    }

    private Value SequenceLayer(Value x)
    {
        int steps = x.Shape[0], features = x.Shape[1], kernel = _random.Next(1, 4), channels = SmallSize();
        switch (_random.Next(7))
        {
            case 0:
                return Layer(x, x.Shape, Pick("PositionalEncoding", "LearnedPositions"), "");
            case 1:
                return Layer(x, x.Shape, "Dropout", "0.25f");
            case 2:
                return Layer(x, x.Shape, "PRelu", "", Chance(2) ? ["Shared = true"] : []);
            case 3:
                int groups = Divisor(features), stride = _random.Next(1, 3), dilation = _random.Next(1, 3);
                string place = Pick("Same = true", "Causal = true");
                channels = groups * _random.Next(1, 4);
                return Layer(x, [((steps - 1) / stride) + 1, channels], "Conv1D", Invariant($"{channels}, {kernel}"), place, Invariant($"Groups = {groups}"), Invariant($"Stride = {stride}"), Invariant($"Dilation = {dilation}"));
            case 4:
                int outputs = features * _random.Next(1, 3);
                return Layer(x, [steps, outputs], "Conv1D", Invariant($"{outputs}, {kernel}"), "Same = true", Invariant($"Groups = {features}"), "Bias = false");
            default:
                return Windowed(x, "Conv1D", channels);
        }
    }

    private Value Recurrence(Value x)
    {
        int units = SmallSize();
        return Layer(x, [x.Shape[0], units], Pick("Rnn", "Gru", "Lstm"), Text(units), Chance(2) ? ["Backwards = true"] : []);
    }

    private Value Attention(Value x)
    {
        string heads = Text(Divisor(x.Shape[1]));
        if (Chance(3) && !_isBlock)
        {
            // Another sequence of as many features to look at, or the same one, with or without a mask.
            Value memory = _earlier.LastOrDefault(other => other.Rank == 2 && other.Shape[1] == x.Shape[1]) ?? x;
            string method = Invariant($"L{_layers++}"), mask = Chance(2) ? $", Iota({Text(memory.Shape[0])}) - 1" : "";
            string also = mask.Length > 0 ? ", Tensor mask" : "";
            _members.AppendLine($"    [MultiHeadAttention({heads})] private static partial Tensor {method}(Tensor x, Tensor memory{also});");
            return Local($"{method}({x.Name}, {memory.Name}{mask})", x.Shape);
        }

        return Layer(x, x.Shape, "MultiHeadAttention", heads, [.. Chance(2) ? new[] { "Causal = true" } : [], .. Chance(4) ? new[] { "Bias = false" } : []]);
    }

    private Value Convolution(Value x)
    {
        int channels = Pick(1, 2, 3, 7, 8, 9), kernel = _random.Next(1, 4), stride = _random.Next(1, 3), groups = Divisor(x.Last);
        int[] strided = [((x.Shape[0] - 1) / stride) + 1, ((x.Shape[1] - 1) / stride) + 1];
        switch (_random.Next(6))
        {
            case 0:
                return Layer(x, [.. strided, channels], "Conv2D", Invariant($"{channels}, {kernel}"), "Same = true", Invariant($"Stride = {stride}"), Invariant($"KernelWidth = {_random.Next(1, 4)}"));
            case 1:
                channels = x.Last * _random.Next(1, 3);
                return Layer(x, [.. strided, channels], "Conv2D", Invariant($"{channels}, {kernel}"), "Same = true", "Depthwise = true", Invariant($"Stride = {stride}"));
            case 2:
                channels = groups * _random.Next(1, 3);
                return Layer(x, [x.Shape[0], x.Shape[1], channels], "Conv2D", Invariant($"{channels}, {kernel}"), "Same = true", Invariant($"Groups = {groups}"), Invariant($"Dilation = {_random.Next(1, 3)}"));
            case 3 when x.Shape[0] * x.Shape[1] <= 16:
                int padding = _random.Next(kernel), more = _random.Next(stride);
                int height = ((x.Shape[0] - 1) * stride) - (2 * padding) + kernel + more, width = ((x.Shape[1] - 1) * stride) - (2 * padding) + kernel + more;
                if (height <= 0 || width <= 0)
                    goto default;
                return Layer(x, [height, width, channels], "ConvTranspose2D", Invariant($"{channels}, {kernel}"), Invariant($"Stride = {stride}"), Invariant($"Padding = {padding}"), Invariant($"OutputPadding = {more}"));
            default:
                return Windowed(x, "Conv2D", channels);
        }
    }

    private Value ImageLayer(Value x)
    {
        switch (_random.Next(6))
        {
            case 0 when Math.Min(x.Shape[0], x.Shape[1]) >= 2:
                return Layer(x, [x.Shape[0] / 2, x.Shape[1] / 2, x.Last], Pick("MaxPool2D", "AvgPool2D"), "2");
            case 1:
                int kernel = _random.Next(2, 4), stride = _random.Next(1, 3);
                if (Math.Min(x.Shape[0], x.Shape[1]) + 2 < kernel)
                    return Activation(x);
                return Layer(
                    x,
                    [((x.Shape[0] + 2 - kernel) / stride) + 1, ((x.Shape[1] + 2 - kernel) / stride) + 1, x.Last],
                    Pick("MaxPool2D", "AvgPool2D"),
                    Text(kernel),
                    Invariant($"Stride = {stride}"),
                    "Padding = 1");
            case 2 when x.Count <= 50:
                int factor = _random.Next(2, 4);
                return Layer(x, [factor * x.Shape[0], factor * x.Shape[1], x.Last], "Upsample2D", Text(factor), Chance(2) ? ["Bilinear = true"] : []);
            case 3:
                return Layer(x, x.Shape, "Dropout", "0.25f");
            case 4:
                return Layer(x, [x.Last], "GlobalAvgPool2D", "");
            default:
                return Dense(x);
        }
    }

    /// <summary>A convolution with an explicit padding, stride and dilation, where its window fits.</summary>
    private Value Windowed(Value x, string type, int channels)
    {
        int kernel = _random.Next(1, 4), padding = _random.Next(3), stride = _random.Next(1, 4), dilation = _random.Next(1, 3), reach = (dilation * (kernel - 1)) + 1;
        int[] places = x.Shape[..^1];
        if (places.Min() + (2 * padding) < reach)
            (kernel, padding, dilation, reach) = (1, 0, 1, 1);
        int[] shape = [.. places.Select(size => ((size + (2 * padding) - reach) / stride) + 1), channels];
        return Layer(x, shape, type, Invariant($"{channels}, {kernel}"), Invariant($"Padding = {padding}"), Invariant($"Stride = {stride}"), Invariant($"Dilation = {dilation}"));
    }

    private Value Normalization(Value x)
    {
        string[] affine = Chance(4) ? ["Affine = false"] : [];
        return _random.Next(8) switch
        {
            0 => Layer(x, x.Shape, "BatchNorm", "", affine),
            1 when x.Rank >= 2 => Layer(x, x.Shape, "InstanceNorm", "", affine),
            2 => Layer(x, x.Shape, "GroupNorm", Text(Divisor(x.Last)), affine),
            3 when x.Rank >= 2 => Layer(x, x.Shape, "SwitchableNorm", ""),
            4 or 5 => Layer(x, x.Shape, "RmsNorm", "", affine),
            6 => Layer(x, x.Shape, "LayerNorm", Text(_random.Next(1, x.Rank + 1)), affine),
            _ => Layer(x, x.Shape, "LayerNorm", "", affine),
        };
    }
}
