using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;
using OptGen.Generator.Diagnostics;
using OptGen.Generator.Scalar;

namespace OptGen.Generator.Frontend;

// Arithmetic, comparison, logic and conversion: on known numbers it is computed, on elements it is recorded.
internal sealed partial class Evaluator
{
    private ScalarBuilder Builder(SyntaxNode? node) => Scalar ?? throw Fault(DiagnosticDescriptors.NotKnown, node, node is null ? "the value" : Excerpt(node));

    private ElementValue Element(ScalarOp op, int a, int b = -1, int c = -1) => new(Scalar!, Scalar!.Apply(op, a, b, c));

    private TruthValue Truth(ScalarOp op, int a, int b = -1) => new(Scalar!, Scalar!.Apply(op, a, b));

    /// <summary>The value number of a number about an element; a known number becomes a constant.</summary>
    private int Number(Value value, SyntaxNode node) => value switch
    {
        ElementValue element when ReferenceEquals(element.Builder, Scalar) => element.Number,
        ElementValue => throw Fault(DiagnosticDescriptors.ElementDependent, node, "a value that outlives the function that computed it"),
        KnownValue { Data: double or long } known => Builder(node).Constant(known.Number!.Value),
        _ => throw Fault(DiagnosticDescriptors.UnsupportedExpression, node, Excerpt(node)),
    };

    private Value Binary(BinaryOperatorKind kind, Value a, Value b, ITypeSymbol? type, IOperation operation)
    {
        if (a is TensorValue || b is TensorValue)
            return TensorBinary(kind, a, b, operation);
        if (kind is BinaryOperatorKind.Equals or BinaryOperatorKind.NotEquals)
        {
            Value equal = Equal(a, b, operation);
            return kind == BinaryOperatorKind.Equals ? equal : Not(equal);
        }

        if (IsTruth(a) && IsTruth(b))
            return Logic(kind, a, b, operation);
        if (a is KnownValue x && b is KnownValue y)
            return Known(kind, x, y, operation);
        if (!IsNumber(a) || !IsNumber(b))
            throw Unsupported(operation);
        int left = Number(a, operation.Syntax), right = Number(b, operation.Syntax);
        bool whole = IsWhole(type);
        return kind switch
        {
            BinaryOperatorKind.Add => Element(ScalarOp.Add, left, right),
            BinaryOperatorKind.Subtract => Element(ScalarOp.Subtract, left, right),
            BinaryOperatorKind.Multiply => Element(ScalarOp.Multiply, left, right),
            BinaryOperatorKind.Divide when whole => Truncate(Element(ScalarOp.Divide, left, right).Number),
            BinaryOperatorKind.Divide => Element(ScalarOp.Divide, left, right),
            BinaryOperatorKind.Remainder => Remainder(left, right),
            BinaryOperatorKind.LessThan => Truth(ScalarOp.Less, left, right),
            BinaryOperatorKind.GreaterThan => Truth(ScalarOp.Less, right, left),
            BinaryOperatorKind.LessThanOrEqual => Truth(ScalarOp.LessOrEqual, left, right),
            BinaryOperatorKind.GreaterThanOrEqual => Truth(ScalarOp.LessOrEqual, right, left),
            _ => throw Unsupported(operation),
        };
    }

    private Value Equal(Value a, Value b, IOperation operation)
    {
        if (IsNumber(a) && IsNumber(b) && (a is ElementValue || b is ElementValue))
            return Truth(ScalarOp.Equal, Number(a, operation.Syntax), Number(b, operation.Syntax));
        if (IsTruth(a) && IsTruth(b) && (a is TruthValue || b is TruthValue))
            return Or(And(a, b), And(Not(a), Not(b)));
        if (a is KnownValue { Number: double x } && b is KnownValue { Number: double y })
            return Value.Of(x == y);
        return Value.Of(a.Equals(b));
    }

