using Microsoft.CodeAnalysis;
using OptGen.Generator.Diagnostics;
using OptGen.Generator.Graph;
using OptGen.Generator.Scalar;

namespace OptGen.Generator.Frontend;

/// <summary>What a call gave: its result, and the arguments after it, in which <c>ref</c> parameters have their new values.</summary>
internal sealed record CallResult(Value? Return, IReadOnlyList<Value> Arguments);

/// <summary>
/// Evaluates a subset of C# in which numbers, shapes and flags are known, so that code over them simply runs, while tensors and elements are symbolic.
/// </summary>
internal sealed partial class Evaluator
{
    public Evaluator(Compilation compilation, DiagnosticBag diagnostics, CancellationToken cancellation)
    {
        Compilation = compilation;
        Diagnostics = diagnostics;
        Cancellation = cancellation;
        Library = LibraryCompilation.For(compilation);
    }

    public Compilation Compilation { get; }

    public LibraryCompilation Library { get; }

    public DiagnosticBag Diagnostics { get; }

    public CancellationToken Cancellation { get; }

    /// <summary>Where operations on elements go; set it before a call with <see cref="ElementValue"/>s.</summary>
    public ScalarBuilder? Scalar { get; set; }

    /// <summary>Where operations on tensors go.</summary>
    public GraphBuilder? Graph { get; set; }

    /// <summary>Evaluates a method's body. Null when something is wrong, which is then among the diagnostics.</summary>
    /// <param name="blame">What a diagnostic underlines when the fault lies in a definition of the library.</param>
    public CallResult? Call(IMethodSymbol method, Value? instance, IReadOnlyList<Value> arguments, Location? blame = null) =>
        throw new NotSupportedException();

    /// <summary>The instance that an attribute stands for, with its constructor and initializers run. Null as for <see cref="Call"/>.</summary>
    public ObjectValue? Create(AttributeData attribute) => throw new NotSupportedException();

    /// <summary>A new instance of a class with a constructor without parameters. Null as for <see cref="Call"/>.</summary>
    public ObjectValue? Create(INamedTypeSymbol type, Location? blame = null) => throw new NotSupportedException();
}
