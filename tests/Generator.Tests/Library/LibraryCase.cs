namespace OptGen.Generator.Tests.Library;

/// <summary>What the numbers of an input are drawn from.</summary>
internal enum Domain
{
    /// <summary>Between −1.5 and 1.5.</summary>
    Real,

    /// <summary>Between −8 and 8: past the kinks of activations.</summary>
    Wide,

    Positive,

    /// <summary>Between 0.05 and 0.95.</summary>
    Probability,

    /// <summary>Probabilities along the last axis, which add up to 1.</summary>
    Distribution,

    /// <summary>Their logarithms.</summary>
    LogDistribution,

    /// <summary>−1 or 1; not moved.</summary>
    Sign,

    /// <summary>0 or 1; not moved.</summary>
    Switch,
}

/// <summary>A model of a size that shows what a definition of the library does.</summary>
/// <param name="Name">Unique; part of a class's name.</param>
/// <param name="Definitions">What the case proves.</param>
/// <param name="Body">The body of the model's class at a size.</param>
internal sealed record LibraryCase(string Name, string[] Definitions, Func<int, string> Body)
{
    /// <summary>One element, and a vector of 512 bits of doubles with its neighbours, the lower of which is prime.</summary>
    public static readonly int[] Awkward = [1, 7, 8, 9];

    public int[] Sizes { get; init; } = Awkward;

    public int Batch { get; init; } = 5;

    /// <summary>What inputs and targets are drawn from, in their order; <see cref="Domain.Real"/> for the rest.</summary>
    public Domain[] Domains { get; init; } = [];

    /// <summary>Whether the pass is that of training.</summary>
    public bool IsTraining { get; init; } = true;

    /// <summary>
    /// Whether the gradient leaves out, on purpose, some way by which the loss depends on what is moved: what <c>StopGradient</c> gives. For differences, that is held.
    /// </summary>
    public bool StopsGradient { get; init; }

    /// <summary>Its predictions or, in a model with a loss, its loss, by plain loops.</summary>
    public Func<Call, double[][]>? Reference { get; init; }

    /// <summary>What the statistics that it keeps are after the pass, by their names.</summary>
    public Func<Call, Dictionary<string, double[]>>? After { get; init; }

    public override string ToString() => Name;

    /// <summary>The awkward size after this one, so that the sizes of two axes differ.</summary>
    public static int Next(int size) => Awkward[(Array.IndexOf(Awkward, size) + 1) % Awkward.Length];

    /// <summary>One layer by its attribute, on an input of a shape.</summary>
    public static LibraryCase Layer(string name, Func<int, string> attribute, Func<int, string> shape) =>
        new(name, [Definition(name)], n => $"[{attribute(n)}] private static partial Tensor Layer(Tensor x); [Forward] private static Tensor Forward([Shape({shape(n)})] Tensor x) => Layer(x);");

    /// <summary>A function of one tensor.</summary>
    public static LibraryCase Function(string name, string call, Func<int, string>? shape = null, Domain domain = Domain.Real) =>
        new(name, [Definition(name)], n => $"[Forward] private static Tensor Forward([Shape({(shape is null ? $"{n}" : shape(n))})] Tensor x) => {call};") { Domains = [domain] };

    /// <summary>A loss of a prediction and targets, written with their types.</summary>
    public static LibraryCase Loss(string name, string call, Func<int, string> targets, params Domain[] domains) =>
        new(name, [Definition(name)], n => $"[Forward] private static Tensor Forward([Shape({n})] Tensor x) => x; [Loss] private static Tensor Loss(Tensor y, {targets(n)}) => {call};") { Domains = domains };

    private static string Definition(string name) => name.Split('_')[0];
}

/// <summary>What a reference gets: the content of everything at one call.</summary>
/// <param name="Inputs">Inputs, then targets; full batches.</param>
/// <param name="Parameters">By their names.</param>
/// <param name="Statistics">By their names.</param>
internal sealed record Call(int Size, int Rows, double[][] Inputs, IReadOnlyDictionary<string, double[]> Parameters, IReadOnlyDictionary<string, double[]> Statistics)
{
    /// <summary>The same call with nothing moved, from which a gradient that is stopped takes its constants.</summary>
    public Call? Origin { get; init; }

    public bool IsTraining { get; init; } = true;

    public double[] X => Inputs[0];

    public double[] this[string name] => Parameters["Layer." + name];
}
