using OptGen.Generator.Fusion;
using OptGen.Generator.Graph;
using OptGen.Generator.Scalar;
using OptGen.Generator.Specs;

namespace OptGen.Generator.Planning;

/// <summary>Recognises contractions whose rows or sums are windows, and arranges their loops.</summary>
internal static class WindowScheduler
{
    /// <summary>Most rows of a tile: with two vectors of columns, 28 sums, two columns and one row fill 31 of 32 registers.</summary>
    private const int MaxTileRows = 14;

    /// <summary>A last row axis this short is taken whole into the tile, so that the tile is not too small.</summary>
    private const int ShortAxis = 6;

    /// <summary>Sums of a block that is finished at once: they stay in the first-level cache.</summary>
    private const int BlockBytes = 16 * 1024;

    /// <summary>Sums that are kept over all chunks: they stay in the second-level cache.</summary>
    private const int KeptBytes = 512 * 1024;

    /// <summary>Terms of a sum from which a chunk is worth the reading and writing of its sums.</summary>
    private const int ChunkTerms = 16;

    /// <summary>Bytes of a right operand from which its panels are copied together.</summary>
    private const int PackBytes = 64 * 1024;

    public static WindowSchedule? TryPlan(Kernel kernel, ProgramOptions options)
    {
        if (kernel.OuterCount < 2 || kernel.Stages.Count < 2 || kernel.Stages.Skip(1).Any(stage => stage.Inner.Count > 0))
            return null;
        Stage product = kernel.Stages[0];
        int column = kernel.OuterCount - 1;
        if (product.Inner.Count == 0 || !ContractionScheduler.IsSumOfProducts(product) || !IsFinishedAlong(kernel, column))
            return null;
        int left = Varies((LoadOperand)product.Operands[0], column) ? 1 : 0, right = 1 - left;
        LoadOperand rows = (LoadOperand)product.Operands[left], columns = (LoadOperand)product.Operands[right];
        if (Varies(rows, column) || columns.Strides[column] == 0 || columns.Guards.Count + columns.Divided.Count + rows.Divided.Count > 0)
            return null;

        StagedWindow? staged = null;
        bool[] outside = new bool[kernel.Axes.Count];
        if (rows.Guards.Count > 0 && (staged = Stage(kernel, rows, outside)) is null)
            return null;
        EquatableArray<int> strides = staged?.Strides ?? rows.Strides;
        List<int> rowAxes = [.. Enumerable.Range(0, column).Where(axis => !outside[axis] && strides[axis] != 0 && columns.Strides[axis] == 0)];
        if (rowAxes.Count == 0)
            return null;

        (int tile, int unit) = (rowAxes[rowAxes.Count - 1], -1);
        if (rowAxes.Count > 1 && kernel.Axes[tile].Extent <= ShortAxis && !kernel.Axes[tile].Batched)
            (tile, unit) = (rowAxes[rowAxes.Count - 2], tile);
        rowAxes.RemoveAll(axis => axis == tile || axis == unit);
        int unitRows = unit < 0 ? 1 : kernel.Axes[unit].Extent;
        int tileRows = TileRows(kernel.Axes[tile], Math.Max(1, MaxTileRows / unitRows));

        // The loop with the nearest neighbours runs innermost.
        List<int> sums = [.. product.Inner.OrderByDescending(axis => Math.Abs(strides[axis]))];
        List<int> chunks = [.. sums.Where(axis => outside[axis])];
        sums.RemoveAll(chunks.Contains);
        if (chunks.Count == 0 && sums.Count > 1 && kernel.Axes[sums[0]].Batched && sums.Skip(1).Aggregate(1L, (terms, axis) => terms * kernel.Axes[axis].Extent) >= ChunkTerms)
        {
            chunks.Add(sums[0]);
            sums.RemoveAt(0);
        }

        if (sums.Count == 0)
            return null;

        // What is neither a row nor a column, or lies outside of the copy, runs outermost; the other rows as lines inside, or as parts of one block.
        List<int> outer = [.. Enumerable.Range(0, column).Where(axis => axis != tile && axis != unit && !rowAxes.Contains(axis))];
        int rowBytes = RoundUp(kernel.Axes[column].Extent, options.MaxLanes) * unitRows * options.ElementSize;
        List<int> block = [];
        int positions;
        if (chunks.Count == 0)
        {
            positions = Blocks(kernel.Axes[tile], tileRows, BlockBytes / rowBytes);
        }
        else
        {
            int inner = kernel.Axes[tile].Extent * rowBytes;
            for (int i = rowAxes.Count - 1; i >= 0 && !kernel.Axes[rowAxes[i]].Batched && (long)inner * kernel.Axes[rowAxes[i]].Extent <= KeptBytes; i--)
            {
                inner *= kernel.Axes[rowAxes[i]].Extent;
                block.Insert(0, rowAxes[i]);
                rowAxes.RemoveAt(i);
            }

            positions = Blocks(kernel.Axes[tile], tileRows, KeptBytes / rowBytes);
        }

        PanelPacking pack = Packing(kernel, options, columns, column, chunks, sums);
        return new WindowSchedule(
            left, right, tile, unit, tileRows, positions, column, outer.ToEquatableArray(), rowAxes.ToEquatableArray(), block.ToEquatableArray(),
            chunks.ToEquatableArray(), sums.ToEquatableArray(), staged, pack);
    }