    private Value Logic(BinaryOperatorKind kind, Value a, Value b, IOperation operation) => kind switch
    {
        BinaryOperatorKind.And or BinaryOperatorKind.ConditionalAnd => And(a, b),
        BinaryOperatorKind.Or or BinaryOperatorKind.ConditionalOr => Or(a, b),
        BinaryOperatorKind.ExclusiveOr => Or(And(a, Not(b)), And(Not(a), b)),
        _ => throw Unsupported(operation),
    };

    private Value Known(BinaryOperatorKind kind, KnownValue a, KnownValue b, IOperation operation)
    {
        if (kind == BinaryOperatorKind.Add && (a.Data is string || b.Data is string))
            return Value.Of(Text(a) + Text(b));
        if (a.Data is long m && b.Data is long n)
        {
            if (n == 0 && kind is BinaryOperatorKind.Divide or BinaryOperatorKind.Remainder && n == 0)
                throw Refuse(operation, $"'{Excerpt(operation.Syntax)}' divides by zero");
            return kind switch
            {
                BinaryOperatorKind.Add => Whole(m + n, operation),
                BinaryOperatorKind.Subtract => Whole(m - n, operation),
                BinaryOperatorKind.Multiply => Whole(m * n, operation),
                BinaryOperatorKind.Divide => Whole(m / n, operation),
                BinaryOperatorKind.Remainder => Whole(m % n, operation),
                BinaryOperatorKind.LeftShift => Whole(m << (int)n, operation),
                BinaryOperatorKind.RightShift => Whole(m >> (int)n, operation),
                BinaryOperatorKind.And => Value.Of(m & n),
                BinaryOperatorKind.Or => Value.Of(m | n),
                BinaryOperatorKind.ExclusiveOr => Value.Of(m ^ n),
                BinaryOperatorKind.LessThan => Value.Of(m < n),
                BinaryOperatorKind.LessThanOrEqual => Value.Of(m <= n),
                BinaryOperatorKind.GreaterThan => Value.Of(m > n),
                BinaryOperatorKind.GreaterThanOrEqual => Value.Of(m >= n),
                _ => throw Unsupported(operation),
            };
        }

        if (a.Data is bool || b.Data is bool || a.Number is not double x || b.Number is not double y)
            throw Unsupported(operation);
        return kind switch
        {
            BinaryOperatorKind.Add => Value.Of(x + y),
            BinaryOperatorKind.Subtract => Value.Of(x - y),
            BinaryOperatorKind.Multiply => Value.Of(x * y),
            BinaryOperatorKind.Divide => Value.Of(x / y),
            BinaryOperatorKind.Remainder => Value.Of(x % y),
            BinaryOperatorKind.LessThan => Value.Of(x < y),
            BinaryOperatorKind.LessThanOrEqual => Value.Of(x <= y),
            BinaryOperatorKind.GreaterThan => Value.Of(x > y),
            BinaryOperatorKind.GreaterThanOrEqual => Value.Of(x >= y),
            _ => throw Unsupported(operation),
        };
    }

    /// <summary>A result of whole-number arithmetic, which must fit its type.</summary>
    private KnownValue Whole(long value, IOperation operation)
    {
        bool fits = operation.Type?.SpecialType == SpecialType.System_Int64 || value is >= int.MinValue and <= int.MaxValue;
        return fits ? Value.Of(value) : throw Refuse(operation, $"'{Excerpt(operation.Syntax)}' overflows");
    }

    private Value Unary(UnaryOperatorKind kind, Value operand, IOperation operation) => (kind, operand) switch
    {
        (UnaryOperatorKind.Plus, _) => operand,
        (UnaryOperatorKind.Minus, TensorValue) => TensorNegate(operand, operation),
        (UnaryOperatorKind.Minus, KnownValue { Data: long whole }) => Whole(-whole, operation),
        (UnaryOperatorKind.Minus, KnownValue { Data: double real }) => Value.Of(-real),
        (UnaryOperatorKind.Minus, ElementValue) => Element(ScalarOp.Negate, Number(operand, operation.Syntax)),
        (UnaryOperatorKind.Not, _) when IsTruth(operand) => Not(operand),
        (UnaryOperatorKind.BitwiseNegation, KnownValue { Data: long whole }) => Value.Of(~whole),
        _ => throw Unsupported(operation),
    };

