using OptGen.Generator.Fusion;
using OptGen.Generator.Planning;

namespace OptGen.Generator.Backends.Cpu;

/// <summary>
/// Prints a matrix product: panels of columns, tiles of rows whose sums stay in registers, and the stages that finish the sums of a tile. Every element adds its
/// products in the order of the sum's loop whatever the tile, so results do not depend on how the work is divided. A tile's method calls nothing: a call would make
/// the JIT spill the sums inside the loop, so they pass through a few vectors of scratch memory to the method that finishes them.
/// </summary>
internal sealed class ContractionPrinter
{
    private readonly CpuText _text;
    private readonly CodeWriter _writer;
    private readonly PlannedKernel _planned;
    private readonly KernelCalls _calls;
    private readonly Kernel _kernel;
    private readonly ContractionSchedule _schedule;
    private readonly LoadOperand _left;
    private readonly LoadOperand _right;

    public ContractionPrinter(CpuText text, CodeWriter writer, PlannedKernel planned, KernelCalls calls)
    {
        _text = text;
        _writer = writer;
        _planned = planned;
        _calls = calls;
        _kernel = planned.Kernel;
        _schedule = (ContractionSchedule)planned.Schedule;
        _left = (LoadOperand)_kernel.Stages[0].Operands[_schedule.Left];
        _right = (LoadOperand)_kernel.Stages[0].Operands[_schedule.Right];
    }

    private string Row => _kernel.Axes[_schedule.RowAxis].Name;

    private string Column => _kernel.Axes[_schedule.ColumnAxis].Name;

    private string Sum => _kernel.Axes[_schedule.SumAxis].Name;

    private IEnumerable<Stage> Finish => _kernel.Stages.Skip(1);

    /// <summary>Two vectors of columns at a time, where there are as many even at the widest.</summary>
    private bool HasPairs => _kernel.Axes[_schedule.ColumnAxis].Extent >= 2 * _text.Program.Options.MaxLanes;

    private bool HasRest => _kernel.Axes[_schedule.ColumnAxis].Extent % _text.Program.Options.MaxLanes != 0;

    /// <summary>Single vectors are needed for what pairs leave over; where the widest pairs leave nothing, narrower ones do not either.</summary>
    private bool HasSingles => _kernel.Axes[_schedule.ColumnAxis].Extent % (2 * _text.Program.Options.MaxLanes) != 0;

    private int[] BatchAxes => [.. Enumerable.Range(0, _kernel.OuterCount).Where(axis => axis != _schedule.RowAxis && axis != _schedule.ColumnAxis)];

    private int[] TileHeights
    {
        get
        {
            int half = _schedule.TileRows / 2;
            Axis row = _kernel.Axes[_schedule.RowAxis];
            List<int> heights = [_schedule.TileRows];
            if (half > 1)
                heights.Add(half);
            if (row.Batched || half == 0 || row.Extent % half != 0)
                heights.Add(1);
            return [.. heights.Distinct()];
        }
    }

    public void Print()
    {
        PrintLoops();
        foreach (int vectors in new[] { 2, 1 }.Where(vectors => vectors == 2 ? HasPairs : HasSingles || !HasPairs))
        {
            foreach (int rows in TileHeights)
                PrintTile(rows, vectors);
        }

        if (IsBlocked)
        {
            PrintFinishOfBlock();
            return;
        }

        if (HasPairs || !HasRest)
            PrintFinish(false);
        if (HasRest)
            PrintFinish(true);
    }

    private string Constraint => _text.VectorConstraint;

    private string TileName(int rows, int vectors) => $"{_kernel.Name}Tile{rows}x{vectors}";

