using OptGen.Generator.Fusion;
using OptGen.Generator.Planning;
using OptGen.Generator.Specs;

namespace OptGen.Generator.Backends.Cpu;

/// <summary>Prints a contraction over windows as its <see cref="WindowSchedule"/> says.</summary>
internal sealed partial class WindowPrinter
{
    private readonly CpuText _text;
    private readonly CodeWriter _writer;
    private readonly PlannedKernel _planned;
    private readonly KernelCalls _calls;
    private readonly Kernel _kernel;
    private readonly WindowSchedule _schedule;
    private readonly LoadOperand _left;
    private readonly LoadOperand _right;
    private readonly EquatableArray<int> _leftStrides;

    public WindowPrinter(CpuText text, CodeWriter writer, PlannedKernel planned, KernelCalls calls)
    {
        _text = text;
        _writer = writer;
        _planned = planned;
        _calls = calls;
        _kernel = planned.Kernel;
        _schedule = (WindowSchedule)planned.Schedule;
        _left = (LoadOperand)_kernel.Stages[0].Operands[_schedule.Left];
        _right = (LoadOperand)_kernel.Stages[0].Operands[_schedule.Right];
        _leftStrides = _schedule.Staged?.Strides ?? _left.Strides;
    }

    private int MaxLanes => _text.Program.Options.MaxLanes;

    private Axis TileAxis => _kernel.Axes[_schedule.TileAxis];

    private string Tile => TileAxis.Name;

    private string Column => _kernel.Axes[_schedule.ColumnAxis].Name;

    private int Columns => _kernel.Axes[_schedule.ColumnAxis].Extent;

    private bool HasPairs => Columns >= 2 * MaxLanes;

    private bool HasSingles => !HasPairs || Columns % (2 * MaxLanes) != 0;

    private bool HasRest => Columns % MaxLanes != 0;

    private bool IsPacked => _schedule.Pack != PanelPacking.None;

    private bool IsChunked => _schedule.ChunkAxes.Count > 0;

    private int UnitRows => _schedule.UnitAxis < 0 ? 1 : _kernel.Axes[_schedule.UnitAxis].Extent;

    /// <summary>The sums of a row lie side by side over all columns, whole vectors of any width.</summary>
    private int SumsOfRow => RoundUp(Columns);

    private int SumTerms => _schedule.SumAxes.Aggregate(1, (terms, axis) => terms * _kernel.Axes[axis].Extent);

    private int BlockRows => _schedule.BlockAxes.Aggregate(_schedule.Block * UnitRows, (rows, axis) => rows * _kernel.Axes[axis].Extent);

    private int[] PanelAxes => [.. _schedule.OuterAxes.Where(axis => _schedule.Pack == PanelPacking.Once && _right.Strides[axis] != 0)];

    /// <summary>
    /// Positions along the tile's axis that tiles take, largest first. Sums of the larger ones fill more than 16 registers; machines without more run smaller tiles.
    /// </summary>
    private int[] TileHeights
    {
        get
        {
            int vectors = HasPairs ? 2 : 1, small = Math.Max(1, 12 / (vectors * UnitRows));
            List<int> heights = [_schedule.TileRows];
            bool isOpen = TileAxis.Batched;
            if (!isOpen && TileAxis.Extent % _schedule.TileRows is > 0 and int rest)
                heights.Add(rest);
            if (isOpen && _schedule.TileRows > 1)
                heights.Add(Math.Max(1, _schedule.TileRows / 2));
            if (heights.Any(height => height > small))
                heights.Add(small);
            if (heights.Count > 1 && (isOpen || heights.Contains(small)))
                heights.Add(1);
            return [.. heights.Distinct().OrderByDescending(height => height)];
        }
    }