    /// <summary>Whether later stages read and write whole vectors along an axis.</summary>
    private static bool IsFinishedAlong(Kernel kernel, int axis) =>
        kernel.Stages.SelectMany(stage => stage.Sinks).OfType<StoreSink>().All(store => store.Strides[axis] == 1)
        && kernel.Stages.Skip(1).All(stage => NestScheduler.CanRunInLanes(stage, axis));

    private static bool Varies(LoadOperand load, int axis) => load.Strides[axis] != 0
        || load.Guards.Any(guard => guard.Terms.Any(term => term.Loop == axis)) || load.Divided.Any(term => term.Terms.Any(part => part.Loop == axis));

    /// <summary>
    /// The copy in which the windows of an operand need no conditions; null when its axes are not laid out one inside the other.
    /// <paramref name="outside"/> is set for axes that select another copy.
    /// </summary>
    private static StagedWindow? Stage(Kernel kernel, LoadOperand load, bool[] outside)
    {
        int[] extents = [.. kernel.Axes.Select(axis => axis.Extent)];
        Guard[] guards = [.. load.Guards.OrderByDescending(guard => guard.Stride)];
        if (guards.Any(guard => guard.Divisor != 1 || guard.Terms.Any(term => kernel.Axes[term.Loop].Batched)))
            return null;
        for (int i = 0; i + 1 < guards.Length; i++)
        {
            if (guards[i].Stride != guards[i + 1].Stride * guards[i + 1].Extent)
                return null;
        }

        int run = guards[guards.Length - 1].Stride, whole = guards[0].Stride * guards[0].Extent;
        StagedAxis[] axes = new StagedAxis[guards.Length];
        int[] strides = new int[extents.Length], inner = [.. load.Strides];
        int offset = 0, rest = load.Offset;
        for (int i = guards.Length - 1, length = run; i >= 0; i--)
        {
            AffineExpr position = guards[i].Terms.Aggregate(AffineExpr.Zero(extents.Length).Plus(guards[i].Offset), (sum, term) => sum.Plus(AffineExpr.Axis(extents.Length, term.Loop).Times(term.Factor)));
            (int min, int max) = position.Range(extents);
            axes[i] = new StagedAxis(guards[i].Extent, guards[i].Stride, min, max - min + 1, length);
            offset += (guards[i].Offset - min) * length;
            rest -= guards[i].Offset * guards[i].Stride;
            foreach (AffineTerm term in guards[i].Terms)
            {
                strides[term.Loop] += term.Factor * length;
                inner[term.Loop] -= term.Factor * guards[i].Stride;
            }

            length *= max - min + 1;
        }

        int reach = 0;
        for (int axis = 0; axis < extents.Length; axis++)
        {
            if (inner[axis] == 0)
                continue;
            if (inner[axis] % whole == 0)
            {
                if (strides[axis] != 0)
                    return null;
                outside[axis] = true;
                continue;
            }

            if (inner[axis] < 0)
                return null;
            strides[axis] += inner[axis];
            reach += inner[axis] * (extents[axis] - 1);
        }

        int start = rest % run;
        return rest < 0 || start + reach >= run || (rest - start) % whole != 0
            ? null
            : new StagedWindow(axes.ToEquatableArray(), run, strides.ToEquatableArray(), offset + start, rest - start);
    }

    private static PanelPacking Packing(Kernel kernel, ProgramOptions options, LoadOperand columns, int column, List<int> chunks, List<int> sums)
    {
        // The loops around that select other panels.
        int[] selects = [.. Enumerable.Range(0, column).Where(axis => columns.Strides[axis] != 0).Concat(chunks.Where(axis => columns.Strides[axis] != 0))];
        int terms = sums.Aggregate(1, (product, axis) => product * kernel.Axes[axis].Extent);
        int bytes = terms * kernel.Axes[column].Extent * options.ElementSize;
        bool wide = kernel.Axes[column].Extent > 2 * options.MaxLanes && bytes > PackBytes;
        if (columns.Strides[column] == 1 && !wide)
            return PanelPacking.None;
        return selects.Length == 0 && sums.All(axis => !kernel.Axes[axis].Batched) ? PanelPacking.Once : PanelPacking.Inside;
    }

    /// <summary>Rows of a tile that divide the axis evenly, or nearly.</summary>
    private static int TileRows(Axis axis, int most)
    {
        if (axis.Batched)
            return Math.Min(axis.Extent, Math.Max(1, most * 8 / MaxTileRows));
        int tiles = (axis.Extent + most - 1) / most;
        return (axis.Extent + tiles - 1) / tiles;
    }

    private static int Blocks(Axis axis, int tile, int most) => axis.Extent <= most && !axis.Batched ? axis.Extent : Math.Max(1, Math.Min(most, axis.Extent) / tile) * tile;

    private static int RoundUp(int value, int multiple) => (value + multiple - 1) / multiple * multiple;
}