    private void PrintLoops()
    {
        _writer.OptimizedAtOnce();
        using CodeWriter.Scope method = _writer.Block($"private void {_kernel.Name}<V>(int from, int to{_calls.Parameter}){Constraint}");
        if (_kernel.Axes.Any(axis => axis.Batched))
            _writer.Line("int rows = _rows;");
        foreach (string line in _text.References([_kernel.Stages[0]], _calls))
            _writer.Line(line);
        List<CodeWriter.Scope> loops = [];
        PrintScratch();
        foreach (int axis in BatchAxes)
        {
            string name = _kernel.Axes[axis].Name;
            loops.Add(_writer.Block($"for (nint {name} = {From(axis)}; {name} < {To(axis)}; {name}++)"));
        }

        if (IsBlocked)
            PrintBlocks();
        else
            PrintPanels(To(_schedule.ColumnAxis), true, vectors =>
            {
                if (_schedule.Pack)
                    PrintPack(vectors, "");
                PrintTiles(vectors, From(_schedule.RowAxis), To(_schedule.RowAxis));
            });
        loops.Reverse();
        loops.ForEach(loop => loop.Dispose());
    }

    private bool IsBlocked => _schedule.RowBlock > 0;

    /// <summary>In a block, the sums of a row lie side by side over all columns, whole vectors of any width.</summary>
    private int SumsOfRow => (_kernel.Axes[_schedule.ColumnAxis].Extent + _text.Program.Options.MaxLanes - 1) / _text.Program.Options.MaxLanes * _text.Program.Options.MaxLanes;

    private string SumExtent => _text.Extent(_kernel.Axes[_schedule.SumAxis]);

    /// <summary>Scratch memory: the sums of a tile, then packed panels, then the packed block.</summary>
    private void PrintScratch()
    {
        string width = HasPairs ? "2 * V.Count" : "V.Count";
        string sums = IsBlocked ? CpuText.Text(_schedule.RowBlock * SumsOfRow) : $"{CpuText.Text(_schedule.TileRows)} * {width}";
        string columns = CpuText.Text(_kernel.Axes[_schedule.ColumnAxis].Extent);
        string panels = IsBlocked ? $" + {SumExtent} * ({columns} + 2 * V.Count + {CpuText.Text(_schedule.RowBlock)})" : _schedule.Pack ? $" + {SumExtent} * {width}" : "";
        _writer.Line($"ref {_text.Element} sums = ref Scratch.Rent<{_text.Element}>({sums}{panels});");
        if (_schedule.Pack)
            _writer.Line($"ref {_text.Element} panel = ref Unsafe.Add(ref sums, {sums});");
        if (IsBlocked)
            _writer.Line($"ref {_text.Element} block = ref Unsafe.Add(ref panel, {SumExtent} * ({columns} + 2 * V.Count));");
    }

    /// <summary>The columns in panels of two vectors, then what is left over in panels of one.</summary>
    private void PrintPanels(string end, bool usesLanes, Action<int> body)
    {
        _writer.Line($"nint {Column} = {From(_schedule.ColumnAxis)};");
        if (HasPairs)
        {
            using (_writer.Block($"for (; {Column} + 2 * V.Count <= {end}; {Column} += 2 * V.Count)"))
                body(2);
        }

        if (HasSingles || !HasPairs)
        {
            using (_writer.Block($"for (; {Column} < {end}; {Column} += V.Count)"))
            {
                if (HasRest && usesLanes)
                    _writer.Line($"int lanes = (int)Math.Min(V.Count, {end} - {Column});");
                body(1);
            }
        }
    }

    private void PrintBlocks()
    {
        string block = CpuText.Text(_schedule.RowBlock), end = To(_schedule.RowAxis);
        using (_writer.Block())
            PrintPanels(To(_schedule.ColumnAxis), _right.Strides[_schedule.ColumnAxis] != 1, vectors => PrintPack(vectors, $" + {Column} * {SumExtent}"));
        using CodeWriter.Scope loop = _writer.Block($"for (nint first = {From(_schedule.RowAxis)}; first < {end}; first += {block})");
        _writer.Line($"nint last = Math.Min(first + {block}, {end});");
        string left = CpuText.Sum(_kernel, Without(_left.Strides, _schedule.RowAxis), _left.Offset);
        using (_writer.Block($"for (nint {Sum} = 0; {Sum} < {SumExtent}; {Sum}++)"))
        {
            _writer.Line($"for (nint {Row} = first; {Row} < last; {Row} += V.Count)");
            _writer.Indent();
            _writer.Line($"V.Store(V.Load(ref Unsafe.Add(ref {_text.Tensor(_left.Tensor)}, {left} + {Row})), ref Unsafe.Add(ref block, {Sum} * {block} + {Row} - first));");
            _writer.Unindent();
        }

        PrintPanels(To(_schedule.ColumnAxis), false, vectors => PrintTiles(vectors, "first", "last"));
        // What the finish reads and writes goes through memory in order, row by row.
        _writer.Line($"{FinishName(false)}<V>(ref sums, first, last{string.Concat(BatchAxes.Select(axis => $", {_kernel.Axes[axis].Name}"))}{_calls.Argument});");
    }

