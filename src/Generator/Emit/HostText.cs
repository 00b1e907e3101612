using OptGen.Generator.Backends;
using OptGen.Generator.Scalar;
using OptGen.Generator.Specs;

namespace OptGen.Generator.Emit;

/// <summary>
/// Writes a function of the host as C# in double precision: a line for each input and for each value that deserves a name, at the place where its extent is
/// looped over.
/// </summary>
internal sealed class HostText
{
    private readonly OptimizerText _optimizer;
    private readonly BoundFunction _function;
    private readonly Extent[] _extents;
    private readonly string[] _names;
    private readonly bool[] _isTruth;
    private readonly string? _fieldPrefix;

    /// <param name="outputNames">Names for the first outputs of the function.</param>
    /// <param name="fieldPrefix">How the names of <see cref="PowerFields"/> begin; null where none can be declared.</param>
    /// <param name="reserved">Names that the surrounding code uses.</param>
    public HostText(OptimizerText optimizer, BoundFunction function, IReadOnlyList<string> outputNames, string? fieldPrefix, params string[] reserved)
    {
        _optimizer = optimizer;
        _fieldPrefix = fieldPrefix;
        _function = function;
        _extents = Extents.Of(function.Function, input => optimizer.ExtentOf(function.Inputs[input]));
        _isTruth = function.Function.Nodes.Select(node => node.Op.IsTruth()).ToArray();
        _names = Name(outputNames, reserved);
    }

    /// <summary>Whether anything is computed at an extent.</summary>
    public bool Has(Extent extent) => _extents.Contains(extent);

    /// <summary>The extent of an output.</summary>
    public Extent ExtentOf(int output) => _extents[_function.Function.Outputs[output]];

    /// <summary>The expression for an output.</summary>
    public string Output(int output) => Reference(_function.Function.Outputs[output], 10);

    /// <summary>Fields that powers of the step are kept in from one step to the next.</summary>
    public IEnumerable<string> PowerFields => Enumerable.Range(0, _function.Function.Nodes.Count).Where(IsStepPower).Select(PowerField);

    /// <summary>The field that keeps the last power that was taken of numbers that are the same for all parameters.</summary>
    public const string LastPower = "_lastPower";

    /// <summary>Whether <see cref="LastPower"/> is used.</summary>
    public bool UsesLastPower => Enumerable.Range(0, _function.Function.Nodes.Count).Any(IsPowerOfAll);

    /// <summary>Declares what is first known at an extent; <paramref name="group"/> is the expression for the number of the parameter group.</summary>
    public void Declare(CodeWriter writer, Extent extent, string group = "0")
    {
        EquatableArray<ScalarNode> nodes = _function.Function.Nodes;
        for (int i = 0; i < nodes.Count; i++)
        {
            if (_extents[i] == extent && nodes[i].Op == ScalarOp.Input)
                writer.Line($"double {_names[i]} = {_optimizer.Value(_function.Inputs[nodes[i].A], group)};");
        }

        for (int i = 0; i < nodes.Count; i++)
        {
            if (_extents[i] == extent && _names[i].Length > 0 && nodes[i].Op != ScalarOp.Input)
                writer.Line($"{(_isTruth[i] ? "bool" : "double")} {_names[i]} = {Expression(i)};");
        }
    }

    /// <summary>A value gets a variable when it is an output, is used more than once, or is an operand that must be written twice.</summary>
    private string[] Name(IReadOnlyList<string> outputNames, string[] reserved)
    {
        ScalarFunction function = _function.Function;
        int[] uses = new int[function.Nodes.Count];
        bool[] finer = new bool[function.Nodes.Count];
        for (int i = 0; i < uses.Length; i++)
        {
            ScalarNode node = function.Nodes[i];
            foreach (int operand in node.Operands())
            {
                uses[operand] += node.Op == ScalarOp.Sign ? 2 : 1;
                finer[operand] |= _extents[i] != _extents[operand];
            }
        }

        string[] names = new string[function.Nodes.Count];
        HashSet<string> taken = [.. reserved];
        for (int i = 0; i < names.Length; i++)
        {
            if (function.Nodes[i].Op == ScalarOp.Input)
                names[i] = Free(_optimizer.NameOf(_function.Inputs[function.Nodes[i].A]));
        }

        int next = 1;
        for (int i = 0; i < names.Length; i++)
        {
            if (function.Nodes[i].Op == ScalarOp.Input)
                continue;
            int output = function.Outputs.Items.IndexOf(i);
            bool isNamed = output >= 0 && output < outputNames.Count;
            names[i] = function.Nodes[i].Op == ScalarOp.Constant ? ""
                : isNamed ? Free(outputNames[output])
                : output >= 0 || uses[i] > 1 || finer[i] ? Free("t" + ClassFile.Text(next++))
                : "";
        }

        return names;

        string Free(string name)
        {
            while (!taken.Add(name))
                name += "_";
            return name;
        }
    }

    /// <summary>A value as an operand; <paramref name="strength"/> is how tightly what is around it binds.</summary>
    private string Reference(int value, int strength)
    {
        ScalarNode node = _function.Function.Nodes[value];
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
        ScalarNode node = _function.Function.Nodes[value];
        return node.Op switch
        {
            ScalarOp.Negate => $"-{Reference(node.A, 5)}",
            ScalarOp.Not => $"!{Reference(node.A, 5)}",
            ScalarOp.Sign => $"{Reference(node.A, 5)} > 0 ? 1 : {Reference(node.A, 5)} < 0 ? -1 : {Reference(node.A, 5)}",
            ScalarOp.Erf => $"Double64.Erf(new({Reference(node.A, 0)})).Value",
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
            ScalarOp.Pow when IsStepPower(value) => $"{PowerField(value)}.Of({Reference(node.A, 0)}, {Reference(node.B, 0)})",
            ScalarOp.Pow when IsPowerOfAll(value) => $"{LastPower}.Of({Reference(node.A, 0)}, {Reference(node.B, 0)})",
            _ => $"Math.{node.Op}({string.Join(", ", node.Operands().Select(operand => Reference(operand, 0)))})",
        };
    }

    /// <summary>Whether a value is a number to the power of the step, the same for all parameters: from one step to the next it is a product.</summary>
    private bool IsStepPower(int value)
    {
        EquatableArray<ScalarNode> nodes = _function.Function.Nodes;
        return _fieldPrefix is not null
            && nodes[value].Op == ScalarOp.Pow
            && _extents[value] == Extent.Everything
            && nodes[nodes[value].B].Op == ScalarOp.Input
            && _function.Inputs[nodes[nodes[value].B].A].Kind == UpdateInputKind.Step;
    }

    /// <summary>Whether a value is another power that is the same for all parameters: the passes of a step need the same one.</summary>
    private bool IsPowerOfAll(int value) =>
        _fieldPrefix is not null && _function.Function.Nodes[value].Op == ScalarOp.Pow && _extents[value] == Extent.Everything && !IsStepPower(value);

    private string PowerField(int value) => _fieldPrefix + "Power" + ClassFile.Text(Enumerable.Range(0, value).Count(IsStepPower));
}
