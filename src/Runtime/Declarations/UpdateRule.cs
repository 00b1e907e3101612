namespace OptGen;

/// <summary>
/// An update rule as an attribute. A rule is a sealed class that derives from this one and holds one method marked <see cref="UpdateAttribute"/>, which
/// says what happens to a single parameter; the generator widens it. Properties marked <see cref="HyperAttribute"/> become settable properties of every
/// optimizer that uses the rule; all other properties are options that are fixed where the attribute is written.
/// </summary>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public abstract class UpdateRule : Attribute
{
    /// <summary>
    /// Whether the rule is compiled with an optional hyperparameter (<see cref="HyperAttribute.Optional"/>). The answer is known when the rule is
    /// compiled, so the code under it, and a state that only this code uses, exists only where the attribute gives the hyperparameter.
    /// </summary>
    /// <param name="hyper">The property of the hyperparameter.</param>
    [Primitive]
    protected static bool Uses(float hyper) => hyper != 0;

    /// <summary>How many rows the element's tensor has as a matrix: the product of the sizes of all axes but the last; 1 for a single axis.</summary>
    [Primitive]
    protected static float Rows() => 1;

    /// <summary>How many columns the element's tensor has: the size of its last axis.</summary>
    [Primitive]
    protected static float Columns() => 1;
}

/// <summary>
/// Marks the method that updates one parameter: <c>void Update(ref float w, float g, [State] ref float m, …, int step)</c>. The first <c>ref float</c> is the
/// parameter, the plain <c>float</c> its gradient, each <c>[State] ref float</c> a number that is kept from step to step (a <c>[State(Copies = …)] float[]</c> several), and the optional <c>int</c> the
/// number of this update, from 1; a <c>[Loss] float</c> is the loss of the step. The generator reads the method and widens it over all parameters.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class UpdateAttribute : Attribute;

/// <summary>
/// Marks a <c>ref float</c> parameter of an update method as a state, kept from step to step: by default one number for each element of the parameters, or one
/// for what <see cref="Over"/> says. The new value of a state may depend only on what is the same all over its extent, such as a sum over it.
/// </summary>
/// <param name="over">What shares one number.</param>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class StateAttribute(Over over = Over.Element) : Attribute
{
    /// <summary>
    /// Marks a state that has a matrix of its own for each tensor, such as one number for each pair of rows. Only methods marked <see cref="WholeAttribute"/> can read and change it.
    /// </summary>
    /// <param name="pairs">Of what it has pairs.</param>
    public StateAttribute(Pairs pairs)
        : this(Over.Tensor)
    {
        Pairs = pairs;
    }

    /// <summary>What shares one number, for a state that is not one of pairs.</summary>
    public Over Over { get; } = over;

    /// <summary>Of what the state has pairs; null for none.</summary>
    public Pairs? Pairs { get; }

    /// <summary>
    /// For a state of pairs: the name of an option, an <c>int</c>. For pairs of rows (or columns), a tensor with more of them has no numbers, as has one of a single row or column; without it, every matrix has its own.
    /// For directions it is how many there are, and they need it.
    /// </summary>
    public string? AtMost { get; set; }

    /// <summary>
    /// For a state that is declared as an array, <c>float[]</c>: the name of an option, an <c>int</c>, that says how many numbers it is. Each of them is a state of its own, named after the array and its number;
    /// an array that is handed to a method marked <see cref="OnceAttribute"/> stays one.
    /// </summary>
    public string? Copies { get; set; }

    /// <summary>
    /// For pairs of rows (or columns): where there are more than <see cref="AtMost"/>, only those of each with itself are kept, one number for each row (or column); so they are for a tensor of a single column (or row).
    /// </summary>
    public bool OrDiagonal { get; set; }

    /// <summary>The value before the first step; 0 by default.</summary>
    public double Initial { get; set; }

    /// <summary>
    /// The state is never negative: in <see cref="Storage.Blockwise8"/> all codes are then for positive numbers, which are twice as fine.
    /// </summary>
    public bool NonNegative { get; set; }

    /// <summary>
    /// The state loses its meaning when it is rounded, since it adds up changes that are small against it, or stands for a second set of parameters: it keeps the element type
    /// unless <see cref="StateStorageAttribute"/> names it.
    /// </summary>
    public bool Exact { get; set; }

    /// <summary>The state is a second set of weights, such as an average. Parameters that are frozen stand in it as they are when the first step is taken.</summary>
    public bool SecondWeights { get; set; }
}

/// <summary>Of what a state has one number for each pair: the matrix that it keeps for a tensor.</summary>
public enum Pairs
{
    /// <summary>Rows of one parameter: a matrix of rows × rows.</summary>
    OfRows,

    /// <summary>Columns of one parameter: a matrix of columns × columns.</summary>
    OfColumns,

    /// <summary>
    /// A few directions (<see cref="StateAttribute.AtMost"/>) in which the shorter axis of one parameter is seen, and the places on that axis: a row for each direction. There are none where that axis is no longer than their number, since
    /// it is seen as it is then.
    /// </summary>
    OfDirections,

    /// <summary>Those directions and the places on the longer axis: a row for each direction, or, where there are none, one number for each element, in the order of the elements.</summary>
    InDirections,
}

