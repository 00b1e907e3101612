using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;
using OptGen.Generator.Diagnostics;

namespace OptGen.Generator.Frontend;

// Places: what is read from and assigned to.
internal sealed partial class Evaluator
{
    private Value Read(IOperation operation)
    {
        if (operation is IArrayElementReferenceOperation element)
            return Index(AsArray(Evaluate(element.ArrayReference), element.ArrayReference), element.Indices[0], element);
        Variable place = Place(operation);
        if (place.Value is null && operation is IFieldReferenceOperation { Field: { IsReadOnly: true } field })
            place.Value = Unchanging(field, operation.Syntax);
        return place.Value ?? throw Unknown(operation);
    }

    /// <summary>The value that a field or property which never changes has from its initializer; null without one.</summary>
    private Value? Unchanging(ISymbol member, SyntaxNode site) =>
        SourceOf(member.OriginalDefinition) is ISymbol source && Initializer(source) is IOperation initializer
        ? InFrame(new Frame(null, null, _frame, site), () => EvaluateNamed(initializer, source.Name))
        : null;

    /// <summary>The variable that an expression denotes.</summary>
    private Variable Place(IOperation operation)
    {
        switch (operation)
        {
            case IParenthesizedOperation parenthesized:
                return Place(parenthesized.Operand);
            case ILocalReferenceOperation { IsDeclaration: true } declared:
                Variable fresh = new(null, _frame!.Depth);
                _frame.Declare(declared.Local, fresh);
                return fresh;
            case ILocalReferenceOperation local:
                return _frame!.Find(local.Local) ?? throw Unknown(local);
            case IParameterReferenceOperation parameter:
                return _frame!.Find(parameter.Parameter) ?? Captured(parameter);
            case IDeclarationExpressionOperation declaration:
                return Place(declaration.Expression);
            case IFieldReferenceOperation { Instance: not null } field:
                return AsObject(Evaluate(field.Instance), field).Member(field.Field.Name);
            case IFieldReferenceOperation field:
                return Static(field.Field, field);
            case IPropertyReferenceOperation { Instance: not null } property:
                return AsObject(Evaluate(property.Instance), property).Member(property.Property.Name);
            case IArrayElementReferenceOperation element:
                ArrayValue array = AsArray(Evaluate(element.ArrayReference), element.ArrayReference);
                return array.Items[Position(element.Indices[0], array.Items.Count)];
            case IDiscardOperation:
                return new Variable(null, _frame!.Depth);
            case IInvalidOperation:
                throw Invalid(operation);
            default:
                throw Unsupported(operation);
        }
    }

    /// <summary>A parameter of the primary constructor, which its object keeps.</summary>
    private Variable Captured(IParameterReferenceOperation reference)
    {
        if (reference.Parameter.ContainingSymbol is IMethodSymbol { MethodKind: MethodKind.Constructor } constructor
            && _frame?.Instance is ObjectValue instance)
            return instance.Member(PrimaryMember(constructor.ContainingType, reference.Parameter));
        throw Unknown(reference);
    }

    private static string PrimaryMember(INamedTypeSymbol type, IParameterSymbol parameter) => type.Name + "(" + parameter.Name + ")";

    /// <summary>A static field: one that never changes has the value of its initializer.</summary>
    private Variable Static(IFieldSymbol field, IOperation operation)
    {
        IFieldSymbol? source = (IFieldSymbol?)SourceOf(field.OriginalDefinition);
        if (source is null || !source.IsReadOnly)
            throw Unknown(operation);
        if (!_statics.TryGetValue(source, out Variable variable))
            _statics.Add(source, variable = new Variable(Unchanging(source, operation.Syntax), 0));
        return variable;
    }

