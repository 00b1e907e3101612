using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;
using OptGen.Generator.Diagnostics;

namespace OptGen.Generator.Frontend;

// Expressions.
internal sealed partial class Evaluator
{
    private Value Evaluate(IOperation operation) => Evaluate(operation, discard: false)!;

    /// <summary>The value of an expression; null only for a call without a result whose value is not needed.</summary>
    private Value? Evaluate(IOperation operation, bool discard)
    {
        Tick(operation);
        Value? value = EvaluateKind(operation);
        if (value is null && !discard)
            throw Unsupported(operation);
        if (value is TensorValue tensor && Model is not null)
        {
            if (ModelBuilder.IsTooLarge(Model.Graph[tensor.Node].Shape))
            {
                string shape = $"'{Excerpt(operation.Syntax)}' has shape {Model.Describe(tensor.Node)}";
                throw Refuse(operation, $"{shape}: with {Model.Batch} rows, more elements than memory holds");
            }

            if (IsUsers(operation.Syntax))
                Model.Explain(tensor.Node, operation.Syntax);
        }

        return value;
    }

    /// <summary>The value of what a variable is assigned; tensors and layers that come to be there take its name.</summary>
    private Value EvaluateNamed(IOperation operation, string name)
    {
        int before = Model?.Graph.Count ?? 0;
        Value value = Evaluate(operation);
        if (value is TensorValue tensor)
            Model?.Name(tensor.Node, before, _frame?.Scope?.Path, name);
        else if (value is ObjectValue created)
            created.Name ??= name;
        return value;
    }

    private Value? EvaluateKind(IOperation operation)
    {
        switch (operation)
        {
            case ILiteralOperation or INameOfOperation or ISizeOfOperation:
                return Constant(operation.ConstantValue.Value, operation.Type);
            case IFieldReferenceOperation { Field.HasConstantValue: true } field:
                return MathematicalConstant(field.Field) ?? Constant(field.Field.ConstantValue, field.Type);
            case ILocalReferenceOperation { Local: { IsConst: true, HasConstantValue: true } local }:
                return Constant(local.ConstantValue, local.Type);
            case IParenthesizedOperation parenthesized:
                return Evaluate(parenthesized.Operand);
            case IConversionOperation conversion:
                return EvaluateConversion(conversion);
            case IFieldReferenceOperation { Instance: not null, Field.ContainingType.IsTupleType: true } element when Evaluate(element.Instance) is TupleValue tuple:
                return tuple.Items[int.Parse((element.Field.CorrespondingTupleField ?? element.Field).Name.Substring("Item".Length), CultureInfo.InvariantCulture) - 1];
            case ILocalReferenceOperation or IParameterReferenceOperation or IFieldReferenceOperation or IArrayElementReferenceOperation:
                return Read(operation);
            case IPropertyReferenceOperation property:
                return Property(property);
            case IImplicitIndexerReferenceOperation indexer:
                return Index(AsArray(Evaluate(indexer.Instance), indexer), indexer.Argument, indexer);
            case IInstanceReferenceOperation instance:
                return instance.ReferenceKind == InstanceReferenceKind.ImplicitReceiver
                    ? _frame?.Initializing ?? throw Unsupported(instance)
                    : _frame?.Instance ?? throw Unsupported(instance);
            case IBinaryOperation binary:
                return EvaluateBinary(binary);
            case IUnaryOperation { OperatorKind: not UnaryOperatorKind.Hat } unary:
                return Unary(unary.OperatorKind, Evaluate(unary.Operand), unary);
            case IConditionalOperation conditional:
                return EvaluateConditional(conditional);
            case ISimpleAssignmentOperation assignment:
                return EvaluateAssignment(assignment);
            case ICompoundAssignmentOperation compound:
                return EvaluateCompound(compound);
            case IIncrementOrDecrementOperation step:
                return EvaluateStep(step);
            case IDeconstructionAssignmentOperation deconstruction:
                return Deconstruct(deconstruction.Target, Evaluate(deconstruction.Value));
            case ITupleOperation tuple:
                return new TupleValue(tuple.Elements.Select(Evaluate).ToArray());
            case IInvocationOperation call:
                return EvaluateCall(call);
            case IObjectCreationOperation creation:
                return EvaluateCreation(creation);
            case IArrayCreationOperation array:
                return EvaluateArray(array);
            case ICollectionExpressionOperation collection:
                return Collection(collection.Elements);
            case IArrayInitializerOperation initializer:
                return Collection(initializer.ElementValues);
            case IDelegateCreationOperation creation:
                return Evaluate(creation.Target);
            case IAnonymousFunctionOperation lambda:
                return new FunctionValue(lambda.Symbol, lambda, null, _frame);
            case IMethodReferenceOperation method:
                return new FunctionValue(method.Method, null, method.Instance is null ? null : Evaluate(method.Instance), _frame);
            case IDefaultValueOperation:
                return DefaultOf(operation.Type);
            case IInterpolatedStringOperation text:
                return Interpolate(text);
            case ICoalesceOperation coalesce:
                return Evaluate(coalesce.Value) is var left && left != Value.Null ? left : Evaluate(coalesce.WhenNull);
            case IIsPatternOperation match:
                return Match(match.Pattern, Evaluate(match.Value));
            case ISwitchExpressionOperation choice:
                return EvaluateSwitch(choice, Evaluate(choice.Value), 0);
            case IThrowOperation raised:
                throw Raise(raised);
            case IInvalidOperation:
                throw Invalid(operation);
            default:
                throw Unsupported(operation);
        }
    }