    public void Print()
    {
        PrintLoops();
        foreach (int vectors in new[] { 2, 1 }.Where(vectors => vectors == 2 ? HasPairs : HasSingles))
        {
            foreach (int height in TileHeights)
            {
                int[] rows = [.. Enumerable.Range(0, height * UnitRows).Select(row =>
                    (row / UnitRows * _leftStrides[_schedule.TileAxis]) + (_schedule.UnitAxis < 0 ? 0 : row % UnitRows * _leftStrides[_schedule.UnitAxis]))];
                new WindowTilePrinter(_text, _writer, TileName(height, vectors), rows, vectors, SumLoops(), SumsOfRow, IsPacked, IsChunked).Print();
            }
        }

        PrintFinish();
    }

    /// <summary>The loops inside a tile; loops that walk memory as one longer loop would are one.</summary>
    private List<SumLoop> SumLoops()
    {
        List<(int Axis, int Extent, int Left, int Right)> loops = [];
        foreach (int axis in _schedule.SumAxes)
        {
            (int extent, int left, int right) = (_kernel.Axes[axis].Extent, _leftStrides[axis], _right.Strides[axis]);
            if (loops.Count > 0 && !_kernel.Axes[axis].Batched && loops[loops.Count - 1] is var last && last.Left == left * extent && (IsPacked || last.Right == right * extent)
                && !_kernel.Axes[last.Axis].Batched)
                loops[loops.Count - 1] = (axis, last.Extent * extent, left, right);
            else
                loops.Add((axis, extent, left, right));
        }

        return [.. loops.Select(loop => new SumLoop(
            _kernel.Axes[loop.Axis].Name, _kernel.Axes[loop.Axis].Batched ? _text.Extent(_kernel.Axes[loop.Axis]) : CpuText.Text(loop.Extent), loop.Left, loop.Right))];
    }

    private string Constraint => _text.VectorConstraint;

    private string TileName(int height, int vectors) => $"{_kernel.Name}Tile{CpuText.Text(height)}x{CpuText.Text(vectors)}";

    private string From(int axis) => axis == _planned.PartitionAxis ? "from" : "0";

    private string To(int axis) => axis == _planned.PartitionAxis ? "to" : _text.Extent(_kernel.Axes[axis]);

    private int RoundUp(int value) => (value + MaxLanes - 1) / MaxLanes * MaxLanes;

    private CodeWriter.Scope Loop(int axis) => _writer.Block($"for (nint {_kernel.Axes[axis].Name} = {From(axis)}; {_kernel.Axes[axis].Name} < {To(axis)}; {_kernel.Axes[axis].Name}++)");

    private void PrintLoops()
    {
        _writer.OptimizedAtOnce();
        using CodeWriter.Scope method = _writer.Block($"private void {_kernel.Name}<V>(int from, int to{_calls.Parameter}){Constraint}");
        if (_kernel.Axes.Any(axis => axis.Batched))
            _writer.Line("int rows = _rows;");
        foreach (string line in _text.References([_kernel.Stages[0]], _calls))
            _writer.Line(line);
        PrintScratch();
        if (_schedule.Pack == PanelPacking.Once)
            Nest(PanelAxes.Select(LoopOfAll), PrintPack);
        // A copy of the windows serves all loops that only move within it.
        Nest(Loops(_schedule.OuterAxes.Where(SelectsCopy)), () =>
        {
            if (!IsChunked)
                PrintStaging();
            Nest(Loops(_schedule.OuterAxes.Where(axis => !SelectsCopy(axis))), () =>
            {
                if (!IsChunked)
                    PrintPackInside();
                Nest(Loops(_schedule.LineAxes), PrintBlocks);
            });
        });
    }

    private bool SelectsCopy(int axis) => _schedule.Staged is { } staged && _left.Strides[axis] != 0 && staged.Strides[axis] == 0;

    private IEnumerable<Func<CodeWriter.Scope>> Loops(IEnumerable<int> axes) => axes.Select<int, Func<CodeWriter.Scope>>(axis => () => Loop(axis));

    private Func<CodeWriter.Scope> LoopOfAll(int axis) =>
        () => _writer.Block($"for (nint {_kernel.Axes[axis].Name} = 0; {_kernel.Axes[axis].Name} < {_text.Extent(_kernel.Axes[axis])}; {_kernel.Axes[axis].Name}++)");

