using System.Globalization;
using OptGen.Generator.Fusion;
using OptGen.Generator.Graph;
using OptGen.Generator.Planning;
using OptGen.Generator.Specs;

namespace OptGen.Generator.Backends.Cpu;

/// <summary>Fragments of C# that all printers of the back end share.</summary>
internal sealed class CpuText(Program program)
{
    private readonly HashSet<string> _names = [.. program.Tensors.Select(tensor => tensor.Name), .. program.Options.UniformNames];

    public Program Program => program;

    /// <summary>Whether a tensor or a uniform has this name.</summary>
    public bool IsTaken(string name) => _names.Contains(name);

    public string Element => program.Options.Element;

    /// <summary>The wrapper of one element: a vector of one lane.</summary>
    public string Single => Element == "double" ? "Double64" : "Float32";

    public string Number(double value)
    {
        string suffix = Element == "double" ? "d" : "f";
        if (double.IsNaN(value))
            return Element + ".NaN";
        if (double.IsInfinity(value))
            return Element + (value > 0 ? ".PositiveInfinity" : ".NegativeInfinity");
        if (Element == "float" && Math.Abs(value) > float.MaxValue)
            return Element + (value > 0 ? ".PositiveInfinity" : ".NegativeInfinity");
        string text = Element == "double"
            ? value.ToString("R", CultureInfo.InvariantCulture)
            : ((float)value).ToString("R", CultureInfo.InvariantCulture);
        return (value == 0 && 1 / value < 0 ? "-0" : text) + suffix;
    }

    public static string Text(int value) => value.ToString(CultureInfo.InvariantCulture);

    /// <summary>A constant vector.</summary>
    public string Constant(string vector, double value) => value == 0 && 1 / value > 0 ? vector + ".Zero" : $"{vector}.Broadcast({Number(value)})";

    /// <summary>How often a loop runs.</summary>
    public string Extent(Axis axis)
    {
        if (!axis.Batched)
            return Text(axis.Extent);
        int perRow = axis.Extent / program.Options.Batch;
        return perRow == 1 ? "rows" : "rows * " + Text(perRow);
    }

    public string Tensor(int tensor) => program.Tensors[tensor].Name;

    /// <summary>Declares the references to the tensors that a kernel touches.</summary>
    public IEnumerable<string> References(IEnumerable<int> tensors)
    {
        foreach (int tensor in tensors)
        {
            Placement place = program.Placements[tensor];
            string address = place.Home switch
            {
                Home.Parameters => "_parameters",
                Home.Gradients => "_gradients",
                Home.State => "_state" + Text(place.Slot),
                _ => "_workspace",
            };
            string source = $"ref Memory.At<{Element}>({address})";
            yield return $"ref {Element} {Tensor(tensor)} = {(place.Offset == 0 ? source : $"ref Unsafe.Add({source}, {Text(place.Offset)})")};"
                + (program.Tensors[tensor].Shape.Rank > 0 ? $" // {program.Tensors[tensor].Shape}" : "");
        }
    }

    public static int[] Tensors(IEnumerable<Stage> stages) => [.. stages
        .SelectMany(stage => stage.Operands.OfType<LoadOperand>().Select(load => load.Tensor).Concat(stage.Sinks.OfType<StoreSink>().Select(store => store.Tensor)))
        .Distinct()];

    public static bool UsesUniforms(IEnumerable<Stage> stages) => stages.SelectMany(stage => stage.Operands).Any(operand => operand is UniformOperand);

    /// <summary>Σ stride·axis + offset as an expression.</summary>
    public static string Sum(Kernel kernel, IReadOnlyList<int> factors, int offset, string prefix = "")
    {
        List<string> terms = [];
        if (prefix.Length > 0)
            terms.Add(prefix);
        for (int axis = 0; axis < factors.Count; axis++)
        {
            if (factors[axis] == 0)
                continue;
            string name = kernel.Axes[axis].Name;
            terms.Add(factors[axis] == 1 ? name : $"{name} * {Text(factors[axis])}");
        }

        if (offset != 0 || terms.Count == 0)
            terms.Add(Text(offset));
        return string.Join(" + ", terms).Replace("+ -", "- ");
    }

    public static string Sum(Kernel kernel, EquatableArray<AffineTerm> terms, int offset)
    {
        int[] factors = new int[kernel.Axes.Count];
        foreach (AffineTerm term in terms)
            factors[term.Loop] += term.Factor;
        return Sum(kernel, factors, offset);
    }

    /// <summary>The place of an element: <c>ref Unsafe.Add(ref hidden, i * 128 + j)</c>.</summary>
    public string Place(Kernel kernel, int tensor, IReadOnlyList<int> strides, int offset, string extra = "")
    {
        string index = Sum(kernel, strides, offset, extra);
        return index == "0" ? $"ref {Tensor(tensor)}" : $"ref Unsafe.Add(ref {Tensor(tensor)}, {index})";
    }
}