    private string From(int axis) => axis == _planned.PartitionAxis ? "from" : "0";

    private string To(int axis) => axis == _planned.PartitionAxis ? "to" : _text.Extent(_kernel.Axes[axis]);

    private void PrintTiles(int vectors, string from, string end)
    {
        string right = _text.Place(_kernel, _right.Tensor, Without(_right.Strides, _schedule.SumAxis), _right.Offset);
        string panel = IsBlocked ? $"ref Unsafe.Add(ref panel, {Column} * {SumExtent})" : _schedule.Pack ? "ref panel" : right;
        string left = IsBlocked
            ? $"ref Unsafe.Add(ref block, {Row} - first)"
            : _text.Place(_kernel, _left.Tensor, Without(_left.Strides, _schedule.SumAxis), _left.Offset);
        _writer.Line($"nint {Row} = {from};");
        string batch = string.Concat(BatchAxes.Select(axis => $", {_kernel.Axes[axis].Name}"));
        bool rest = vectors == 1 && HasRest;
        foreach (int rows in TileHeights)
        {
            // Machines with 16 registers run the smaller tiles only.
            string registers = rows == _schedule.TileRows && TileHeights.Length > 1 && rows * vectors > 12 ? "V.Registers >= 32 && " : "";
            string height = CpuText.Text(rows);
            using CodeWriter.Scope loop = _writer.Block(rows == 1
                ? $"for (; {Row} < {end}; {Row}++)"
                : $"for (; {registers}{Row} + {height} <= {end}; {Row} += {height})");
            string sums = IsBlocked ? $"ref Unsafe.Add(ref sums, ({Row} - first) * {CpuText.Text(SumsOfRow)} + {Column})" : "ref sums";
            _writer.Line($"{TileName(rows, vectors)}<V>({left}, {panel}, {sums});");
            if (!IsBlocked)
                _writer.Line($"{FinishName(rest)}<V>(ref sums, {Row}, {height}, {Column}, {(rest ? "lanes" : vectors == 1 ? "V.Count" : "2 * V.Count")}{batch}{_calls.Argument});");
        }
    }

    /// <summary>Copies a panel of the right operand, one row of it after the other.</summary>
    private void PrintPack(int vectors, string offset)
    {
        string lanes = vectors == 1 && HasRest ? "lanes" : "V.Count";
        string tensor = _text.Tensor(_right.Tensor);
        int columnStride = _right.Strides[_schedule.ColumnAxis];
        using (_writer.Block($"for (nint {Sum} = 0; {Sum} < {_text.Extent(_kernel.Axes[_schedule.SumAxis])}; {Sum}++)"))
        {
            for (int vector = 0; vector < vectors; vector++)
            {
                string shift = vector == 0 ? "" : columnStride == 1 ? " + V.Count" : $" + V.Count * {CpuText.Text(columnStride)}";
                string source = $"ref Unsafe.Add(ref {tensor}, {CpuText.Sum(_kernel, _right.Strides, _right.Offset)}{shift})";
                string value = columnStride == 1 ? $"V.Load({source})" : $"V.Gather({source}, {CpuText.Text(columnStride)}, {lanes})";
                string width = vectors == 1 ? "V.Count" : "2 * V.Count";
                _writer.Line($"V.Store({value}, ref Unsafe.Add(ref panel, {Sum} * {width}{(vector == 0 ? "" : " + V.Count")}{offset}));");
            }
        }
    }

