using Microsoft.CodeAnalysis;
using OptGen.Generator.Diagnostics;
using OptGen.Generator.Graph;
using OptGen.Generator.Scalar;

namespace OptGen.Generator.Frontend;

/// <summary>What a call gave: its result, and the arguments after it, in which <c>ref</c> parameters have their new values.</summary>
internal sealed record CallResult(Value? Return, IReadOnlyList<Value> Arguments);

/// <summary>
/// Evaluates a subset of C# in which numbers, shapes and flags are known, so that code over them simply runs, while tensors and elements are symbolic.
/// Its parts: statements, expressions, places (what can be assigned), calls, objects, branches on truth values, arithmetic, mathematical functions, tensor
/// primitives, faults.
/// </summary>
internal sealed partial class Evaluator
{
    private const int MaxOperations = 500_000;
    private const string MaxOperationsText = "500,000 operations";
    private const int MaxDepth = 100;

    private readonly DefinitionSources _sources;
    private readonly Dictionary<ISymbol, Variable> _statics = new(SymbolEqualityComparer.Default);

    /// <summary>For each open branch, the values from before it of the variables that it has written.</summary>
    private readonly Stack<Dictionary<Variable, Value?>> _journals = new();
    private Frame? _frame;
    private Location? _blame;
    private int _operations;

    /// <summary>The depth of the call that maps a function over elements; what its variables hold must not depend on any one element.</summary>
    private int _mappedFrom;

    public Evaluator(Compilation compilation, DiagnosticBag diagnostics, CancellationToken cancellation)
    {
        Compilation = compilation;
        Diagnostics = diagnostics;
        Cancellation = cancellation;
        _sources = new DefinitionSources(compilation);
    }

    public Compilation Compilation { get; }

    public LibraryCompilation Library => _sources.Library;

    public DiagnosticBag Diagnostics { get; }

    public CancellationToken Cancellation { get; }

    /// <summary>Where operations on elements go; set it before a call with <see cref="ElementValue"/>s.</summary>
    public ScalarBuilder? Scalar { get; set; }

    /// <summary>Takes the calls of an optimizer's definition that reach beyond one element; null where there are none.</summary>
    public IChainSite? Chain { get; set; }

    /// <summary>The model that operations on tensors build; null where there are none.</summary>
    public ModelBuilder? Model { get; set; }

    /// <summary>Evaluates a method's body. Null when something is wrong, which is then among the diagnostics.</summary>
    /// <param name="blame">What a diagnostic underlines when the fault lies in a definition of the library.</param>
    public CallResult? Call(IMethodSymbol method, Value? instance, IReadOnlyList<Value> arguments, Location? blame = null) =>
        Guard(blame ?? method.Locations.FirstOrDefault(), () =>
        {
            Variable[] variables = arguments.Select(argument => new Variable(argument, 0)).ToArray();
            Value? result = Invoke(method, instance, variables, site: null);
            return new CallResult(result, variables.Select(variable => variable.Value ?? Value.Null).ToArray());
        });

    /// <summary>The instance that an attribute stands for, with its constructor and initializers run. Null as for <see cref="Call"/>.</summary>
    public ObjectValue? Create(AttributeData attribute) => Guard(LocationOf(attribute.ApplicationSyntaxReference?.GetSyntax()), () => FromAttribute(attribute));

    /// <summary>A new instance of a class with a constructor without parameters. Null as for <see cref="Call"/>.</summary>
    public ObjectValue? Create(INamedTypeSymbol type, Location? blame = null) => Guard(blame ?? type.Locations.FirstOrDefault(), () =>
    {
        INamedTypeSymbol source = SourceOf(type) ?? type;
        ObjectValue created = new(source);
        IMethodSymbol? constructor = source.InstanceConstructors.FirstOrDefault(candidate => candidate.Parameters.IsEmpty);
        Construct(created, source, constructor, [], site: null);
        return created;
    });

    private T? Guard<T>(Location? blame, Func<T> evaluate)
        where T : class
    {
        Frame? frame = _frame;
        Location? outer = _blame;
        _blame = blame;
        try
        {
            return evaluate();
        }
        catch (EvaluationFault fault)
        {
            if (fault.Diagnostic is not null)
                Diagnostics.Add(fault.Diagnostic);
        }
        catch (InsufficientExecutionStackException)
        {
            Diagnostics.Report(DiagnosticDescriptors.TooManyOperations, Where(null), "what the stack of the compiler holds");
        }
        finally
        {
            _frame = frame;
            _blame = outer;
            if (frame is null)
                _journals.Clear();
        }

        return null;
    }

    /// <summary>Every evaluated operation passes here, so that no program of the user's makes the compiler hang or overflow its stack.</summary>
    private void Tick(IOperation operation)
    {
        Cancellation.ThrowIfCancellationRequested();
        System.Runtime.CompilerServices.RuntimeHelpers.EnsureSufficientExecutionStack();
        if (++_operations > MaxOperations)
            throw Fault(DiagnosticDescriptors.TooManyOperations, operation.Syntax, MaxOperationsText);
    }

    private SemanticModel ModelOf(SyntaxTree tree) => _sources.ModelOf(tree);
}
