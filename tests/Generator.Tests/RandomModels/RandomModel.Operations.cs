using static System.FormattableString;

namespace OptGen.Generator.Tests.RandomModels;

/// <content>Operations on tensors, written directly.</content>
internal sealed partial class RandomModel
{
    private static readonly string[] s_activations =
    [
        "Tanh", "Sigmoid", "Relu", "Silu", "Gelu", "GeluTanh", "Softplus", "Softsign", "LeakyRelu", "Elu", "Selu", "Mish", "HardSwish", "HardSigmoid", "HardTanh", "Relu6",
        "LogSigmoid", "Softshrink", "Tanhshrink", "Celu", "Softmax", "LogSoftmax", "Sin", "Cos", "Square", "Abs", "Expm1",
    ];

    private Value Activation(Value x)
    {
        if (x.Last % 2 == 0 && Chance(8))
            return Local($"Glu({x.Name})", With(x.Shape, x.Rank - 1, x.Last / 2));
        return Local($"{Pick(s_activations)}({x.Name})", x.Shape);
    }

    /// <summary>The same elements, or a part of them, in another place.</summary>
    private Value Movement(Value x)
    {
        int axis = _random.Next(x.Rank), size = x.Shape[axis], start = _random.Next(size), step = _random.Next(1, 4), length = _random.Next(((size - start - 1) / step) + 1) + 1;
        switch (_random.Next(9))
        {
            case 0:
                int[] axes = [.. Enumerable.Range(0, x.Rank)];
                _random.Shuffle(axes);
                return Local($"Transpose({x.Name}, {Joined(axes)})", [.. axes.Select(from => x.Shape[from])]);
            case 1:
                int columns = Divisor(x.Count);
                return Local(Invariant($"Reshape({x.Name}, {(Chance(2) ? -1 : x.Count / columns)}, {columns})"), [x.Count / columns, columns]);
            case 2:
                int rows = Divisor(x.Count), places = Divisor(x.Count / rows);
                return Local($"Reshape({x.Name}, {Joined([rows, places, x.Count / rows / places])})", [rows, places, x.Count / rows / places]);
            case 3:
                return Local(Invariant($"Slice({x.Name}, {axis}, {start}, {length}, {step})"), With(x.Shape, axis, length));
            case 4:
                int after = _random.Next(1, size + 1);
                string parts = Invariant($"Slice({x.Name}, {axis}, {size - after}, {after}), {Pick(s_activations)}({x.Name})");
                return Local(Invariant($"Concat({axis}, {parts})"), With(x.Shape, axis, size + after));
            case 5:
                int before = _random.Next(3), behind = _random.Next(3);
                return Local(Invariant($"Pad({x.Name}, {axis}, {before}, {behind}, {Pick("0", "0.5f")})"), With(x.Shape, axis, size + before + behind));
            case 6 when x.Rank <= 2:
                return Local($"Stack({x.Name}, {Pick(s_activations)}({x.Name}))", [2, .. x.Shape]);
            case 7 when size % 2 == 0:
                return Local(Invariant($"Split({x.Name}, 2, {axis})[0] * Tanh(Split({x.Name}, 2, {axis})[1])"), With(x.Shape, axis, size / 2));
            default:
                return Neighbours(x);
        }
    }

    /// <summary>Windows of the first axis as a new axis.</summary>
    private Value Neighbours(Value x)
    {
        int size = x.Shape[0], stride = _random.Next(1, 3), places = ((size - 1) / stride) + 1, window = _random.Next(2, 4);
        string others = string.Concat(Enumerable.Range(1, x.Rank - 1).Select(axis => Invariant($", a{axis}")));
        string outside = Pick("", ", 0.25f");
        return Local(Invariant($"View(\"[{stride}*p + i - 1{others}] -> [p:{places}, i:{window}{others}]\", {x.Name}{outside})"), [places, window, .. x.Shape[1..]]);
    }

