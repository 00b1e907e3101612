using OptGen.Generator.Fusion;
using OptGen.Generator.Planning;

namespace OptGen.Generator.Backends.Cpu;

/// <summary>
/// The loops of a program by rows: tiles, which threads divide, and the rows of a tile. How a matrix is divided into tiles depends on its shape alone, and each tile has
/// sums of its own, so that results are the same for any number of threads.
/// </summary>
internal sealed partial class NestPrinter
{
    private void Rows(RowOptions options)
    {
        int[] uniforms = [.. _kernel.Stages.SelectMany(stage => stage.Operands).OfType<UniformOperand>().Select(uniform => uniform.Index).Where(uniform => uniform >= options.FirstUniform).Distinct().OrderBy(uniform => uniform)];
        foreach (int uniform in options.Skipped < 0 ? uniforms : [options.Skipped, .. uniforms])
            _writer.Line($"ref {_text.Element} {NameOfLine(uniform)} = ref Memory.At<{_text.Element}>(_line{CpuText.Text(options.FirstLine + uniform - options.FirstUniform)}); // for each row");
        _writer.Line("RowTiles tiles = _tiles;");
        _prefetch = BeginPrefetch("from", "to");
        using CodeWriter.Scope tiles = _writer.Block("for (int tile = from; tile < to; tile++)");
        _writer.Line("nint begin = tiles.FirstColumn(tile), end = tiles.EndColumn(tile);");
        foreach ((int slot, bool isMax) in _text.Program.AddedLines)
            BeginLine(slot, isMax);
        _writer.Line("nint endRow = tiles.EndRow(tile);");
        using CodeWriter.Scope rows = _writer.Block("for (nint row = tiles.FirstRow(tile); row < endRow; row++)");
        if (options.Skipped >= 0)
        {
            using CodeWriter.Scope skipped = _writer.Block($"if (Unsafe.Add(ref {NameOfLine(options.Skipped)}, row) {(options.SkippedWhen ? ">" : "==")} 0)");
            _writer.Line("continue; // Nothing of such a row changes.");
        }

        int[] elements = [.. CpuText.Tensors(_kernel.Stages).Where(_text.IsOfElements)];
        if (elements.Length > 0 || IsRandom)
            _writer.Line("nint rowBegin = row * tiles.Columns;");
        foreach (string line in elements.SelectMany(tensor => _text.Formats.OfRow(tensor, _text.Address(tensor))))
            _writer.Line(line);
        if (IsRandom)
            _writer.Line("uint randomKey = StepRandom.Key(_seed, _firstRandom + rowBegin);");
        foreach (int uniform in uniforms)
        {
            string name = _text.Program.Options.UniformNames[uniform];
            _writer.Line($"V {name} = V.Broadcast(Unsafe.Add(ref {NameOfLine(uniform)}, row));");
            _body.Broadcasts[(uniform, "V")] = name;
        }

        OuterLoops(0);
    }

    private bool IsRandom => _kernel.Stages.SelectMany(stage => stage.Operands).Any(operand => operand is IotaOperand { Stream: not null });

    /// <summary>What the values of a uniform that varies from row to row are called.</summary>
    private string NameOfLine(int uniform) => _text.Program.Options.UniformNames[uniform] + "Line";

    /// <summary>The numbers to which a tile adds, before it does.</summary>
    private void BeginLine(int slot, bool isMax)
    {
        string element = _text.Element, number = CpuText.Text(slot);
        int tensor = Enumerable.Range(0, _text.Program.Tensors.Count).First(tensor => _text.Program.Placements[tensor] is { Home: Home.Line } place && place.Slot == slot);
        _writer.Line($"ref {element} {_text.Tensor(tensor)} = ref Memory.At<{element}>(tiles.Band<{element}>(tile, _bands{number}.Address, _line{number}));");
        string numbers = $"MemoryMarshal.CreateSpan(ref Unsafe.Add(ref {_text.Tensor(tensor)}, begin), (int)(end - begin))";
        _writer.Line($"{numbers}.{(isMax ? $"Fill({element}.NegativeInfinity)" : "Clear()")};");
    }
}
