using System.Globalization;
using System.Text;
using static System.FormattableString;

namespace OptGen.Generator.Tests.RandomModels;

/// <summary>
/// A model composed at random, as a user would write it: layers of the library and the user's own, direct operations, functions of single numbers, branches that meet again,
/// shared weights, several inputs and outputs, sizes around those of vectors. The same seed gives the same model.
/// </summary>
internal sealed partial class RandomModel
{
    private const int MostElements = 200;

    /// <summary>One, primes, and vectors of doubles with their neighbours.</summary>
    private static readonly int[] s_sizes = [1, 2, 3, 5, 7, 8, 9, 11, 13, 15, 16, 17];

    private static readonly int[] s_smallSizes = [1, 2, 3, 4, 5, 7, 8, 9];

    private readonly Random _random;
    private readonly int _number;
    private readonly StringBuilder _types = new();
    private readonly StringBuilder _members = new();
    private readonly List<string> _inputs = [];
    private readonly List<(string Method, int[] From, int[] To)> _shared = [];
    private readonly List<(string Method, int Arguments)> _functions = [];
    private StringBuilder _body = new();
    private List<Value> _earlier = [];
    private bool _isBlock;
    private int _locals;
    private int _layers;
    private int _parameters;
    private int _blocks;

    /// <param name="seed">What it is drawn from.</param>
    /// <param name="number">A number for the names of its classes.</param>
    public RandomModel(int seed, int number)
    {
        (Seed, _number) = (seed, number);
        _random = new Random(seed);
        IsDouble = number % 4 != 3;
        Batch = Pick(2, 3, 5, 7, 8, 9);
        Value value = Begin();
        for (int step = _random.Next(1, 4); step > 0; step--)
            value = Small(Next(value));
        if (Chance(5))
            value = Meet(value, Begin());
        List<Value> outputs = [Output(value)];
        if (Chance(6))
            outputs.Add(Output(Pick([.. _earlier])));
        string[] names = [.. outputs.Select((_, i) => Invariant($"y{i}"))];
        (string loss, string[] targets) = Loss(outputs);
        string result = outputs.Count == 1 ? "Tensor" : $"({string.Join(", ", names.Select(name => $"Tensor {name}"))})";
        string returned = outputs.Count == 1 ? outputs[0].Name : $"({string.Join(", ", outputs.Select(output => output.Name))})";
        Source = Invariant($$"""
            {{_types}}[Model(Batch = {{Batch}}{{(IsDouble ? ", Precision = Precision.Double" : "")}})]
            public partial class M{{number}}
            {
            {{_members}}
                [Forward]
                private static {{result}} Forward({{string.Join(", ", _inputs)}})
                {
            {{_body}}        return {{returned}};
                }

                [Loss]
                private static Tensor Loss({{string.Join(", ", [.. names.Select(name => $"Tensor {name}"), .. targets])}}) => {{loss}};
            }

            {{Optimizer()}}
            """);
    }

    public int Seed { get; }

    /// <summary>What the names of its classes end with.</summary>
    public int Number => _number;

    public string Name => Invariant($"M{_number}");

    public int Batch { get; }

    public bool IsDouble { get; }

    /// <summary>The model <c>M</c> with its number, its own layers, and an optimizer <c>O</c>.</summary>
    public string Source { get; }

