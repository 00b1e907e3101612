using OptGen.Generator.Graph;
using OptGen.Generator.Specs;

namespace OptGen.Generator.Lowering;

/// <summary>
/// Where a pass's uniforms lie in a program's buffer. A program for one group at a time has one set; a program that updates all parameters has one for each group, in
/// which only those uniforms are used that are not the same for all.
/// </summary>
internal sealed record UniformSets(UpdatePass Pass, int Count)
{
    public static UniformSets OfOne(UpdatePass pass) => new(pass, 1);

    public static UniformSets Of(UpdatePass pass, ParameterGroups groups) =>
        new(pass, pass.UniformValues.Any(passed => pass.ExtentOf(passed) == Extent.Tensor) ? groups.Groups.Count : 1);

    /// <summary>Uniforms in a set.</summary>
    public int Size => Pass.UniformValues.Count();

    /// <summary>Names for all uniforms of the program.</summary>
    public IEnumerable<string> Names =>
        new[] { "inverseRows" }.Concat(Enumerable.Range(0, Count).SelectMany(group => Pass.UniformValues.Select(passed => Named(group, passed))));

    /// <summary>Where a set begins.</summary>
    public int Begin(int group) => Uniforms.First + (group * Size);

    /// <summary>Where a passed value of a group lies.</summary>
    public int IndexOf(int group, int passed) => Begin(SetOf(group, passed)) + Pass.UniformValues.TakeWhile(other => other != passed).Count();

    public string NameOf(int group, int passed) => Named(SetOf(group, passed), passed);

    private string Named(int set, int passed) => set == 0 ? Pass.PassedNames[passed] : Pass.PassedNames[passed] + "OfGroup" + set.ToString(System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>What is the same for all groups is taken from the first.</summary>
    private int SetOf(int group, int passed) => Count > 1 && Pass.ExtentOf(passed) == Extent.Tensor ? group : 0;
}
