using System.Globalization;
using System.Text;
using OptGen.Generator.Lowering;
using OptGen.Generator.Specs;

namespace OptGen.Generator.Emit;

/// <summary>What a model consists of, as tables: its layers, its parameters in the order in which they lie in memory, and its buffers.</summary>
internal static class ModelSummary
{
    public static string Of(ModelSpec model)
    {
        int size = model.Precision == Precision.Double ? sizeof(double) : sizeof(float);
        List<string> lines =
        [
            $"{model.Class.Name}: {Count(model.ParameterCount)} parameters in {Count((long)model.ParameterCount * size)} bytes of {model.Element}; batches of up to {Count(model.Batch)} rows",
        ];
        if (model.LayerUses.Count > 0)
            lines.AddRange(["", .. Layers(model)]);
        if (model.Parameters.Count > 0)
            lines.AddRange(["", .. Parameters(model, size)]);
        if (model.Buffers.Count > 0)
            lines.AddRange(["", .. Buffers(model, size)]);
        return string.Join("\n", lines);
    }

    private static IEnumerable<string> Layers(ModelSpec model)
    {
        List<string[]> rows = [["layer", "kind", "output", "parameters"]];
        foreach (InputSpec input in model.Inputs.Where(input => !input.IsTarget))
            rows.Add([input.Name, "input", Sizes(input.Shape), ""]);
        foreach (LayerUseSpec layer in model.LayerUses)
        {
            int parameters = model.Parameters.Where(parameter => parameter.Name.StartsWith(layer.Path + ".", StringComparison.Ordinal)).Sum(parameter => parameter.Shape.Count);
            string indent = new(' ', 2 * layer.Path.Count(character => character == '.'));
            rows.Add([indent + layer.Path, layer.Type, layer.Output is Shape output ? Sizes(output) : "", Count(parameters)]);
        }

        return Table(rows, "lllr");
    }

    private static IEnumerable<string> Parameters(ModelSpec model, int size)
    {
        List<string[]> rows = [["parameter", "shape", "kind", "initializer", "count", "bytes", "in files"]];
        foreach (ParameterSpec parameter in ParameterLayout.Of(model).Order.Select(p => model.Parameters[p]))
        {
            int count = parameter.Shape.Count;
            Shape saved = parameter.SavedAxes.Count == 0 ? parameter.Shape : Shape.Of([.. parameter.SavedAxes.Select(axis => parameter.Shape[axis])]);
            rows.Add(
            [
                parameter.Name, Sizes(parameter.Shape), parameter.Kind.ToString(), Initializer(parameter),
                Count(count), Count((long)count * size), $"{parameter.SavedName} {Sizes(saved)}",
            ]);
        }

        rows.Add(["total", "", "", "", Count(model.ParameterCount), Count((long)model.ParameterCount * size), ""]);
        return Table(rows, "llllrrl");
    }

    private static IEnumerable<string> Buffers(ModelSpec model, int size)
    {
        List<string[]> rows = [["buffer", "shape", "initial", "count", "bytes", "in files"]];
        foreach (ModelBufferSpec buffer in model.Buffers)
        {
            string initial = buffer.Initial.Count == 1 ? buffer.Initial[0].ToString("R", CultureInfo.InvariantCulture) : "given";
            rows.Add([buffer.Name, Sizes(buffer.Shape), initial, Count(buffer.Shape.Count), Count((long)buffer.Shape.Count * size), $"{buffer.SavedName} {Sizes(buffer.Shape)}"]);
        }

        rows.Add(["total", "", "", Count(model.BufferCount), Count((long)model.BufferCount * size), ""]);
        return Table(rows, "lllrrl");
    }

    private static string Initializer(ParameterSpec parameter)
    {
        string name = parameter.Init.Substring(parameter.Init.LastIndexOf('.') + 1);
        string gain = parameter.Gain.ToString("R", CultureInfo.InvariantCulture);
        return parameter.Gain == 1 ? name : name == "Constant" ? gain : $"{gain}·{name}";
    }

    /// <summary>Without the axis of the batch.</summary>
    private static string Sizes(Shape shape) =>
        $"[{string.Join(", ", shape.Dims.Skip(shape.Batched ? 1 : 0).Select(size => size.ToString(CultureInfo.InvariantCulture)))}]";

    private static string Count(long count) => count.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>Columns as wide as their widest cell; <paramref name="alignment"/> has <c>l</c> or <c>r</c> for each.</summary>
    private static IEnumerable<string> Table(List<string[]> rows, string alignment)
    {
        int[] widths = [.. Enumerable.Range(0, alignment.Length).Select(column => rows.Max(row => row[column].Length))];
        foreach (string[] row in rows)
        {
            StringBuilder line = new();
            for (int column = 0; column < row.Length; column++)
                line.Append(alignment[column] == 'r' ? row[column].PadLeft(widths[column]) : row[column].PadRight(widths[column])).Append("  ");
            yield return line.ToString().TrimEnd();
        }
    }
}
