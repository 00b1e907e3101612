using OptGen.Generator.Scalar;
using OptGen.Generator.Specs;

namespace OptGen.Generator.Lowering;

/// <summary>
/// What a pass computes for each row of a tensor, or for each column, ahead of its elements: a loop over as many numbers as the tensor has such lines, as wide as any other.
/// </summary>
/// <param name="Over">Row or column.</param>
/// <param name="Element">What is computed for one line, over <paramref name="Inputs"/>, then the uniforms.</param>
/// <param name="Outputs">Numbers that each element of the line gets, new states of the line, and terms of reductions that are the same all over it.</param>
/// <param name="Inputs">States of the lines, and what was reduced over them.</param>
/// <param name="UniformNames">A name in camel case for each number that is the same for all lines of a tensor.</param>
internal sealed record LinePass(Extent Over, ScalarFunction Element, EquatableArray<PassOutput> Outputs, EquatableArray<UpdateInput> Inputs, EquatableArray<string> UniformNames)
{
    /// <summary>The word for one of them.</summary>
    public string Unit => Over == Extent.Row ? "row" : "column";

    /// <summary>Takes from a function of the host what varies from line to line.</summary>
    /// <param name="host">A function of the host, none of whose values varies from element to element.</param>
    /// <param name="wanted">The outputs of <paramref name="host"/> that belong to the lines, with their meaning.</param>
    /// <param name="extentOf">The extent of each input of <paramref name="host"/>.</param>
    /// <param name="uniforms">What is the same for all lines of a tensor, over the same inputs as <paramref name="host"/>.</param>
    /// <returns>Null when nothing belongs to such lines.</returns>
    public static LinePass? Of(
        Extent over,
        BoundFunction host,
        IReadOnlyList<(int Output, PassOutput Meaning)> wanted,
        Func<int, Extent> extentOf,
        Func<UpdateInput, string> nameOf,
        out ScalarFunction uniforms)
    {
        ScalarBuilder builder = new();
        int[] results = builder.Inline(host.Function, [.. Enumerable.Range(0, host.Function.InputCount).Select(builder.Input)]);
        ScalarFunction function = builder.Build(host.Function.InputCount, [.. wanted.Select(output => results[output.Output])]);
        UniformSplit split = UniformSplit.Of(function, input => extentOf(input) == over ? Extent.Element : extentOf(input), _ => true);
        ScalarFunction element = Compose.DropUnread(split.Element, out int[] read);
        int[] inputs = [.. read.Where(input => input < split.ElementInputs.Count)], passed = [.. read.Where(input => input >= split.ElementInputs.Count).Select(input => input - split.ElementInputs.Count)];
        ScalarBuilder kept = new();
        int[] values = kept.Inline(split.Host, [.. split.HostInputs.Select(kept.Input)]);
        uniforms = kept.Build(host.Function.InputCount, [.. passed.Select(number => values[number])]);
        if (wanted.Count == 0)
            return null;
        return new LinePass(
            over,
            element,
            wanted.Select(output => output.Meaning).ToEquatableArray(),
            inputs.Select(input => host.Inputs[split.ElementInputs[input]]).ToEquatableArray(),
            Lowering.UniformNames.Of(uniforms, passed.Length, [.. host.Inputs.Select(nameOf)]).ToEquatableArray());
    }
}