    /// <summary>A chain of the library. Some reduce over everything, tensors or rows, which makes their update more than one pass; the others are fused with the gradient.</summary>
    private string Optimizer()
    {
        // Epsilons are large enough for a gradient that is 0 but for rounding to move nothing far.
        string chain = Pick(
            "Sgd(LearningRate = 0.125f)",
            "Sgd(LearningRate = 0.125f, Momentum = 0.5f, WeightDecay = 0.25f)",
            "Sgd(LearningRate = 0.125f, Momentum = 0.5f, Nesterov = true)",
            "AdamW(LearningRate = 0.0625f, Epsilon = 1e-3f, WeightDecay = 0.125f)",
            "Adam(LearningRate = 0.0625f, Epsilon = 1e-2f)",
            "RmsProp(LearningRate = 0.0625f, Epsilon = 1e-2f, Momentum = 0.5f)",
            "AdaGrad(LearningRate = 0.125f, InitialAccumulator = 0.125f)",
            "NAdam(LearningRate = 0.0625f, Epsilon = 1e-2f)",
            "Lion(LearningRate = 0.0625f, WeightDecay = 0.125f)",
            "L2(0.125f), Sgd(LearningRate = 0.125f, Momentum = 0.5f)",
            "ClipValue(0.125f), Sgd(LearningRate = 0.25f)",
            "Sgd(LearningRate = 0.125f), Ema(0.5f)",
            "Accumulate(2), AdamW(LearningRate = 0.0625f, Epsilon = 1e-3f)",
            "ClipGlobalNorm(0.5f), Sgd(LearningRate = 0.125f, Momentum = 0.5f)",
            "ClipTensorNorm(0.25f), Sgd(LearningRate = 0.125f)",
            "Lamb(LearningRate = 0.0625f, Epsilon = 1e-2f)");
        return Invariant($"[Optimizer<M{_number}>, {chain}]\npublic partial class O{_number};");
    }

    /// <summary>An input, and a first layer with parameters, so that what follows has a gradient to hand on.</summary>
    private Value Begin()
    {
        string name = Invariant($"x{_inputs.Count}");
        switch (_random.Next(7))
        {
            case 0:
                int units = Size();
                return Layer(Input(name, Size()), [units], "Dense", Text(units));
            case 1:
                return Scaled(Input(name, Size()));
            case 2:
                return Scaled(Input(name, Pick(1, 2, 3, 5), SmallSize()));
            case 3:
                int steps = Pick(1, 2, 3, 5), size = SmallSize();
                return Layer(Input(name, steps, SmallSize()), [steps, size], "Dense", Text(size));
            case 4:
                return Convolution(Input(name, _random.Next(2, 7), _random.Next(2, 7), Pick(1, 2, 3, 8)));
            case 5:
                return Scaled(Input(name, _random.Next(1, 6), _random.Next(1, 6), Pick(1, 2, 3, 8)));
            default:
                int[] positions = Chance(3) ? [] : [Pick(1, 2, 3, 5)];
                int features = SmallSize();
                _inputs.Add($"[Shape({Joined(positions)})] Labels {name}");
                string method = Invariant($"L{_layers++}");
                _members.AppendLine(Invariant($"    [Embedding({Pick(2, 7, 11)}, {features})] private static partial Tensor {method}(Labels x);"));
                return Local($"{method}({name})", [.. positions, features]);
        }
    }

    private Value Input(string name, params int[] shape)
    {
        _inputs.Add($"[Shape({Joined(shape)})] Tensor {name}");
        return new Value(name, shape);
    }

    /// <summary>The value times a parameter that has its last axis, or all of them.</summary>
    private Value Scaled(Value x) => Local($"{x.Name} * {Parameter("Gain", Chance(2) ? [x.Last] : x.Shape)}", x.Shape);

    private Value Next(Value x)
    {
        Func<Value, Value>[] kinds =
        [
            Activation, Activation, Normalization, Movement, Movement, Reduction, Arithmetic, Mapped, Residual, Block, Shared, Control, Contraction,
            .. OfRank(x), .. OfRank(x),
        ];
        Value y = Pick(kinds)(x);
        _earlier.Add(y);
        return y;
    }

    private Func<Value, Value>[] OfRank(Value x) => x.Rank switch
    {
        1 => [Dense, Dense, VectorLayer],
        2 => [Dense, SequenceLayer, SequenceLayer, Recurrence, Recurrence, Attention],
        3 => [Convolution, Convolution, ImageLayer, ImageLayer],
        _ => [Flat],
    };

    /// <summary>Two values as one: joined, or one with the other's size added or multiplied.</summary>
    private Value Meet(Value x, Value other)
    {
        (x, other) = (Flat(x), Flat(other));
        if (Chance(2))
            return Local($"Concat(0, {x.Name}, {other.Name})", [x.Count + other.Count]);
        Value same = Layer(other, [x.Count], "Dense", Text(x.Count));
        return Pick(0, 1, 2) switch
        {
            0 => Local($"{x.Name} + {same.Name}", x.Shape),
            1 => Local($"{x.Name} * Sigmoid({same.Name})", x.Shape),
            _ => Local($"Maximum({x.Name}, {same.Name})", x.Shape),
        };
    }

