using OptGen.Generator.Backends;
using OptGen.Generator.Specs;

namespace OptGen.Generator.Emit;

/// <summary>Writes an optimizer's memory, and its constructors, which allocate it.</summary>
internal static class ConstructionMembers
{
    public static void Write(ClassFile file, OptimizerText text, PassMembers[] passes)
    {
        CodeWriter writer = file.Writer;
        OptimizerSpec optimizer = text.Optimizer;
        writer.Blank();
        writer.Line("private readonly Segment[] _segments;");
        writer.Line("private readonly nint[] _parameterAddresses;");
        writer.Line("private readonly nint[] _gradientAddresses;");
        writer.Line("private readonly nint[] _stateAddresses;");
        foreach (StateSpec state in optimizer.States.Where(state => state.Over != Extent.Everything))
            writer.Line($"private readonly {text.StateType(state)} {OptimizerText.StateField(state)};");
        foreach (StateSpec state in optimizer.States.Where(state => state.Count > 0))
            writer.Line($"private readonly double[] {OptimizerText.StateField(state)} = new double[{ClassFile.Text(state.Count)}];");
        if (text.HasBlocks)
            writer.Line("private readonly BlockLayout _blocks;");
        if (text.KeepsLoss)
            writer.Line("private double _loss;");
        for (int reduction = 0; reduction < optimizer.Reductions.Count; reduction++)
        {
            if (optimizer.Reductions[reduction].Kind == ReductionKind.Whole)
                continue;
            writer.Line($"private {ReducedType(text, reduction)} {text.ReducedField(reduction)};");
        }

        if (optimizer.Model is { } model)
            WriteBound(file, text, model, passes);
        else
            WriteUnbound(file, text, passes);
    }

    private static string ReducedType(OptimizerText text, int reduction) => text.Optimizer.Reductions[reduction].Over switch
    {
        Extent.Everything => "double",
        Extent.Row or Extent.Column => $"readonly AlignedBuffer<{text.Element}>",
        _ => "readonly double[]",
    };

    private static void WriteBound(ClassFile file, OptimizerText text, ModelSpec model, PassMembers[] passes)
    {
        CodeWriter writer = file.Writer;
        OptimizerSpec optimizer = text.Optimizer;
        string element = text.Element;
        writer.Line($"private const int ParameterCount = {model.Class.FullName}.ParameterCount;");
        file.Document("Creates the optimizer of a model, with all states as they are before the first step.", ("model", "The model that it trains."));
        using (writer.Block($"{Access(optimizer, model)} {optimizer.Class.Name}({model.Class.FullName} model)"))
        {
            writer.Line("ArgumentNullException.ThrowIfNull(model);");
            writer.Line("Model = model;");
            writer.Line("_segments =");
            writer.Line("[");
            writer.Indent();
            foreach ((string creation, string names) in SegmentTable.Of(optimizer, text.Groups))
                writer.Line($"{creation} // {names}");
            writer.Unindent();
            writer.Line("];");
            Allocate(writer, text, passes);
            using CodeWriter.Scope loop = writer.Block("for (int tensor = 0; tensor < _segments.Length; tensor++)");
            writer.Line($"_parameterAddresses[tensor] = model.ParameterAddress + _segments[tensor].Offset * (nint)sizeof({element});");
            writer.Line($"_gradientAddresses[tensor] = model.GradientAddress + _segments[tensor].Offset * (nint)sizeof({element});");
        }

        file.Document("The model that this optimizer trains.");
        writer.Line($"{Access(optimizer, model)} {model.Class.FullName} Model {{ get; }}");
    }

