using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;
using OptGen.Generator.Diagnostics;
using OptGen.Generator.Specs;

namespace OptGen.Generator.Frontend;

// Parameters of layers.
internal sealed partial class Evaluator
{
    /// <summary>Layer.Parameter(shape, kind, init, gain, name, savedName, savedAxes, fanIn, fanOut).</summary>
    private TensorValue Parameter(IInvocationOperation call, Value[] arguments)
    {
        if (Model is null || _frame?.Scope is not LayerScope scope)
            throw Fault(DiagnosticDescriptors.UnsupportedCall, call.Syntax, "Layer.Parameter");
        int[] sizes = KnownSizes(arguments[0], call);
        foreach (int size in sizes.Where(size => size <= 0))
            throw Refuse(call, $"a parameter of shape [{string.Join(", ", sizes)}] has a size of {size}, but sizes must be positive");
        string kind = ((EnumValue)arguments[1]).Member, init = InitOf(call, arguments[2]);
        if (!IsKind(kind))
            throw Refuse(call.Syntax, "Kind", NoKind(kind.Length > 0 ? "ParameterKind." + kind : $"{((EnumValue)arguments[1]).Number}"));
        double gain = KnownNumber(arguments[3], call);
        if (!IsFinite(gain))
            throw Refuse(call.Syntax, "Gain", $"a gain of {Text(arguments[3])} makes no weights");
        string name = KnownText(arguments[4]) ?? Names.Pascal(AssignedName(call) ?? kind);
        if (!Microsoft.CodeAnalysis.CSharp.SyntaxFacts.IsValidIdentifier(name))
            throw Refuse(call, $"'{name}' can't name a parameter, which is a member of the model's Weights");
        string path = scope.PathOf(name);
        ParameterSpec parameter = new(path, Shape.Of(sizes), (ParameterKind)Enum.Parse(typeof(ParameterKind), kind), init, gain)
        {
            FanIn = Fan(call, arguments[7], "fanIn"),
            FanOut = Fan(call, arguments[8], "fanOut"),
            SavedName = SavedName(scope, path, name, KnownText(arguments[5]) is not "" and string saved ? saved : null),
            SavedAxes = SavedAxes(call, arguments[6], sizes).ToEquatableArray(),
        };
        int node = Model.Parameter(parameter, Where(Given("Init") ?? call.Syntax)) ?? throw Fault(
            DiagnosticDescriptors.SharedShape,
            call.Syntax,
            scope.Path,
            $"[{string.Join(", ", Model.ShapeOf(path).Dims)}]",
            path,
            $"[{string.Join(", ", sizes)}]");
        return parameter.Kind == ParameterKind.Weight && scope.WeightTransform is ObjectValue transform ? Transformed(node, transform, path, call) : new TensorValue(node);
    }

    /// <summary>Whether a parameter can be of a kind: what is kept without being trained is declared as a buffer.</summary>
    public static bool IsKind(string member) => member.Length > 0 && Enum.IsDefined(typeof(ParameterKind), member);

    public static string NoKind(string given) => $"{given} is no kind of parameter; use Weight, Bias, Gain or Embedding of ParameterKind";

    public static bool IsFinite(double number) => !double.IsNaN(number) && !double.IsInfinity(number);

    /// <summary>A weight as its layer gets to see it. What the transform itself keeps is named after the weight.</summary>
    private TensorValue Transformed(int weight, ObjectValue transform, string path, IInvocationOperation call)
    {
        AppliedTransforms.Add(transform);
        IMethodSymbol apply = transform.Type.GetMembers("Apply").OfType<IMethodSymbol>().FirstOrDefault() ?? throw new EvaluationFault(null);
        Variable[] arguments = [new Variable(new TensorValue(weight), _frame!.Depth)];
        return InvokeBody(apply, transform, arguments, call.Syntax, captured: null, new LayerScope(path, "")) as TensorValue ?? throw Unsupported(call);
    }

