using System.Globalization;
using OptGen.Generator.Backends;
using OptGen.Generator.Graph;
using OptGen.Generator.Lowering;
using OptGen.Generator.Specs;

namespace OptGen.Generator.Emit;

/// <summary>Writes a model's parameters: their memory, layout, initial values and named views, and the bodies of the layers' methods.</summary>
internal static class ParametersFile
{
    public static SourceFile Write(ModelSpec model)
    {
        ParameterLayout layout = ParameterLayout.Of(model);
        string count = layout.Total.ToString("N0", CultureInfo.InvariantCulture);
        ClassFile file = new(model.Class, "Parameters", $"{count} parameters, their memory and their initial values.\n\nThe forward pass and the loss, as they were read:\n\n" + Indented(GraphPrinter.Table(model.Graph)));

        file.Document("Number of parameters, counted in elements.");
        file.Writer.Line($"public const int ParameterCount = {ClassFile.Text(layout.Total)};");
        file.Document("The most rows that one step takes.");
        file.Writer.Line($"public const int Batch = {ClassFile.Text(model.Batch)};");
        if (model.Buffers.Count > 0)
        {
            file.Document("Number of elements that the model keeps without training them.");
            file.Writer.Line($"public const int BufferCount = {ClassFile.Text(model.BufferCount)};");
        }

        WriteMemory(file, model);
        WriteLayout(file, model, layout);
        WriteInitialize(file, model, layout);
        SaveMembers.Write(file, model);
        WeightViews.Write(file, model, layout);
        BufferMembers.Write(file, model);
        LayersFile.Write(file, model.Layers);
        return file.Finish();
    }

    private static string Indented(string table) => string.Join("\n", table.Split('\n').Select(line => "  " + line));

    private static void WriteMemory(ClassFile file, ModelSpec model)
    {
        string element = model.Element;
        CodeWriter writer = file.Writer;
        writer.Blank();
        writer.Line($"private readonly AlignedBuffer<{element}> _parameters = new(ParameterCount{(model.Buffers.Count > 0 ? " + BufferCount" : "")});");
        writer.Line($"private readonly AlignedBuffer<{element}> _gradients = new(ParameterCount);");

        file.Document("Creates the model with initial parameters that are drawn from a seed.", ("seed", "The same seed gives the same parameters on every machine."));
        writer.Line($"public {model.Class.Name}(int seed = 0) => Initialize(seed);");
        file.Document("All parameters, in the order of <see cref=\"Layout\"/>; 64-byte aligned.");
        writer.Line($"public Span<{element}> Parameters => _parameters.Span{(model.Buffers.Count > 0 ? ".Slice(0, ParameterCount)" : "")};");
        file.Document("The gradients that the last call of <c>Gradient</c> found, in the order of <see cref=\"Layout\"/>; 64-byte aligned.");
        writer.Line($"public Span<{element}> Gradients => _gradients.Span;");
        file.Document("Where the parameters lie, for the programs of this model's optimizers. The memory lives as long as the model.");
        writer.Line("internal nint ParameterAddress => _parameters.Address;");
        file.Document("Where the gradients lie, for the programs of this model's optimizers. The memory lives as long as the model.");
        writer.Line("internal nint GradientAddress => _gradients.Address;");
    }

    private static void WriteLayout(ClassFile file, ModelSpec model, ParameterLayout layout)
    {
        CodeWriter writer = file.Writer;
        file.Document("Name, shape, position and kind of every parameter, in the order in which they lie in memory.");
        writer.Line("public static ReadOnlySpan<ParameterInfo> Layout => s_layout;");
        writer.Blank();
        writer.Line("private static readonly ParameterInfo[] s_layout =");
        writer.Line("[");
        writer.Indent();
        foreach (int p in layout.Order)
        {
            ParameterSpec parameter = model.Parameters[p];
            string shape = string.Join(", ", parameter.Shape.Dims.Select(ClassFile.Text));
            string place = $"{ClassFile.Text(layout.Offsets[p])}, {ClassFile.Text(parameter.Shape.Count)}, ParameterKind.{parameter.Kind}";
            string init = parameter.Init.Substring(parameter.Init.LastIndexOf('.') + 1);
            string axes = parameter.SavedAxes.Count == 0 ? "" : $", savedAxes: [{string.Join(", ", parameter.SavedAxes.Select(ClassFile.Text))}]";
            writer.Line($"new(\"{parameter.Name}\", [{shape}], {place}, \"{init}\", \"{parameter.SavedName}\"{axes}),");
        }

        writer.Unindent();
        writer.Line("];");
    }

    /// <summary>Each parameter draws from a stream of its own, so that adding one leaves the others as they were.</summary>
    private static void WriteInitialize(ClassFile file, ModelSpec model, ParameterLayout layout)
    {
        CodeWriter writer = file.Writer;
        file.Document("Gives every parameter its initial value.", ("seed", "The same seed gives the same parameters on every machine."));
        using CodeWriter.Scope body = writer.Block("public void Initialize(int seed)");
        foreach (int p in layout.Order)
        {
            ParameterSpec parameter = model.Parameters[p];
            string view = "Weights." + string.Join(".", parameter.Name.Split('.').Select(Identifier.Escape));
            string initializer = parameter.HasOwnInit ? parameter.Init : "Initializers." + parameter.Init;
            string shape = string.Join(", ", parameter.Shape.Dims.Select(ClassFile.Text));
            string fans = (parameter.FanIn > 0 ? $", fanIn: {ClassFile.Text(parameter.FanIn)}" : "") + (parameter.FanOut > 0 ? $", fanOut: {ClassFile.Text(parameter.FanOut)}" : "");
            string gain = ClassFile.Number(parameter.Gain, "float");
            writer.Line($"Initializers.Fill({initializer}, {view}.Span, [{shape}], gain: {gain}, seed, stream: {ClassFile.Text(p)}{fans});");
        }

        BufferMembers.Initialize(writer, model);
    }
}
