using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;
using OptGen.Generator.Scalar;

namespace OptGen.Generator.Frontend;

/// <summary>What an expression of the user's code stands for while the reader evaluates it.</summary>
internal abstract record Value
{
    public static KnownValue Null { get; } = new((object?)null);

    public static KnownValue True { get; } = new(true);

    public static KnownValue False { get; } = new(false);

    public static KnownValue Of(bool value) => value ? True : False;

    public static KnownValue Of(long value) => new(value);

    public static KnownValue Of(double value) => new(value);

    public static KnownValue Of(string value) => new(value);
}

/// <summary>
/// A number, flag, string or null known now. <see cref="Data"/> is a <see cref="long"/> for every integral type, a <see cref="double"/> for every real one
/// (<c>0.1f</c> is 0.1), a <see cref="bool"/>, a <see cref="string"/>, or null.
/// </summary>
internal sealed record KnownValue(object? Data) : Value
{
    /// <summary>The number, whole or real; a flag counts as 0 or 1.</summary>
    public double? Number => Data switch
    {
        double real => real,
        long whole => whole,
        bool flag => flag ? 1 : 0,
        _ => null,
    };
}

/// <summary>A member of an enumeration.</summary>
/// <param name="Type">Full name of the enumeration.</param>
/// <param name="Member">Empty when no member has that number.</param>
internal sealed record EnumValue(string Type, string Member, long Number) : Value;

/// <summary>A number about one element, as value <see cref="Number"/> of <see cref="Builder"/>.</summary>
internal sealed record ElementValue(ScalarBuilder Builder, int Number) : Value;

/// <summary>A truth value about one element, as value <see cref="Number"/> of <see cref="Builder"/>.</summary>
internal sealed record TruthValue(ScalarBuilder Builder, int Number) : Value;

/// <summary>A tensor: a node of the graph that is being built.</summary>
internal sealed record TensorValue(int Node) : Value;

/// <summary>Class labels: an input of the model.</summary>
internal sealed record LabelsValue(int Node, int Input) : Value;

/// <summary>A variable: what locals, parameters, fields and array elements are, so that references can share them.</summary>
/// <param name="depth">Depth of the call that owns it; 0 for what outlives every call.</param>
internal sealed class Variable(Value? value, int depth)
{
    public Value? Value { get; set; } = value;

    public int Depth { get; } = depth;
}

/// <summary>An array or a list; compared by identity.</summary>
internal sealed record ArrayValue(IReadOnlyList<Variable> Items) : Value
{
    public bool Equals(ArrayValue? other) => ReferenceEquals(this, other);

    public override int GetHashCode() => System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(this);
}

internal sealed record TupleValue(IReadOnlyList<Value> Items) : Value
{
    public bool Equals(TupleValue? other) => other is not null && Items.SequenceEqual(other.Items);

    public override int GetHashCode() => Items.Count;
}

/// <summary>An instance of a class of the user's or of the library, such as a layer or an update rule; compared by identity.</summary>
/// <param name="Type">The class as it is declared in source.</param>
internal sealed record ObjectValue(INamedTypeSymbol Type) : Value
{
    private readonly Dictionary<string, Variable> _members = [];

    /// <summary>Where the user gave each argument and property, by name.</summary>
    public Dictionary<string, SyntaxNode> Arguments { get; } = [];

    /// <summary>The variable to which the object was first assigned; names its parameters.</summary>
    public string? Name { get; set; }

    /// <summary>The mark on the layer method by which the layer's values are computed again for the backward pass.</summary>
    public AttributeData? Recompute { get; set; }

    public bool IsAssigned(string member) => _members.ContainsKey(member);

    /// <summary>The field or property of that name, unassigned at first.</summary>
    public Variable Member(string name)
    {
        if (!_members.TryGetValue(name, out Variable variable))
            _members.Add(name, variable = new Variable(null, 0));
        return variable;
    }

    /// <summary>Gives a field or property a value, such as an <see cref="ElementValue"/> for a hyperparameter.</summary>
    public void Set(string member, Value value) => Member(member).Value = value;

    public bool Equals(ObjectValue? other) => ReferenceEquals(this, other);

    public override int GetHashCode() => System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(this);
}

/// <summary>A method group, lambda or local function together with what it captures.</summary>
internal sealed record FunctionValue(IMethodSymbol Method, IAnonymousFunctionOperation? Lambda, Value? Instance, Frame? Captured) : Value;
