using System.Text;
using static System.FormattableString;

namespace OptGen.Generator.Tests.RandomModels;

/// <content>What puts parts together: branches that come back, layers of the user's own, layers used again.</content>
internal sealed partial class RandomModel
{
    /// <summary>A branch that comes back: added, or as a factor.</summary>
    private Value Residual(Value x)
    {
        Value branch = x.Rank == 3
            ? Layer(x, x.Shape, "Conv2D", Invariant($"{x.Last}, {Pick(1, 3)}"), "Same = true")
            : Layer(x, x.Shape, "Dense", Text(x.Last));
        if (Chance(2))
            branch = Chance(2) ? Normalization(branch) : Mapped(branch);
        return Pick(0, 1, 2) switch
        {
            0 => Local($"{x.Name} * Sigmoid({branch.Name})", x.Shape),
            1 => Local($"{Pick(s_activations)}({x.Name} + {branch.Name})", x.Shape),
            _ => Local($"{x.Name} + {Pick(s_activations)}({branch.Name})", x.Shape),
        };
    }

    /// <summary>A layer that was used before, on another value of the same shape, so that its weights are shared.</summary>
    private Value Shared(Value x)
    {
        (string Method, int[] From, int[] To)[] fitting = _isBlock ? [] : [.. _shared.Where(layer => layer.From.SequenceEqual(x.Shape))];
        if (fitting.Length == 0)
            return Residual(x);
        (string method, _, int[] shape) = Pick(fitting);
        return Local($"{method}({x.Name})", shape);
    }

    /// <summary>A layer of the user's own, of a few steps that may themselves be such layers.</summary>
    private Value Block(Value x)
    {
        if (_blocks > 2)
            return Residual(x);
        string type = Invariant($"B{_number}_{_blocks++}");
        (StringBuilder body, List<Value> earlier, bool isBlock, int locals) = (_body, _earlier, _isBlock, _locals);
        (_body, _earlier, _isBlock, _locals) = (new StringBuilder(), [], true, 0);
        Value given = new("x", x.Shape), y = given;
        for (int step = _random.Next(1, 3); step > 0; step--)
            y = Small(Next(y));
        if (y.Shape.SequenceEqual(x.Shape) && Chance(2))
            y = Local($"x + scale * {y.Name}", x.Shape);
        string recompute = Chance(3) ? "[Recompute] " : "";
        _types.Append(Invariant($$"""
            {{recompute}}public sealed class {{type}}(float scale = 1) : Layer
            {
                public override Tensor Forward(Tensor x)
                {
            {{_body}}        return {{y.Name}} * scale;
                }
            }


            """));
        (_body, _earlier, _isBlock, _locals) = (body, earlier, isBlock, locals);
        return Layer(x, y.Shape, type, Chance(2) ? "0.5f" : "");
    }

    /// <summary>A function of single numbers, of the user's own, applied to every element.</summary>
    private Value Mapped(Value x)
    {
        int arguments = _random.Next(1, 4);
        if (_isBlock)
            return Local($"Map({x.Name}, v => {new RandomFunction(_random, ["v"]).Expression(3)})", x.Shape);
        if (_functions.LastOrDefault(known => known.Arguments == arguments) is not { Method: { } method } || Chance(2))
        {
            method = Invariant($"F{_functions.Count}");
            _functions.Add((method, arguments));
            string[] names = ["a", "b", "c"];
            _members.AppendLine($"    [Elementwise]\n    private static float {method}({string.Join(", ", names.Take(arguments).Select(name => $"float {name}"))})\n    {{");
            _members.Append(new RandomFunction(_random, names[..arguments]).Body()).AppendLine("    }");
        }

        return Local($"Map({string.Join(", ", Enumerable.Range(0, arguments).Select(argument => argument == 0 ? x.Name : Beside(x)))}, {method})", x.Shape);
    }

    /// <summary>An expression whose shape broadcasts to that of a value.</summary>
    private string Beside(Value x) => _random.Next(5) switch
    {
        0 => Parameter("Gain", [x.Last]),
        1 => $"Iota({Text(x.Last)})",
        2 => Invariant($"Slice({x.Name}, -1, {_random.Next(x.Last)}, 1)"),
        3 => $"Max({x.Name}, 0)",
        _ => Parameter("Bias", []),
    };
}
