using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using OptGen.Generator.Scalar;
using OptGen.Generator.Specs;

namespace OptGen.Generator.Frontend;

/// <summary>An object that defines a rule or a transform: the user's optimizer, or an attribute with the values that it was given.</summary>
internal sealed class OptimizerDefinition
{
    private readonly Evaluator _evaluator;
    private readonly ObjectValue _instance;
    private readonly Location? _blame;
    private readonly bool _isOwn;

    private OptimizerDefinition(Evaluator evaluator, ObjectValue instance, Location? blame, bool isOwn)
    {
        _evaluator = evaluator;
        _instance = instance;
        _blame = blame;
        _isOwn = isOwn;
    }

    /// <summary>The class in source.</summary>
    public INamedTypeSymbol Type => _instance.Type;

    /// <summary>The user's optimizer class itself; of its properties only the hyperparameters have values.</summary>
    public static OptimizerDefinition Own(Evaluator evaluator, INamedTypeSymbol type) => new(evaluator, new ObjectValue(type), type.Location(), isOwn: true);

    /// <summary>What an attribute stands for; null when it could not be read, which is reported.</summary>
    public static OptimizerDefinition? Of(Evaluator evaluator, AttributeData attribute) =>
        evaluator.Create(attribute) is { } instance ? new OptimizerDefinition(evaluator, instance, attribute.NameLocation(), isOwn: false) : null;

    /// <summary>The value of a hyperparameter before anything sets it.</summary>
    public double Initial(IPropertySymbol property) => _isOwn
        ? Initializer(property)
        : (_instance.Member(property.Name).Value as KnownValue)?.Number ?? 0;

    /// <summary>Evaluates a method over symbolic elements; null when it is not understood, which is reported.</summary>
    /// <param name="hypers">The numbers of the hyperparameters among the optimizer's; those that are missing are absent, and 0.</param>
    public BoundFunction? Evaluate(OptimizerSignature signature, Dictionary<IPropertySymbol, int> hypers)
    {
        ScalarBuilder scalar = new();
        List<UpdateInput> inputs = [.. signature.Roles];
        Value[] arguments = [.. signature.Roles.Select((_, number) => new ElementValue(scalar, scalar.Input(number)))];
        foreach (IPropertySymbol property in OptimizerHypers.Marked(Type))
        {
            if (!hypers.TryGetValue(property, out int hyper))
            {
                _instance.Set(property.Name, Value.Of(0.0));
                continue;
            }

            int input = scalar.Input(inputs.Count);
            inputs.Add(new UpdateInput(UpdateInputKind.Hyper, hyper));
            _instance.Set(property.Name, property.Type.SpecialType == SpecialType.System_Boolean
                ? new TruthValue(scalar, scalar.Apply(ScalarOp.Less, scalar.Constant(0), input))
                : new ElementValue(scalar, input));
        }

        _evaluator.Scalar = scalar;
        if (_evaluator.Call(signature.Method, _instance, arguments, _blame) is not { } result)
            return null;

        IEnumerable<Value?> results = signature.Method.ReturnsVoid ? signature.Outputs.Select(Value? (output) => result.Arguments[output]) : [result.Return];
        int[] numbers = [.. results.Select(value => Number(scalar, value) ?? -1)];
        return numbers.Contains(-1) ? null : new BoundFunction(scalar.Build(inputs.Count, numbers), inputs.ToEquatableArray());
    }

    private static int? Number(ScalarBuilder scalar, Value? value) => value switch
    {
        ElementValue element => element.Number,
        KnownValue { Number: double known } => scalar.Constant(known),
        _ => null,
    };

    private double Initializer(IPropertySymbol property)
    {
        if (property.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax() is not PropertyDeclarationSyntax { Initializer.Value: { } initializer })
            return 0;
        Optional<object?> constant = _evaluator.Compilation.GetSemanticModel(initializer.SyntaxTree).GetConstantValue(initializer, _evaluator.Cancellation);
        return constant.HasValue ? OptimizerLiterals.Number(constant.Value) : 0;
    }
}
