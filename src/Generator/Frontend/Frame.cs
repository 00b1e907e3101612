using Microsoft.CodeAnalysis;

namespace OptGen.Generator.Frontend;

/// <summary>One call under evaluation.</summary>
internal sealed class Frame(IMethodSymbol? method, Value? instance, Frame? caller, SyntaxNode? site)
{
    private readonly Dictionary<ISymbol, Variable> _variables = new(SymbolEqualityComparer.Default);
    private LayerScope? _scope;

    /// <summary>What is called; null while initializers run.</summary>
    public IMethodSymbol? Method { get; } = method;

    /// <summary>The call's <c>this</c>.</summary>
    public Value? Instance { get; } = instance;

    public Frame? Caller { get; } = caller;

    /// <summary>The expression that called, in the caller's code.</summary>
    public SyntaxNode? Site { get; } = site;

    /// <summary>1 for the outermost call.</summary>
    public int Depth { get; } = (caller?.Depth ?? 0) + 1;

    /// <summary>The call in which a lambda or local function was declared.</summary>
    public Frame? Captured { get; init; }

    /// <summary>The layer whose parameters the call declares.</summary>
    public LayerScope? Scope
    {
        get => _scope ?? Caller?.Scope;
        init => _scope = value;
    }

    /// <summary>The result, once a <c>return</c> gave it.</summary>
    public Variable Result { get; } = new(null, (caller?.Depth ?? 0) + 1);

    /// <summary>Whether the call has returned: true, false, or a truth value about the element.</summary>
    public Variable Returned { get; } = new(Value.False, (caller?.Depth ?? 0) + 1);

    /// <summary>The object whose initializer is being evaluated.</summary>
    public ObjectValue? Initializing { get; set; }

    public void Declare(ISymbol symbol, Variable variable) => _variables[symbol] = variable;

    public Variable? Find(ISymbol symbol) => _variables.TryGetValue(symbol, out Variable variable) ? variable : Captured?.Find(symbol);
}
