namespace OptGen.Generator.Fusion;

/// <summary>A node's place in a kernel.</summary>
/// <param name="AxisMap">For each axis of the node's domain, the kernel's axis; −1 for one without a loop.</param>
internal sealed record Member(int Node, Domain Domain, int[] AxisMap, int Stage);

/// <summary>A kernel in the making: outer axes that every member shares, and stages that run one after the other for each outer point.</summary>
internal sealed class Group(int id)
{
    public int Id { get; } = id;

    public List<Axis> Axes { get; } = [];

    public int OuterCount { get; set; }

    /// <summary>Inner axes of each stage.</summary>
    public List<int[]> Stages { get; } = [];

    public List<Member> Members { get; } = [];

    /// <summary>Groups that must have run before.</summary>
    public HashSet<int> After { get; } = [];

    /// <summary>Whether it adds to rows of a table, which are complete only after it.</summary>
    public bool IsScatter { get; set; }

    /// <summary>Whether it is a scan, whose kernels run once in each step.</summary>
    public bool IsScan { get; set; }

    /// <summary>Whether it joins tensors, whose parts other kernels have written to their places: there is nothing left to do.</summary>
    public bool IsConcat { get; set; }

    public Member? Find(int node) => Members.FirstOrDefault(member => member.Node == node);
}

/// <summary>Names of loop variables by position.</summary>
internal static class AxisNames
{
    public static string Of(int axis) => axis < 6 ? "ijklnp"[axis].ToString() : "i" + axis.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