    private static void Nest(IEnumerable<Func<CodeWriter.Scope>> loops, Action body)
    {
        List<CodeWriter.Scope> open = [.. loops.Select(loop => loop())];
        body();
        open.Reverse();
        open.ForEach(scope => scope.Dispose());
    }

    /// <summary>The columns in panels of two vectors, then what is left over in panels of one.</summary>
    private void PrintPanels(bool usesLanes, Action<int> body)
    {
        string end = CpuText.Text(Columns);
        _writer.Line($"nint {Column} = 0;");
        if (HasPairs)
        {
            using (_writer.Block($"for (; {Column} + 2 * V.Count <= {end}; {Column} += 2 * V.Count)"))
                body(2);
        }

        if (!HasSingles)
            return;
        using (_writer.Block($"for (; {Column} < {end}; {Column} += V.Count)"))
        {
            if (HasRest && usesLanes)
                _writer.Line($"int lanes = (int)Math.Min(V.Count, {end} - {Column});");
            body(1);
        }
    }

    private void PrintBlocks()
    {
        string end = To(_schedule.TileAxis), block = CpuText.Text(_schedule.Block);
        bool single = _schedule.Block >= TileAxis.Extent && !TileAxis.Batched;
        using CodeWriter.Scope scope = _writer.Block(single ? "" : $"for (nint first = {From(_schedule.TileAxis)}; first < {end}; first += {block})");
        if (single)
            _writer.Line($"nint first = {From(_schedule.TileAxis)}, last = {end};");
        else
            _writer.Line($"nint last = Math.Min(first + {block}, {end});");
        if (IsChunked)
            _writer.Line($"Window.Clear(ref sums, {CpuText.Text(BlockRows * SumsOfRow)});");
        Nest(_schedule.ChunkAxes.Select(LoopOfAll), () =>
        {
            if (IsChunked)
            {
                PrintStaging();
                PrintPackInside();
            }

            if (HasPairs || IsChunked)
            {
                using (_writer.Block())
                    PrintPanels(false, PrintTiles);
            }
            else
            {
                PrintPanels(false, PrintTiles);
            }
        });
        _writer.Line($"{FinishName}<V>(ref sums, first, last{string.Concat(FinishAxes.Select(axis => $", {_kernel.Axes[axis].Name}"))}{(PartitionsBlock ? ", from, to" : "")}{_calls.Argument});");
    }

    private void PrintTiles(int vectors) => Nest(Loops(_schedule.BlockAxes), () =>
    {
        int[] inTile = [_schedule.TileAxis, _schedule.ColumnAxis, .. _schedule.SumAxes];
        string left;
        if (_schedule.Staged is { } staged)
        {
            int[] strides = [.. staged.Strides.Select((stride, axis) => _schedule.SumAxes.Contains(axis) || axis == _schedule.UnitAxis ? 0 : stride)];
            string offset = CpuText.Sum(_kernel, strides, staged.Offset);
            left = offset == "0" ? "ref block" : $"ref Unsafe.Add(ref block, {offset})";
        }
        else
        {
            left = _text.Place(_kernel, _left.Tensor, Without(_left.Strides), _left.Offset);
        }

        string right = !IsPacked ? _text.Place(_kernel, _right.Tensor, Without(_right.Strides), _right.Offset)
            : Panel;
        string sums = $"ref Unsafe.Add(ref sums, {SumsPlace()} + {Column})";
        _writer.Line($"nint {Tile} = first;");
        foreach (int height in TileHeights)
        {
            string registers = height * UnitRows * vectors > 12 && height > 1 ? "V.Registers >= 32 && " : "";
            using CodeWriter.Scope loop = _writer.Block($"for (; {registers}{Tile} + {CpuText.Text(height)} <= last; {Tile} += {CpuText.Text(height)})");
            _writer.Line($"{TileName(height, vectors)}<V>({left}, {right}, {sums});");
        }
    });