    private static void WriteUnbound(ClassFile file, OptimizerText text, PassMembers[] passes)
    {
        CodeWriter writer = file.Writer;
        string name = text.Optimizer.Class.Name;
        writer.Line("private readonly System.Buffers.MemoryHandle[] _pins;");
        file.Document(
            "Creates the optimizer of some tensors, with all states as they are before the first step.",
            ("tensors", "The shapes of the tensors that every step updates, in order; a number stands for a tensor of a single axis."),
            ("exception ArgumentOutOfRangeException", "A size is negative, or there are more elements than a span can hold."));
        using (writer.Block($"public {name}(params ReadOnlySpan<MatrixShape> tensors)"))
        {
            writer.Line("_segments = Segment.Of(tensors);");
            writer.Line("foreach (Segment segment in _segments)");
            writer.Indent();
            writer.Line("ParameterCount += segment.Length;");
            writer.Unindent();
            writer.Line("_pins = new System.Buffers.MemoryHandle[2 * _segments.Length];");
            Allocate(writer, text, passes);
        }

        file.Document("How many parameters every step updates.");
        writer.Line("public int ParameterCount { get; }");
    }

    private static void Allocate(CodeWriter writer, OptimizerText text, PassMembers[] passes)
    {
        OptimizerSpec optimizer = text.Optimizer;
        bool needsLast = optimizer.States.Any(state => state.Over is Extent.Row or Extent.Column) || optimizer.Reductions.Any(reduction => reduction.Over is Extent.Row or Extent.Column);
        foreach (StateSpec state in optimizer.States.Where(state => state.Count > 0 && state.Initial != 0))
            writer.Line(StateMembers.Start(state, text.Element));
        writer.Line("_parameterAddresses = new nint[_segments.Length];");
        writer.Line("_gradientAddresses = new nint[_segments.Length];");
        if (text.HasBlocks)
            writer.Line($"_blocks = new BlockLayout(_segments, byRows: {(text.BlocksByRow ? "true" : "false")});");
        if (needsLast)
            writer.Line("Segment last = _segments.Length == 0 ? default : _segments[^1];");
        foreach (StateSpec state in optimizer.States.Where(state => state.Over != Extent.Everything))
        {
            string weights = FrozenMembers.AreIn(text, state) ? ", () => Model.Parameters" : "";
            string arguments = state.Format.IsBlockwise() ? $", isSigned: {(state.Format == StateFormat.Signed8 ? "true" : "false")}, _blocks{weights}" : "";
            string limit = (state.AtMost == int.MaxValue ? "" : $", atMost: {ClassFile.Text(state.AtMost)}") + (state.OrDiagonal ? ", orDiagonal: true" : "");
            writer.Line($"{OptimizerText.StateField(state)} = new({(state.Over.IsPairs() ? $"_segments, Pairs.{state.Over.Pairs()}{limit}" : Count(state.Over) + arguments)});");
            if (state.Initial != 0)
                writer.Line(StateMembers.Start(state, text.Element));
        }

        IEnumerable<string> addresses = optimizer.States.Select(state => state.Over == Extent.Everything
            ? "0"
            : OptimizerText.StateField(state) + (state.Format.IsBlockwise() ? ".CodeAddress" : ".Address"));
        if (text.HasBlocks)
            addresses = addresses.Concat(optimizer.States.Select(state => state.Format.IsBlockwise() ? OptimizerText.StateField(state) + ".ScaleAddress" : "0"));
        writer.Line($"_stateAddresses = [{string.Join(", ", addresses)}];");
        for (int reduction = 0; reduction < optimizer.Reductions.Count; reduction++)
        {
            Extent over = optimizer.Reductions[reduction].Over;
            if (over is not (Extent.Everything or Extent.Element))
                writer.Line($"{text.ReducedField(reduction)} = new{(over is Extent.Row or Extent.Column ? $"({Count(over)})" : $" double[{Count(over)}]")};");
        }

        foreach (PassMembers pass in passes)
            pass.Construct();
    }

    private static string Count(Extent over) => over switch
    {
        Extent.Tensor => "_segments.Length",
        Extent.Row => "last.FirstRow + last.Rows",
        Extent.Column => "last.FirstColumn + last.Columns",
        _ => "ParameterCount",
    };

    /// <summary>What names the model can't be more accessible than it.</summary>
    private static string Access(OptimizerSpec optimizer, ModelSpec model) =>
        optimizer.Class.Accessibility == "public" && model.Class.Accessibility != "public" ? "internal" : "public";
}
