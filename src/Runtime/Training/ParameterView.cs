namespace OptGen;

/// <summary>The elements of one parameter, in place: writing through the view changes the model.</summary>
/// <typeparam name="T">Element type.</typeparam>
public readonly ref struct ParameterView<T>
    where T : unmanaged
{
    private readonly ParameterInfo _info;

    /// <summary>The part of <paramref name="flat"/> that <paramref name="info"/> describes.</summary>
    public ParameterView(ParameterInfo info, Span<T> flat)
    {
        _info = info;
        Span = flat.Slice(info.Offset, info.Length);
    }

    /// <summary>Path of the parameter, such as <c>Hidden.Kernel</c>.</summary>
    public string Name => _info.Name;

    /// <summary>Sizes of its axes.</summary>
    public ReadOnlySpan<int> Shape => _info.Shape;

    /// <summary>The elements; the last axis varies fastest.</summary>
    public Span<T> Span { get; }

    /// <summary>Number of elements.</summary>
    public int Length => Span.Length;

    /// <summary>Element <paramref name="i"/> of the flat order.</summary>
    public ref T this[int i] => ref Span[i];

    /// <summary>Element (<paramref name="i"/>, <paramref name="j"/>) of a matrix.</summary>
    /// <exception cref="InvalidOperationException">The parameter does not have two axes.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An index is outside its axis.</exception>
    public ref T this[int i, int j]
    {
        get
        {
            ReadOnlySpan<int> shape = _info.Shape;
            if (shape.Length != 2)
                throw new InvalidOperationException($"Two indices name an element of a matrix, and {_info} has {shape.Length} axes.");
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)i, (uint)shape[0], nameof(i));
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)j, (uint)shape[1], nameof(j));
            return ref Span[i * shape[1] + j];
        }
    }

    /// <summary>The element at a position, one index for each axis, such as (row, column, input, output) of the kernel of a convolution.</summary>
    /// <exception cref="InvalidOperationException">The parameter has another number of axes.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An index is outside its axis.</exception>
    public ref T this[params ReadOnlySpan<int> indices]
    {
        get
        {
            ReadOnlySpan<int> shape = _info.Shape;
            if (shape.Length != indices.Length)
                throw new InvalidOperationException($"{_info} has {shape.Length} axes, not {indices.Length}.");
            int position = 0;
            for (int axis = 0; axis < shape.Length; axis++)
            {
                ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)indices[axis], (uint)shape[axis], nameof(indices));
                position = (position * shape[axis]) + indices[axis];
            }

            return ref Span[position];
        }
    }

    /// <summary>Name and shape.</summary>
    public override string ToString() => _info.ToString();
}
