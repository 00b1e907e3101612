using OptGen.Generator.Scalar;
using OptGen.Generator.Specs;

namespace OptGen.Generator.Lowering;

/// <summary>What a pass over the elements writes.</summary>
internal enum PassOutputKind
{
    /// <summary>The parameter, in place.</summary>
    Parameter,

    /// <summary>State <see cref="PassOutput.Index"/>, in place.</summary>
    State,

    /// <summary>A term of reduction <see cref="PassOutput.Index"/>.</summary>
    Term,
}

internal readonly record struct PassOutput(PassOutputKind Kind, int Index);

/// <summary>
/// One pass over all elements: what is computed for each of them, and what the host computes once for everything, for each tensor, row or column.
/// </summary>
/// <param name="Name">In Pascal case, unique in the optimizer.</param>
/// <param name="Element">Over <paramref name="ElementInputs"/>, then the passed values; its outputs are <paramref name="Outputs"/>.</param>
/// <param name="Host">
/// Its outputs are the passed values, then those of <paramref name="HostOutputs"/>: new values of states kept for a tensor, a row or a column, and terms that are the
/// same all over a row.
/// </param>
/// <param name="PassedNames">A name in camel case for each passed value.</param>
/// <param name="ExtentNumbers">The extent of each value of the host, as a number.</param>
internal sealed record UpdatePass(
    string Name,
    ScalarFunction Element,
    EquatableArray<PassOutput> Outputs,
    EquatableArray<UpdateInput> ElementInputs,
    BoundFunction Host,
    EquatableArray<string> PassedNames,
    EquatableArray<int> ExtentNumbers,
    EquatableArray<PassOutput> HostOutputs)
{
    /// <summary>The extent of each value of the host.</summary>
    public IEnumerable<Extent> HostExtents => ExtentNumbers.Select(number => (Extent)number);

    public int PassedCount => PassedNames.Count;

    /// <summary>The extent of a passed value.</summary>
    public Extent ExtentOf(int passed) => (Extent)ExtentNumbers[Host.Function.Outputs[passed]];

    /// <summary>The passed values that are single numbers: the pass's uniforms.</summary>
    public IEnumerable<int> UniformValues => Enumerable.Range(0, PassedCount).Where(passed => ExtentOf(passed) != Extent.Column);

    /// <summary>The passed values of which there is one for each column.</summary>
    public IEnumerable<int> ColumnValues => Enumerable.Range(0, PassedCount).Where(passed => ExtentOf(passed) == Extent.Column);

    /// <summary>Whether the pass draws random numbers.</summary>
    public bool IsRandom => ElementInputs.Any(input => input.Kind == UpdateInputKind.Random);

    /// <summary>Whether the pass must go row by row. Random numbers are drawn row by row, so that every pass finds the same ones.</summary>
    public bool GoesByRows(OptimizerSpec optimizer) =>
        IsRandom
        || HostExtents.Any(extent => extent is Extent.Row or Extent.Column)
        || Terms(optimizer).Any(reduction => reduction.Over is Extent.Row or Extent.Column);

    /// <summary>Whether the host writes states or terms in the pass.</summary>
    public bool HasHostOutputs => HostOutputs.Count > 0;

    /// <summary>The reductions whose terms the pass adds up.</summary>
    public IEnumerable<ReductionSpec> Terms(OptimizerSpec optimizer) =>
        Outputs.Concat(HostOutputs).Where(output => output.Kind == PassOutputKind.Term).Select(output => optimizer.Reductions[output.Index]);

    /// <summary>Makes a pass of outputs of a composed update.</summary>
    /// <param name="outputs">What is wanted, by the number of the function's output; a state of more than an element becomes the host's.</param>
    public static UpdatePass Of(string name, OptimizerSpec optimizer, ParameterGroups groups, ScalarFunction function, EquatableArray<UpdateInput> inputs, IReadOnlyList<(int Output, PassOutput Meaning)> outputs)
    {
        ScalarBuilder builder = new();
        int[] results = builder.Inline(function, [.. Enumerable.Range(0, function.InputCount).Select(builder.Input)]);
        ScalarFunction wanted = Compose.DropUnread(builder.Build(function.InputCount, [.. outputs.Select(output => results[output.Output])]), out int[] kept);
        Extent ExtentOfInput(int input) => ExtentOf(optimizer, groups, inputs[kept[input]]);
        Extent[] wantedExtents = Extents.Of(wanted, ExtentOfInput);
        bool IsOfElement(int output) => outputs[output].Meaning switch
        {
            { Kind: PassOutputKind.State, Index: int slot } => optimizer.States[slot].Over == Extent.Element,
            { Kind: PassOutputKind.Term, Index: int reduction } =>
                wantedExtents[wanted.Outputs[output]] != Extent.Row || optimizer.Reductions[reduction].Over is not (Extent.Tensor or Extent.Everything),
            _ => true,
        };
        UniformSplit split = UniformSplit.Of(wanted, ExtentOfInput, IsOfElement);
        ScalarFunction host = Compose.DropUnread(split.Host, out int[] read);
        EquatableArray<UpdateInput> hostInputs = read.Select(input => inputs[kept[split.HostInputs[input]]]).ToEquatableArray();
        Extent[] extents = Extents.Of(host, input => ExtentOf(optimizer, groups, hostInputs[input]));
        string[] names = UniformNames.Of(host, split.PassedCount, hostInputs.Select(input => NameOf(optimizer, input)).ToArray());

        // Comments in emitted code replace the numbers of uniforms by names, which what varies from column to column must not look like.
        for (int k = 0; k < names.Length; k++)
        {
            if (extents[host.Outputs[k]] == Extent.Column)
                names[k] = "ofColumn" + char.ToUpperInvariant(names[k][0]) + names[k].Substring(1);
        }

        return new UpdatePass(
            name,
            split.Element,
            Enumerable.Range(0, outputs.Count).Where(IsOfElement).Select(output => outputs[output].Meaning).ToEquatableArray(),
            split.ElementInputs.Select(input => inputs[kept[input]]).ToEquatableArray(),
            new BoundFunction(host, hostInputs),
            names.ToEquatableArray(),
            extents.Select(extent => (int)extent).ToEquatableArray(),
            Enumerable.Range(0, outputs.Count).Where(output => !IsOfElement(output)).Select(output => outputs[output].Meaning).ToEquatableArray());
    }

    /// <summary>Over how much an input is the same number.</summary>
    public static Extent ExtentOf(OptimizerSpec optimizer, ParameterGroups? groups, UpdateInput input) => input.Kind switch
    {
        UpdateInputKind.Hyper => groups?.Varies(optimizer, input.Index) == true ? Extent.Tensor : Extent.Everything,
        UpdateInputKind.Step or UpdateInputKind.Loss => Extent.Everything,
        UpdateInputKind.Rows or UpdateInputKind.Columns => Extent.Tensor,
        UpdateInputKind.Reduced => optimizer.Reductions[input.Index].Over,
        UpdateInputKind.State => optimizer.States[input.Index].Over,
        _ => Extent.Element,
    };

    private static string NameOf(OptimizerSpec optimizer, UpdateInput input) => input.Kind switch
    {
        UpdateInputKind.Hyper => Camel(optimizer.Hypers[input.Index].Name),
        UpdateInputKind.State => Camel(optimizer.States[input.Index].Name),
        UpdateInputKind.Reduced => Camel(optimizer.Reductions[input.Index].Name),
        UpdateInputKind.Rows => "rows",
        UpdateInputKind.Columns => "columns",
        UpdateInputKind.Loss => "loss",
        _ => "step",
    };

    private static string Camel(string name) => char.ToLowerInvariant(name[0]) + name.Substring(1);
}