    /// <summary>A value of the forward pass: few numbers, most often of a last dense layer.</summary>
    private Value Output(Value x)
    {
        int outputs = Pick(1, 2, 3, 7, 8, 9);
        if (x.Rank == 2 && Chance(2))
            return Layer(x, [x.Shape[0], outputs], "Dense", Text(outputs));
        return Layer(Flat(x), [outputs], "Dense", Text(outputs), Chance(4) ? ["Bias = false"] : []);
    }

    private Value Flat(Value x)
    {
        if (x.Rank == 1)
            return x;
        return x.Rank == 3 && Chance(3) ? Layer(x, [x.Last], "GlobalAvgPool2D", "") : Local($"Flatten({x.Name})", [x.Count]);
    }

    /// <summary>A value of no more elements than the oracle computes in time.</summary>
    private Value Small(Value x)
    {
        while (x.Count > MostElements)
        {
            int axis = Array.IndexOf(x.Shape, x.Shape.Max()), size = Math.Max(1, x.Shape[axis] / 2);
            x = Local(Invariant($"Slice({x.Name}, {axis}, {_random.Next(x.Shape[axis] - size + 1)}, {size})"), With(x.Shape, axis, size));
        }

        return x;
    }

    /// <summary>A layer of the library: a method of the model or, sometimes and within other layers, an object.</summary>
    private Value Layer(Value x, int[] shape, string type, string arguments, params string[] named) => Layer(x, shape, type, arguments, named, null);

    private Value Layer(Value x, int[] shape, string type, string arguments, string[] named, string? transform)
    {
        if (_isBlock || Chance(4))
        {
            string[] set = transform is null ? named : [.. named, $"WeightTransform = new {transform}()"];
            return Local($"new {type}({arguments}){(set.Length > 0 ? $" {{ {string.Join(", ", set)} }}" : "")}.Forward({x.Name})", shape);
        }

        string method = Invariant($"L{_layers++}"), all = string.Join(", ", [.. arguments.Length > 0 ? new[] { arguments } : [], .. named]);
        string recompute = Chance(8) && type is not ("Dense" or "Dropout") ? "Recompute, " : "";
        _members.AppendLine($"    [{recompute}{type}{(all.Length > 0 ? $"({all})" : "")}{(transform is null ? "" : ", " + transform)}] private static partial Tensor {method}(Tensor x);");
        _shared.Add((method, x.Shape, shape));
        return Local($"{method}({x.Name})", shape);
    }

    /// <summary>The name of a parameter that is no layer's, or of a layer of the user's.</summary>
    private string Parameter(string kind, int[] shape)
    {
        string name = Invariant($"P{_parameters++}");
        if (_isBlock)
            _body.AppendLine($"        Tensor {name} = Parameter([{Joined(shape)}], ParameterKind.{kind}, Init.FanInUniform);");
        else
            _members.AppendLine($"    [Parameter({Joined(shape)}{(shape.Length > 0 ? ", " : "")}Kind = ParameterKind.{kind})] private static partial Tensor {name} {{ get; }}");
        return name;
    }

    private Value Local(string expression, int[] shape)
    {
        Value value = new(Invariant($"h{_locals++}"), shape);
        _body.AppendLine($"        Tensor {value.Name} = {expression};");
        return value;
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Joined(IEnumerable<int> numbers) => string.Join(", ", numbers.Select(Text));

    private static int[] With(int[] shape, int axis, int size) => [.. shape[..axis], size, .. shape[(axis + 1)..]];

    private int Size() => Pick(s_sizes);

    private int SmallSize() => Pick(s_smallSizes);

    /// <summary>True once in that many times.</summary>
    private bool Chance(int of) => _random.Next(of) == 0;

    private T Pick<T>(params T[] from) => from[_random.Next(from.Length)];

    private int Divisor(int of) => Pick([.. Enumerable.Range(1, of).Where(each => of % each == 0)]);

    /// <summary>An expression, and its sizes without the rows.</summary>
    private sealed record Value(string Name, int[] Shape)
    {
        public int Rank => Shape.Length;

        public int Last => Shape[^1];

        public int Count => Shape.Aggregate(1, (product, size) => product * size);
    }
}
