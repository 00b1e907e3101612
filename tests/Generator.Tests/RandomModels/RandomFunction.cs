using System.Text;
using static System.FormattableString;

namespace OptGen.Generator.Tests.RandomModels;

/// <summary>A function of single numbers composed at random: locals, branches and loops, smooth functions and such with kinks and jumps. It stays small for any arguments.</summary>
internal sealed class RandomFunction(Random random, string[] arguments)
{
    private readonly List<string> _names = [.. arguments];

    /// <summary>Statements, the last of which returns.</summary>
    public string Body()
    {
        StringBuilder body = new();
        for (int local = random.Next(3); local > 0; local--)
        {
            string name = Invariant($"v{local}");
            body.AppendLine($"        float {name} = {Expression(2)};");
            _names.Add(name);
            if (random.Next(3) == 0)
                body.AppendLine($"        if ({Condition()})\n            {name} = {Expression(1)};\n        else\n            {name} = {name} - {Expression(1)};");
            else if (random.Next(4) == 0)
                body.AppendLine($"        for (int i = 1; i < 3; i++)\n            {name} = MathF.Sin({name} * i) + {Expression(0)};");
        }

        // Every argument counts.
        string rest = string.Concat(arguments.Select(name => $" + 0.25f * MathF.Tanh({name})"));
        return body.AppendLine($"        return {Expression(3)}{rest};").ToString();
    }

    public string Expression(int depth)
    {
        if (depth == 0)
            return random.Next(5) == 0 ? Literal() : Name();
        string a = Expression(depth - 1);
        return random.Next(22) switch
        {
            0 or 1 => $"({a} + {Expression(depth - 1)})",
            2 => $"({a} - {Expression(depth - 1)})",
            3 => $"({Literal()} * {a} + {Name()})",
            4 => $"MathF.Tanh({a} * {Expression(depth - 1)})",
            5 => $"MathF.Sin({a})",
            6 => $"MathF.Cos({a})",
            7 => $"MathF.Exp(-MathF.Abs({a}))",
            8 => $"MathF.Exp(MathF.Min({a}, 1f))",
            9 => $"MathF.{(random.Next(2) == 0 ? "Sqrt" : "Cbrt")}(1 + ({a}) * ({a}))",
            10 => $"MathF.Log(1 + MathF.Abs({a}))",
            11 => $"({a}) / (1 + MathF.Abs({Expression(depth - 1)}))",
            12 => $"MathF.Max({a}, {Expression(depth - 1)})",
            13 => $"MathF.Min({a}, {Literal()})",
            14 => $"ScalarMath.{(random.Next(2) == 0 ? "Sigmoid" : "Erf")}({a})",
            15 => $"MathF.Pow(MathF.Abs({a}) + 0.5f, {new[] { "1.5f", "-0.5f", "2f", "-1f", "3f" }[random.Next(5)]})",
            16 => $"({Condition()} ? {a} : {Expression(depth - 1)})",
            17 => $"Math.Clamp({a}, -0.7f, 0.9f)",
            18 => $"MathF.CopySign({a}, {Name()})",
            19 => $"-({a})",
            20 => $"({a} - MathF.Floor({a}))",
            _ => $"{Literal()} / (0.5f + ({a}) * ({a}))",
        };
    }

    private string Condition() => random.Next(4) switch
    {
        0 => $"{Name()} > {Literal()}",
        1 => $"{Name()} < {Expression(1)}",
        2 => $"({Name()} > {Literal()} && {Name()} <= 1f)",
        _ => $"!({Name()} >= {Literal()} || {Name()} < -0.9f)",
    };

    private string Name() => _names[random.Next(_names.Count)];

    private string Literal() => new[] { "0.1f", "0.3f", "0.5f", "0.75f", "1.5f" }[random.Next(5)];
}
