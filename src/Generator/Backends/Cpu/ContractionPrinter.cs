using OptGen.Generator.Fusion;
using OptGen.Generator.Planning;

namespace OptGen.Generator.Backends.Cpu;

/// <summary>
/// Prints a matrix product: panels of columns, tiles of rows whose sums stay in registers, and the stages that finish each sum. Every element adds its products
/// in the order of the sum's loop whatever the tile, so results do not depend on how the work is divided.
/// </summary>
internal sealed class ContractionPrinter
{
    /// <summary>A finish of at most this many operations is inlined after each tile; a longer one is called.</summary>
    private const int InlineOperations = 8;

    private readonly CpuText _text;
    private readonly CodeWriter _writer;
    private readonly PlannedKernel _planned;
    private readonly Kernel _kernel;
    private readonly ContractionSchedule _schedule;
    private readonly LoadOperand _left;
    private readonly LoadOperand _right;

    public ContractionPrinter(CpuText text, CodeWriter writer, PlannedKernel planned)
    {
        _text = text;
        _writer = writer;
        _planned = planned;
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

        if (HasPairs || !HasRest)
            PrintFinish(false);
        if (HasRest)
            PrintFinish(true);
    }

    private string Constraint => $"\n    where V : struct, ISimd<V, {_text.Element}>";

    private string TileName(int rows, int vectors) => $"{_kernel.Name}Tile{rows}x{vectors}";

    private void PrintLoops()
    {
        _writer.Line("[MethodImpl(MethodImplOptions.AggressiveOptimization)]");
        using CodeWriter.Scope method = _writer.Block($"private void {_kernel.Name}<V>(int from, int to){Constraint}");
        if (_kernel.Axes.Any(axis => axis.Batched))
            _writer.Line("int rows = _rows;");
        foreach (string line in _text.References(CpuText.Tensors([_kernel.Stages[0]])))
            _writer.Line(line);
        int width = HasPairs ? 2 : 1;
        if (_schedule.Pack)
            _writer.Line($"ref {_text.Element} panel = ref Scratch.Rent<{_text.Element}>({_text.Extent(_kernel.Axes[_schedule.SumAxis])} * {(width == 2 ? "2 * " : "")}V.Count);");
        List<CodeWriter.Scope> loops = [];
        foreach (int axis in BatchAxes)
        {
            string name = _kernel.Axes[axis].Name;
            loops.Add(_writer.Block($"for (nint {name} = {From(axis)}; {name} < {To(axis)}; {name}++)"));
        }

        _writer.Line($"nint {Column} = {From(_schedule.ColumnAxis)};");
        string end = To(_schedule.ColumnAxis);
        if (HasPairs)
        {
            using (_writer.Block($"for (; {Column} + 2 * V.Count <= {end}; {Column} += 2 * V.Count)"))
                PrintPanel(2, "");
        }

        if (HasSingles || !HasPairs)
        {
            using (_writer.Block($"for (; {Column} < {end}; {Column} += V.Count)"))
            {
                if (HasRest)
                    _writer.Line($"int lanes = (int)Math.Min(V.Count, {end} - {Column});");
                PrintPanel(1, HasRest ? ", lanes" : "");
            }
        }

        loops.Reverse();
        loops.ForEach(loop => loop.Dispose());
    }

    private string From(int axis) => axis == _planned.PartitionAxis ? "from" : "0";

    private string To(int axis) => axis == _planned.PartitionAxis ? "to" : _text.Extent(_kernel.Axes[axis]);

    private void PrintPanel(int vectors, string lanes)
    {
        string right = _text.Place(_kernel, _right.Tensor, Without(_right.Strides, _schedule.SumAxis), _right.Offset);
        string panel = right;
        if (_schedule.Pack)
        {
            PrintPack(vectors, lanes.Length > 0 ? "lanes" : "V.Count");
            panel = "ref panel";
        }

        _writer.Line($"nint {Row} = {From(_schedule.RowAxis)};");
        string end = To(_schedule.RowAxis);
        string left = _text.Place(_kernel, _left.Tensor, Without(_left.Strides, _schedule.SumAxis), _left.Offset);
        string batch = string.Concat(BatchAxes.Select(axis => $", {_kernel.Axes[axis].Name}"));
        foreach (int rows in TileHeights)
        {
            string call = $"{TileName(rows, vectors)}<V>({left}, {panel}, {Row}, {Column}{batch}{lanes});";
            // Machines with 16 registers run the smaller tiles only.
            if (rows == _schedule.TileRows && TileHeights.Length > 1 && rows * vectors > 12)
            {
                _writer.Line("if (V.Registers >= 32)");
                using (_writer.Block())
                    TileLoop(rows, call, end);
                continue;
            }

            TileLoop(rows, call, end);
        }
    }

    private void TileLoop(int rows, string call, string end)
    {
        _writer.Line(rows == 1 ? $"for (; {Row} < {end}; {Row}++)" : $"for (; {Row} + {CpuText.Text(rows)} <= {end}; {Row} += {CpuText.Text(rows)})");
        _writer.Indent();
        _writer.Line(call);
        _writer.Unindent();
    }

