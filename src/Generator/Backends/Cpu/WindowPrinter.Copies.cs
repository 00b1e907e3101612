using OptGen.Generator.Planning;

namespace OptGen.Generator.Backends.Cpu;

// What is copied before tiles run over it: the windows of the left operand, and panels of the right one.
internal sealed partial class WindowPrinter
{
    /// <summary>Scratch memory: the sums of a block, the copied windows, packed panels.</summary>
    private void PrintScratch()
    {
        int sums = RoundUp(BlockRows * SumsOfRow), staged = _schedule.Staged is { } copy ? RoundUp(copy.Length) : 0;
        int panels = IsPacked ? PanelAxes.Aggregate(SumTerms * SumsOfRow, (size, axis) => size * _kernel.Axes[axis].Extent) : 0;
        _writer.Line($"ref {_text.Element} sums = ref Scratch.Rent<{_text.Element}>({CpuText.Text(sums + staged + panels)});");
        if (staged > 0)
            _writer.Line($"ref {_text.Element} block = ref Unsafe.Add(ref sums, {CpuText.Text(sums)});");
        if (IsPacked)
            _writer.Line($"ref {_text.Element} panel = ref Unsafe.Add(ref sums, {CpuText.Text(sums + staged)});");
    }

    private void PrintStaging()
    {
        if (_schedule.Staged is { } staged)
            PrintStaging(staged, 0, [], []);
    }

    private void PrintPackInside()
    {
        if (_schedule.Pack == PanelPacking.Inside)
            PrintPack();
    }

    /// <summary>Copies the positions that windows reach, line by line; a line outside of the operand is zero.</summary>
    private void PrintStaging(StagedWindow staged, int depth, List<string> source, List<string> place)
    {
        StagedAxis axis = staged.Axes[depth];
        if (depth + 1 < staged.Axes.Count)
        {
            string name = "y" + CpuText.Text(depth);
            using CodeWriter.Scope loop = _writer.Block($"for (nint {name} = 0; {name} < {CpuText.Text(axis.Count)}; {name}++)");
            string position = axis.First == 0 ? name : axis.First > 0 ? $"({name} + {CpuText.Text(axis.First)})" : $"({name} - {CpuText.Text(-axis.First)})";
            if (axis.First < 0 || axis.First + axis.Count > axis.Extent)
            {
                using (_writer.Block($"if ((nuint){position} >= {CpuText.Text(axis.Extent)})"))
                {
                    _writer.Line($"Window.Clear({Sum("block", [.. place, $"{name} * {CpuText.Text(axis.StagedStride)}"])}, {CpuText.Text(axis.StagedStride)});");
                    _writer.Line("continue;");
                }

                _writer.Blank();
            }

            PrintStaging(staged, depth + 1, [.. source, $"{position} * {CpuText.Text(axis.Stride)}"], [.. place, $"{name} * {CpuText.Text(axis.StagedStride)}"]);
            return;
        }

        string tensor = CpuText.Sum(_kernel, Outside(), staged.Origin);
        string from = Sum(_text.Tensor(_left.Tensor), tensor == "0" ? source : [tensor, .. source]);
        _writer.Line($"Window.Copy({from}, {Sum("block", place)}, {CpuText.Text(axis.First)}, {CpuText.Text(axis.Count)}, {CpuText.Text(axis.Extent)}, {CpuText.Text(staged.Run)});");
    }

    private static string Sum(string reference, IReadOnlyList<string> terms) => terms.Count == 0 ? "ref " + reference : $"ref Unsafe.Add(ref {reference}, {string.Join(" + ", terms)})";

    /// <summary>The left operand's strides along the axes that select another copy.</summary>
    private int[] Outside() => [.. _left.Strides.Select((stride, axis) => SelectsCopy(axis) ? stride : 0)];

    private void PrintPack()
    {
        int columnStride = _right.Strides[_schedule.ColumnAxis];
        using CodeWriter.Scope block = _writer.Block();
        string tensor = _text.Tensor(_right.Tensor);
        PrintPanels(columnStride != 1, vectors =>
        {
            // Where a full batch has it: a part batch fills less of each panel.
            _writer.Line($"ref {_text.Element} packed = {Panel};");
            Nest(_schedule.SumAxes.Select(LoopOfAll), () =>
            {
                for (int vector = 0; vector < vectors; vector++)
                {
                    string shift = vector == 0 ? "" : columnStride == 1 ? " + V.Count" : $" + V.Count * {CpuText.Text(columnStride)}";
                    string source = $"ref Unsafe.Add(ref {tensor}, {CpuText.Sum(_kernel, _right.Strides, _right.Offset)}{shift})";
                    string lanes = vectors == 1 && HasRest ? "lanes" : "V.Count";
                    _writer.Line($"V.Store({(columnStride == 1 ? $"V.Load({source})" : $"V.Gather({source}, {CpuText.Text(columnStride)}, {lanes})")}, ref packed);");
                    _writer.Line("packed = ref Unsafe.Add(ref packed, V.Count);");
                }
            });
        });
    }

    /// <summary>The panel of the present columns.</summary>
    private string Panel => $"ref Unsafe.Add(ref {PanelBase("panel")}, {Column} * {CpuText.Text(SumTerms)})";

    /// <summary>Where the panels of the present outer point begin.</summary>
    private string PanelBase(string panel)
    {
        int[] strides = new int[_kernel.Axes.Count];
        int size = SumTerms * SumsOfRow;
        foreach (int axis in Enumerable.Reverse(PanelAxes))
        {
            strides[axis] = size;
            size *= _kernel.Axes[axis].Extent;
        }

        string offset = CpuText.Sum(_kernel, strides, 0);
        return offset == "0" ? panel : $"Unsafe.Add(ref {panel}, {offset})";
    }
}
