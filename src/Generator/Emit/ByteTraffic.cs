using System.Globalization;
using OptGen.Generator.Lowering;
using OptGen.Generator.Specs;

namespace OptGen.Generator.Emit;

/// <summary>How many bytes each pass of an update reads and writes for each parameter, and how many its states take.</summary>
internal static class ByteTraffic
{
    public static string Describe(OptimizerText text)
    {
        List<string> lines = [];
        foreach (UpdatePass pass in text.Passes)
            lines.Add($"{pass.Name}: reads {Count(Read(text, pass))}, writes {Count(Written(text, pass))}");
        double states = Enumerable.Range(0, text.Optimizer.States.Count).Where(slot => text.Optimizer.States[slot].Over == Extent.Element).Sum(slot => Bytes(text, slot));
        string kept = text.Optimizer.States.Count == 0 ? "none" : Count(states) + Narrow(text.Optimizer) + Coarser(text.Optimizer);
        return $"Bytes for each parameter. {string.Join("; ", lines)}. States: {kept}.";
    }

    public static double Read(OptimizerText text, UpdatePass pass) =>
        pass.ElementInputs.Sum(input => input.Kind == UpdateInputKind.State ? Bytes(text, input.Index) : ElementBytes(text));

    public static double Written(OptimizerText text, UpdatePass pass) => pass.Outputs.Sum(output => output.Kind switch
    {
        PassOutputKind.State => Bytes(text, output.Index),
        PassOutputKind.Parameter => ElementBytes(text),
        _ => 0,
    });

    private static double Bytes(OptimizerText text, int slot) =>
        text.Optimizer.States[slot] is { Over: Extent.Element } state ? state.Format.Bytes(ElementBytes(text)) : 0;

    private static int ElementBytes(OptimizerText text) => text.Element == "double" ? 8 : 4;

    private static string Narrow(OptimizerSpec optimizer)
    {
        string[] narrow = [.. optimizer.States.Where(state => state.Format != StateFormat.Element).Select(state => $"{state.Name} {state.Format.Describe()}")];
        return narrow.Length == 0 ? "" : $" ({string.Join("; ", narrow)})";
    }

    private static string Coarser(OptimizerSpec optimizer)
    {
        string[] names = [.. optimizer.States.Where(state => state.Over != Extent.Element).Select(state => $"{state.Name} for {(state.Over == Extent.Everything ? "everything" : "each " + state.Over.ToString().ToLowerInvariant())}")];
        return names.Length == 0 ? "" : ", and " + string.Join(", ", names);
    }

    private static string Count(double bytes) => bytes.ToString("0.##", CultureInfo.InvariantCulture);
}
