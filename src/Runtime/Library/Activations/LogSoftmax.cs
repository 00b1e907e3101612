namespace OptGen;

public static partial class Ops
{
    /// <summary>
    /// Logarithm of the softmax along an axis, computed without taking the logarithm of a small number:
    /// <code>
    /// yᵢ = xᵢ − log Σⱼ exp(xⱼ)
    /// </code>
    /// </summary>
    /// <param name="x">The logits.</param>
    /// <param name="axis">The axis along which the exponentials of the results add up to 1; the last one by default.</param>
    /// <remarks>PyTorch's LogSoftmax.</remarks>
    public static Tensor LogSoftmax(Tensor x, int axis = -1)
    {
        Tensor shifted = x - StopGradient(Max(x, axis));
        return shifted - Log(Sum(Exp(shifted), axis));
    }
}
