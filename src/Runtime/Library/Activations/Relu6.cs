namespace OptGen;

public static partial class Ops
{
    /// <summary>Rectified linear unit, cut at 6.</summary>
    /// <remarks>Krizhevsky, "Convolutional deep belief networks on CIFAR-10", 2010.</remarks>
    public static Tensor Relu6(Tensor x) => Map(x, Relu6);

    /// <inheritdoc cref="Relu6(Tensor)"/>
    [Elementwise]
    public static float Relu6(float x) => x > 6 ? 6 : x <= 0 ? 0 : x;
}
