using Microsoft.CodeAnalysis;

namespace OptGen.Generator.Frontend;

/// <summary>One call under evaluation.</summary>
/// <param name="method">What is called.</param>
/// <param name="instance">Its <c>this</c>.</param>
/// <param name="captured">The call in which a lambda or local function was declared.</param>
/// <param name="depth">1 for the outermost call.</param>
internal sealed class Frame(IMethodSymbol method, Value? instance, Frame? captured, int depth)
{
    private readonly Dictionary<ISymbol, Variable> _variables = new(SymbolEqualityComparer.Default);

    public IMethodSymbol Method { get; } = method;

    public Value? Instance { get; } = instance ?? captured?.Instance;

    public Frame? Captured { get; } = captured;

    public int Depth { get; } = depth;

    /// <summary>The result, once a <c>return</c> gave it.</summary>
    public Variable Result { get; } = new(null, depth);

    /// <summary>Whether the call has returned: true, false, or a truth value about the element.</summary>
    public Variable Returned { get; } = new(Value.False, depth);

    public void Declare(ISymbol symbol, Variable variable) => _variables[symbol] = variable;

    public Variable? Find(ISymbol symbol) => _variables.TryGetValue(symbol, out Variable variable) ? variable : Captured?.Find(symbol);
}
