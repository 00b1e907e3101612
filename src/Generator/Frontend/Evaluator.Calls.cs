using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;
using OptGen.Generator.Diagnostics;

namespace OptGen.Generator.Frontend;

// Calls.
internal sealed partial class Evaluator
{
    private Value? EvaluateCall(IInvocationOperation call)
    {
        Value? instance = call.Instance is null ? null : Evaluate(call.Instance);
        Variable[] arguments = Arguments(call.Arguments, call.TargetMethod.Parameters.Length);
        if (call.TargetMethod.MethodKind == MethodKind.DelegateInvoke && instance is FunctionValue function)
            return Invoke(function, arguments, call.Syntax);
        Value[] values = arguments.Select(argument => argument.Value ?? Value.Null).ToArray();
        if (Primitive(call, values) is Value result)
            return ReferenceEquals(result, s_nothing) ? null : result;
        return Invoke(call.TargetMethod, instance, arguments, call.Syntax);
    }

    /// <summary>The arguments by position; a reference shares the variable that it refers to.</summary>
    private Variable[] Arguments(IEnumerable<IArgumentOperation> given, int count)
    {
        Variable[] arguments = new Variable[count];
        foreach (IArgumentOperation argument in given)
        {
            IParameterSymbol parameter = argument.Parameter ?? throw new EvaluationFault(null);
            arguments[parameter.Ordinal] = parameter.RefKind is RefKind.Ref or RefKind.Out
                ? Place(argument.Value)
                : new Variable(Evaluate(argument.Value), _frame?.Depth ?? 0);
        }

        return arguments;
    }

    private Value? Invoke(FunctionValue function, Variable[] arguments, SyntaxNode site)
    {
        if (function.Lambda is IAnonymousFunctionOperation lambda)
        {
            Frame frame = new(lambda.Symbol, function.Instance ?? function.Captured?.Instance, _frame, site) { Captured = function.Captured };
            return Run(frame, lambda.Symbol, arguments, [lambda.Body]);
        }

        Value? result = Mathematics(function.Method, arguments.Select(argument => argument.Value ?? Value.Null).ToArray(), site);
        return result ?? Invoke(function.Method, function.Instance, arguments, site, function.Captured);
    }

    /// <summary>Evaluates a method of the user's or of the library.</summary>
    private Value? Invoke(IMethodSymbol method, Value? instance, Variable[] arguments, SyntaxNode? site, Frame? captured = null)
    {
        if (Model?.LayerOf(method.OriginalDefinition) is { } declared)
            return InvokeLayer(declared.Layer, declared.Forward, arguments, site, declared.Path);
        if (instance is ObjectValue target && (method.IsAbstract || method.IsVirtual || method.IsOverride))
            method = Override(target.Type, method);
        IMethodSymbol source = (IMethodSymbol?)SourceOf(method.OriginalDefinition) ?? throw Foreign(method, site);
        if (source.Name == "Forward" && instance is ObjectValue unfit && FullName(source.ContainingType) == "OptGen.Layer")
            throw Fault(DiagnosticDescriptors.ForwardMissing, UsersCallee(site), unfit.Type.Name, KnownForwards(unfit.Type));
        if (Chain is not null && source.Has(OptimizerSymbols.Once))
        {
            string? why = _journals.Count > 0 || HasReturned ? "it stands where a condition decides whether it does; call it always, and hand it the condition"
                : Chain.Once(source, [.. arguments.Select(argument => argument.Value)], Where(UsersCallee(site)));
            return why is null ? null : throw Fault(DiagnosticDescriptors.OnceArgument, UsersCallee(site), source.Name, why);
        }

        bool isLayer = Model is not null && site is not null && source.Name == "Forward";
        if (isLayer && instance is ObjectValue layer && IsLayer(layer.Type) && _frame?.Scope is LayerScope scope)
            return InvokeLayer(layer, source, arguments, site, scope.PathOf(layer));
        Value? result = InvokeBody(source, instance, arguments, site, captured, scope: null);
        if (Chain is null || result is null)
            return result;
        return source.Has(OptimizerSymbols.Reduce) ? Chain.Reduce(source, result)
            : source.Has(OptimizerSymbols.Whole) ? Chain.Whole(source, result, [.. arguments.Select(argument => argument.Value)], out IParameterSymbol? refused)
                ?? throw Fault(DiagnosticDescriptors.WholeArgument, UsersCallee(site), refused!.Name, source.Name)
            : result;
    }

