using OptGen.Generator.Fusion;
using OptGen.Generator.Graph;
using OptGen.Generator.Planning;
using OptGen.Generator.Specs;

namespace OptGen.Generator.Backends.Cpu;

/// <summary>Prints a program as a nested class: its memory, its kernels, and the order in which they run.</summary>
internal static class CpuBackend
{
    /// <summary>Namespaces that the printed class needs in scope.</summary>
    public static IReadOnlyList<string> Usings { get; } =
        ["System", "System.Runtime.CompilerServices", "System.Runtime.InteropServices", "OptGen", "OptGen.Kernels", "OptGen.Simd"];

    public static void Emit(CodeWriter writer, CpuText text)
    {
        Program program = text.Program;
        ProgramOptions options = program.Options;
        writer.Line($"/// <summary>{options.Summary}</summary>");
        using CodeWriter.Scope type = writer.Block($"private sealed class {options.Name}Program : IParallelProgram");
        PrintFields(writer, program);
        PrintRun(writer, text);
        PrintExecute(writer, text);
        for (int number = 0; number < program.Kernels.Count; number++)
        {
            if (program.Code[number] != number)
                continue;
            PlannedKernel kernel = program.Kernels[number];
            KernelCalls calls = text.CallsOf(number);
            writer.Blank();
            calls.PrintTable(writer);
            ProgramHeader.Describe(writer, text, kernel);
            if (kernel.Schedule is ContractionSchedule)
                new ContractionPrinter(text, writer, kernel, calls).Print();
            else if (kernel.Schedule is WindowSchedule)
                new WindowPrinter(text, writer, kernel, calls).Print();
            else
                new NestPrinter(text, writer, kernel, calls).Print();
        }
    }

