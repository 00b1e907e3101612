namespace OptGen.Generator.Specs;

/// <summary>
/// The static shape of a tensor. When <see cref="Batched"/> is set, axis 0 holds the rows of a batch: its size is what a full batch needs
/// (the batch size times a constant), and at run time only the share that belongs to the rows of the call is live.
/// </summary>
internal readonly record struct Shape(EquatableArray<int> Dims, bool Batched)
{
    public static Shape Scalar => new([], false);

    public int Rank => Dims.Count;

    public int this[int axis] => Dims[axis];

    /// <summary>Number of elements of a full batch.</summary>
    public int Count
    {
        get
        {
            int count = 1;
            foreach (int dim in Dims)
                count *= dim;
            return count;
        }
    }

    public static Shape Of(params int[] dims) => new(dims.ToEquatableArray(), false);

    public static Shape OfBatch(params int[] dims) => new(dims.ToEquatableArray(), true);

    /// <summary>Distance in elements between neighbours along each axis of a contiguous row-major tensor.</summary>
    public int[] Strides()
    {
        int[] strides = new int[Rank];
        int stride = 1;
        for (int axis = Rank - 1; axis >= 0; axis--)
        {
            strides[axis] = stride;
            stride *= Dims[axis];
        }

        return strides;
    }

    public override string ToString()
    {
        bool batched = Batched;
        IEnumerable<string> sizes = Dims.Select((dim, axis) => dim.ToString(System.Globalization.CultureInfo.InvariantCulture) + (axis == 0 && batched ? " rows" : ""));
        return Rank == 0 ? "[]" : "[" + string.Join(" × ", sizes) + "]";
    }
}