    private void PrintTile(int rows, int vectors)
    {
        _writer.Blank();
        _writer.Line($"// Sums of {(rows == 1 ? "one row" : CpuText.Text(rows) + " rows")} by {(vectors == 1 ? "one vector" : "two vectors")} of columns.");
        _writer.OptimizedAtOnce();
        bool isBatched = _kernel.Axes[_schedule.SumAxis].Batched;
        using CodeWriter.Scope method = _writer.Block(
            $"private {(isBatched ? "" : "static ")}void {TileName(rows, vectors)}<V>(ref {_text.Element} a, ref {_text.Element} b, ref {_text.Element} sums){Constraint}");
        if (isBatched)
            _writer.Line("int rows = _rows;");
        for (int row = 0; row < rows; row++)
            _writer.Line("V " + string.Join(", ", Enumerable.Range(0, vectors).Select(vector => $"{Accumulator(row, vector)} = V.Zero")) + ";");
        using (_writer.Block($"for (nint {Sum} = 0; {Sum} < {SumExtent}; {Sum}++)"))
        {
            // A vector may reach past the last column; what it reads there is dropped when the sum is stored.
            for (int vector = 0; vector < vectors; vector++)
                _writer.Line($"V b{vector} = V.Load(ref {(vector == 0 ? "b" : "Unsafe.Add(ref b, V.Count)")});");
            for (int row = 0; row < rows; row++)
            {
                int offset = row * (IsBlocked ? 1 : _left.Strides[_schedule.RowAxis]);
                // Written out for each vector: the JIT then takes the element from memory as part of the product, or keeps it in all lanes of a register.
                string element = offset == 0 ? "a" : $"Unsafe.Add(ref a, {CpuText.Text(offset)})";
                for (int vector = 0; vector < vectors; vector++)
                    _writer.Line($"V.AddProduct(ref {Accumulator(row, vector)}, b{vector}, {element});");
            }

            string step = _schedule.Pack ? (vectors == 1 ? "V.Count" : "2 * V.Count") : CpuText.Text(_right.Strides[_schedule.SumAxis]);
            _writer.Line($"a = ref Unsafe.Add(ref a, {CpuText.Text(IsBlocked ? _schedule.RowBlock : _left.Strides[_schedule.SumAxis])});");
            _writer.Line($"b = ref Unsafe.Add(ref b, {step});");
        }

        _writer.Blank();
        for (int row = 0; row < rows; row++)
        {
            for (int vector = 0; vector < vectors; vector++)
            {
                _writer.Line($"V.Store({Accumulator(row, vector)}, ref {SumPlace(row, vector, vectors)});");
            }
        }
    }

    private string SumPlace(int row, int vector, int vectors)
    {
        if (IsBlocked)
        {
            string offset = string.Join(" + ", new[] { row == 0 ? "" : CpuText.Text(row * SumsOfRow), vector == 0 ? "" : "V.Count" }.Where(term => term.Length > 0));
            return offset.Length == 0 ? "sums" : $"Unsafe.Add(ref sums, {offset})";
        }

        int position = (row * vectors) + vector;
        return position == 0 ? "sums" : $"Unsafe.Add(ref sums, {(position == 1 ? "" : CpuText.Text(position) + " * ")}V.Count)";
    }

    private string FinishName(bool rest) => _kernel.Name + (rest ? "FinishRest" : "Finish");

    private static string Accumulator(int row, int vector) => $"c{CpuText.Text(row)}{(vector == 0 ? "" : "n")}";

