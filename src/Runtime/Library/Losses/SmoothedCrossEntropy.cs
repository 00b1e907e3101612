namespace OptGen;

public static partial class Ops
{
    /// <summary>
    /// Cross-entropy between softmax(<paramref name="logits"/>) and integer labels with smoothed labels, class weights, or a class that does not count:
    /// <code>
    /// Σ over rows of −(1 − ε)·w[label]·log p[label] − ε/C · Σⱼ wⱼ·log pⱼ, divided by Σ w[label]
    /// </code>
    /// </summary>
    /// <param name="logits">One number per class along the last axis, C classes.</param>
    /// <param name="labels">The right class of each row.</param>
    /// <param name="smoothing">Share ε of the target that is spread over all classes, 0 by default.</param>
    /// <param name="weights">Weight of each class; 1 by default.</param>
    /// <param name="ignore">Rows with this label do not count, such as padding; none by default.</param>
    /// <param name="reduction">Mean or sum over the rows that count, by their weight; the mean by default.</param>
    /// <remarks>Szegedy et al., "Rethinking the Inception architecture", 2016 (label smoothing).</remarks>
    public static Tensor SmoothedCrossEntropy(
        Tensor logits, Labels labels, float smoothing = 0, float[]? weights = null, int ignore = -1, Reduction reduction = Reduction.Mean)
    {
        int classes = logits.Shape[^1];
        if (!(smoothing >= 0 && smoothing <= 1))
            throw new ArgumentException($"a share of {smoothing} can't be spread: it must lie between 0 and 1", nameof(smoothing));
        if (weights is not null && weights.Length != classes)
            throw new ArgumentException($"there are {weights.Length} weights for {classes} classes", nameof(weights));
        if (ignore < -1 || ignore >= classes)
            throw new ArgumentException($"'ignore' is {ignore}, but must be one of {classes} classes, or -1 for none: give padding a class of its own", nameof(ignore));
        float total = 0;
        for (int i = 0; i < classes && weights is not null; i++)
        {
            if (!(weights[i] >= 0))
                throw new ArgumentException($"class {i} has the weight {weights[i]}, but a weight must not be negative", nameof(weights));
            total += weights[i];
        }

        if (weights is not null && total == 0)
            throw new ArgumentException("no class has a weight, so no row counts", nameof(weights));
        Tensor log = LogSoftmax(Logits(logits)), hot = Target.OneHot(logits, labels);
        float[] each = new float[classes], counted = new float[classes];
        for (int i = 0; i < classes; i++)
        {
            each[i] = weights is null ? 1 : weights[i];
            counted[i] = i == ignore ? 0 : each[i];
        }

        bool plain = weights is null && ignore < 0;
        Tensor classWeights = plain ? 1f : Constant(each, classes);
        Tensor right = -Sum(hot * (plain ? log : log * Constant(counted, classes)), axis: -1);
        Tensor spread = -Sum(log * classWeights, axis: -1) * (1f / classes);
        if (ignore >= 0)
            spread = spread * (1 - Sum(Slice(hot, -1, ignore, 1), axis: -1));
        Tensor rows = smoothing == 0 ? right : (1 - smoothing) * right + smoothing * spread;
        if (plain)
            return Reduce(rows, reduction);
        return reduction == Reduction.Sum ? Sum(rows) : Sum(rows) / Maximum(Sum(hot * Constant(counted, classes)), 1e-20f);
    }
}