    private Value Property(IPropertyReferenceOperation reference)
    {
        IPropertySymbol property = reference.Property;
        if (reference.Instance is null && Model?.ParameterOf(property) is int parameter)
            return new TensorValue(parameter);
        Value? instance = reference.Instance is null ? null : Evaluate(reference.Instance);
        switch (instance)
        {
            case TensorValue tensor when property.Name == "Shape":
                return ArrayOf(Model!.UserShape(tensor.Node));
            case TensorValue tensor when property.Name == "Rank":
                return Value.Of((long)Model!.UserShape(tensor.Node).Length);
            case KnownValue { Data: double } when FullName(property.ContainingType) == "OptGen.Tensor":
                return property.Name == "Shape" ? ArrayOf([]) : Value.Of(0L);
            case ArrayValue array when property.Name is "Length" or "Count":
                return Value.Of((long)array.Items.Count);
            case ArrayValue array when property.IsIndexer && reference.Arguments.Length == 1:
                return Index(array, reference.Arguments[0].Value, reference);
            case KnownValue { Data: string text } when property.Name == "Length":
                return Value.Of((long)text.Length);
            case KnownValue known when property.ContainingType.OriginalDefinition.SpecialType == SpecialType.System_Nullable_T:
                return property.Name == "HasValue" ? Value.Of(known != Value.Null)
                    : known != Value.Null ? known
                    : throw Refuse(reference, $"'{Excerpt(reference.Syntax)}' is null");
            case ObjectValue created when created.Member(property.Name).Value is Value assigned:
                return assigned;
        }

        if (SourceOf(property.OriginalDefinition) is not IPropertySymbol source)
            throw Unknown(reference);
        if (source.GetMethod is IMethodSymbol getter && !IsAutomatic(source))
            return Invoke(getter, instance, [], reference.Syntax) ?? throw Unsupported(reference);
        Value? unchanging = source.SetMethod is null ? Unchanging(source, reference.Syntax) : null;
        return unchanging ?? throw Unknown(reference);
    }

    private static ArrayValue ArrayOf(int[] numbers) => new(numbers.Select(number => new Variable(Value.Of((long)number), 0)).ToArray());

    private ArrayValue AsArray(Value value, IOperation operation) => value as ArrayValue ?? throw Unsupported(operation);

    private ObjectValue AsObject(Value value, IOperation operation) => value as ObjectValue ?? throw Unsupported(operation);

    private Value Index(ArrayValue array, IOperation index, IOperation reference)
    {
        IOperation bare = index is IConversionOperation conversion ? conversion.Operand : index;
        if (bare is IRangeOperation range)
        {
            int count = array.Items.Count;
            int start = range.LeftOperand is null ? 0 : Position(range.LeftOperand, count, allowEnd: true);
            int end = range.RightOperand is null ? count : Position(range.RightOperand, count, allowEnd: true);
            if (end < start)
                throw Refuse(reference, $"the range of '{Excerpt(reference.Syntax)}' ends before it starts");
            return new ArrayValue(array.Items.Skip(start).Take(end - start).Select(item => new Variable(item.Value, 0)).ToArray());
        }

        return array.Items[Position(index, array.Items.Count)].Value ?? throw Unsupported(reference);
    }

    private int Position(IOperation index, int count, bool allowEnd = false)
    {
        IOperation bare = index is IConversionOperation conversion ? conversion.Operand : index;
        bool fromEnd = bare is IUnaryOperation { OperatorKind: UnaryOperatorKind.Hat };
        if (Evaluate(fromEnd ? ((IUnaryOperation)bare).Operand : bare) is not KnownValue { Data: long position })
            throw Unknown(index);
        if (fromEnd)
            position = count - position;
        if (position < 0 || position > count || (position == count && !allowEnd))
            throw Refuse(index, $"position {(IsUsers(index.Syntax) ? Excerpt(index.Syntax) : position.ToString(System.Globalization.CultureInfo.InvariantCulture))} lies outside an array of {count}");
        return (int)position;
    }

    private Value Deconstruct(IOperation target, Value value)
    {
        switch (target)
        {
            case IDeclarationExpressionOperation declaration:
                return Deconstruct(declaration.Expression, value);
            case IDiscardOperation:
                return value;
            case ITupleOperation tuple when value is TupleValue { Items: IReadOnlyList<Value> items } && items.Count == tuple.Elements.Length:
                for (int i = 0; i < items.Count; i++)
                    Deconstruct(tuple.Elements[i], items[i]);
                return value;
            case ITupleOperation:
                throw Unsupported(target);
            default:
                Assign(Place(target), value, target.Syntax);
                return value;
        }
    }
}
