using System.Globalization;
using OptGen.Generator.Lowering;
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
                .Select(state => state.Count > 0 ? $"{ClassFile.Text(state.Count)} numbers {state.Name}" : $"{state.Name} for {state.Over.Describe()}{Limit(state)}"),
        ];
        string each = $"States: {Text(bytes)} bytes for each parameter{(narrow.Length == 0 ? "" : $" ({string.Join("; ", narrow)})")}";
        if (coarser.Length == 0)
            return each + ".";
        each += $", and {string.Join(", ", coarser)}";
        if (optimizer.Model is not { } model || !optimizer.States.Any(state => state.Over.IsPairs()))
            return each + ".";
        double parameters = model.Parameters.Sum(parameter => (double)parameter.Shape.Count), total = Total(optimizer, element, parameters);
        return each + $": {Text(total)} bytes, {Text(total / parameters)} for each parameter of the model.";
    }

    private static string Limit(StateSpec state) => state.Over is Extent.Direction or Extent.InDirection ? $" ({ClassFile.Text(state.AtMost)} directions)"
        : state.OrDiagonal ? $" (for each of more than {ClassFile.Text(state.AtMost)})" : "";

    /// <summary>All that the states of a model's optimizer take.</summary>
    private static double Total(OptimizerSpec optimizer, int element, double parameters)
    {
        (int Offset, int Rows, int Columns, int Group, string Names)[] runs = [.. SegmentTable.Runs(optimizer, ParameterGroups.Of(optimizer))];
        return optimizer.States.Sum(state => state.Over switch
        {
            Extent.Element => parameters * state.Format.Bytes(element),
            Extent.Everything => sizeof(double) * Math.Max(1, state.Count),
            _ => element * runs.Sum(run => Numbers(state, run.Rows, run.Columns)),
        });
    }

    /// <summary>How many numbers a state has for a tensor: for pairs, as the runtime's <c>PairedState</c> counts them.</summary>
    private static double Numbers(StateSpec state, double rows, double columns)
    {
        double shorter = Math.Min(rows, columns), longer = Math.Max(rows, columns), size = state.Over == Extent.RowPair ? rows : columns;
        return state.Over switch
        {
            Extent.Tensor => 1,
            Extent.Row => rows,
            Extent.Column => columns,
            Extent.Direction => shorter > state.AtMost ? state.AtMost * shorter : 0,
            Extent.InDirection => Math.Min(shorter, state.AtMost) * longer,
            _ when shorter > 1 && size <= state.AtMost => size * size,
            _ => state.OrDiagonal && (shorter > 1 || size > 1 || (longer == 1 && state.Over == Extent.ColumnPair)) ? size : 0,
        };
    }

    private static string Text(double number) => number.ToString("0.###", CultureInfo.InvariantCulture);
}
