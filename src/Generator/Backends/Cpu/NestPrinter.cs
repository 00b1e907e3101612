using OptGen.Generator.Fusion;
using OptGen.Generator.Graph;
using OptGen.Generator.Planning;
using OptGen.Generator.Scalar;
using OptGen.Generator.Specs;

namespace OptGen.Generator.Backends.Cpu;

/// <summary>Prints a kernel as plain loops, with the lanes of a vector along one of them.</summary>
internal sealed partial class NestPrinter
{
    /// <summary>Elements from which what a flat kernel touches exceeds the second-level cache of most processors.</summary>
    private const int PrefetchLength = 65_536;

    /// <summary>Elements between what is computed and what is asked for: some hundred cycles of an update. As many bytes of a narrow format are more elements.</summary>
    private const int PrefetchDistance = 96;

    /// <summary>Vectors from which a loop of a known length goes in two stages.</summary>
    private const int PipelinedVectors = 16;

    private readonly CpuText _text;
    private readonly CodeWriter _writer;
    private readonly PlannedKernel _planned;
    private readonly KernelCalls _calls;
    private readonly Kernel _kernel;
    private readonly int _vectorAxis;
    private readonly BodyPrinter _body;
    private Action<IEnumerable<string>>? _prefetch;

    public NestPrinter(CpuText text, CodeWriter writer, PlannedKernel planned, KernelCalls calls)
    {
        _text = text;
        _writer = writer;
        _planned = planned;
        _calls = calls;
        _kernel = planned.Kernel;
        _vectorAxis = ((NestSchedule)planned.Schedule).VectorAxis;
        _body = new BodyPrinter(text, writer, _kernel);
    }

    private bool IsVertical => _vectorAxis >= 0 && _vectorAxis < _kernel.OuterCount;

    public void Print()
    {
        string generic = _vectorAxis < 0 ? "" : $"<V>";
        string constraint = _vectorAxis < 0 ? "" : _text.VectorConstraint;
        _writer.OptimizedAtOnce();
        using CodeWriter.Scope method = _writer.Block($"private void {_kernel.Name}{generic}({(_planned.PartitionAxis >= 0 ? "int from, int to" + _calls.Parameter : _calls.OnlyParameter)}){constraint}");
        if (_kernel.Axes.Where((axis, i) => axis.Batched && i != _planned.PartitionAxis).Any())
            _writer.Line("int rows = _rows;");
        foreach (string line in _text.References(_kernel.Stages, _calls))
            _writer.Line(line);
        if (CpuText.UsesUniforms(_kernel.Stages))
        {
            _writer.Line($"ref {_text.Element} uniforms = ref Memory.At<{_text.Element}>(_uniforms);");
            _body.BroadcastUniforms(_kernel.Stages.Where(IsVector));
        }

        if (_text.Program.Options.Rows is { } rows)
            Rows(rows);
        else if (_planned.HasBlocks)
            Blocks();
        else
            OuterLoops(0);
    }

    /// <summary>A reduction of a flat run, block by block, so that its result does not depend on the number of threads.</summary>
    private void Blocks()
    {
        _prefetch = BeginPrefetch("from", "to");
        using CodeWriter.Scope blocks = _writer.Block("for (nint begin = from; begin < to; begin += Partials.Block)");
        _writer.Line("nint end = Math.Min(begin + Partials.Block, to);");
        OuterLoops(0);
    }

    private bool IsVector(Stage stage) => _vectorAxis >= 0 && (IsVertical || stage.Inner.Contains(_vectorAxis));

    private void OuterLoops(int axis)
    {
        if (axis == _vectorAxis && axis < _kernel.OuterCount)
            axis++;
        if (axis < _kernel.OuterCount)
        {
            using (Loop(axis))
                OuterLoops(axis + 1);
            return;
        }

        if (IsVertical)
            VectorLoop(_vectorAxis, _kernel.Stages, partial => Stages(partial), PipelineOf(0, []));
        else
            Stages("");
    }

    private CodeWriter.Scope Loop(int axis)
    {
        string name = _kernel.Axes[axis].Name;
        (string from, string to) = Bounds(axis);
        return _writer.Block($"for (nint {name} = {from}; {name} < {to}; {name}++)");
    }

    private (string From, string To) Bounds(int axis) => axis == _planned.PartitionAxis ? _planned.HasBlocks || _text.Program.Options.Rows is not null ? ("begin", "end") : ("from", "to") : ("0", _text.Extent(_kernel.Axes[axis]));