    private static void PrintFields(CodeWriter writer, Program program)
    {
        ProgramOptions options = program.Options;
        string element = options.Element, name = options.Name + "Program";
        string write = options.IsFlat ? "" : "readonly ";
        writer.Line($"private readonly AlignedBuffer<{element}> _workspaceBuffer = new({CpuText.Text(Math.Max(program.WorkspaceLength, 1))});");
        writer.Line($"private readonly AlignedBuffer<{element}> _uniformBuffer = new({CpuText.Text(options.Rows?.FirstUniform ?? options.UniformNames.Count)});");
        writer.Line("private readonly nint _workspace;");
        writer.Line("private readonly nint _uniforms;");
        HashSet<Home> homes = [.. program.Placements.Select(place => place.Home)];
        if (homes.Contains(Home.Parameters))
            writer.Line($"private {write}nint _parameters;");
        if (homes.Contains(Home.Gradients))
            writer.Line($"private {write}nint _gradients;");
        int[] slots = [.. program.Placements.Where(place => place.Home == Home.State).Select(place => place.Slot).Distinct().OrderBy(slot => slot)];
        int[] rounded = [.. program.RoundedStates];
        int[] blockwise = [.. slots.Where(slot => options.FormatOf(slot).IsBlockwise())];
        foreach (int slot in slots)
            writer.Line($"private {write}nint _state{CpuText.Text(slot)}; // {options.States[slot].Name}");
        foreach (int slot in blockwise)
            writer.Line($"private {write}nint _state{CpuText.Text(slot)}Scales;");
        foreach (int slot in rounded)
            writer.Line($"private uint _state{CpuText.Text(slot)}Rounding;");
        if (rounded.Length > 0 && options.IsFlat)
            writer.Line("private int _offset;");
        IEnumerable<int> ofRows = options.Rows is null ? [] : Enumerable.Range(options.Rows.FirstLine, options.UniformNames.Count - options.Rows.FirstUniform);
        int[] lines = [.. program.Placements.Where(place => place.Home == Home.Line).Select(place => place.Slot).Concat(ofRows).Distinct().OrderBy(slot => slot)];
        foreach (int slot in lines)
            writer.Line($"private nint _line{CpuText.Text(slot)};{LineName(program, slot)}");
        (int Slot, bool IsMax)[] added = [.. program.AddedLines];
        foreach ((int slot, bool _) in added)
            writer.Line($"private readonly AlignedBuffer<{element}> _bands{CpuText.Text(slot)};");
        if (options.Rows is not null)
            writer.Line("private RowTiles _tiles;");
        int[] reductions = [.. program.Placements.Where(place => place.Home == Home.Partials).Select(place => place.Slot).OrderBy(slot => slot)];
        foreach (int slot in reductions)
            writer.Line($"private readonly AlignedBuffer<{element}> _partials{CpuText.Text(slot)};");
        if (program.Kernels.SelectMany(kernel => kernel.Kernel.Stages).SelectMany(stage => stage.Operands).Any(operand => operand is IotaOperand { Stream: not null }))
        {
            PrintRandomKey(writer, options.Rows is not null);
        }

        bool usesRows = program.Kernels.Any(kernel => kernel.Kernel.Axes.Any(axis => axis.Batched));
        if (usesRows && options.Rows is null)
            writer.Line("private int _rows;");
        if (HasParallelSteps(program))
            writer.Line("private int _step;");
        writer.Blank();
        bool needsSegments = options.Rows is not null && reductions.Length + added.Length > 0;
        string arguments = needsSegments ? "ReadOnlySpan<Segment> segments" : reductions.Length > 0 ? "int longest" : options.IsFlat ? "" : "nint parameters, nint gradients, nint[] states";
        using (writer.Block($"public {name}({arguments})"))
        {
            writer.Line("_workspace = _workspaceBuffer.Address;");
            writer.Line("_uniforms = _uniformBuffer.Address;");
            foreach (int slot in reductions)
                writer.Line($"_partials{CpuText.Text(slot)} = new({(options.Rows is null ? "Partials.Count(longest)" : "RowTiles.MostPartials(segments)")});");
            foreach ((int slot, bool _) in added)
                writer.Line($"_bands{CpuText.Text(slot)} = new(RowTiles.MostBandNumbers(segments));");
            if (!options.IsFlat)
                Bind("");
        }

        if (options.IsFlat)
        {
            writer.Blank();
            writer.Line("/// <summary>Points the program at the memory of the next run; states are the whole buffers, of which the run begins at an offset.</summary>");
            string elements = options.Unit == "element" ? "nint parameters, nint gradients, " : "";
            using (writer.Block($"public void Bind({elements}nint[] states, int offset{(blockwise.Length > 0 ? ", int code, int block" : "")}{(lines.Length == 0 ? "" : ", nint[] lines")})"))
            {
                Bind($" + offset * sizeof({element})");
                if (rounded.Length > 0)
                    writer.Line("_offset = offset;");
            }
        }

        if (rounded.Length > 0)
        {
            writer.Blank();
            writer.Line("/// <summary>Says which update the next run is, for the random bits of stochastic rounding.</summary>");
            using CodeWriter.Scope method = writer.Block("public void SetStep(int step)");
            foreach (int slot in rounded)
                writer.Line($"_state{CpuText.Text(slot)}Rounding = RoundingKey.Of({CpuText.Text(slot)}, step);");
        }

        writer.Blank();
        writer.Line("/// <summary>Numbers that the host computes once per step.</summary>");
        writer.Line($"public Span<{element}> Uniforms => _uniformBuffer.Span;");
        for (int tensor = 0; tensor < program.Tensors.Count; tensor++)
            PrintAccess(writer, program, tensor);

        void Bind(string offset)
        {
            if (homes.Contains(Home.Parameters))
                writer.Line("_parameters = parameters;");
            if (homes.Contains(Home.Gradients))
                writer.Line("_gradients = gradients;");
            foreach (int slot in slots)
            {
                string number = CpuText.Text(slot);
                if (!options.FormatOf(slot).IsBlockwise())
                {
                    bool isNarrow = options.FormatOf(slot) != StateFormat.Element;
                    writer.Line($"_state{number} = states[{number}]{(options.IsFlat && isNarrow ? " + offset * 2" : offset)};");
                    continue;
                }

                // The addresses of the scales follow those of the states.
                writer.Line($"_state{number} = states[{number}]{(options.IsFlat ? " + code" : "")};");
                writer.Line($"_state{number}Scales = states[{CpuText.Text(options.States.Count + slot)}]{(options.IsFlat ? " + block * sizeof(float)" : "")};");
            }

            foreach (int slot in lines)
                writer.Line($"_line{CpuText.Text(slot)} = lines[{CpuText.Text(slot)}];");
        }
    }