/// <summary>
/// Marks a plain <c>float</c> parameter of an update method as a further input: one number for each element of the parameters, in a span of the optimizer that
/// its user fills, such as the diagonal of the Hessian or a mask.
/// </summary>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class InputAttribute : Attribute
{
    /// <summary>The value of every element until it is set; 0 by default.</summary>
    public double Initial { get; set; }
}

/// <summary>
/// Marks a method <c>float X(float term, …)</c> of a rule or a transform as a reduction. Where the rule calls it, the call gives the sum (or mean, or maximum) of
/// its results over a whole extent: all parameters, or the tensor, row or column of the element. The compiler turns the update into passes, one for the
/// reductions that must be known first, then the next.
/// </summary>
/// <param name="over">What is reduced.</param>
/// <param name="kind">How.</param>
[AttributeUsage(AttributeTargets.Method)]
public sealed class ReduceAttribute(Over over = Over.Everything, Reduction kind = Reduction.Sum) : Attribute
{
    /// <summary>What is reduced.</summary>
    public Over Over { get; } = over;

    /// <summary>How.</summary>
    public Reduction Kind { get; } = kind;
}

/// <summary>
/// Marks a method <c>float X(float x)</c> of a rule or a transform as an element of a computation on a whole tensor. Where the rule calls it, its results for all
/// elements of a tensor are handed to a static method <c>void Y&lt;T&gt;(Span&lt;T&gt; matrix, int rows, int columns)</c>, ordinary code that changes them in place; the
/// call gives the element that this leaves. Further parameters are handed on in their order: a <c>ref float</c> for a state of pairs becomes a <c>Span&lt;T&gt;</c>, the matrix of that tensor
/// (empty where it has none), which may be changed; a number, which must be a hyperparameter, a state of everything (as it is before this update), the number of the update, or a constant, becomes a
/// <c>double</c>. Calls that share a state of pairs run in the order of the rule.
/// </summary>
/// <param name="method">The full name of the method on whole tensors: namespace, class and method.</param>
[AttributeUsage(AttributeTargets.Method)]
public sealed class WholeAttribute(string method) : Attribute
{
    /// <summary>The full name of the method on whole tensors.</summary>
    public string Method { get; } = method;

    /// <summary>Name of a hyperparameter; where it is 0 for a tensor, the method is not called. Without it, it always is.</summary>
    public string? When { get; set; }

    /// <summary>
    /// Whether the method draws random numbers: it takes one more argument, the last, a <see cref="Kernels.TensorRandom"/>. They are a function of the optimizer's <c>Seed</c>, the step and the tensor, so a run that is resumed draws the same ones.
    /// </summary>
    public bool Draws { get; set; }
}

/// <summary>
/// Marks a method <c>void X(float[] kept, float[] numbers, float number, …)</c> of a rule as a computation on few numbers that are the same for all parameters. Where the rule calls it, a static
/// method <c>void Y(Span&lt;double&gt; kept, ReadOnlySpan&lt;double&gt; numbers, double number, …)</c> runs, ordinary code, once per step and not for each element. An argument that is a state with
/// <see cref="Over.Everything"/> and <see cref="StateAttribute.Copies"/> is its own memory, which may be changed, and which the rule reads after the call; nothing else changes it. Other arrays, and numbers, must be the
/// same for everything, such as sums.
/// </summary>
/// <param name="method">The full name of that method: namespace, class and method.</param>
[AttributeUsage(AttributeTargets.Method)]
public sealed class OnceAttribute(string method) : Attribute
{
    /// <summary>The full name of the method that runs.</summary>
    public string Method { get; } = method;
}

/// <summary>
/// What shares a number. A parameter of two or more axes counts as a matrix: its columns lie along the last axis, all other axes together are its rows; one of a
/// single axis is a single row.
/// </summary>
public enum Over
{
    /// <summary>Each element by itself.</summary>
    Element,

    /// <summary>The elements of one row of one parameter.</summary>
    Row,

    /// <summary>The elements of one column of one parameter.</summary>
    Column,

    /// <summary>All elements of one parameter.</summary>
    Tensor,

    /// <summary>All elements of all parameters.</summary>
    Everything,
}

/// <summary>How a reduction makes one number of many.</summary>
public enum Reduction
{
    /// <summary>Their sum.</summary>
    Sum,

    /// <summary>Their sum, divided by how many they are.</summary>
    Mean,

    /// <summary>The largest.</summary>
    Max,
}

/// <summary>
/// Marks a property as a hyperparameter: a number that can be set between any two steps without recompiling anything. What depends only on hyperparameters
/// and the step number is computed once per step.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class HyperAttribute : Attribute
{
    /// <summary>The hyperparameter is a strength that applies only to parameters of a decayed kind (weights, unless a <c>[Group]</c> says otherwise).</summary>
    public bool Decay { get; set; }

    /// <summary>
    /// On a rule's attribute: the hyperparameter exists only where it is given. Where it is not, it is the constant 0, and what depends on it is left out of
    /// the compiled update.
    /// </summary>
    public bool Optional { get; set; }

    /// <summary>On a transform: the hyperparameter is that of the update rule which has the same name, such as the learning rate, and none of its own.</summary>
    public bool OfRule { get; set; }

    /// <summary>On a transform: the hyperparameter is that of the transform of this name, which must stand before it in the chain, and none of its own.</summary>
    public string? Of { get; set; }
}