    private Value? EvaluateConversion(IConversionOperation conversion)
    {
        // The conversion from a number to a tensor: the number itself stands for a tensor that broadcasts to any shape.
        if (conversion.OperatorMethod is IMethodSymbol method && FullName(method.ContainingType) != "OptGen.Tensor")
            return Invoke(method, null, [new Variable(Evaluate(conversion.Operand), _frame!.Depth)], conversion.Syntax);
        return Evaluate(conversion.Operand, discard: true) is Value value ? Convert(value, conversion.Type, conversion) : null;
    }

    private Value EvaluateBinary(IBinaryOperation binary)
    {
        Value left = Evaluate(binary.LeftOperand);
        // What decides alone spares the other operand's evaluation, as when the code runs.
        if (binary.OperatorKind is BinaryOperatorKind.ConditionalAnd && left is KnownValue { Data: false })
            return Value.False;
        if (binary.OperatorKind is BinaryOperatorKind.ConditionalOr && left is KnownValue { Data: true })
            return Value.True;
        return Binary(binary.OperatorKind, left, Evaluate(binary.RightOperand), binary.Type, binary);
    }

    private Value EvaluateConditional(IConditionalOperation conditional)
    {
        Value condition = Evaluate(conditional.Condition);
        IOperation whenFalse = conditional.WhenFalse ?? throw Unsupported(conditional);
        if (condition is TruthValue truth)
            return Select(truth, () => Evaluate(conditional.WhenTrue), () => Evaluate(whenFalse), conditional.Syntax);
        return KnownFlag(condition, conditional.Condition) ? Evaluate(conditional.WhenTrue) : Evaluate(whenFalse);
    }

    private Value EvaluateAssignment(ISimpleAssignmentOperation assignment)
    {
        if (assignment.Target is IDiscardOperation)
            return Evaluate(assignment.Value);
        Variable target = Place(assignment.Target);
        string? name = assignment.Target switch
        {
            ILocalReferenceOperation local => local.Local.Name,
            IParameterReferenceOperation parameter => parameter.Parameter.Name,
            IMemberReferenceOperation member => member.Member.Name,
            _ => null,
        };
        Value value = name is null ? Evaluate(assignment.Value) : EvaluateNamed(assignment.Value, name);
        Assign(target, value, assignment.Syntax);
        return value;
    }

    private Value EvaluateCompound(ICompoundAssignmentOperation compound)
    {
        Variable target = Place(compound.Target);
        Value left = target.Value ?? throw Unsupported(compound.Target);
        Value right = Evaluate(compound.Value);
        Value result = Binary(compound.OperatorKind, Promote(left, right), right, Wider(compound.Target.Type, compound.Value.Type), compound);
        result = Convert(result, compound.Target.Type, compound);
        Assign(target, result, compound.Syntax);
        return result;
    }

    /// <summary>The left side of <c>whole += real</c> as a real number; elsewhere the compiler writes the conversion down.</summary>
    private static Value Promote(Value value, Value other) =>
        value is KnownValue { Data: long whole } && other is KnownValue { Data: double } ? Value.Of((double)whole) : value;

    private static ITypeSymbol? Wider(ITypeSymbol? a, ITypeSymbol? b) => IsReal(b) ? b : a;