    /// <summary>Where the sums of a tile's first row lie: block axes, then positions along the tile's axis, then the unit's, then columns.</summary>
    private string SumsPlace()
    {
        string place = $"({Tile} - first) * {CpuText.Text(UnitRows * SumsOfRow)}";
        int size = _schedule.Block * UnitRows * SumsOfRow;
        foreach (int axis in _schedule.BlockAxes.Reverse())
        {
            place = $"{_kernel.Axes[axis].Name} * {CpuText.Text(size)} + {place}";
            size *= _kernel.Axes[axis].Extent;
        }

        return place;
    }

    private int[] Without(IReadOnlyList<int> strides) => [.. strides.Select((stride, axis) => _schedule.SumAxes.Contains(axis) || axis == _schedule.UnitAxis ? 0 : stride)];

    private int[] FinishAxes => [.. _schedule.OuterAxes, .. _schedule.LineAxes];

    private bool PartitionsBlock => _schedule.BlockAxes.Contains(_planned.PartitionAxis);

    private string FinishName => _kernel.Name + "Finish";

    /// <summary>Finishes a block row by row, so that what is read and written goes through memory in order.</summary>
    private void PrintFinish()
    {
        _writer.Blank();
        _writer.Line("// Finishes the rows of a block.");
        _writer.OptimizedAtOnce();
        string axes = string.Concat(FinishAxes.Select(axis => $", nint {_kernel.Axes[axis].Name}"));
        using CodeWriter.Scope method = _writer.Block(
            $"private void {FinishName}<V>(ref {_text.Element} sums, nint first, nint last{axes}{(PartitionsBlock ? ", int from, int to" : "")}{_calls.Parameter}){Constraint}");
        Stage[] stages = [.. _kernel.Stages.Skip(1)];
        foreach (string line in _text.References(stages, _calls))
            _writer.Line(line);
        BodyPrinter body = new(_text, _writer, _kernel);
        if (CpuText.UsesUniforms(stages))
        {
            _writer.Line($"ref {_text.Element} uniforms = ref Memory.At<{_text.Element}>(_uniforms);");
            body.BroadcastUniforms(stages);
        }

        Nest(Loops(_schedule.BlockAxes), () =>
        {
            using CodeWriter.Scope rows = _writer.Block($"for (nint {Tile} = first; {Tile} < last; {Tile}++)");
            Nest(new[] { _schedule.UnitAxis }.Where(axis => axis >= 0).Select(LoopOfAll), () =>
            {
                string unit = _schedule.UnitAxis < 0 ? "" : $" + {_kernel.Axes[_schedule.UnitAxis].Name} * {CpuText.Text(SumsOfRow)}";
                _writer.Line($"ref {_text.Element} sumsOfRow = ref Unsafe.Add(ref sums, {SumsPlace()}{unit});");
                _writer.Line($"nint {Column} = 0;");
                using (_writer.Block($"for (; {Column} + V.Count <= {CpuText.Text(Columns)}; {Column} += V.Count)"))
                    PrintFinish(body, stages, "");
                if (!HasRest)
                    return;
                body.Release();
                using CodeWriter.Scope rest = _writer.Block($"if ({Column} < {CpuText.Text(Columns)})");
                _writer.Line($"int lanes = (int)({CpuText.Text(Columns)} - {Column});");
                PrintFinish(body, stages, "lanes");
            });
        });
    }

    private void PrintFinish(BodyPrinter body, Stage[] stages, string partial)
    {
        string sum = body.Fresh("sum");
        _writer.Line($"V {sum} = V.Load(ref Unsafe.Add(ref sumsOfRow, {Column}));");
        body.Accumulated[(0, 0)] = (sum, "V");
        Lanes lanes = new("V", _schedule.ColumnAxis, partial);
        for (int number = 0; number < stages.Length; number++)
        {
            string[] values = body.Print(stages[number], lanes);
            for (int sink = 0; sink < values.Length; sink++)
            {
                if (stages[number].Sinks[sink] is StoreSink store)
                {
                    body.Store(store, values[sink], lanes, stages[number]);
                    continue;
                }

                string name = body.Fresh("value");
                _writer.Line($"V {name} = {values[sink]};");
                body.Accumulated[(number + 1, sink)] = (name, "V");
            }
        }
    }
}