    /// <summary>Whether a call that is being evaluated has returned for some elements.</summary>
    private bool HasReturned
    {
        get
        {
            for (Frame? frame = _frame; frame is not null; frame = frame.Caller)
            {
                if (frame.Returned.Value is TruthValue)
                    return true;
            }

            return false;
        }
    }

    /// <summary>What <c>Forward</c> a layer has, for messages.</summary>
    public static string KnownForwards(INamedTypeSymbol layer)
    {
        string known = string.Join(" or ", Forwards(layer).Select(forward =>
            $"{forward.ReturnType.ToDisplayString(SymbolDisplayFormat.MinimallyQualifiedFormat)} Forward({ParameterTypes(forward)})"));
        return known.Length > 0 ? known : "no method Forward; write 'public override Tensor Forward(Tensor x)' in its class";
    }

    /// <summary>The types of a method's parameters, for messages and to tell methods apart.</summary>
    public static string ParameterTypes(IMethodSymbol method) =>
        string.Join(", ", method.Parameters.Select(parameter => parameter.Type.ToDisplayString(SymbolDisplayFormat.MinimallyQualifiedFormat).TrimEnd('?')));

    private Value? InvokeLayer(ObjectValue layer, IMethodSymbol forward, Variable[] arguments, SyntaxNode? site, string path)
    {
        int before = Model!.Graph.Count;
        LayerScope scope = new(path) { WeightTransform = layer.Member("WeightTransform").Value as ObjectValue };
        int use = Model.BeginUse(path, layer.Type.Name);
        AttributeData? recompute = layer.Recompute ?? layer.Type.Attribute("RecomputeAttribute");
        bool isRecomputed = recompute is not null && Model.BeginRecomputed();
        Value? result = InvokeBody(forward, layer, arguments, site, captured: null, scope);
        if (isRecomputed)
            Model.EndRecomputed(path, before, recompute!);
        Model.EndUse(use, (result as TensorValue)?.Node);
        if (result is TensorValue tensor)
            Model.Name(tensor.Node, before, path, "");
        return result;
    }

    private Value? InvokeBody(IMethodSymbol method, Value? instance, Variable[] arguments, SyntaxNode? site, Frame? captured, LayerScope? scope)
    {
        for (Frame? active = _frame; active is not null; active = active.Caller)
        {
            if (SymbolEqualityComparer.Default.Equals(active.Method, method) && ReferenceEquals(active.Instance, instance))
                throw Fault(DiagnosticDescriptors.Recursion, Callee(site), method.Name);
        }

        if (_frame?.Depth >= MaxDepth)
            throw Fault(DiagnosticDescriptors.Recursion, Callee(site), method.Name);
        if (method.MethodKind == MethodKind.LocalFunction && captured is null)
            captured = Enclosing(method);
        Frame frame = new(method, instance ?? captured?.Instance, _frame, site) { Captured = captured, Scope = scope ?? (_frame is null ? Model?.Root : null) };
        return Run(frame, method, arguments, Body(method, site));
    }

    private Value? Run(Frame frame, IMethodSymbol method, Variable[] arguments, IEnumerable<IOperation> body)
    {
        for (int i = 0; i < arguments.Length; i++)
        {
            bool shared = method.Parameters[i].RefKind is RefKind.Ref or RefKind.Out;
            frame.Declare(method.Parameters[i], shared ? arguments[i] : new Variable(arguments[i].Value, frame.Depth));
        }

        int before = Model?.Graph.Count ?? 0;
        return InFrame(frame, () =>
        {
            Execute(body);
            if (frame.Result.Value is TensorValue tensor && method.MethodKind == MethodKind.Ordinary && frame.Caller is not null)
                Model?.Name(tensor.Node, before, frame.Scope?.Path, method.Name);
            return frame.Result.Value;
        });
    }

