using System.Globalization;
using OptGen.Generator.Specs;

namespace OptGen.Generator.Emit;

/// <summary>Says how much memory the states of an optimizer take.</summary>
internal static class StateBytes
{
    public static string Describe(OptimizerSpec optimizer)
    {
        int element = optimizer.Precision == Precision.Double ? 8 : 4;
        double bytes = optimizer.States.Where(state => state.Over == Extent.Element).Sum(state => state.Format.Bytes(element));
        string[] narrow = [.. optimizer.States.Where(state => state.Format != StateFormat.Element).Select(state => $"{state.Name} {state.Format.Describe()}")];
        string[] coarser =
        [
            .. optimizer.States.Where(state => state.Over != Extent.Element)
                .Select(state => state.Count > 0 ? $"{state.Count.ToString(CultureInfo.InvariantCulture)} numbers {state.Name}" : $"{state.Name} for {state.Over.Describe()}"),
        ];
        string each = $"States: {bytes.ToString("0.###", CultureInfo.InvariantCulture)} bytes for each parameter{(narrow.Length == 0 ? "" : $" ({string.Join("; ", narrow)})")}";
        return each + (coarser.Length == 0 ? "." : $", and {string.Join(", ", coarser)}.");
    }
}
