using OptGen.Generator.Fusion;
using OptGen.Generator.Graph;
using OptGen.Generator.Scalar;

namespace OptGen.Generator.Planning;

/// <summary>Recognises matrix products and sizes their tiles.</summary>
internal static class ContractionScheduler
{
    /// <summary>Bytes of a right operand from which its panels are copied together; below, they stay in the first-level cache as they are.</summary>
    private const int PackBytes = 64 * 1024;

    /// <summary>A left operand up to this size stays in the first-level cache however it is read.</summary>
    private const int FirstLevelBytes = 32 * 1024;

    /// <summary>Tiles of a block of rows: its left operand and one panel of the right one share the first-level cache.</summary>
    private const int TilesOfBlock = 4;

    public static ContractionSchedule? TryPlan(Kernel kernel, ProgramOptions options)
    {
        if (kernel.OuterCount < 2 || kernel.Stages.Count < 2 || kernel.Stages.Skip(1).Any(stage => stage.Inner.Count > 0))
            return null;
        Stage product = kernel.Stages[0];
        if (product.Inner.Count != 1 || !IsSumOfProducts(product))
            return null;
        LoadOperand first = (LoadOperand)product.Operands[0], second = (LoadOperand)product.Operands[1];
        if (first.Guards.Count + second.Guards.Count > 0)
            return null;
        int column = kernel.OuterCount - 1;
        // Results are written in whole vectors along the last axis.
        if (!kernel.Stages.Skip(1).All(stage => NestScheduler.CanRunInLanes(stage, column)) || kernel.Stages.SelectMany(stage => stage.Sinks).OfType<StoreSink>().Any(store => store.Strides[column] != 1))
            return null;
        (int left, int right) = first.Strides[column] == 0 ? (0, 1) : (1, 0);
        LoadOperand rows = (LoadOperand)product.Operands[left], columns = (LoadOperand)product.Operands[right];
        if (rows.Strides[column] != 0 || columns.Strides[column] == 0)
            return null;
        int row = Enumerable.Range(0, column).Where(axis => rows.Strides[axis] != 0 && columns.Strides[axis] == 0)
            .OrderByDescending(axis => kernel.Axes[axis].Extent).DefaultIfEmpty(-1).First();
        if (row < 0)
            return null;
        int sum = product.Inner[0];
        int tile = TileRows(kernel.Axes[row]);
        int bytes = kernel.Axes[sum].Extent * kernel.Axes[column].Extent * options.ElementSize;
        bool pack = columns.Strides[column] != 1 || (bytes > PackBytes && kernel.Axes[row].Extent >= 8 * tile);
        int leftBytes = kernel.Axes[sum].Extent * kernel.Axes[row].Extent * options.ElementSize;
        bool block = rows.Strides[sum] != 1 && rows.Strides[row] == 1 && leftBytes > FirstLevelBytes && kernel.Axes[row].Extent >= TilesOfBlock * tile;
        return new ContractionSchedule(row, column, sum, left, right, tile, pack || block, block ? TilesOfBlock * tile : 0);
    }

    /// <summary>Whether a stage does nothing but add products of two loads.</summary>
    public static bool IsSumOfProducts(Stage stage) =>
        stage.Operands.Count == 2 && stage.Sinks.Count == 1 && stage.Sinks[0] is AccumulateSink { Kind: ReduceKind.Sum }
        && stage.Body.Nodes.Count == 3 && stage.Body.Nodes[2].Op == ScalarOp.Multiply
        && stage.Operands.All(operand => operand is LoadOperand { Row: null, Outside: 0 });

    /// <summary>
    /// Rows of a tile: with two vectors of columns, 8 to 12 rows keep the multiply-add units busy, and 12 are as many as 32 registers hold.
    /// What divides the rows without a rest wins.
    /// </summary>
    private static int TileRows(Axis axis)
    {
        if (axis.Extent <= 12)
            return axis.Extent;
        return new[] { 8, 12, 10, 9, 11, 7 }.OrderBy(rows => axis.Extent % rows == 0 ? 0 : 1).First();
    }
}