    private void PrintPack(int vectors, string lanes)
    {
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
                _writer.Line($"V.Store({value}, ref Unsafe.Add(ref panel, {Sum} * {width}{(vector == 0 ? "" : " + V.Count")}));");
            }
        }
    }

    private void PrintTile(int rows, int vectors)
    {
        bool partial = vectors == 1 && HasRest;
        string batch = string.Concat(BatchAxes.Select(axis => $", nint {_kernel.Axes[axis].Name}"));
        _writer.Blank();
        _writer.Line($"// {(rows == 1 ? "One row" : CpuText.Text(rows) + " rows")} by {(vectors == 1 ? "one vector" : "two vectors")} of columns.");
        _writer.Line("[MethodImpl(MethodImplOptions.AggressiveOptimization)]");
        using CodeWriter.Scope method = _writer.Block(
            $"private void {TileName(rows, vectors)}<V>(ref {_text.Element} a, ref {_text.Element} b, nint {Row}, nint {Column}{batch}{(partial ? ", int lanes" : "")}){Constraint}");
        if (_kernel.Axes[_schedule.SumAxis].Batched)
            _writer.Line("int rows = _rows;");
        for (int row = 0; row < rows; row++)
            _writer.Line("V " + string.Join(", ", Enumerable.Range(0, vectors).Select(vector => $"{Accumulator(row, vector)} = V.Zero")) + ";");
        using (_writer.Block($"for (nint {Sum} = 0; {Sum} < {_text.Extent(_kernel.Axes[_schedule.SumAxis])}; {Sum}++)"))
        {
            // A vector may reach past the last column; what it reads there is dropped when the sum is stored.
            for (int vector = 0; vector < vectors; vector++)
                _writer.Line($"V b{vector} = V.Load(ref {(vector == 0 ? "b" : "Unsafe.Add(ref b, V.Count)")});");
            for (int row = 0; row < rows; row++)
            {
                int offset = row * _left.Strides[_schedule.RowAxis];
                _writer.Line($"V a{row} = V.Broadcast({(offset == 0 ? "a" : $"Unsafe.Add(ref a, {CpuText.Text(offset)})")});");
                for (int vector = 0; vector < vectors; vector++)
                    _writer.Line($"{Accumulator(row, vector)} = V.FusedMultiplyAdd(a{row}, b{vector}, {Accumulator(row, vector)});");
            }

            string step = _schedule.Pack ? (vectors == 1 ? "V.Count" : "2 * V.Count") : CpuText.Text(_right.Strides[_schedule.SumAxis]);
            _writer.Line($"a = ref Unsafe.Add(ref a, {CpuText.Text(_left.Strides[_schedule.SumAxis])});");
            _writer.Line($"b = ref Unsafe.Add(ref b, {step});");
        }

        _writer.Blank();
        int[] tensors = CpuText.Tensors(Finish);
        foreach (string line in _text.References(tensors))
            _writer.Line(line);
        if (CpuText.UsesUniforms(Finish))
            _writer.Line($"ref {_text.Element} uniforms = ref Memory.At<{_text.Element}>(_uniforms);");
        string references = string.Concat(tensors.Select(tensor => $", ref {_text.Tensor(tensor)}")) + (CpuText.UsesUniforms(Finish) ? ", ref uniforms" : "");
        string batchArguments = string.Concat(BatchAxes.Select(axis => $", {_kernel.Axes[axis].Name}"));
        for (int row = 0; row < rows; row++)
        {
            for (int vector = 0; vector < vectors; vector++)
            {
                string at = row == 0 ? Row : $"{Row} + {CpuText.Text(row)}";
                string column = vector == 0 ? Column : $"{Column} + V.Count";
                _writer.Line($"{FinishName(partial)}<V>({Accumulator(row, vector)}{references}, {at}, {column}{batchArguments}{(partial ? ", lanes" : "")});");
            }
        }
    }

    private string FinishName(bool partial) => _kernel.Name + (partial ? "FinishRest" : "Finish");

    private static string Accumulator(int row, int vector) => $"c{CpuText.Text(row)}{(vector == 0 ? "" : "n")}";

    private void PrintFinish(bool partial)
    {
        int operations = Finish.Sum(stage => stage.Body.Nodes.Count(node => Scalar.ScalarOps.Arity(node.Op) > 0));
        string inlining = operations <= InlineOperations ? "AggressiveInlining" : "NoInlining | MethodImplOptions.AggressiveOptimization";
        int[] tensors = CpuText.Tensors(Finish);
        string references = string.Concat(tensors.Select(tensor => $", ref {_text.Element} {_text.Tensor(tensor)}"))
            + (CpuText.UsesUniforms(Finish) ? $", ref {_text.Element} uniforms" : "");
        string batch = string.Concat(BatchAxes.Select(axis => $", nint {_kernel.Axes[axis].Name}"));
        _writer.Blank();
        _writer.Line(partial ? "// Finishes the sums of the last columns, of which only some lanes are live." : "// Finishes one vector of sums.");
        _writer.Line($"[MethodImpl(MethodImplOptions.{inlining})]");
        using CodeWriter.Scope method = _writer.Block(
            $"private static void {FinishName(partial)}<V>(V sum{references}, nint {Row}, nint {Column}{batch}{(partial ? ", int lanes" : "")}){Constraint}");
        BodyPrinter body = new(_text, _writer, _kernel);
        body.Accumulated[(0, 0)] = ("sum", "V");
        Lanes lanes = new("V", _schedule.ColumnAxis, partial ? "lanes" : "");
        body.BroadcastUniforms(Finish);
        for (int number = 1; number < _kernel.Stages.Count; number++)
        {
            Stage stage = _kernel.Stages[number];
            string[] values = body.Print(stage, lanes);
            for (int sink = 0; sink < values.Length; sink++)
            {
                if (stage.Sinks[sink] is StoreSink store)
                {
                    body.Store(store, values[sink], lanes);
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
