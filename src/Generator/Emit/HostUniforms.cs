using OptGen.Generator.Backends;
using OptGen.Generator.Lowering;
using OptGen.Generator.Scalar;
using OptGen.Generator.Specs;

namespace OptGen.Generator.Emit;

/// <summary>
/// Writes the method that computes, once per step and in double precision, what of an update or a reduction is the same for every element.
/// </summary>
internal sealed class HostUniforms
{
    private readonly OptimizerSpec _optimizer;
    private readonly UniformPlan _plan;
    private readonly string[] _names;
    private readonly bool[] _isTruth;

    private HostUniforms(OptimizerSpec optimizer, UniformPlan plan)
    {
        _optimizer = optimizer;
        _plan = plan;
        ScalarFunction host = plan.Host.Function;
        _isTruth = host.Nodes.Select(node => node.Op.IsTruth()).ToArray();
        _names = Name(host);
    }

    /// <summary>The transforms whose sums the method takes, as parameters.</summary>
    public static IEnumerable<int> Sums(UniformPlan plan) =>
        plan.Host.Inputs.Where(input => input.Kind == UpdateInputKind.Reduced).Select(input => input.Index).Distinct();

    public static string SumName(OptimizerSpec optimizer, int transform) => Identifier.Camel(ProgramCompiler.ReductionName(optimizer, transform));

    /// <param name="method">Name of the emitted method.</param>
    /// <param name="summary">What it is for.</param>
    public static void Write(CodeWriter writer, OptimizerSpec optimizer, UniformPlan plan, string method, string summary)
    {
        HostUniforms uniforms = new(optimizer, plan);
        IEnumerable<string> parameters = new[] { $"Span<{optimizer.Element}> uniforms" }
            .Concat(plan.SetCount > 1 ? ["bool decays"] : [])
            .Concat(Sums(plan).Select(transform => $"double {SumName(optimizer, transform)}"));
        writer.Blank();
        writer.Line($"/// <summary>{summary}</summary>");
        using CodeWriter.Scope body = writer.Block($"private void {method}({string.Join(", ", parameters)})");
        uniforms.Body(writer);
    }

    private void Body(CodeWriter writer)
    {
        ScalarFunction host = _plan.Host.Function;
        for (int input = 0; input < _plan.Host.Inputs.Count; input++)
        {
            if (_plan.Host.Inputs[input].Kind != UpdateInputKind.Reduced && host.Nodes.Any(node => node.Op == ScalarOp.Input && node.A == input))
                writer.Line($"double {InputName(input)} = {InputValue(_plan.Host.Inputs[input])};");
        }

        for (int i = 0; i < host.Nodes.Count; i++)
        {
            if (_names[i].Length > 0 && host.Nodes[i].Op != ScalarOp.Input)
                writer.Line($"{(_isTruth[i] ? "bool" : "double")} {_names[i]} = {Expression(i)};");
        }

        string cast = _optimizer.Element == "float" ? "(float)" : "";
        for (int k = 0; k < host.Outputs.Count; k++)
            writer.Line($"uniforms[{ClassFile.Text(k)}] = {cast}{Reference(host.Outputs[k], 10)};");
    }

    /// <summary>A value gets a variable when it is an output, is used more than once, or is an operand that must be written twice.</summary>
    private string[] Name(ScalarFunction host)
    {
        int[] uses = new int[host.Nodes.Count];
        foreach (ScalarNode node in host.Nodes)
        {
            if (node.Op is ScalarOp.Input or ScalarOp.Constant)
                continue;
            foreach (int operand in new[] { node.A, node.B, node.C }.Where(operand => operand >= 0))
                uses[operand] += node.Op == ScalarOp.Sign ? 2 : 1;
        }

        string[] names = new string[host.Nodes.Count];
        HashSet<string> taken = ["uniforms", "decays", .. Enumerable.Range(0, _plan.Host.Inputs.Count).Select(InputName)];
        int next = 1;
        for (int i = 0; i < names.Length; i++)
        {
            int output = host.Outputs.Items.IndexOf(i);
            names[i] = host.Nodes[i].Op switch
            {
                ScalarOp.Input => InputName(host.Nodes[i].A),
                ScalarOp.Constant => "",
                _ when output >= 0 => Free(_plan.Names[output]),
                _ when uses[i] > 1 => Free("t" + ClassFile.Text(next++)),
                _ => "",
            };
        }

        return names;

        string Free(string name)
        {
            while (!taken.Add(name))
                name += "_";
            return name;
        }
    }

