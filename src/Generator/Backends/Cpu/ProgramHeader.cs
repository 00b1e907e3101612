using System.Globalization;
using System.Text;
using OptGen.Generator.Fusion;
using OptGen.Generator.Planning;
using OptGen.Generator.Scalar;
using OptGen.Generator.Specs;

namespace OptGen.Generator.Backends.Cpu;

/// <summary>Comments that show what was decided: kernels, work, memory.</summary>
internal static class ProgramHeader
{
    private static readonly (ScalarOp Op, string Name)[] s_longest =
    [
        (ScalarOp.Divide, "division"), (ScalarOp.Sqrt, "square root"), (ScalarOp.Cbrt, "cube root"), (ScalarOp.Pow, "power"), (ScalarOp.Exp, "exponential"), (ScalarOp.Log, "logarithm"),
        (ScalarOp.Tanh, "hyperbolic tangent"), (ScalarOp.Sigmoid, "sigmoid"), (ScalarOp.Erf, "error function"), (ScalarOp.Sin, "sine"), (ScalarOp.Cos, "cosine"),
    ];

    /// <summary>The table above a program.</summary>
    public static void Print(CodeWriter writer, CpuText text)
    {
        Program program = text.Program;
        ProgramOptions options = program.Options;
        writer.Line($"// {options.Name}: {options.Summary}");
        writer.Line("//");
        Table(
            writer,
            ["kernel", "computes", "loops", "operations", "runs as"],
            [.. Enumerable.Range(0, program.Kernels.Count).SelectMany(number => Rows(text, number))],
            numbers: [3]);
        if (program.Options.IsFlat)
            Traffic(writer, program);
        if (program.WorkspaceLength == 0)
            return;
        writer.Line("//");
        writer.Line($"// Workspace: {Bytes(program, program.WorkspaceLength)} ({Bytes(program, program.UnsharedLength)} without sharing).");
        writer.Line("//");
        Table(
            writer,
            ["tensor", "shape", "offset", "elements", "live"],
            [.. Enumerable.Range(0, program.Tensors.Count).Where(tensor => program.Placements[tensor].Home == Home.Workspace && program.Tensors[tensor].View is null).Select(tensor => Row(program, tensor))],
            numbers: [2, 3]);
    }

    /// <summary>A kernel; before the first one of a loop, how often that runs.</summary>
    private static IEnumerable<string[]> Rows(CpuText text, int number)
    {
        Program program = text.Program;
        PlannedKernel kernel = program.Kernels[number];
        int loop = kernel.Kernel.Loop;
        if (loop >= 0 && (number == 0 || program.Kernels[number - 1].Kernel.Loop != loop))
            yield return [$"{Text(program.Loops[loop].Steps)} steps{(program.Loops[loop].Backwards ? ", the last first" : "")}, each:", "", "", "", ""];
        yield return
        [
            (loop < 0 ? "" : "  ") + kernel.Kernel.Name,
            Clip(Computes(kernel.Kernel), 60),
            Loops(program, kernel.Kernel),
            Work(program, kernel),
            program.Code[number] == number ? How(text, kernel) : "as " + program.Kernels[program.Code[number]].Kernel.Name,
        ];
    }

    private static string[] Row(Program program, int tensor)
    {
        Placement place = program.Placements[tensor];
        string from = place.From < 0 ? "input" : program.Kernels[place.From].Kernel.Name;
        string to = place.To >= program.Kernels.Count ? "result" : place.To < 0 ? "unused" : program.Kernels[place.To].Kernel.Name;
        return [program.Tensors[tensor].Name, program.Tensors[tensor].Shape.ToString(), Text(place.Offset), Text(place.Length), $"{from} … {to}"];
    }

    /// <summary>Columns as wide as what stands in them, numbers to the right.</summary>
    private static void Table(CodeWriter writer, string[] titles, string[][] rows, int[] numbers)
    {
        int[] widths = [.. titles.Select((title, column) => rows.Select(row => row[column].Length).Append(title.Length).Max())];
        foreach (string[] row in rows.Prepend(titles))
        {
            IEnumerable<string> cells = row.Select((cell, column) => numbers.Contains(column) ? cell.PadLeft(widths[column]) : cell.PadRight(widths[column]));
            writer.Line("//   " + string.Join("  ", cells).TrimEnd());
        }
    }

