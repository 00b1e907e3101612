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

    /// <summary>Number <see cref="PassOutput.Index"/> of those that the pass hands to its elements; of a <see cref="LinePass"/>.</summary>
    Passed,
}

internal readonly record struct PassOutput(PassOutputKind Kind, int Index);

/// <summary>A passed value of rows or columns that elements read where it is kept: a state, or what was reduced.</summary>
internal readonly record struct PassedSource(int Passed, UpdateInput Source);

/// <summary>
/// One pass over all elements: what is computed for each of them, what ahead of them for each row and each column, and what the host computes once for everything and for
/// each tensor.
/// </summary>
/// <param name="Name">In Pascal case, unique in the optimizer.</param>
/// <param name="Element">
/// Over <paramref name="ElementInputs"/>, then the passed values; its outputs are <paramref name="Outputs"/>, then, if there are states among them, the flag of
/// <see cref="FlushSubnormal"/>.
/// </param>
/// <param name="Host">
/// Its outputs are the passed values that are uniforms, the uniforms of <paramref name="Rows"/> and of <paramref name="Columns"/>, then <paramref name="HostOutputs"/>: new
/// values of states kept for a tensor.
/// </param>
/// <param name="PassedNames">A name in camel case for each passed value.</param>
/// <param name="PassedExtents">The extent of each passed value, as a number.</param>
/// <param name="Sources">The passed values that nothing is computed for.</param>
/// <param name="Rows">What varies from row to row; null for nothing.</param>
/// <param name="Columns">What varies from column to column; null for nothing.</param>
/// <param name="Skipped">The passed value that says of which rows the pass changes nothing; −1 when there is none. <paramref name="Element"/> is for the others.</param>
/// <param name="SkippedWhen">Whether those rows are the ones for which it is above 0, or all others.</param>
internal sealed record UpdatePass(
    string Name,
    ScalarFunction Element,
    EquatableArray<PassOutput> Outputs,
    EquatableArray<UpdateInput> ElementInputs,
    BoundFunction Host,
    EquatableArray<string> PassedNames,
    EquatableArray<int> PassedExtents,
    EquatableArray<PassOutput> HostOutputs,
    EquatableArray<PassedSource> Sources,
    LinePass? Rows,
    LinePass? Columns,
    int Skipped = -1,
    bool SkippedWhen = true)
{
    public int PassedCount => PassedNames.Count;

    /// <summary>The extent of a passed value.</summary>
    public Extent ExtentOf(int passed) => (Extent)PassedExtents[passed];

    /// <summary>The passed values that are single numbers: the pass's uniforms.</summary>
    public IEnumerable<int> UniformValues => Enumerable.Range(0, PassedCount).Where(passed => IsUniform(ExtentOf(passed)));

    /// <summary>The passed values of which there is one for each row, or for each column.</summary>
    public IEnumerable<int> LineValues(Extent over) => Enumerable.Range(0, PassedCount).Where(passed => ExtentOf(passed) == over);

    /// <summary>The outputs that are reduced over columns.</summary>
    public IEnumerable<int> ColumnTerms(OptimizerSpec optimizer) => Enumerable.Range(0, Outputs.Count).Where(output => Outputs[output] is { Kind: PassOutputKind.Term, Index: int reduction }
        && optimizer.Reductions[reduction] is { Over: Extent.Column, Kind: not ReductionKind.Whole });

    /// <summary>The outputs that are reduced over rows.</summary>
    public IEnumerable<int> RowTerms(OptimizerSpec optimizer) => Enumerable.Range(0, Outputs.Count).Where(output => Outputs[output] is { Kind: PassOutputKind.Term, Index: int reduction }
        && optimizer.Reductions[reduction] is { Over: Extent.Row, Kind: not ReductionKind.Whole });

    /// <summary>The name of the loop over rows or columns.</summary>
    public string NameOf(LinePass line) => $"{Name}Of{line.Over}s";

    /// <summary>Where a value of a row or a column stands among the lines of numbers that elements see: values of columns, what is reduced over columns, values of rows.</summary>
    public int SlotOf(OptimizerSpec optimizer, int passed) => ExtentOf(passed) == Extent.Column
        ? LineValues(Extent.Column).TakeWhile(other => other != passed).Count()
        : LineValues(Extent.Column).Count() + ColumnTerms(optimizer).Count() + LineValues(Extent.Row).TakeWhile(other => other != passed).Count();

    /// <summary>The loops over rows and over columns.</summary>
    public IEnumerable<LinePass> Lines => new[] { Columns, Rows }.OfType<LinePass>();

    /// <summary>Whether the pass draws random numbers.</summary>
    public bool IsRandom => ElementInputs.Any(input => input.Kind == UpdateInputKind.Random);

    /// <summary>Whether the pass must go row by row. Random numbers are drawn row by row, so that every pass finds the same ones.</summary>
    public bool GoesByRows(OptimizerSpec optimizer) =>
        IsRandom
        || Lines.Any()
        || Sources.Count > 0
        || Terms(optimizer).Any(reduction => reduction.Over is Extent.Row or Extent.Column);

    /// <summary>Whether anything but elements is written in the pass.</summary>
    public bool HasCoarseOutputs => HostOutputs.Count > 0 || Lines.Any();

    /// <summary>The reductions whose terms the pass adds up.</summary>
    public IEnumerable<ReductionSpec> Terms(OptimizerSpec optimizer) =>
        Outputs.Concat(Lines.SelectMany(line => line.Outputs)).Where(output => output.Kind == PassOutputKind.Term).Select(output => optimizer.Reductions[output.Index]);

    /// <summary>Makes a pass of outputs of a composed update.</summary>
    /// <param name="outputs">What is wanted, by the number of the function's output; a state of more than an element becomes that of a row, a column or the host.</param>
    public static UpdatePass Of(string name, OptimizerSpec optimizer, ParameterGroups groups, ScalarFunction function, EquatableArray<UpdateInput> inputs, IReadOnlyList<(int Output, PassOutput Meaning)> outputs)
    {
        ScalarBuilder builder = new();
        int[] results = builder.Inline(function, [.. Enumerable.Range(0, function.InputCount).Select(input => Given(builder, optimizer, inputs, input))]);
        int step = inputs.Items.IndexOf(new UpdateInput(UpdateInputKind.Step, 0));
        bool hasStates = outputs.Any(output => output.Meaning is { Kind: PassOutputKind.State, Index: int slot } && optimizer.States[slot].Over == Extent.Element);
        IEnumerable<int> flag = hasStates && step >= 0 ? [FlushSubnormal.Flag(builder, builder.Input(step))] : [];
        ScalarFunction wanted = Compose.DropUnread(builder.Build(function.InputCount, [.. outputs.Select(output => results[output.Output]), .. flag]), out int[] kept);
        Extent ExtentOfInput(int input) => ExtentOf(optimizer, groups, inputs[kept[input]]);
        Extent[] wantedExtents = Extents.Of(wanted, ExtentOfInput);

        // What writes an output: an element, or something coarser.
        Extent WriterOf(int output) => output == outputs.Count ? Extent.Element : outputs[output].Meaning switch
        {
            { Kind: PassOutputKind.State, Index: int slot } => optimizer.States[slot].Over,
            { Kind: PassOutputKind.Term, Index: int reduction } when wantedExtents[wanted.Outputs[output]] is Extent.Row or Extent.Column
                && optimizer.Reductions[reduction].Over is Extent.Tensor or Extent.Everything => wantedExtents[wanted.Outputs[output]],
            _ => Extent.Element,
        };
        UniformSplit split = UniformSplit.Of(wanted, ExtentOfInput, output => WriterOf(output) == Extent.Element);
        ScalarFunction host = Compose.DropUnread(split.Host, out int[] read);
        EquatableArray<UpdateInput> hostInputs = read.Select(input => inputs[kept[split.HostInputs[input]]]).ToEquatableArray();
        Extent ExtentOfHostInput(int input) => ExtentOf(optimizer, groups, hostInputs[input]);
        Extent[] extents = Extents.Of(host, ExtentOfHostInput);
        string[] names = UniformNames.Of(host, split.PassedCount, [.. hostInputs.Select(input => NameOf(optimizer, input))]);
        if (wanted.Outputs.Count > outputs.Count && split.Element.Nodes[split.Element.Outputs[split.Element.Outputs.Count - 1]] is { Op: ScalarOp.Input, A: int passedFlag })
            names[passedFlag - split.ElementInputs.Count] = UniformNames.Free("flushes", names);
        Extent[] passedExtents = [.. names.Select((_, passed) => extents[host.Outputs[passed]])];

        // What is not overwritten in the pass need not be copied for the elements.
        bool IsOverwritten(UpdateInput input) => input.Kind == UpdateInputKind.State && outputs.Any(output => output.Meaning == new PassOutput(PassOutputKind.State, input.Index));
        bool IsReadInPlace(UpdateInput input) => input.Kind == UpdateInputKind.Reduced
            || (input.Kind == UpdateInputKind.State && optimizer.States[input.Index].Format == StateFormat.Element && !IsOverwritten(input));
        PassedSource[] sources =
        [
            .. Enumerable.Range(0, names.Length).Where(passed => passedExtents[passed] is Extent.Row or Extent.Column && host.Nodes[host.Outputs[passed]].Op == ScalarOp.Input)
                .Select(passed => new PassedSource(passed, hostInputs[host.Nodes[host.Outputs[passed]].A])).Where(source => IsReadInPlace(source.Source)),
        ];
        for (int k = 0; k < names.Length; k++)
        {
            if (passedExtents[k] is not (Extent.Row or Extent.Column))
                continue;
            ScalarNode value = host.Nodes[host.Outputs[k]];
            UpdateInput? source = value.Op == ScalarOp.Input ? hostInputs[value.A] : null;
            names[k] = UniformNames.OfLines(names[k], passedExtents[k], source is not null, source is { } own && IsOverwritten(own), names);
        }

        int[] coarse = [.. Enumerable.Range(0, outputs.Count).Where(output => WriterOf(output) != Extent.Element)];
        BoundFunction bound = new(host, hostInputs);
        LinePass? LineOf(Extent over, out ScalarFunction uniforms) => LinePass.Of(
            over,
            bound,
            [
                .. Enumerable.Range(0, split.PassedCount).Where(passed => passedExtents[passed] == over && !sources.Any(source => source.Passed == passed)).Select(passed => (passed, new PassOutput(PassOutputKind.Passed, passed))),
                .. coarse.Select((output, k) => (Output: output, Result: split.PassedCount + k)).Where(own => WriterOf(own.Output) == over).Select(own => (own.Result, outputs[own.Output].Meaning)),
            ],
            ExtentOfHostInput,
            input => NameOf(optimizer, input),
            out uniforms);
        LinePass? rows = LineOf(Extent.Row, out ScalarFunction ofRows), columns = LineOf(Extent.Column, out ScalarFunction ofColumns);

        EquatableArray<PassOutput> elementOutputs = Enumerable.Range(0, outputs.Count).Where(output => WriterOf(output) == Extent.Element).Select(output => outputs[output].Meaning).ToEquatableArray();
        EquatableArray<UpdateInput> elementInputs = split.ElementInputs.Select(input => inputs[kept[input]]).ToEquatableArray();
        SkippedRows? skipped = SkippedRows.Of(split.Element, elementOutputs, elementInputs, passed => passedExtents[passed] == Extent.Row);
        ScalarFunction element = skipped?.Element ?? split.Element;
        if (skipped is not null)
            names[skipped.Passed] = UniformNames.Free(skipped.When ? "skipped" : "changed", names);
        IReadOnlyCollection<int> normal = [];
        if (optimizer.Precision != Precision.Double && !optimizer.ExactDivision)
            element = EstimateQuotients.Run(element, input => input >= elementInputs.Count && IsUniform(passedExtents[input - elementInputs.Count]), out normal);
        foreach (int passed in normal.Select(input => input - elementInputs.Count).Where(passed => host.Nodes[host.Outputs[passed]].Op == ScalarOp.Input))
            names[passed] = UniformNames.OfNormal(names[passed], names);

        // What remains for the host is the same all over a tensor.
        ScalarBuilder remaining = new();
        int[] identity = [.. Enumerable.Range(0, host.InputCount).Select(remaining.Input)];
        int[] all = remaining.Inline(host, identity);
        ScalarFunction rest = Compose.DropUnread(
            remaining.Build(
                host.InputCount,
                [
                    .. Enumerable.Range(0, split.PassedCount).Where(passed => IsUniform(passedExtents[passed]))
                        .Select(passed => normal.Contains(elementInputs.Count + passed) ? EstimateQuotients.Normal(remaining, all[passed]) : all[passed]),
                    .. remaining.Inline(ofRows, identity),
                    .. remaining.Inline(ofColumns, identity),
                    .. coarse.Select((output, k) => (Output: output, Value: all[split.PassedCount + k])).Where(own => WriterOf(own.Output) == Extent.Tensor).Select(own => own.Value),
                ]),
            out int[] needed);
        return new UpdatePass(
            name,
            element,
            elementOutputs,
            elementInputs,
            new BoundFunction(rest, needed.Select(input => hostInputs[input]).ToEquatableArray()),
            names.ToEquatableArray(),
            passedExtents.Select(extent => (int)extent).ToEquatableArray(),
            coarse.Where(output => WriterOf(output) == Extent.Tensor).Select(output => outputs[output].Meaning).ToEquatableArray(),
            sources.ToEquatableArray(),
            rows,
            columns,
            skipped?.Passed ?? -1,
            skipped?.When ?? true);
    }

    private static bool IsUniform(Extent extent) => extent is Extent.Tensor or Extent.Everything;

    /// <summary>An input as the function reads it: of rows and columns, memory keeps the sums, and a mean is taken where it is read.</summary>
    private static int Given(ScalarBuilder builder, OptimizerSpec optimizer, EquatableArray<UpdateInput> inputs, int input)
    {
        if (inputs[input] is not { Kind: UpdateInputKind.Reduced, Index: int reduction } || optimizer.Reductions[reduction] is not { Kind: ReductionKind.Mean, Over: Extent.Row or Extent.Column })
            return builder.Input(input);
        UpdateInput count = new(optimizer.Reductions[reduction].Over == Extent.Row ? UpdateInputKind.Columns : UpdateInputKind.Rows, 0);
        return builder.Apply(ScalarOp.Divide, builder.Input(input), builder.Input(inputs.Items.IndexOf(count)));
    }

    /// <summary>Over how much an input is the same number.</summary>
    public static Extent ExtentOf(OptimizerSpec optimizer, ParameterGroups? groups, UpdateInput input) => input.Kind switch
    {
        UpdateInputKind.Hyper => groups?.Varies(optimizer, input.Index) == true ? Extent.Tensor : Extent.Everything,
        UpdateInputKind.Step or UpdateInputKind.Loss or UpdateInputKind.Result => Extent.Everything,
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
        UpdateInputKind.Result => Camel(NameOf(optimizer, optimizer.Results[input.Index])),
        _ => "step",
    };

    /// <summary>The name of a number that the host leaves: that of its array, and its place there.</summary>
    public static string NameOf(OptimizerSpec optimizer, OnceResult result) => optimizer.States[result.State].Name + result.Position.ToString(System.Globalization.CultureInfo.InvariantCulture);

    private static string Camel(string name) => char.ToLowerInvariant(name[0]) + name.Substring(1);
}