    /// <summary>A comment that says what a line of numbers holds.</summary>
    private static string LineName(Program program, int slot)
    {
        int tensor = Enumerable.Range(0, program.Tensors.Count).Where(tensor => program.Placements[tensor] is { Home: Home.Line } place && place.Slot == slot).DefaultIfEmpty(-1).First();
        return " // " + (tensor >= 0 ? program.Tensors[tensor].Name : program.Options.UniformNames[program.Options.Rows!.FirstUniform + slot - program.Options.Rows.FirstLine]);
    }

    private static void PrintRandomKey(CodeWriter writer, bool byRows)
    {
        if (!byRows)
        {
            writer.Line("private uint _randomKey;");
            writer.Blank();
            writer.Line("/// <summary>Sets the key of the next run's random numbers.</summary>");
            writer.Line("public uint RandomKey { set => _randomKey = value; }");
            writer.Blank();
            return;
        }

        writer.Line("private int _seed;");
        writer.Line("private long _firstRandom;");
        writer.Blank();
        writer.Line("/// <summary>Chooses the next run's random numbers: each row has those of its first element's position.</summary>");
        using (writer.Block("public void SetRandom(int seed, long first)"))
        {
            writer.Line("_seed = seed;");
            writer.Line("_firstRandom = first;");
        }

        writer.Blank();
    }

    private static void PrintAccess(CodeWriter writer, Program program, int tensor)
    {
        TensorBuffer buffer = program.Tensors[tensor];
        Placement place = program.Placements[tensor];
        string element = program.Options.Element, offset = CpuText.Text(place.Offset);
        string length = buffer.Shape.Batched ? "rows" + (place.Length == program.Options.Batch ? "" : " * " + CpuText.Text(place.Length / program.Options.Batch)) : CpuText.Text(place.Length);
        switch (buffer.External?.Kind)
        {
            case BufferKind.Input:
                writer.Blank();
                writer.Line("/// <summary>Where the caller puts the rows of an input.</summary>");
                writer.Line($"public Span<{element}> Stage{UniqueNames.Pascal(program.Options.InputNames[buffer.External.Value.Index])}(int rows) => _workspaceBuffer.Span.Slice({offset}, {length});");
                break;
            case BufferKind.Prediction:
                writer.Blank();
                writer.Line("/// <summary>Where the rows of a result are after a run.</summary>");
                writer.Line($"public Span<{element}> Output{UniqueNames.Pascal(program.Options.OutputNames[buffer.External.Value.Index])}(int rows) => _workspaceBuffer.Span.Slice({offset}, {length});");
                break;
            case BufferKind.Loss:
                writer.Blank();
                writer.Line("/// <summary>The loss of the last run.</summary>");
                writer.Line($"public {element} Loss => _workspaceBuffer.Span[{offset}];");
                break;
            case BufferKind.Sum:
                writer.Blank();
                string slot = CpuText.Text(place.Slot), kind = KindOf(program, tensor).ToString();
                if (program.Options.Rows is { } byRows)
                {
                    bool isOfRow = byRows.Sums.Contains(place.Slot);
                    writer.Line($"/// <summary>{UniqueNames.Pascal(buffer.Name)} of {(isOfRow ? "each row of " : "")}the last run.</summary>");
                    writer.Line(isOfRow
                        ? $"public void {kind}{slot}(Span<{element}> rows) => Partials.{kind}Rows<{element}>(_partials{slot}.Span.Slice(0, _tiles.PartialCount), rows);"
                        : $"public double {kind}{slot} => Partials.{kind}<{element}>(_partials{slot}.Span.Slice(0, _tiles.PartialCount));");
                    break;
                }

                writer.Line($"/// <summary>{UniqueNames.Pascal(buffer.Name)} of the last run.</summary>");
                writer.Line($"public double {kind}{slot} => Partials.{kind}<{element}>(_partials{slot}.Span.Slice(0, Partials.Count(_rows)));");
                break;
        }
    }

