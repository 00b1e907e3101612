using Microsoft.CodeAnalysis;

namespace OptGen.Generator.Frontend;

/// <summary>Where an optimizer's definition is evaluated: what its calls mean that reach beyond one element.</summary>
internal interface IChainSite
{
    /// <summary>What a call of a method marked <c>[Reduce]</c> gives, when its body gives <paramref name="term"/>.</summary>
    Value Reduce(IMethodSymbol method, Value term);

    /// <summary>What a call of a method marked <c>[Whole]</c> gives, when its body gives <paramref name="term"/>.</summary>
    /// <param name="arguments">What the call hands over, the term's own first.</param>
    /// <param name="unfit">The parameter for which that is nothing that code on whole tensors can be handed.</param>
    Value? Whole(IMethodSymbol method, Value term, IReadOnlyList<Value?> arguments, out IParameterSymbol? unfit);

    /// <summary>A call of a method marked <c>[Once]</c>.</summary>
    /// <param name="arguments">What the call hands over.</param>
    /// <param name="location">The call in the user's code, or what led to it.</param>
    /// <returns>Why it can't be called so; null if it can.</returns>
    string? Once(IMethodSymbol method, IReadOnlyList<Value?> arguments, Location? location);

    /// <summary>How many rows, or columns, the element's tensor has.</summary>
    Value Size(bool rows);

    /// <summary>A random number of the element.</summary>
    Value Uniform(int stream);

    /// <summary>The step ends where the condition is true.</summary>
    /// <param name="location">The condition in the user's code, or what led to it.</param>
    void Hold(Value condition, Location? location);

    /// <summary>What follows leaves the element out where the condition is true.</summary>
    void Skip(Value condition);
}