    private string InputName(int input) => _plan.Host.Inputs[input] switch
    {
        { Kind: UpdateInputKind.Hyper, Index: int hyper } => Identifier.Camel(_optimizer.Hypers[hyper].Name),
        { Kind: UpdateInputKind.Step } => "step",
        { Index: int transform } => SumName(_optimizer, transform),
    };

    private string InputValue(UpdateInput input)
    {
        if (input.Kind == UpdateInputKind.Step)
            return "_stepCount + 1.0";
        HyperSpec hyper = _optimizer.Hypers[input.Index];
        string value = hyper.Type == "bool" ? $"{hyper.Name} ? 1 : 0" : HyperMembers.Current(_optimizer, input.Index);
        return hyper.Decays && _plan.SetCount > 1 ? $"decays ? {value} : 0" : value;
    }

    /// <summary>A value as an operand; <paramref name="strength"/> is how tightly what is around it binds.</summary>
    private string Reference(int value, int strength)
    {
        ScalarNode node = _plan.Host.Function.Nodes[value];
        if (node.Op == ScalarOp.Constant)
            return node.Value < 0 && strength > 2 ? $"({ClassFile.Number(node.Value, "double")})" : ClassFile.Number(node.Value, "double");
        if (_names[value].Length > 0)
            return _names[value];
        return Strength(node.Op) < strength ? $"({Expression(value)})" : Expression(value);
    }

    private static int Strength(ScalarOp op) => op switch
    {
        ScalarOp.Select or ScalarOp.Sign => 0,
        ScalarOp.Less or ScalarOp.LessOrEqual or ScalarOp.Equal or ScalarOp.And or ScalarOp.Or => 1,
        ScalarOp.Add or ScalarOp.Subtract => 2,
        ScalarOp.Multiply or ScalarOp.Divide or ScalarOp.Sigmoid => 3,
        _ => 4,
    };

    private string Expression(int value)
    {
        ScalarNode node = _plan.Host.Function.Nodes[value];
        return node.Op switch
        {
            ScalarOp.Negate => $"-{Reference(node.A, 5)}",
            ScalarOp.Not => $"!{Reference(node.A, 5)}",
            ScalarOp.Sign => $"{Reference(node.A, 5)} > 0 ? 1 : {Reference(node.A, 5)} < 0 ? -1 : {Reference(node.A, 5)}",
            ScalarOp.Sigmoid => $"1 / (1 + Math.Exp(-{Reference(node.A, 5)}))",
            ScalarOp.Add => $"{Reference(node.A, 2)} + {Reference(node.B, 2)}",
            ScalarOp.Subtract => $"{Reference(node.A, 2)} - {Reference(node.B, 3)}",
            ScalarOp.Multiply => $"{Reference(node.A, 3)} * {Reference(node.B, 4)}",
            ScalarOp.Divide => $"{Reference(node.A, 3)} / {Reference(node.B, 4)}",
            ScalarOp.Less => $"{Reference(node.A, 2)} < {Reference(node.B, 2)}",
            ScalarOp.LessOrEqual => $"{Reference(node.A, 2)} <= {Reference(node.B, 2)}",
            ScalarOp.Equal => $"{Reference(node.A, 2)} == {Reference(node.B, 2)}",
            ScalarOp.And => $"{Reference(node.A, 2)} && {Reference(node.B, 2)}",
            ScalarOp.Or => $"{Reference(node.A, 2)} || {Reference(node.B, 2)}",
            ScalarOp.Select => $"{Reference(node.A, 1)} ? {Reference(node.B, 1)} : {Reference(node.C, 1)}",
            _ => $"Math.{node.Op}({string.Join(", ", new[] { node.A, node.B, node.C }.Where(operand => operand >= 0).Select(operand => Reference(operand, 0)))})",
        };
    }
}