    /// <summary>The weight transforms that some weight has passed through.</summary>
    public HashSet<ObjectValue> AppliedTransforms { get; } = [];

    /// <summary>The initializer that the attribute of a parameter names; null when that is none, which is then among the diagnostics.</summary>
    public string? Initializer(AttributeData attribute)
    {
        TypedConstant given = attribute.NamedArguments.FirstOrDefault(named => named.Key == "Init").Value;
        if (given.Kind != TypedConstantKind.Enum)
            return "FanInUniform";
        string member = ((EnumValue)FromConstant(given)).Member;
        if (member.Length == 0)
            Diagnostics.Report(DiagnosticDescriptors.InvalidArgument, attribute.NamedArgumentLocation("Init"), $"{given.Value} is no initializer; use a member of Init");
        return member.Length == 0 ? null : member;
    }

    private string InitOf(IInvocationOperation call, Value value)
    {
        if (value is EnumValue known)
            return known.Member.Length > 0 ? known.Member : throw Refuse(call.Syntax, "Init", $"{known.Number} is no initializer; use a member of Init");
        IMethodSymbol? method = (value as FunctionValue)?.Method;
        if (method is not { MethodKind: MethodKind.Ordinary, IsStatic: true, IsGenericMethod: false })
            throw Refuse(call, "an initializer is a member of Init or a static method, which runs when the model is created");
        for (ISymbol? symbol = method; symbol is not null and not INamespaceSymbol; symbol = symbol.ContainingSymbol)
        {
            bool isReached = symbol.DeclaredAccessibility == Accessibility.Public
                || (symbol.DeclaredAccessibility is Accessibility.Internal or Accessibility.ProtectedOrInternal && !_sources.IsCarried(symbol));
            if (!isReached)
                throw Refuse(call, $"the initializer '{method.Name}' runs when the model is created, so the model must reach it; make '{symbol.Name}' {(_sources.IsCarried(symbol) ? "" : "internal or ")}public");
        }

        return method.ContainingType.ToDisplayString(SymbolDisplayFormat.FullyQualifiedFormat) + "." + method.Name;
    }

    private int Fan(IInvocationOperation call, Value value, string parameter)
    {
        int fan = KnownWhole(value, call);
        return fan >= 0 ? fan : throw Refuse(call, $"'{parameter}' is {fan}, but must not be negative");
    }

    private int[] SavedAxes(IInvocationOperation call, Value value, int[] sizes)
    {
        if (value == Value.Null)
            return [];
        int[] axes = KnownSizes(value, call);
        return axes.OrderBy(axis => axis).SequenceEqual(Enumerable.Range(0, sizes.Length))
            ? axes
            : throw Refuse(call, $"'savedAxes' are [{string.Join(", ", axes)}], but must name each axis of [{string.Join(", ", sizes)}] once");
    }

    /// <summary>The layer's path and the parameter's name in files; a number that tells its path from others of the layer does so here, too.</summary>
    private static string SavedName(LayerScope scope, string path, string name, string? saved)
    {
        string number = path.Substring(scope.Prefix.Length + name.Length);
        return scope.Prefix.EndsWith(".", StringComparison.Ordinal) || scope.Prefix.Length == 0
            ? Names.Snake(scope.Prefix) + (saved ?? Names.Snake(name)) + number
            : Names.Snake(scope.Prefix) + "_" + (saved ?? Names.Snake(name)) + number;
    }

    private static string? KnownText(Value value) => (value as KnownValue)?.Data as string;

    /// <summary>The variable that an expression is directly assigned to.</summary>
    private static string? AssignedName(IOperation expression)
    {
        IOperation? parent = expression.Parent;
        while (parent is IConversionOperation or IParenthesizedOperation or IConditionalOperation or IVariableInitializerOperation)
            parent = parent.Parent;
        return parent switch
        {
            IVariableDeclaratorOperation declarator => declarator.Symbol.Name,
            ISimpleAssignmentOperation { Target: ILocalReferenceOperation local } => local.Local.Name,
            _ => null,
        };
    }
}
