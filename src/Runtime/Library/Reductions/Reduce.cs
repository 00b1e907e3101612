namespace OptGen;

public static partial class Ops
{
    /// <summary>All elements of all rows as one number: their mean or their sum.</summary>
    /// <param name="x">What is added up.</param>
    /// <param name="reduction">Mean or sum.</param>
    public static Tensor Reduce(Tensor x, Reduction reduction) => reduction switch
    {
        Reduction.Sum => Sum(x),
        Reduction.Mean => Mean(x),
        _ => throw new ArgumentException("elements of all rows have a mean or a sum", nameof(reduction)),
    };
}