    /// <summary>Finishes a tile: whole vectors of columns, or the last columns, of which one vector has only some lanes live.</summary>
    private void PrintFinish(bool rest)
    {
        string batch = string.Concat(BatchAxes.Select(axis => $", nint {_kernel.Axes[axis].Name}"));
        _writer.Blank();
        _writer.Line(rest ? "// Finishes a tile over the last columns, of which only some lanes are live." : "// Finishes a tile.");
        _writer.OptimizedAtOnce();
        using CodeWriter.Scope method = _writer.Block(
            $"private void {FinishName(rest)}<V>(ref {_text.Element} sums, nint firstRow, int rowCount, nint {(rest ? Column : "firstColumn")}, int {(rest ? "lanes" : "columnCount")}{batch}{_calls.Parameter}){Constraint}");
        BodyPrinter body = PrintFinishReferences();
        using CodeWriter.Scope rows = _writer.Block($"for (nint {Row} = firstRow; {Row} < firstRow + rowCount; {Row}++)");
        if (rest)
        {
            PrintFinish(body, "lanes");
            return;
        }

        using CodeWriter.Scope columns = _writer.Block($"for (nint {Column} = firstColumn; {Column} < firstColumn + columnCount; {Column} += V.Count)");
        PrintFinish(body, "");
    }

    private BodyPrinter PrintFinishReferences()
    {
        foreach (string line in _text.References([.. Finish], _calls))
            _writer.Line(line);
        BodyPrinter body = new(_text, _writer, _kernel);
        if (CpuText.UsesUniforms(Finish))
        {
            _writer.Line($"ref {_text.Element} uniforms = ref Memory.At<{_text.Element}>(_uniforms);");
            body.BroadcastUniforms(Finish);
        }

        return body;
    }

    /// <summary>Finishes the rows of a block over all columns.</summary>
    private void PrintFinishOfBlock()
    {
        string batch = string.Concat(BatchAxes.Select(axis => $", nint {_kernel.Axes[axis].Name}"));
        _writer.Blank();
        _writer.Line("// Finishes the rows of a block.");
        _writer.OptimizedAtOnce();
        using CodeWriter.Scope method = _writer.Block($"private void {FinishName(false)}<V>(ref {_text.Element} sums, nint first, nint last{batch}{_calls.Parameter}){Constraint}");
        BodyPrinter body = PrintFinishReferences();
        using CodeWriter.Scope rows = _writer.Block($"for (nint {Row} = first; {Row} < last; {Row}++)");
        string columns = CpuText.Text(_kernel.Axes[_schedule.ColumnAxis].Extent);
        _writer.Line($"nint {Column} = 0;");
        using (_writer.Block($"for (; {Column} + V.Count <= {columns}; {Column} += V.Count)"))
            PrintFinish(body, "", $"Unsafe.Add(ref sums, {Column})");
        if (HasRest)
        {
            body.Release();
            using CodeWriter.Scope rest = _writer.Block($"if ({Column} < {columns})");
            _writer.Line($"int lanes = (int)({columns} - {Column});");
            PrintFinish(body, "lanes", $"Unsafe.Add(ref sums, {Column})");
        }

        _writer.Line($"sums = ref Unsafe.Add(ref sums, {CpuText.Text(SumsOfRow)});");
    }

    private void PrintFinish(BodyPrinter body, string lanesExpression, string place = "")
    {
        string sum = body.Fresh("sum");
        _writer.Line($"V {sum} = V.Load(ref {(place.Length == 0 ? "sums" : place)});");
        if (place.Length == 0)
            _writer.Line("sums = ref Unsafe.Add(ref sums, V.Count);");
        body.Accumulated[(0, 0)] = (sum, "V");
        Lanes lanes = new("V", _schedule.ColumnAxis, lanesExpression);
        for (int number = 1; number < _kernel.Stages.Count; number++)
        {
            Stage stage = _kernel.Stages[number];
            string[] values = body.Print(stage, lanes);
            for (int sink = 0; sink < values.Length; sink++)
            {
                if (stage.Sinks[sink] is StoreSink store)
                {
                    body.Store(store, values[sink], lanes, stage);
                    continue;
                }

                string name = body.Fresh("value");
                _writer.Line($"V {name} = {values[sink]};");
                body.Accumulated[(number, sink)] = (name, "V");
            }
        }
    }

    private static int[] Without(IReadOnlyList<int> strides, int axis) => [.. strides.Select((stride, i) => i == axis ? 0 : stride)];
}
