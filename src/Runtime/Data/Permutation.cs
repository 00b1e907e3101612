namespace OptGen.Data;

/// <summary>The axes of a row-major tensor in another order.</summary>
internal static class Permutation
{
    /// <summary>Sizes after the permutation: axis i of the result is axis <paramref name="axes"/>[i].</summary>
    public static int[] Apply(ReadOnlySpan<int> axes, ReadOnlySpan<int> shape)
    {
        int[] permuted = new int[axes.Length];
        for (int i = 0; i < permuted.Length; i++)
            permuted[i] = shape[axes[i]];
        return permuted;
    }

    /// <summary>The permutation that undoes another.</summary>
    /// <exception cref="ArgumentException">The axes are no permutation.</exception>
    public static int[] Inverse(ReadOnlySpan<int> axes)
    {
        int[] inverse = new int[axes.Length];
        Array.Fill(inverse, -1);
        for (int i = 0; i < axes.Length; i++)
        {
            if ((uint)axes[i] >= (uint)axes.Length || inverse[axes[i]] >= 0)
                throw new ArgumentException($"[{string.Join(", ", axes.ToArray())}] does not name each of {axes.Length} axes once.", nameof(axes));
            inverse[axes[i]] = i;
        }

        return inverse;
    }

    /// <summary>Copies a tensor of a shape so that axis i of the destination is axis <paramref name="axes"/>[i] of the source.</summary>
    public static void Copy<T>(ReadOnlySpan<T> source, ReadOnlySpan<int> shape, ReadOnlySpan<int> axes, Span<T> destination)
    {
        int rank = axes.Length;
        if (destination.IsEmpty || rank == 0)
        {
            source.CopyTo(destination);
            return;
        }

        // By axis of the destination: its size, and the distance of neighbours in both.
        int[] sizes = Apply(axes, shape), to = new int[rank], from = new int[rank], index = new int[rank];
        for (int axis = rank - 1, stride = 1; axis >= 0; stride *= sizes[axis--])
            to[axis] = stride;
        for (int axis = rank - 1, stride = 1; axis >= 0; stride *= shape[axis--])
            from[axes.IndexOf(axis)] = stride;

        // Rows of the source are neighbours along one axis, those of the destination along its last; the plane of both is copied in tiles that stay in the cache.
        int row = axes.IndexOf(rank - 1);
        int sourceBase = 0, destinationBase = 0;
        while (true)
        {
            CopyPlane(source[sourceBase..], destination[destinationBase..], row == rank - 1 ? 1 : sizes[row], to[row], sizes[^1], from[^1]);
            int next = rank - 2;
            for (; next >= 0; next--)
            {
                if (next == row)
                    continue;
                sourceBase += from[next];
                destinationBase += to[next];
                if (++index[next] < sizes[next])
                    break;
                sourceBase -= index[next] * from[next];
                destinationBase -= index[next] * to[next];
                index[next] = 0;
            }

            if (next < 0)
                return;
        }
    }

    private static void CopyPlane<T>(ReadOnlySpan<T> source, Span<T> destination, int rows, int rowStride, int columns, int columnStride)
    {
        const int tile = 32;
        for (int firstRow = 0; firstRow < rows; firstRow += tile)
        {
            int endRow = Math.Min(rows, firstRow + tile);
            for (int firstColumn = 0; firstColumn < columns; firstColumn += tile)
            {
                int endColumn = Math.Min(columns, firstColumn + tile);
                for (int i = firstRow; i < endRow; i++)
                {
                    for (int j = firstColumn; j < endColumn; j++)
                        destination[(i * rowStride) + j] = source[i + (j * columnStride)];
                }
            }
        }
    }
}