    /// <summary>A loop in vectors; where it goes over a state that is kept in blocks, block by block.</summary>
    private void VectorLoop(int axis, IReadOnlyList<Stage> stages, Action<string> body, LoopForm form = default)
    {
        (string from, string to) = Bounds(axis);
        Action<IEnumerable<string>>? prefetch = _prefetch ?? BeginPrefetch(from, to);
        if (!CpuText.Tensors(stages).Any(_text.Formats.IsBlockwise))
        {
            VectorLoop(axis, from, to, body, prefetch, form);
            return;
        }

        string size = CpuText.Text(StateFormats.BlockSize);
        using CodeWriter.Scope blocks = _writer.Block($"for (nint first = {from}; first < {to}; first += {size})");
        _writer.Line($"nint last = Math.Min(first + {size}, {to});");
        foreach (string line in _text.Formats.BeginBlock(stages))
            _writer.Line(line);
        VectorLoop(axis, "first", "last", body, prefetch);
        foreach (string line in _text.Formats.EndBlock(stages))
            _writer.Line(line);
    }

    /// <summary>Whole vectors, then the rest; without a rest where every vector width divides the loop.</summary>
    private void VectorLoop(int axis, string from, string to, Action<string> body, Action<IEnumerable<string>>? prefetch, LoopForm form = default)
    {
        Axis loop = _kernel.Axes[axis];
        bool rest = loop.Batched || loop.Extent % _text.Program.Options.MaxLanes != 0;
        string declare = rest || form != default ? "" : $"nint {loop.Name} = {from}";
        if (declare.Length == 0)
            _writer.Line($"nint {loop.Name} = {from};");
        form.Several?.Print(axis, to, prefetch);
        if (form.Pipeline is not null)
        {
            form.Pipeline.Print(_writer, _body, _kernel, axis, to, prefetch, form.Take!);
        }
        else
        {
            using CodeWriter.Scope whole = _writer.Block($"for ({declare}; {loop.Name} + V.Count <= {to}; {loop.Name} += V.Count)");
            if (form.Several is null)
                prefetch?.Invoke([loop.Name]);
            body("");
        }

        if (!rest)
            return;

        // A pipeline leaves what is too short for its stages.
        bool several = form.Pipeline?.Stages.Count() > 2;
        using (_writer.Block(several ? $"for (; {loop.Name} < {to}; {loop.Name} += V.Count)" : $"if ({loop.Name} < {to})"))
        {
            _writer.Line($"int lanes = (int){(several ? $"Math.Min({to} - {loop.Name}, V.Count)" : $"({to} - {loop.Name})")};");
            body("lanes");
        }
    }

    /// <summary>What a loop over whole vectors is besides a plain one.</summary>
    /// <param name="Several">It is preceded by one over several vectors at once.</param>
    /// <param name="Pipeline">It has stages, of which each hands its values to <paramref name="Take"/>: the number of the sink, the stage, the value.</param>
    private readonly record struct LoopForm(SeveralVectors? Several, SoftwarePipeline? Pipeline, Action<int, Stage, string>? Take);

    private LoopForm PipelineOf(int number, string[] accumulators) => Pipeline(_text, _planned, number) is { } pipeline
        ? new(null, pipeline, (sink, part, value) => Take(number, sink, part, value, new Lanes("V", _vectorAxis, ""), accumulators))
        : default;

    /// <summary>The pipeline of a loop over flat memory, over a row of parameters, or over an axis that is long enough for beginning and end not to matter; null where a plain loop is as good.</summary>
    private static SoftwarePipeline? Pipeline(CpuText text, PlannedKernel planned, int number)
    {
        if (planned.Schedule is not NestSchedule { VectorAxis: >= 0 and int axis })
            return null;
        Kernel kernel = planned.Kernel;
        Stage stage = kernel.Stages[number];
        bool isElementwise = axis < kernel.OuterCount;
        bool isLong = text.Program.Options.IsFlat || (isElementwise && kernel.Axes[axis].Extent >= PipelinedVectors * text.Program.Options.MaxLanes);
        bool isAlone = isElementwise ? kernel.Stages.Count == 1 && stage.Sinks.All(sink => sink is StoreSink) : stage.Inner.Count == 1 && stage.Inner[0] == axis;
        return isLong && isAlone && !CpuText.Tensors([stage]).Any(text.Formats.IsBlockwise) ? text.PipelineOf(stage) : null;
    }