    /// <summary>What the kernel that gives a number for each block does to the elements of a block.</summary>
    private static ReduceKind KindOf(Program program, int tensor)
    {
        Kernel kernel = program.Kernels.Select(planned => planned.Kernel).Single(kernel => KernelSharing.Tensors(kernel).Contains(tensor));
        Stage stage = kernel.Stages.Single(stage => stage.Sinks.Any(Stores));
        AccumulatedOperand result = (AccumulatedOperand)stage.Operands[stage.Body.Nodes[stage.Body.Outputs[stage.Sinks.Select(Stores).ToList().IndexOf(true)]].A];
        return ((AccumulateSink)kernel.Stages[result.Stage].Sinks[result.Sink]).Kind;

        bool Stores(Sink sink) => sink is StoreSink store && store.Tensor == tensor;
    }

    private static void PrintRun(CodeWriter writer, CpuText text)
    {
        Program program = text.Program;
        writer.Blank();
        bool byRows = program.Options.Rows is not null;
        writer.Line(byRows ? "/// <summary>Runs the kernel on a matrix.</summary>" : "/// <summary>Runs all kernels on the first rows.</summary>");
        writer.OptimizedAtOnce();
        using (writer.Block(byRows ? "public void Run(int rows, int columns)" : "public void Run(int rows)"))
        {
            if (byRows)
                writer.Line("_tiles = new RowTiles(rows, columns);");
            else if (program.Kernels.Any(kernel => kernel.Kernel.Axes.Any(axis => axis.Batched)))
                writer.Line("_rows = rows;");
            if (!byRows)
                writer.Line($"_uniformBuffer.Span[{CpuText.Text(Graph.Uniforms.InverseRows)}] = {text.Number(1)} / rows;");
            Dispatch(writer, text, "RunAll", byRows ? "" : "rows");
            foreach ((int slot, bool isMax) in program.AddedLines)
                writer.Line($"_tiles.{(isMax ? "JoinLargest" : "JoinSums")}<{text.Element}>(_bands{CpuText.Text(slot)}.Address, _line{CpuText.Text(slot)});");
        }

        writer.Blank();
        writer.OptimizedAtOnce();
        using (writer.Block($"private void RunAll<V>({(byRows ? "" : "int rows")}){text.VectorConstraint}"))
        {
            CodeWriter.Scope? steps = null;
            for (int number = 0; number < program.Kernels.Count; number++)
            {
                PlannedKernel kernel = program.Kernels[number];
                int before = number == 0 ? -1 : program.Kernels[number - 1].Kernel.Loop;
                if (kernel.Kernel.Loop != before)
                {
                    steps?.Dispose();
                    steps = kernel.Kernel.Loop < 0 ? null : BeginSteps(writer, program, program.Loops[kernel.Kernel.Loop]);
                }

                if (!kernel.IsParallel)
                {
                    writer.Line(Call(text, number, "0", kernel.PartitionAxis < 0 ? "" : text.PartitionExtent(kernel)));
                    continue;
                }

                string extent = text.PartitionExtent(kernel);
                string condition = byRows ? "OptGenRuntime.MaxThreads > 1 && _tiles.IsLong" : program.Options.IsFlat ? $"OptGenRuntime.MaxThreads > 1 && rows >= {CpuText.Text(FlatParallelLength)}" : "OptGenRuntime.MaxThreads > 1";
                writer.Line($"if ({condition})");
                writer.Indent();
                writer.Line($"WorkerTeam.Run(this, {CpuText.Text(number)}, OptGenRuntime.MaxThreads);");
                writer.Unindent();
                writer.Line("else");
                writer.Indent();
                writer.Line(Call(text, number, "0", extent));
                writer.Unindent();
            }

            steps?.Dispose();
        }
    }