    private T InFrame<T>(Frame frame, Func<T> evaluate)
    {
        Frame? caller = _frame;
        _frame = frame;
        T result = evaluate();
        _frame = caller;
        return result;
    }

    /// <summary>The call in which a local function is declared.</summary>
    private Frame? Enclosing(IMethodSymbol local)
    {
        Frame? frame = _frame;
        while (frame is not null && !SymbolEqualityComparer.Default.Equals(frame.Method, local.ContainingSymbol))
            frame = frame.Captured ?? frame.Caller;
        return frame;
    }

    private IEnumerable<IOperation> Body(IMethodSymbol method, SyntaxNode? site)
    {
        SyntaxNode? syntax = (method.PartialImplementationPart ?? method).DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax(Cancellation);
        IOperation? operation = syntax is null ? null : ModelOf(syntax.SyntaxTree).GetOperation(syntax, Cancellation);
        IOperation? body = operation switch
        {
            IMethodBodyBaseOperation declared => declared.BlockBody ?? declared.ExpressionBody,
            ILocalFunctionOperation local => local.Body ?? local.IgnoredBody,
            IBlockOperation block => block,
            _ => null,
        };
        return body is null ? throw Fault(DiagnosticDescriptors.UnsupportedCall, Callee(site), method.Name) : [body];
    }

    /// <summary>The declaration in source that evaluation reads. Null for what is declared elsewhere.</summary>
    private ISymbol? SourceOf(ISymbol symbol) => _sources.Find(symbol);

    private INamedTypeSymbol? SourceOf(INamedTypeSymbol type) => (INamedTypeSymbol?)SourceOf((ISymbol)type.OriginalDefinition);

    /// <summary>Whether the class can be read, be it the user's, the library's, or one that its assembly carries.</summary>
    public bool CanRead(INamedTypeSymbol type) => SourceOf(type) is not null;

    private EvaluationFault Foreign(IMethodSymbol method, SyntaxNode? site)
    {
        string name = method.ContainingType is null ? method.Name
            : method.MethodKind == MethodKind.Constructor ? "new " + method.ContainingType.Name
            : method.ContainingType.Name + "." + method.Name;
        return method.ContainingAssembly is not IAssemblySymbol assembly || LibraryCompilation.IsFramework(assembly) || assembly.Name == LibraryCompilation.RuntimeAssembly
            ? Fault(DiagnosticDescriptors.UnsupportedCall, Callee(site), name)
            : Fault(DiagnosticDescriptors.ForeignDefinition, UsersCallee(site), name, assembly.Name, WhyForeign(assembly));
    }

    private string WhyForeign(IAssemblySymbol assembly) => _sources.AreCarriedBy(assembly)
        ? "which carries the source of its public layers, rules, schedules, and static methods on tensors or marked [Elementwise], with what they use; make it one of them there"
        : "which carries no source of definitions; let that project refer to the package OptGen and build it again, or define it in this project";

    /// <summary>What the compiler could not make sense of: its own message says so in the user's code, but nothing does in what an assembly carries.</summary>
    private EvaluationFault Invalid(IOperation operation)
    {
        if (IsUsers(operation.Syntax) || _frame?.Method is not IMethodSymbol method || !_sources.IsCarried(method))
            return new EvaluationFault(null);
        string why = $"whose source can't be compiled here at '{Excerpt(operation.Syntax)}'; refer to the assembly that declares what is missing";
        return Fault(DiagnosticDescriptors.ForeignDefinition, UsersCallee(operation.Syntax), method.ContainingType.Name + "." + method.Name, method.ContainingAssembly.Name, why);
    }

    private static string FullName(INamedTypeSymbol? type) =>
        type is null ? ""
        : type.ContainingNamespace is { IsGlobalNamespace: false } container ? container.ToDisplayString() + "." + type.MetadataName
        : type.MetadataName;
}