    /// <summary>Whether a kernel's loop begins a vector before it ends the one before.</summary>
    public static bool IsPipelined(CpuText text, PlannedKernel planned) =>
        Enumerable.Range(0, planned.Kernel.Stages.Count).Any(number => Pipeline(text, planned, number) is not null);

    /// <summary>Gives what a loop over flat memory of any length begins with, which asks for what comes later; null for other loops, whose memory is of a known size.</summary>
    private Action<IEnumerable<string>>? BeginPrefetch(string from, string to)
    {
        if (!_text.Program.Options.IsFlat || _kernel.Axes.Count > 1)
            return null;
        string condition = _body.Fresh("isLong");
        string isLong = _text.Program.Options.Rows is null ? $"{to} - {from} >= {CpuText.Text(PrefetchLength)}" : "tiles.IsLong";
        _writer.Line($"bool {condition} = {isLong}; // Too long for the cache: ask for memory ahead of its use.");
        return indices =>
        {
            using CodeWriter.Scope scope = _writer.Block($"if ({condition})");
            foreach ((int tensor, string index) in CpuText.Tensors(_kernel.Stages).Where(Advances).SelectMany(tensor => indices.Select(index => (tensor, index))))
                _writer.Line($"Memory.Prefetch(ref Unsafe.Add(ref {_text.Tensor(tensor)}, {index} + {CpuText.Text(PrefetchDistance * Narrowness(tensor))}));");
        };
    }

    private int Narrowness(int tensor) =>
        _text.Program.Options.ElementSize / (int)_text.Program.FormatOf(tensor).Bytes(_text.Program.Options.ElementSize);

    /// <summary>Whether the loop goes over a tensor element by element.</summary>
    private bool Advances(int tensor) => _kernel.Stages.Any(stage =>
        stage.Operands.OfType<LoadOperand>().Any(load => load.Tensor == tensor && load.Strides[0] == 1)
        || stage.Sinks.OfType<StoreSink>().Any(store => store.Tensor == tensor && store.Strides[0] == 1))
        && (_text.Program.Options.Rows is null || _text.IsOfElements(tensor));

    private void Stages(string partial)
    {
        // Whole vectors and the rest are blocks side by side, so the second may use the first one's names again.
        if (IsVertical)
            _body.Release();
        for (int number = 0; number < _kernel.Stages.Count; number++)
        {
            Stage stage = _kernel.Stages[number];
            Lanes lanes = IsVector(stage) ? new Lanes("V", _vectorAxis, partial) : new Lanes(_text.Single, -1, "");
            Print(number, stage, lanes);
        }
    }

    private void Print(int number, Stage stage, Lanes lanes)
    {
        bool horizontal = lanes.Vector == "V" && !IsVertical;
        int copies = horizontal && IsBoundByLatency(stage) && Pipeline(_text, _planned, number) is null ? SeveralVectors.Count : 1;
        string[][] accumulators = [.. Enumerable.Range(0, copies).Select(_ => new string[stage.Sinks.Count])];
        for (int sink = 0; sink < stage.Sinks.Count; sink++)
        {
            if (stage.Sinks[sink] is not AccumulateSink { Kind: ReduceKind kind } || stage.Inner.Count == 0)
                continue;
            foreach (string[] copy in accumulators)
            {
                copy[sink] = _body.Fresh(kind.ToString().ToLowerInvariant());
                _writer.Line($"{lanes.Vector} {copy[sink]} = {_text.Constant(lanes.Vector, Identity(kind))};");
            }
        }

        int[] loops = [.. stage.Inner.Where(axis => !horizontal || axis != _vectorAxis)];
        List<CodeWriter.Scope> open = [.. loops.Select(Loop)];
        if (horizontal)
        {
            using (_writer.Block())
            {
                LoopForm form = copies == 1 ? PipelineOf(number, accumulators[0]) : new(new(_writer, _body, _kernel, copy => Point(number, stage, lanes, accumulators[copy])), null, null);
                VectorLoop(_vectorAxis, [stage], rest => Point(number, stage, lanes with { Partial = rest }, accumulators[0]), form);
            }
        }
        else
        {
            Point(number, stage, lanes, accumulators[0]);
        }

        open.ForEach(scope => scope.Dispose());
        if (copies > 1)
            Gather(stage, accumulators);
        for (int sink = 0; sink < stage.Sinks.Count; sink++)
        {
            if (stage.Sinks[sink] is not AccumulateSink { Kind: ReduceKind kind } || stage.Inner.Count == 0)
                continue;
            if (IsVertical)
            {
                _body.Accumulated[(number, sink)] = (accumulators[0][sink], "V");
                continue;
            }

            string total = accumulators[0][sink] + "Across";
            _writer.Line($"{_text.Element} {total} = {lanes.Vector}.{kind}Across({accumulators[0][sink]});");
            _body.Accumulated[(number, sink)] = (total, "");
        }
    }