    /// <summary>A number as another type of number. Both real types are the model's, so only the step from real to whole does something.</summary>
    private Value Convert(Value value, ITypeSymbol? to, IOperation operation)
    {
        if (value is EnumValue { Number: long number } && (IsWhole(to) || IsReal(to)))
            value = Value.Of(number);
        return value switch
        {
            KnownValue { Data: long whole } when IsReal(to) => Value.Of((double)whole),
            KnownValue { Data: long whole } when IsWhole(to) => Whole(whole, operation),
            KnownValue { Data: long whole } when to is INamedTypeSymbol { TypeKind: TypeKind.Enum } type => EnumOf(type, whole),
            KnownValue { Data: double real } when IsWhole(to) => Whole((long)real, operation),
            ElementValue element when IsWhole(to) && !IsWhole(SourceType(operation)) => Truncate(Number(element, operation.Syntax)),
            _ => value,
        };
    }

    private static ITypeSymbol? SourceType(IOperation operation) => operation is IConversionOperation conversion ? conversion.Operand.Type : null;

    private ElementValue Truncate(int number)
    {
        int magnitude = Scalar!.Apply(ScalarOp.Floor, Scalar.Apply(ScalarOp.Abs, number));
        return Element(ScalarOp.CopySign, magnitude, number);
    }

    private ElementValue Remainder(int left, int right)
    {
        int quotient = Truncate(Scalar!.Apply(ScalarOp.Divide, left, right)).Number;
        return Element(ScalarOp.Subtract, left, Scalar.Apply(ScalarOp.Multiply, quotient, right));
    }

    private static bool IsWhole(ITypeSymbol? type) =>
        type?.SpecialType is >= SpecialType.System_SByte and <= SpecialType.System_UInt64;

    private static bool IsReal(ITypeSymbol? type) => type?.SpecialType is SpecialType.System_Single or SpecialType.System_Double or SpecialType.System_Decimal;

    private static EnumValue EnumOf(INamedTypeSymbol type, long number)
    {
        IFieldSymbol? member = type.GetMembers().OfType<IFieldSymbol>()
            .FirstOrDefault(field => field.HasConstantValue && Constant(field.ConstantValue, null) is KnownValue { Data: long value } && value == number);
        return new EnumValue(type.ToDisplayString(), member?.Name ?? "", number);
    }

    /// <summary>A constant of the compiler's. A float stands for the shortest decimal that names it, so that 0.01f is 0.01 in a double model, too.</summary>
    internal static Value Constant(object? value, ITypeSymbol? type)
    {
        System.Globalization.CultureInfo invariant = System.Globalization.CultureInfo.InvariantCulture;
        return value switch
        {
            null => Value.Null,
            bool flag => Value.Of(flag),
            string text => Value.Of(text),
            char character => Value.Of((long)character),
            float real when !float.IsNaN(real) && !float.IsInfinity(real) => Value.Of(double.Parse(real.ToString("R", invariant), invariant)),
            float or double or decimal => Value.Of(System.Convert.ToDouble(value, invariant)),
            _ when type is INamedTypeSymbol { TypeKind: TypeKind.Enum } named => EnumOf(named, System.Convert.ToInt64(value, invariant)),
            _ => Value.Of(System.Convert.ToInt64(value, invariant)),
        };
    }

    private static string Text(Value value) => value switch
    {
        KnownValue { Data: null } => "",
        KnownValue known => System.Convert.ToString(known.Data, System.Globalization.CultureInfo.InvariantCulture),
        EnumValue member => member.Member,
        _ => value.ToString(),
    };
}