    private static CodeWriter.Scope BeginSteps(CodeWriter writer, Program program, KernelLoop loop)
    {
        string steps = CpuText.Text(loop.Steps), last = CpuText.Text(loop.Steps - 1);
        CodeWriter.Scope scope = writer.Block(loop.Backwards ? $"for (int step = {last}; step >= 0; step--)" : $"for (int step = 0; step < {steps}; step++)");
        if (HasParallelSteps(program))
            writer.Line("_step = step;");
        return scope;
    }

    private static bool HasParallelSteps(Program program) => program.Kernels.Any(kernel => kernel.IsParallel && kernel.Kernel.Loop >= 0);

    /// <summary>Elements from which a flat kernel is divided among threads.</summary>
    private const int FlatParallelLength = 65_536;

    private static void PrintExecute(CodeWriter writer, CpuText text)
    {
        Program program = text.Program;
        writer.Blank();
        PlannedKernel[] parallel = [.. program.Kernels.Where(kernel => kernel.IsParallel)];
        if (parallel.Length == 0)
        {
            writer.Line("// No kernel is large enough to be worth dividing among threads.");
            using (writer.Block("void IParallelProgram.Execute(int kernel, int part, int parts)"))
            {
            }

            return;
        }

        writer.Line("/// <summary>Runs one part of a kernel, on whichever thread calls it.</summary>");
        using (writer.Block("void IParallelProgram.Execute(int kernel, int part, int parts)"))
            Dispatch(writer, text, "Execute", "kernel, part, parts");
        writer.Blank();
        using (writer.Block($"private void Execute<V>(int kernel, int part, int parts){text.VectorConstraint}"))
        {
            if (program.Options.Rows is null && parallel.Any(kernel => kernel.Kernel.Axes[kernel.PartitionAxis].Batched))
                writer.Line("int rows = _rows;");
            if (HasParallelSteps(program))
                writer.Line("int step = _step;");
            using (writer.Block("switch (kernel)"))
            {
                for (int number = 0; number < program.Kernels.Count; number++)
                {
                    PlannedKernel kernel = program.Kernels[number];
                    if (!kernel.IsParallel)
                        continue;
                    string extent = text.PartitionExtent(kernel), granularity = CpuText.Text(kernel.Granularity);
                    writer.Line($"case {CpuText.Text(number)}:");
                    writer.Indent();
                    writer.Line(Call(text, number, $"Partition.Begin({extent}, {granularity}, part, parts)", $"Partition.Begin({extent}, {granularity}, part + 1, parts)"));
                    writer.Line("break;");
                    writer.Unindent();
                }
            }
        }
    }

    private static string Call(CpuText text, int number, string from, string to)
    {
        PlannedKernel kernel = text.Program.Kernels[number];
        KernelCalls calls = text.CallsOf(number);
        bool vector = kernel.Schedule is not NestSchedule { VectorAxis: < 0 };
        string[] arguments = [.. new[] { kernel.PartitionAxis < 0 ? "" : $"{from}, {to}", calls.ArgumentOf(number) }.Where(argument => argument.Length > 0)];
        // The code is named after the first of the kernels that run it.
        string own = calls.Name == kernel.Kernel.Name ? "" : $" // {kernel.Kernel.Name}";
        return $"{calls.Name}{(vector ? "<V>" : "")}({string.Join(", ", arguments)});{own}";
    }

    private static void Dispatch(CodeWriter writer, CpuText text, string method, string arguments)
    {
        bool isDouble = text.Element == "double";
        using CodeWriter.Scope block = writer.Block("switch (OptGenRuntime.VectorBits)");
        foreach (int bits in new[] { 512, 256, 128 })
        {
            writer.Line($"case {CpuText.Text(bits)}:");
            Case($"{(isDouble ? "Double" : "Float")}{CpuText.Text(bits)}");
        }

        writer.Line("default:");
        Case(text.Single);

        void Case(string vector)
        {
            writer.Indent();
            writer.Line($"{method}<{vector}>({arguments});");
            writer.Line("break;");
            writer.Unindent();
        }
    }
}
