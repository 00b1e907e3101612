using System.Globalization;
using System.Text;

namespace OptGen.Generator.Tests.Optimizers.RandomRules;

/// <summary>What a random rule may contain, and so to what its compiled code can be compared.</summary>
internal enum RandomRuleKind
{
    /// <summary>Only operations whose result does not depend on how they are compiled: correctly rounded ones, with no sum of products, which a compiler may fuse.</summary>
    Exact,

    /// <summary>Any operation, in single precision.</summary>
    Single,

    /// <summary>Any operation, in double precision.</summary>
    Double,
}

/// <summary>A reduction of a random rule: <c>r = R(argument)</c> at the beginning of its body, where <c>R(x)</c> is the term.</summary>
internal sealed record RandomReduction(string Over, string Kind, string Term, string Argument);

/// <summary>
/// An update rule composed at random: expressions, branches, loops, states, mathematical functions, reductions. The same seed gives the same rule. The body uses no
/// type names but <c>float</c> and <c>MathF</c>, so that it can be compiled for another type of numbers.
/// </summary>
internal sealed class RandomRule
{
    private static readonly string[] s_stateNames = ["a", "b", "c"];

    // Powers of two and their small multiples: sums of them are exact.
    private static readonly float[] s_exactLiterals = [0.25f, 0.5f, 1.5f, 2f, 3f];

    private static readonly float[] s_literals = [0.1f, 0.9f, 1.7f, 0.003f, 2.5f];

    private readonly Random _random;
    private readonly StringBuilder _body = new();
    private readonly List<string> _locals = [];
    private readonly List<string> _uniforms = ["H", "K"];
    private int _localCount;
    private int _loopCount;

    public RandomRule(int seed, RandomRuleKind kind)
    {
        Seed = seed;
        Kind = kind;
        _random = new Random(seed);
        StateCount = _random.Next(s_stateNames.Length + 1);
        IsFlagged = _random.Next(2) == 0;
        Reductions = kind != RandomRuleKind.Exact && _random.Next(4) == 0 ? [.. Enumerable.Range(0, _random.Next(1, 3)).Select(_ => Reduction())] : [];
        for (int number = 0; number < Reductions.Length; number++)
        {
            Line("        ", $"float r{number} = R{number}({Reductions[number].Argument});");
            _uniforms.Add($"(1 + MathF.Abs(r{number}))");
            _locals.Add($"r{number}");
        }

        Statements(_random.Next(2, 5), 2, "        ");
        for (int state = 0; state < StateCount; state++)
        {
            if (_random.Next(3) > 0)
                Line("        ", $"{s_stateNames[state]} = {Term(2)};");
        }

        Line("        ", _random.Next(2) == 0 ? $"w -= {Term(3)};" : $"w = {Term(3)};");
    }

    public int Seed { get; }

    public RandomRuleKind Kind { get; }

    public int StateCount { get; }

    public bool IsFlagged { get; }

    public RandomReduction[] Reductions { get; }

    /// <summary>Statements over <c>w</c>, <c>g</c>, the states, hyperparameters and <c>step</c>.</summary>
    public string Body => _body.ToString();

    /// <summary>Names of the states that exist.</summary>
    public IEnumerable<string> States => s_stateNames.Take(StateCount);

    private bool IsExact => Kind == RandomRuleKind.Exact;

    private static string Literal(float value) => value.ToString("R", CultureInfo.InvariantCulture) + "f";

    private RandomReduction Reduction() => new(
        Pick(["Over.Tensor", "Over.Row", "Over.Column", "Over.Everything"]),
        Pick(["Sum", "Mean", "Max"]),
        Pick(["x", "x * x", "MathF.Abs(x)", "MathF.Exp(MathF.Min(x, 1f)) * x"]),
        Pick(["w", "g", "g * w", .. States, "g"]));

    private void Line(string indent, string text) => _body.Append(indent).AppendLine(text);

    private void Statements(int count, int depth, string indent)
    {
        int outer = _locals.Count;
        for (; count > 0; count--)
            Statement(depth, indent);

        // Locals end with their block.
        if (indent.Length > 8)
            _locals.RemoveRange(outer, _locals.Count - outer);
    }

    private void Statement(int depth, string indent)
    {
        int kind = _random.Next(14);
        if (kind < 4 && depth > 0)
        {
            Line(indent, $"if ({Condition(2)})");
            Block(depth, indent);
            if (_random.Next(2) == 0)
                return;
            Line(indent, "else");
            Block(depth, indent);
            return;
        }

        if (kind == 4 && depth > 0)
        {
            string loop = "i" + _loopCount++.ToString(CultureInfo.InvariantCulture);
            Line(indent, $"for (int {loop} = 0; {loop} < {_random.Next(2, 4).ToString(CultureInfo.InvariantCulture)}; {loop}++)");
            Block(1, indent);
            return;
        }

        if (kind < 8)
        {
            string name = "t" + _localCount++.ToString(CultureInfo.InvariantCulture);
            Line(indent, $"float {name} = {Term(3)};");
            _locals.Add(name);
            return;
        }

        string target = Pick(["g", .. States, .. _locals.Where(local => local[0] == 't')]);
        string text = _random.Next(6) switch
        {
            0 => $"{target} += {Term(2)};",
            1 => $"{target} -= {Term(2)};",
            2 when !IsExact => $"{target} *= {Uniform()};",
            _ => $"{target} = {Term(3)};",
        };
        Line(indent, text);
    }

