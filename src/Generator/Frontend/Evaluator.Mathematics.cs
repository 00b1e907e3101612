using Microsoft.CodeAnalysis;
using OptGen.Generator.Scalar;

namespace OptGen.Generator.Frontend;

// The framework's mathematical functions: Math, MathF and the statics of float and double.
internal sealed partial class Evaluator
{
    private static readonly HashSet<string> s_mathematics =
        ["System.Math", "System.MathF", "System.Single", "System.Double", "System.Int32", "OptGen.ScalarMath"];

    private static readonly Dictionary<string, ScalarOp> s_functions = new()
    {
        ["Abs"] = ScalarOp.Abs,
        ["Sign"] = ScalarOp.Sign,
        ["Floor"] = ScalarOp.Floor,
        ["Sqrt"] = ScalarOp.Sqrt,
        ["Cbrt"] = ScalarOp.Cbrt,
        ["Exp"] = ScalarOp.Exp,
        ["Log"] = ScalarOp.Log,
        ["Tanh"] = ScalarOp.Tanh,
        ["Sigmoid"] = ScalarOp.Sigmoid,
        ["Erf"] = ScalarOp.Erf,
        ["Sin"] = ScalarOp.Sin,
        ["Cos"] = ScalarOp.Cos,
        ["Min"] = ScalarOp.Min,
        ["Max"] = ScalarOp.Max,
        ["Pow"] = ScalarOp.Pow,
        ["CopySign"] = ScalarOp.CopySign,
        ["FusedMultiplyAdd"] = ScalarOp.FusedMultiplyAdd,
    };

    /// <summary>The value of a call of a mathematical function, or null when it is none that is known.</summary>
    private Value? Mathematics(IMethodSymbol method, Value[] arguments, SyntaxNode node)
    {
        if (!s_mathematics.Contains(FullName(method.ContainingType)) || arguments.Length == 0 || !arguments.All(IsNumber))
            return null;
        if (arguments.All(argument => argument is KnownValue))
            return KnownMathematics(method, arguments.Select(argument => ((KnownValue)argument).Number!.Value).ToArray());
        int[] numbers = arguments.Select(argument => Number(argument, node)).ToArray();
        if (s_functions.TryGetValue(method.Name, out ScalarOp op) && op.Arity() == numbers.Length)
            return Element(op, numbers[0], numbers.Length > 1 ? numbers[1] : -1, numbers.Length > 2 ? numbers[2] : -1);
        return (method.Name, numbers.Length) switch
        {
            ("Clamp", 3) => Element(ScalarOp.Min, Scalar!.Apply(ScalarOp.Max, numbers[0], numbers[1]), numbers[2]),
            ("Ceiling", 1) => Element(ScalarOp.Negate, Scalar!.Apply(ScalarOp.Floor, Scalar.Apply(ScalarOp.Negate, numbers[0]))),
            ("Truncate", 1) => Truncate(numbers[0]),
            ("ReciprocalSqrt", 1) => Element(ScalarOp.Divide, Scalar!.Constant(1), Scalar.Apply(ScalarOp.Sqrt, numbers[0])),
            ("Log2", 1) => Element(ScalarOp.Multiply, Scalar!.Apply(ScalarOp.Log, numbers[0]), Scalar.Constant(1 / Math.Log(2))),
            ("Log10", 1) => Element(ScalarOp.Multiply, Scalar!.Apply(ScalarOp.Log, numbers[0]), Scalar.Constant(1 / Math.Log(10))),
            ("Log", 2) => Element(ScalarOp.Divide, Scalar!.Apply(ScalarOp.Log, numbers[0]), Scalar.Apply(ScalarOp.Log, numbers[1])),
            ("IsNaN", 1) => Not(Truth(ScalarOp.Equal, numbers[0], numbers[0])),
            ("IsPositive", 1) => Truth(ScalarOp.LessOrEqual, Scalar!.Constant(0), Scalar.Apply(ScalarOp.CopySign, Scalar.Constant(1), numbers[0])),
            ("IsNegative", 1) => Truth(ScalarOp.Less, Scalar!.Apply(ScalarOp.CopySign, Scalar.Constant(1), numbers[0]), Scalar.Constant(0)),
            ("IsFinite", 1) => Truth(ScalarOp.Less, Scalar!.Apply(ScalarOp.Abs, numbers[0]), Scalar.Constant(double.PositiveInfinity)),
            _ => null,
        };
    }

    /// <summary>π, e and 2π as they are, not rounded to float, or null for any other constant.</summary>
    private static Value? MathematicalConstant(IFieldSymbol field) => !s_mathematics.Contains(FullName(field.ContainingType)) ? null : field.Name switch
    {
        "PI" or "Pi" => Value.Of(Math.PI),
        "Tau" => Value.Of(2 * Math.PI),
        "E" => Value.Of(Math.E),
        _ => null,
    };

    private static Value? KnownMathematics(IMethodSymbol method, double[] x)
    {
        double? result = (method.Name, x.Length) switch
        {
            ("Clamp", 3) => Math.Min(Math.Max(x[0], x[1]), x[2]),
            ("Ceiling", 1) => Math.Ceiling(x[0]),
            ("Truncate", 1) => Math.Truncate(x[0]),
            ("Round", 1) => Math.Round(x[0]),
            ("Log2", 1) => Math.Log(x[0]) / Math.Log(2),
            ("Log10", 1) => Math.Log10(x[0]),
            ("Log", 2) => Math.Log(x[0], x[1]),
            ("IsNaN", 1) => double.IsNaN(x[0]) ? 1 : 0,
            _ when s_functions.TryGetValue(method.Name, out ScalarOp op) && op.Arity() == x.Length =>
                ScalarMath.Number(op, x[0], x.Length > 1 ? x[1] : 0, x.Length > 2 ? x[2] : 0),
            _ => null,
        };
        return result is not double number ? null
            : method.ReturnType.SpecialType == SpecialType.System_Boolean ? Value.Of(number != 0)
            : IsWhole(method.ReturnType) ? Value.Of((long)number)
            : Value.Of(number);
    }
}
