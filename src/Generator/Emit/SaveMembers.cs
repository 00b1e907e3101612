using OptGen.Generator.Backends;
using OptGen.Generator.Lowering;
using OptGen.Generator.Specs;

namespace OptGen.Generator.Emit;

/// <summary>Writes how a model's parameters are saved and loaded, and the table that describes them.</summary>
internal static class SaveMembers
{
    public static void Write(ClassFile file, ModelSpec model)
    {
        CodeWriter writer = file.Writer;
        file.Document("Stands for names, shapes, kinds and order of the parameters: it differs where <see cref=\"Layout\"/> does.");
        writer.Line($"public const string LayoutHash = \"{LayoutHash.Of(model)}\";");

        const string names = "a safetensors file, under PyTorch's names and with its orientation (see <see cref=\"ParameterInfo.SavedName\"/>)";
        file.Document($"Saves the parameters as {names}. A file that is there is replaced as a whole.", ("path", "The file."));
        writer.Line("public void Save(string path) => SavedParameters().Save(path);");
        file.Document($"Writes the parameters as {names}.", ("stream", "Takes the file; it stays open."));
        writer.Line("public void Save(System.IO.Stream stream) => SavedParameters().Save(stream);");

        (string, string) refused = ("exception global::OptGen.Data.CheckpointException", "The file is damaged, or parameters are missing, extra or misshapen in it. Nothing is changed.");
        file.Document($"Loads the parameters from {names}.", ("path", "The file."), refused);
        writer.Line("public void Load(string path) => SavedParameters().Load(path);");
        file.Document($"Reads the parameters from {names}.", ("stream", "Where the file begins; it stays open, at the end of the file."), refused);
        writer.Line("public void Load(System.IO.Stream stream) => SavedParameters().Load(stream);");

        writer.Blank();
        writer.Line($"private global::OptGen.Data.Checkpoint SavedParameters() => global::OptGen.Data.Checkpoint.OfParameters(\"{model.Class.Name}\", LayoutHash, {(model.Buffers.Count > 0 ? "[.. s_layout, .. s_buffers]" : "s_layout")}, _parameters.Memory);");

        file.Document("Tables of the layers, the parameters and what the model keeps besides them, with their shapes, initializers and sizes.");
        writer.Line("public string Describe() =>");
        writer.Indent();
        writer.Line("\"\"\"");
        foreach (string line in ModelSummary.Of(model).Split('\n'))
            writer.Line(line);
        writer.Line("\"\"\";");
        writer.Unindent();
    }
}