    private void Block(int depth, string indent)
    {
        Line(indent, "{");
        Statements(_random.Next(1, 3), depth - 1, indent + "    ");
        Line(indent, "}");
    }

    /// <summary>A truth value: of elements or, sometimes, of what is the same for all.</summary>
    private string Condition(int depth) => _random.Next(depth > 0 ? 8 : 5) switch
    {
        0 => $"step {Pick(["==", ">", "<=", "!="])} {_random.Next(1, 4).ToString(CultureInfo.InvariantCulture)}",
        1 => "Flag",
        2 or 3 => $"{Value(1)} {Pick(["<", ">", "<=", ">="])} {Value(1)}",
        4 => $"{Element()} {Pick(["<", ">"])} {Uniform()}",
        5 => $"({Condition(depth - 1)} && {Condition(depth - 1)})",
        6 => $"({Condition(depth - 1)} || {Condition(depth - 1)})",
        _ => $"!({Condition(depth - 1)})",
    };

    /// <summary>Any value; in an exact rule it may be a product, and so must not become part of a sum.</summary>
    private string Value(int depth) => depth > 0 && _random.Next(4) == 0 ? $"{Factor(depth - 1)} * {Factor(depth - 1)}" : Term(depth);

    private string Factor(int depth) => $"({Term(depth)})";

    /// <summary>A value that may be part of a sum.</summary>
    private string Term(int depth)
    {
        if (depth == 0)
            return Element();
        depth--;
        int kind = _random.Next(IsExact ? 12 : 24);
        return kind switch
        {
            0 => Element(),
            1 or 2 => $"({Term(depth)} {Pick(["+", "-"])} {Term(depth)})",
            3 => $"({Term(depth)} {Pick(["+", "-"])} {Uniform()})",
            4 => $"MathF.Abs({Value(depth)})",
            5 => $"MathF.{Pick(["Min", "Max"])}({Value(depth)}, {(_random.Next(2) == 0 ? Uniform() : Value(depth))})",
            6 => $"MathF.Sqrt(MathF.Abs({Value(depth)}))",
            7 => $"MathF.{Pick(["Floor", "Ceiling", "Truncate", "Sign"])}({Value(depth)})",
            8 => $"MathF.CopySign({Value(depth)}, {Element()} + {Uniform()})",
            // A division by what is the same for all elements is compiled as a multiplication.
            9 => $"({Value(depth)}) / (MathF.Abs({(IsExact ? "w" : Value(depth))}) + {Uniform()})",
            10 => $"({Condition(1)} ? {Value(depth)} : {Value(depth)})",
            11 => $"{Factor(depth)} * {Pick(["0.5f", "2f"])}",
            12 => $"{Factor(depth)} * {Uniform()}",
            13 => $"({Factor(depth)} * {Factor(depth)} + {Term(depth)})",
            14 => $"-{Factor(depth)}",
            15 => $"MathF.Exp(MathF.Min({Value(depth)}, 3f))",
            16 => $"MathF.Log(MathF.Abs({Value(depth)}) + {Uniform()})",
            17 => $"MathF.Tanh({Value(depth)})",
            18 => $"MathF.Pow(MathF.Abs({Value(depth)}) + {Uniform()}, {Pick(["0.5f", "-0.5f", "1.5f", "2f", "3f", "-1f"])})",
            19 => $"MathF.{Pick(["Sin", "Cos", "Cbrt"])}({Value(depth)})",
            20 => $"ScalarMath.{Pick(["Sigmoid", "Erf"])}({Value(depth)})",
            21 => $"Math.Clamp({Value(depth)}, -{Literal(s_literals[_random.Next(s_literals.Length)])}, {Literal(s_literals[_random.Next(s_literals.Length)])})",
            22 => $"{Factor(depth)} / {Uniform()}",
            _ => $"({Element()} * {HostValue()} + {Term(depth)} * {HostValue()})",
        };
    }

    private string Element() => Pick(["w", "g", "g", .. States, .. _locals, .. _locals]);

    /// <summary>A positive number that is the same for all elements, or for those that share a reduction.</summary>
    private string Uniform() => _random.Next(2) == 0 ? Pick(_uniforms) : Literal(IsExact ? s_exactLiterals[_random.Next(s_exactLiterals.Length)] : s_literals[_random.Next(s_literals.Length)]);

    /// <summary>What depends on hyperparameters and the step alone, and is computed once per step.</summary>
    private string HostValue() => Pick(["(1 - H)", "MathF.Sqrt(1 - MathF.Pow(H, step))", "K / (1 + step)", "H / (1 - MathF.Pow(K, step))", "(step > 2 ? H * K : H)"]);

    private string Pick(IReadOnlyList<string> from) => from[_random.Next(from.Count)];
}
