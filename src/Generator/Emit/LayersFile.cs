using OptGen.Generator.Specs;

namespace OptGen.Generator.Emit;

/// <summary>Writes the bodies of layer methods, which never run; alone where a model has errors.</summary>
internal static class LayersFile
{
    public static SourceFile Write(LayerMethods layers)
    {
        ClassFile file = new(layers.Class, "Layers", "only the bodies of its layers, because of the errors that are reported of it.");
        Write(file, layers.Methods);
        return file.Finish();
    }

    public static void Write(ClassFile file, EquatableArray<LayerMethodSpec> methods)
    {
        foreach (LayerMethodSpec layer in methods)
        {
            file.Writer.Blank();
            file.Mark();
            file.Writer.Line(layer.Signature + " =>");
            file.Writer.Indent();
            file.Writer.Line("throw new InvalidOperationException(\"A layer is a declaration that OptGen compiles; it does not run. Call Predict instead.\");");
            file.Writer.Unindent();
        }
    }
}
