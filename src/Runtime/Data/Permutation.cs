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
        int[] sizes = Apply(axes, shape), strides = new int[rank], index = new int[rank];
        int stride = 1;
        for (int axis = rank - 1; axis >= 0; axis--)
        {
            strides[axes.IndexOf(axis)] = stride;
            stride *= shape[axis];
        }

        int position = 0;
        for (int i = 0; i < destination.Length; i++)
        {
            destination[i] = source[position];
            for (int axis = rank - 1; axis >= 0; axis--)
            {
                position += strides[axis];
                if (++index[axis] < sizes[axis])
                    break;
                position -= index[axis] * strides[axis];
                index[axis] = 0;
            }
        }
    }
}