    /// <summary>The comment above a kernel.</summary>
    public static void Describe(CodeWriter writer, CpuText text, PlannedKernel planned)
    {
        Program program = text.Program;
        foreach (string line in planned.Kernel.Summary.Split('\n'))
            writer.Line("// " + Names(program, line));
        writer.Line($"// Loops: {Loops(program, planned.Kernel)}; {How(text, planned)}.");
    }

    /// <summary>What each element of a flat program moves between memory and registers.</summary>
    private static void Traffic(CodeWriter writer, Program program)
    {
        bool byRows = program.Options.Rows is not null;
        writer.Line("//");
        Moved(program.Options.Unit == "element" ? "parameter" : program.Options.Unit, tensor => !byRows || program.Placements[tensor].Home != Home.Line);
        if (byRows && Enumerable.Range(0, program.Tensors.Count).Any(tensor => program.Placements[tensor].Home == Home.Line))
            Moved("column", tensor => program.Placements[tensor].Home == Home.Line);
        if (program.Options.Rows is { Skipped: >= 0 and int skipped, SkippedWhen: bool when })
            writer.Line($"// Rows where {program.Options.UniformNames[skipped]} is {(when ? "1" : "0")} stay as they are: nothing of them is read or written.");
        int estimates = Count(ScalarOp.DivideEstimate) + Count(ScalarOp.DivideByNormal);
        string[] longest = [.. s_longest.Select(named => (named.Name, Count: Count(named.Op) + (named.Op == ScalarOp.Divide ? estimates : 0)))
            .Where(named => named.Count > 0)
            .Select(named => $"{Text(named.Count)} {named.Name}{(named.Count == 1 ? "" : "s")}")];
        if (longest.Length > 0)
            writer.Line($"// Of the operations{(program.Options.Unit == "element" ? "" : $" for each {program.Options.Unit}")}, those that take the longest: {string.Join(", ", longest)}.");
        if (estimates > 0)
            writer.Line("// Quotients may err by 1.5 units in the last place where that is faster; [Optimizer(ExactDivision = true)] has them rounded correctly.");

        int Count(ScalarOp op) => program.Kernels.SelectMany(kernel => kernel.Kernel.Stages).Where(stage => stage.Sinks.Count > 0).Sum(stage => stage.Body.Nodes.Count(node => node.Op == op));

        void Moved(string unit, Func<int, bool> counts)
        {
            string read = Bytes(counts, kernel => kernel.Stages.SelectMany(stage => stage.Operands).OfType<LoadOperand>().Select(load => load.Tensor));
            string written = Bytes(counts, kernel => kernel.Stages.SelectMany(stage => stage.Sinks).OfType<StoreSink>().Select(store => store.Tensor));
            writer.Line($"// Bytes per {unit}: {read} read; {written} written.");
        }

        string Bytes(Func<int, bool> counts, Func<Kernel, IEnumerable<int>> tensors)
        {
            int[] moved = [.. program.Kernels.SelectMany(kernel => tensors(kernel.Kernel).Distinct()).Where(tensor => program.Tensors[tensor].Shape.Batched && counts(tensor)).OrderBy(tensor => tensor)];
            string parts = string.Join(", ", moved.Select(tensor => $"{program.Tensors[tensor].Name} {Number(Of(tensor))}"));
            return Number(moved.Sum(Of)) + (moved.Length > 1 ? $" ({parts})" : "");
        }

        double Of(int tensor) => program.FormatOf(tensor).Bytes(program.Options.ElementSize);

        static string Number(double bytes) => bytes.ToString("0.###", CultureInfo.InvariantCulture);
    }

    private static string Computes(Kernel kernel) => string.Join(", ", kernel.Summary.Split('\n').Select(line => line.Split(' ')[0]));