    /// <summary>
    /// Whether a loop that adds up does so little else that each addition would wait for the one before: several sums side by side then keep the processor busy.
    /// </summary>
    private bool IsBoundByLatency(Stage stage) =>
        stage.Sinks.Any(sink => sink is AccumulateSink) && IsShort(stage)
        && stage.Operands.All(operand => operand is LoadOperand { Guards.Count: 0, Row: null } or UniformOperand or AccumulatedOperand)
        && !CpuText.Tensors([stage]).Any(_text.Formats.IsBlockwise)
        && (_text.Program.Options.IsFlat || _kernel.Axes[_vectorAxis].Extent >= 2 * SeveralVectors.Count * _text.Program.Options.MaxLanes);

    private bool IsShort(Stage stage) => _text.Program.Options.Rows is null
        ? stage.Sinks.Count <= 2 && stage.Sinks.All(sink => sink is AccumulateSink) && stage.Body.Nodes.Count(node => node.Op.Arity() > 0) <= 4
        : stage.Sinks.Count <= 4 && stage.Body.Nodes.Count(node => node.Op.Arity() > 0) <= 10 && !stage.Body.Nodes.Any(node => node.Op.IsSlow());

    /// <summary>Joins what was accumulated side by side.</summary>
    private void Gather(Stage stage, string[][] accumulators)
    {
        for (int sink = 0; sink < stage.Sinks.Count; sink++)
        {
            if (stage.Sinks[sink] is not AccumulateSink { Kind: ReduceKind kind })
                continue;
            string[] each = [.. accumulators.Select(copy => copy[sink])];
            string[] pairs = [.. Enumerable.Range(0, each.Length / 2).Select(pair => kind == ReduceKind.Sum ? $"({each[2 * pair]} + {each[(2 * pair) + 1]})" : $"V.{kind}({each[2 * pair]}, {each[(2 * pair) + 1]})")];
            _writer.Line(kind == ReduceKind.Sum ? $"{each[0]} = {string.Join(" + ", pairs)};" : $"{each[0]} = V.{kind}({string.Join(", ", pairs)});");
        }
    }

    private void Point(int number, Stage stage, Lanes lanes, string[] accumulators)
    {
        string[] values = _body.Print(stage, lanes);
        for (int sink = 0; sink < values.Length; sink++)
            Take(number, sink, stage, values[sink], lanes, accumulators);
    }

    /// <summary>Hands the value for a sink of a stage to it; <paramref name="part"/> is the stage, or that part of it which computes the value.</summary>
    private void Take(int number, int sink, Stage part, string computed, Lanes lanes, string[] accumulators)
    {
        switch (_kernel.Stages[number].Sinks[sink])
        {
            case StoreSink store:
                _body.Store(store, computed, lanes, part);
                break;
            case AccumulateSink when part.Inner.Count == 0:
                Keep(number, sink, computed, lanes);
                break;
            case AccumulateSink { Kind: ReduceKind kind }:
                string value = lanes.IsPartial && !IsVertical
                    ? $"V.Select(V.FirstLanes({lanes.Partial}), {computed}, {_text.Constant("V", Identity(kind))})"
                    : computed;
                _writer.Line(kind == ReduceKind.Sum
                    ? $"{accumulators[sink]} += {value};"
                    : $"{accumulators[sink]} = {lanes.Vector}.{kind}({accumulators[sink]}, {value});");
                break;
        }
    }

    /// <summary>A value of the outer point, for later stages.</summary>
    private void Keep(int number, int sink, string value, Lanes lanes)
    {
        string name = _body.Fresh("value");
        if (IsVertical)
        {
            _writer.Line($"V {name} = {value};");
            _body.Accumulated[(number, sink)] = (name, "V");
            return;
        }

        _writer.Line($"{_text.Element} {name} = {lanes.Vector}.SumAcross({value});");
        _body.Accumulated[(number, sink)] = (name, "");
    }

    private static double Identity(ReduceKind kind) => kind switch
    {
        ReduceKind.Max => double.NegativeInfinity,
        ReduceKind.Min => double.PositiveInfinity,
        _ => 0,
    };
}