    private Value EvaluateStep(IIncrementOrDecrementOperation step)
    {
        Variable target = Place(step.Target);
        Value before = target.Value ?? throw Unsupported(step.Target);
        Value one = before is KnownValue { Data: double } ? Value.Of(1.0) : Value.Of(1L);
        BinaryOperatorKind kind = step.Kind == OperationKind.Increment ? BinaryOperatorKind.Add : BinaryOperatorKind.Subtract;
        Value after = Binary(kind, before, one, step.Type, step);
        Assign(target, after, step.Syntax);
        return step.IsPostfix ? before : after;
    }

    private Value EvaluateArray(IArrayCreationOperation array)
    {
        if (array.Initializer is not null)
            return Collection(array.Initializer.ElementValues);
        if (array.DimensionSizes.Length != 1 || Evaluate(array.DimensionSizes[0]) is not KnownValue { Data: long size and >= 0 and <= MaxOperations })
            throw Unsupported(array);
        ITypeSymbol? element = (array.Type as IArrayTypeSymbol)?.ElementType;
        return new ArrayValue(Enumerable.Range(0, (int)size).Select(_ => new Variable(DefaultOf(element), 0)).ToArray());
    }

    private ArrayValue Collection(IEnumerable<IOperation> elements)
    {
        List<Variable> items = [];
        foreach (IOperation element in elements)
        {
            if (element is ISpreadOperation spread)
                items.AddRange(AsArray(Evaluate(spread.Operand), spread).Items.Select(item => new Variable(item.Value, 0)));
            else
                items.Add(new Variable(Evaluate(element), 0));
        }

        return new ArrayValue(items);
    }

    private KnownValue Interpolate(IInterpolatedStringOperation text)
    {
        IEnumerable<string> parts = text.Parts.Select(part => part switch
        {
            IInterpolatedStringTextOperation literal => Text(Evaluate(literal.Text)),
            IInterpolationOperation { Alignment: null, FormatString: null } hole => Text(Evaluate(hole.Expression)),
            _ => throw Unsupported(part),
        });
        return Value.Of(string.Concat(parts));
    }

    private Value EvaluateSwitch(ISwitchExpressionOperation choice, Value value, int first)
    {
        if (first == choice.Arms.Length)
            throw Refuse(choice, $"no arm of '{Excerpt(choice.Syntax)}' matches");
        ISwitchExpressionArmOperation arm = choice.Arms[first];
        Value matches = Match(arm.Pattern, value);
        if (arm.Guard is not null && matches != Value.False)
            matches = And(matches, Evaluate(arm.Guard));
        return matches is TruthValue truth
            ? Select(truth, () => Evaluate(arm.Value), () => EvaluateSwitch(choice, value, first + 1), arm.Syntax)
            : KnownFlag(matches, arm) ? Evaluate(arm.Value)
            : EvaluateSwitch(choice, value, first + 1);
    }

    private Value Match(IPatternOperation pattern, Value value) => pattern switch
    {
        IDiscardPatternOperation => Value.True,
        // A pattern of the value's own type, which only names it.
        IDeclarationPatternOperation named when named.MatchesNull || SymbolEqualityComparer.Default.Equals(named.InputType, named.MatchedType) =>
            Bind(named, value),
        IConstantPatternOperation constant => Equal(value, Evaluate(constant.Value), pattern),
        IRelationalPatternOperation relational => Relation(relational, value),
        INegatedPatternOperation negated => Not(Match(negated.Pattern, value)),
        IBinaryPatternOperation { OperatorKind: BinaryOperatorKind.And } both => And(Match(both.LeftPattern, value), Match(both.RightPattern, value)),
        IBinaryPatternOperation { OperatorKind: BinaryOperatorKind.Or } either => Or(Match(either.LeftPattern, value), Match(either.RightPattern, value)),
        _ => throw Unsupported(pattern),
    };

    private KnownValue Bind(IDeclarationPatternOperation pattern, Value value)
    {
        if (pattern.DeclaredSymbol is ISymbol symbol)
            _frame!.Declare(symbol, new Variable(value, _frame.Depth));
        return Value.True;
    }

    private Value Relation(IRelationalPatternOperation pattern, Value value) =>
        Binary(pattern.OperatorKind, value, Evaluate(pattern.Value), pattern.Value.Type, pattern);

    private static Value DefaultOf(ITypeSymbol? type) =>
        type?.SpecialType == SpecialType.System_Boolean ? Value.False
        : IsReal(type) ? Value.Of(0.0)
        : IsWhole(type) ? Value.Of(0L)
        : type is INamedTypeSymbol { TypeKind: TypeKind.Enum } named ? EnumOf(named, 0)
        : Value.Null;
}
