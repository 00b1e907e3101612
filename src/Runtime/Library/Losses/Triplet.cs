namespace OptGen;

public static partial class Ops
{
    /// <summary>
    /// How far an anchor is from being nearer to a positive example than to a negative one by a margin (along the last axis), for each row:
    /// <code>
    /// max(0, ‖a − p‖ − ‖a − n‖ + m)
    /// </code>
    /// </summary>
    /// <param name="anchor">Embedding a.</param>
    /// <param name="positive">Embedding p of something alike.</param>
    /// <param name="negative">Embedding n of something else.</param>
    /// <param name="margin">The margin m, 1 by default.</param>
    /// <param name="reduction">Mean or sum over what the formula is written for; the mean by default.</param>
    /// <remarks>Schroff, Kalenichenko and Philbin, "FaceNet", 2015.</remarks>
    public static Tensor Triplet(Tensor anchor, Tensor positive, Tensor negative, float margin = 1, Reduction reduction = Reduction.Mean)
    {
        Argument.NotNegative(margin, nameof(margin));
        return Reduce(Relu(Distance(anchor, Target.Of(anchor, positive)) - Distance(anchor, Target.Of(anchor, negative)) + margin), reduction);
    }
}
