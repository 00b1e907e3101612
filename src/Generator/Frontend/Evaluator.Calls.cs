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
        bool isLayer = Model is not null && site is not null && source.Name == "Forward";
        if (isLayer && instance is ObjectValue layer && IsLayer(layer.Type) && _frame?.Scope is LayerScope scope)
            return InvokeLayer(layer, source, arguments, site, scope.PathOf(layer));
        Value? result = InvokeBody(source, instance, arguments, site, captured, scope: null);
        if (Chain is null || result is null)
            return result;
        return source.Has(OptimizerSymbols.Reduce) ? Chain.Reduce(source, result)
            : source.Has(OptimizerSymbols.Whole) ? Chain.Whole(source, result)
            : result;
    }

    private Value? InvokeLayer(ObjectValue layer, IMethodSymbol forward, Variable[] arguments, SyntaxNode? site, string path)
    {
        int before = Model!.Graph.Count;
        LayerScope scope = new(path) { WeightTransform = layer.Member("WeightTransform").Value as ObjectValue };
        int use = Model.BeginUse(path, layer.Type.Name);
        Value? result = InvokeBody(forward, layer, arguments, site, captured: null, scope);
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

    /// <summary>
    /// The declaration in source that evaluation reads: the user's own, or for the runtime's, that of the library. Null for what is declared elsewhere.
    /// </summary>
    private ISymbol? SourceOf(ISymbol symbol)
    {
        IAssemblySymbol? assembly = symbol.ContainingAssembly;
        SymbolEqualityComparer same = SymbolEqualityComparer.Default;
        if (same.Equals(assembly, Compilation.Assembly) || same.Equals(assembly, Library.Compilation.Assembly))
            return symbol;
        return assembly?.Name == LibraryCompilation.RuntimeAssembly ? Library.Find(symbol) : null;
    }

    private INamedTypeSymbol? SourceOf(INamedTypeSymbol type) => (INamedTypeSymbol?)SourceOf((ISymbol)type.OriginalDefinition);

    private EvaluationFault Foreign(IMethodSymbol method, SyntaxNode? site)
    {
        string name = method.ContainingType is null ? method.Name
            : method.MethodKind == MethodKind.Constructor ? "new " + method.ContainingType.Name
            : method.ContainingType.Name + "." + method.Name;
        string assembly = AssemblyOf(method);
        return assembly.StartsWith("System", StringComparison.Ordinal) || assembly is "mscorlib" or "netstandard" or LibraryCompilation.RuntimeAssembly
            ? Fault(DiagnosticDescriptors.UnsupportedCall, Callee(site), name)
            : Fault(DiagnosticDescriptors.ForeignDefinition, Callee(site), name, assembly);
    }

    private static string AssemblyOf(ISymbol? symbol) => symbol?.ContainingAssembly?.Name ?? "";

    private static string FullName(INamedTypeSymbol? type) =>
        type is null ? ""
        : type.ContainingNamespace is { IsGlobalNamespace: false } container ? container.ToDisplayString() + "." + type.MetadataName
        : type.MetadataName;
}