    private Value Reduction(Value x)
    {
        int axis = _random.Next(x.Rank);
        int[] kept = With(x.Shape, axis, 1);
        switch (_random.Next(8))
        {
            case 0:
                return Local(Invariant($"{x.Name} - {Pick("Mean", "Max", "Min")}({x.Name}, {axis})"), x.Shape);
            case 1:
                return Local(Invariant($"{x.Name} / Sqrt(Variance({x.Name}, {axis}) + 0.1f)"), x.Shape);
            case 2:
                return Local($"{x.Name} - MeanOverBatch({x.Name})", x.Shape);
            case 3:
                return Local($"{x.Name} / (1 + SumOverBatch(Square({x.Name})))", x.Shape);
            case 4 when x.Rank >= 2:
                int[] axes = Chance(2) ? [0, 1] : [x.Rank - 1, 0];
                return Local($"{Pick("Sum", "Max", "Min", "Mean")}({x.Name}, {Joined(axes)})", [.. x.Shape.Select((size, i) => axes.Contains(i) ? 1 : size)]);
            case 5:
                return Local(Invariant($"{Pick("Softmax", "LogSoftmax")}({x.Name}, {axis})"), x.Shape);
            case 6 when x.Shape[axis] > 1:
                return Local(Invariant($"Concat({axis}, {x.Name}, {Pick("Sum", "Max", "Min")}({x.Name}, {axis}))"), With(x.Shape, axis, x.Shape[axis] + 1));
            default:
                return x.Rank == 1 ? Activation(x) : Local(Invariant($"{Pick("Sum", "Max", "Min", "Mean")}({x.Name}, {axis})"), kept);
        }
    }

    private Value Arithmetic(Value x)
    {
        string h = x.Name;
        switch (_random.Next(11))
        {
            case 0:
                return Local($"{h} * {Parameter("Gain", [x.Last])} + {Parameter("Bias", Chance(2) ? [] : [x.Last])}", x.Shape);
            case 1:
                return Local($"{h} / (1 + Square({h}))", x.Shape);
            case 2:
                string numbers = string.Join(", ", Enumerable.Range(0, x.Last).Select(_ => Literal(_random.Next(-7, 8) / 4f)));
                return Local($"{h} * Constant(new[] {{ {numbers} }}, {Text(x.Last)})", x.Shape);
            case 3:
                return Local($"{h} + 0.1f * Iota({Text(x.Last)})", x.Shape);
            case 4:
                return Local($"Maximum({h}, Sin({h}))", x.Shape);
            case 5:
                return Local($"Minimum({h}, 0.3f) - Clamp({h}, -0.7f, 0.4f)", x.Shape);
            case 6:
                return Local($"Log(1 + Square({h})) * Sqrt(Exp(-{h}) + 1)", x.Shape);
            case 7:
                return Local($"{h} * StopGradient(Tanh({h}))", x.Shape);
            case 8 when _earlier.LastOrDefault(other => other.Name != h && other.Shape.SequenceEqual(x.Shape)) is { } same:
                return Local($"{h} {Pick("+", "-", "*")} {same.Name}", x.Shape);
            case 9 when _earlier.LastOrDefault(other => other.Name != h && other.Shape is [1]) is { } single:
                return Local($"{h} * {single.Name} - {single.Name}", x.Shape);
            default:
                return Local($"{Literal(Pick(0.5f, -0.75f, 1.25f))} * {h} + {Pick("RowCount() * 0.01f", "0.25f", $"Fill(0.1f, {Joined(x.Shape)})")}", x.Shape);
        }
    }