    /// <summary>Uniforms by their names instead of their numbers.</summary>
    private static string Names(Program program, string line)
    {
        StringBuilder text = new();
        for (int i = 0; i < line.Length;)
        {
            int end = i;
            while (end < line.Length && (char.IsLetterOrDigit(line[end]) || line[end] == '_'))
                end++;
            string word = line.Substring(i, Math.Max(end - i, 1));
            bool isUniform = word.Length > 1 && word[0] == 'u' && word.Skip(1).All(char.IsDigit);
            text.Append(isUniform ? program.Options.UniformNames[int.Parse(word.Substring(1), CultureInfo.InvariantCulture)] : word);
            i += word.Length;
        }

        return text.ToString();
    }

    private static string How(CpuText text, PlannedKernel planned)
    {
        string threads = text.Program.Options.Rows is not null ? ", tiles of rows and columns divided among threads" : planned.IsParallel ? ", divided among threads along " + planned.Kernel.Axes[planned.PartitionAxis].Name : "";
        return planned.Schedule switch
        {
            ContractionSchedule contraction => $"tiles of {Text(contraction.TileRows)} rows × 2 vectors{(contraction.Pack ? ", packed panels" : "")}{(contraction.RowBlock > 0 ? $", blocks of {Text(contraction.RowBlock)} rows" : "")}{threads}",
            WindowSchedule window => Windows(planned.Kernel, window) + threads,
            NestSchedule { VectorAxis: >= 0 } nest => $"vectors along {planned.Kernel.Axes[nest.VectorAxis].Name}{(NestPrinter.IsPipelined(text, planned) ? " in a software pipeline" : "")}{threads}",
            _ => "element by element" + threads,
        };
    }

    private static string Windows(Kernel kernel, WindowSchedule window)
    {
        string rows = Text(window.TileRows) + (window.UnitAxis < 0 ? "" : " × " + Text(kernel.Axes[window.UnitAxis].Extent));
        string staged = window.Staged is { } copy ? $", windows copied to {string.Join(" × ", copy.Axes.Select(axis => Text(axis.Count)))} × {Text(copy.Run)}" : "";
        string sums = window.ChunkAxes.Count == 0 ? "" : $", sums kept over {string.Join(", ", window.ChunkAxes.Select(axis => kernel.Axes[axis].Name))}";
        return $"tiles of {rows} rows × 2 vectors{staged}{(window.Pack == PanelPacking.None ? "" : ", packed panels")}{sums}";
    }

    private static string Loops(Program program, Kernel kernel)
    {
        if (program.Options.Rows is not null)
            return $"rows{(kernel.OuterCount > 0 ? " ×" : " |")} {kernel.Axes[0].Name} columns";
        if (program.Options.Unit != "element")
            return $"{(kernel.OuterCount > 0 ? "" : "1 | ")}{kernel.Axes[0].Name} {program.Options.Unit}s";
        string outer = string.Join(" × ", kernel.Axes.Take(kernel.OuterCount).Select(Loop));
        string inner = string.Join(" × ", kernel.Axes.Skip(kernel.OuterCount).Select(Loop));
        return (outer.Length == 0 ? "1" : outer) + (inner.Length == 0 ? "" : $" | {inner}");
    }

    private static string Loop(Axis axis) => $"{axis.Name} {Text(axis.Extent)}{(axis.Batched ? " rows" : "")}";

    private static string Work(Program program, PlannedKernel kernel) => program.Options.IsFlat
        ? kernel.Work.ToString(CultureInfo.InvariantCulture) + $" / {program.Options.Unit}"
        : kernel.Work.ToString("N0", CultureInfo.InvariantCulture);

    private static string Bytes(Program program, int elements) => ((long)elements * program.Options.ElementSize).ToString("N0", CultureInfo.InvariantCulture) + " bytes";

    private static string Clip(string text, int length) => text.Length <= length ? text : text.Substring(0, length - 1) + "…";

    private static string Text(int value) => value.ToString(CultureInfo.InvariantCulture);
}
