using System.Globalization;
using OptGen.Generator.Fusion;
using OptGen.Generator.Graph;
using OptGen.Generator.Planning;
using OptGen.Generator.Specs;

namespace OptGen.Generator.Backends.Cpu;

/// <summary>Fragments of C# that all printers of the back end share.</summary>
internal sealed class CpuText
{
    private readonly HashSet<string> _names;
    private readonly Dictionary<int, KernelCalls> _calls = [];
    private readonly Dictionary<Stage, SoftwarePipeline?> _pipelines = [];

    public CpuText(Program program)
    {
        Program = program;
        _names = [.. program.Tensors.Select(tensor => tensor.Name), .. program.Options.UniformNames];
        Formats = new FormatText(program, _names);
    }

    public Program Program { get; }

    /// <summary>How tensors are accessed that memory holds in other formats.</summary>
    public FormatText Formats { get; }

    /// <summary>The calls of the code that a kernel runs.</summary>
    public KernelCalls CallsOf(int kernel)
    {
        int code = Program.Code[kernel];
        if (!_calls.TryGetValue(code, out KernelCalls calls))
            _calls[code] = calls = new KernelCalls(Program, code);
        return calls;
    }

    /// <summary>The pipeline of a stage, which is searched for once: the head of the file, the comment above a kernel and its loop all ask.</summary>
    public SoftwarePipeline? PipelineOf(Stage stage)
    {
        if (!_pipelines.TryGetValue(stage, out SoftwarePipeline? pipeline))
            _pipelines[stage] = pipeline = SoftwarePipeline.Of(stage, Tensor);
        return pipeline;
    }

    /// <summary>What a kernel's vector type must be able to do.</summary>
    public string VectorConstraint => $"\n    where V : struct, {(Program.HasNarrowFormats ? "IFloatSimd<V>" : $"ISimd<V, {Element}>")}";

    /// <summary>Whether a tensor or a uniform has this name.</summary>
    public bool IsTaken(string name) => _names.Contains(name);

    public string Element => Program.Options.Element;

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
        int perRow = axis.Extent / Program.Options.Batch;
        return perRow == 1 ? "rows" : "rows * " + Text(perRow);
    }

    /// <summary>What is divided among threads: a loop, or the tiles of a matrix.</summary>
    public string PartitionExtent(PlannedKernel kernel) => Program.Options.Rows is null ? Extent(kernel.Kernel.Axes[kernel.PartitionAxis]) : "_tiles.Count";

    public string Tensor(int tensor) => Program.Tensors[tensor].Name;

    /// <summary>Declares the references to the tensors that the stages of a kernel touch.</summary>
    public IEnumerable<string> References(IReadOnlyList<Stage> stages, KernelCalls calls)
    {
        // In a program by rows, elements and what is added to are found anew for each row or tile.
        int[] added = [.. Program.AddedLines.Select(line => line.Slot)];
        foreach (int tensor in Tensors(stages).Where(tensor => Program.Options.Rows is null || (!IsOfElements(tensor) && !(Program.Placements[tensor].Home == Home.Line && added.Contains(Program.Placements[tensor].Slot)))))
        {
            string type = Formats.Type(tensor);
            string source = $"ref Memory.At<{type}>({Address(tensor)})";
            yield return $"ref {type} {Tensor(tensor)} = {(calls.OffsetOf(tensor) is { } offset ? $"ref Unsafe.Add({source}, {offset})" : source)};"
                + (Program.Tensors[tensor].Shape.Rank > 0 ? $" // {Program.Tensors[tensor].Shape}" : "");
        }

        foreach (string line in Formats.Declarations(stages))
            yield return line;
    }

    /// <summary>Whether a tensor has a number for each element of a program by rows.</summary>
    public bool IsOfElements(int tensor) => Program.Placements[tensor].Home is Home.Parameters or Home.Gradients or Home.State;

    /// <summary>The expression for where a tensor's memory begins.</summary>
    public string Address(int tensor)
    {
        Placement place = Program.Placements[tensor];
        return place.Home switch
        {
            Home.Parameters => "_parameters",
            Home.Gradients => "_gradients",
            Home.State => "_state" + Text(place.Slot),
            Home.Line => "_line" + Text(place.Slot),
            Home.Partials => $"_partials{Text(place.Slot)}.Address",
            _ => "_workspace",
        };
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
        string index = Program.Placements[tensor].Home == Home.Partials ? (Program.Options.Rows is null ? "begin / Partials.Block" : "row * tiles.Blocks + begin / Partials.Block") : Sum(kernel, strides, offset, extra);
        return index == "0" ? $"ref {Tensor(tensor)}" : $"ref Unsafe.Add(ref {Tensor(tensor)}, {index})";
    }
}
