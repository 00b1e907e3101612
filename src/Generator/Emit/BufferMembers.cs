using OptGen.Generator.Backends;
using OptGen.Generator.Fusion;
using OptGen.Generator.Lowering;
using OptGen.Generator.Planning;
using OptGen.Generator.Specs;

namespace OptGen.Generator.Emit;

/// <summary>Writes what a model keeps without training it, and the key of its random numbers.</summary>
internal static class BufferMembers
{
    public static void Write(ClassFile file, ModelSpec model)
    {
        if (model.Buffers.Count > 0)
            WriteBuffers(file, model);
        if (model.IsRandom)
            WriteRandom(file);
    }

    /// <summary>Gives every buffer its first value, and begins the random numbers anew.</summary>
    public static void Initialize(CodeWriter writer, ModelSpec model)
    {
        foreach (ModelBufferSpec buffer in model.Buffers)
        {
            string view = "Buffers." + string.Join(".", buffer.Name.Split('.').Select(Identifier.Escape));
            string Number(double value) => ClassFile.Number(value, model.Element);
            writer.Line(buffer.Initial.Count == 1
                ? $"{view}.Span.Fill({Number(buffer.Initial[0])});"
                : $"((ReadOnlySpan<{model.Element}>)[{string.Join(", ", buffer.Initial.Select(Number))}]).CopyTo({view}.Span);");
        }

        if (!model.IsRandom)
            return;
        writer.Line("RandomSeed = seed;");
        writer.Line("RandomStep = 0;");
    }

    /// <summary>Emits the key of the next run's random numbers, where the program draws some.</summary>
    public static void SetKey(CodeWriter writer, Program program, string model)
    {
        if (program.Kernels.SelectMany(kernel => kernel.Kernel.Stages).SelectMany(stage => stage.Operands).Any(operand => operand is IotaOperand { Stream: not null }))
            writer.Line($"program.RandomKey = {model}NextRandomKey();");
    }

    private static void WriteBuffers(ClassFile file, ModelSpec model)
    {
        CodeWriter writer = file.Writer;
        file.Document("What the model keeps without training it, such as running means, by name.");
        writer.Line("public BufferViews Buffers => new(_parameters.Span);");
        file.Document("All that the model keeps without training it, in the order of <see cref=\"BufferLayout\"/>.");
        writer.Line($"public Span<{model.Element}> BufferValues => _parameters.Span.Slice(ParameterCount);");
        file.Document("Name, shape and position of every buffer; positions count from the first parameter on, behind which the buffers lie.");
        writer.Line("public static ReadOnlySpan<ParameterInfo> BufferLayout => s_buffers;");
        writer.Blank();
        writer.Line("private static readonly ParameterInfo[] s_buffers =");
        writer.Line("[");
        writer.Indent();
        int[] offsets = ParameterLayout.BufferOffsets(model);
        for (int i = 0; i < offsets.Length; i++)
        {
            ModelBufferSpec buffer = model.Buffers[i];
            string shape = string.Join(", ", buffer.Shape.Dims.Select(ClassFile.Text));
            writer.Line($"new(\"{buffer.Name}\", [{shape}], {ClassFile.Text(offsets[i])}, {ClassFile.Text(buffer.Shape.Count)}, ParameterKind.Buffer, \"Constant\", \"{buffer.SavedName}\"),");
        }

        writer.Unindent();
        writer.Line("];");
        WeightViews.WriteLevels(file, model.Element, "BufferViews", "What the model keeps without training it, by name.", "s_buffers", [.. model.Buffers.Select(buffer => (buffer.Name, buffer.Shape))]);
    }

    private static void WriteRandom(ClassFile file)
    {
        CodeWriter writer = file.Writer;
        file.Document("Seed of the random numbers that training draws; that of the parameters, unless set.");
        writer.Line("public int RandomSeed { get; set; }");
        file.Document("How many passes have drawn random numbers. Each draws others; set it back to repeat them, or to resume exactly.");
        writer.Line("public long RandomStep { get; set; }");
        file.Document("The key of the next pass's random numbers, for the programs of this model's optimizers.");
        writer.Line("internal uint NextRandomKey() => StepRandom.Key(RandomSeed, RandomStep++);");
    }
}
