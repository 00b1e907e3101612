using OptGen.Generator.Specs;

namespace OptGen.Generator.Planning;

/// <summary>
/// A contraction over windows: convolutions and their gradients. A tile is <paramref name="TileRows"/> positions of <paramref name="TileAxis"/>, each with all of
/// <paramref name="UnitAxis"/> where there is one, by two vectors of columns; its sums stay in registers over the loops of <paramref name="SumAxes"/>.
/// From the outside in, the loops are <paramref name="OuterAxes"/>, <paramref name="LineAxes"/>, blocks along the tile's axis, <paramref name="ChunkAxes"/>, panels of
/// columns, <paramref name="BlockAxes"/>, tiles. A block is finished when all chunks are summed, row by row over all columns.
/// </summary>
/// <param name="Left">Operand of stage 0 that varies with the rows; <paramref name="Right"/> the one that varies with the columns.</param>
/// <param name="UnitAxis">−1 for none.</param>
/// <param name="Block">Positions along the tile's axis that are finished together.</param>
/// <param name="OuterAxes">Loops around the copying of operands.</param>
/// <param name="LineAxes">Loops of rows inside it.</param>
/// <param name="BlockAxes">Loops of rows whose sums are kept until all chunks are summed.</param>
/// <param name="ChunkAxes">Loops of the sum outside of the tiles: sums are kept in memory between them.</param>
/// <param name="SumAxes">Loops of the sum inside a tile, outermost first.</param>
/// <param name="Staged">How the left operand is copied to memory where its windows need no conditions; null when it is read where it lies.</param>
/// <param name="Pack">How the right operand is read.</param>
internal sealed record WindowSchedule(
    int Left,
    int Right,
    int TileAxis,
    int UnitAxis,
    int TileRows,
    int Block,
    int ColumnAxis,
    EquatableArray<int> OuterAxes,
    EquatableArray<int> LineAxes,
    EquatableArray<int> BlockAxes,
    EquatableArray<int> ChunkAxes,
    EquatableArray<int> SumAxes,
    StagedWindow? Staged,
    PanelPacking Pack) : Schedule;

/// <summary>Where panels of the right operand are copied to contiguous memory.</summary>
internal enum PanelPacking
{
    /// <summary>They are read where they lie.</summary>
    None,

    /// <summary>All of them before any loop.</summary>
    Once,

    /// <summary>Those of the present outer point or chunk, together with the staged window.</summary>
    Inside,
}

/// <summary>A copy of the positions that windows reach, with zeros where they reach outside.</summary>
/// <param name="Axes">The positions, outermost first; below the last one lies a run of <paramref name="Run"/> neighbours.</param>
/// <param name="Strides">For each axis of the kernel, its stride in the copy.</param>
/// <param name="Offset">Where the windows begin in the copy; <paramref name="Origin"/>: where position 0 lies in the operand.</param>
internal sealed record StagedWindow(EquatableArray<StagedAxis> Axes, int Run, EquatableArray<int> Strides, int Offset, int Origin)
{
    public int Length => Axes[0].Count * Axes[0].StagedStride;
}

/// <summary>Positions First … First + Count − 1 of an axis of <paramref name="Extent"/> positions.</summary>
internal sealed record StagedAxis(int Extent, int Stride, int First, int Count, int StagedStride);
