namespace OptGen;

public static partial class Ops
{
    /// <summary>
    /// One minus the cosine of the angle between prediction and target (along the last axis), for each row:
    /// <code>
    /// 1 − y·t / (‖y‖‖t‖)
    /// </code>
    /// </summary>
    /// <param name="prediction">What the model gives.</param>
    /// <param name="target">What it should be.</param>
    /// <param name="reduction">Mean or sum over what the formula is written for; the mean by default.</param>
    /// <remarks>PyTorch's CosineEmbeddingLoss for pairs that belong together.</remarks>
    public static Tensor CosineSimilarityLoss(Tensor prediction, Tensor target, Reduction reduction = Reduction.Mean) =>
        Reduce(1 - CosineSimilarity(prediction, Target.Of(prediction, target)), reduction);
}