    /// <summary>Products summed over axes: with a parameter or with itself, plain or over windows; also a scan of the user's own.</summary>
    private Value Contraction(Value x)
    {
        int units = SmallSize();
        switch (x.Rank)
        {
            case 1 when x.Count <= 9:
                return Local($"Contract(\"[i] · [j] -> [i, j]\", {x.Name}, Tanh({x.Name}))", [x.Count, x.Count]);
            case 1:
                return Local($"MatMul({x.Name}, {Parameter("Weight", [x.Count, units])})", [units]);
            case 2 when Chance(4):
                return Local($"Contract(\"[i, k] · [j, k] -> [i, j]\", {x.Name}, {x.Name})", [x.Shape[0], x.Shape[0]]);
            case 2 when Chance(3):
                int stride = _random.Next(1, 3), places = ((x.Shape[0] - 1) / stride) + 1, window = _random.Next(1, 4);
                return Local(Invariant($"Contract(\"[{stride}*p + i - 1, c] · [i, c, o] -> [p:{places}, o]\", {x.Name}, {Parameter("Weight", [window, x.Last, units])})"), [places, units]);
            case 2 when Chance(2):
                return Local($"Contract(\"[t, c] · [t, c, o] -> [o]\", {x.Name}, {Parameter("Weight", [x.Shape[0], x.Last, units])})", [units]);
            case 2:
                return Scan(x);
            case 3:
                return Local($"Contract(\"[p, q, c] · [q, c, o] -> [o, p]\", {x.Name}, {Parameter("Weight", [x.Shape[1], x.Last, units])})", [units, x.Shape[0]]);
            default:
                return Flat(x);
        }
    }

    private Value Scan(Value x)
    {
        int features = x.Last;
        string backwards = Chance(2) ? ", backwards: true" : "", zero = $"Fill({Pick("0", "0.5f")}, {Text(features)})";
        switch (_random.Next(3))
        {
            case 0:
                return Local($"Scan({zero}, {x.Name}, (state, input) => 0.75f * state + 0.25f * {Pick(s_activations)}(input){backwards})", x.Shape);
            case 1:
                string kernel = Parameter("Weight", [features, features]);
                return Local($"Scan({zero}, {x.Name}, (state, input) => Tanh(MatMul(state, {kernel}) * Sigmoid(input)) + 0.5f * input{backwards})", x.Shape);
            default:
                string gain = Parameter("Gain", [features]);
                return Local($"Scan({zero}, Fill(0, {Text(features)}), {x.Name}, (a, b, input) => (0.5f * a + Sin(b * {gain}), Maximum(0.5f * b, input)){backwards}).First", x.Shape);
        }
    }

    /// <summary>What a compiler runs away before anything is compiled: loops and branches over numbers that are known.</summary>
    private Value Control(Value x)
    {
        string name = Invariant($"h{_locals++}"), indent = "        ";
        _body.AppendLine($"{indent}Tensor {name} = {x.Name};");
        switch (_random.Next(3))
        {
            case 0:
                _body.AppendLine(Invariant($"{indent}for (int i = 0; i < {_random.Next(2, 4)}; i++)"));
                _body.AppendLine(Chance(2)
                    ? $"{indent}    {name} = {name} + 0.5f * Tanh({Parameterized(x)}({name}));"
                    : $"{indent}    {name} = {name} + Tanh(new Dense({Text(x.Last)}).Forward({name})) * (1f / (i + 1));");
                break;
            case 1:
                _body.AppendLine(Invariant($"{indent}if ({name}.Shape[^1] > {_random.Next(1, 9)} || {name}.Rank == {_random.Next(1, 4)})"));
                _body.AppendLine($"{indent}    {name} = {Pick(s_activations)}({name});");
                _body.AppendLine($"{indent}else");
                _body.AppendLine($"{indent}    {name} = 0.5f * {Pick(s_activations)}({name});");
                break;
            default:
                _body.AppendLine($"{indent}foreach (float rate in new[] {{ 0.5f, 1.5f }})");
                _body.AppendLine($"{indent}    {name} = {name} - Sin(rate * {name}) * (rate > 1 ? 0.5f : 1f);");
                break;
        }

        return new Value(name, x.Shape);
    }

    /// <summary>A layer method that keeps the shape, to be called more than once; within a layer of the user's a function without parameters.</summary>
    private string Parameterized(Value x)
    {
        if (_isBlock)
            return Pick(s_activations);
        string method = Invariant($"L{_layers++}");
        _members.AppendLine($"    [Dense({Text(x.Last)})] private static partial Tensor {method}(Tensor x);");
        return method;
    }
}
