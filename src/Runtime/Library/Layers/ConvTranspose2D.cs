using static OptGen.Ops;

namespace OptGen;

/// <summary>
/// The transpose of a convolution: spreads each element of a smaller image (height, width, channels) over a window of a larger one.
/// <code>
/// y[p, q, o] = b[o] + Σᵢⱼ꜀ x[(p + t − d·i)/s, (q + t − d·j)/s, c] · W[i, j, c, o]
/// </code>
/// with stride s, dilation d and padding t, over those i and j for which the quotients are whole.
/// </summary>
/// <param name="channels">Channels of the output.</param>
/// <param name="kernel">Height and width of the kernel.</param>
/// <remarks>Zeiler et al., "Deconvolutional networks", 2010. The kernel's axes are height, width, input channels, output channels.</remarks>
/// <example><c>[ConvTranspose2D(16, 2, Stride = 2)]</c> makes images of 16 channels that are twice as high and wide.</example>
public sealed class ConvTranspose2D(int channels, int kernel) : Layer
{
    /// <summary>Steps between the windows of neighbouring inputs, 1 by default.</summary>
    public int Stride { get; init; } = 1;

    /// <summary>Rows and columns that are cut off on each side, 0 by default.</summary>
    public int Padding { get; init; }

    /// <summary>Rows and columns that are added at the end, 0 by default: several sizes of images shrink to the same one.</summary>
    public int OutputPadding { get; init; }

    /// <summary>Steps between neighbouring elements of the kernel, 1 by default.</summary>
    public int Dilation { get; init; } = 1;

    /// <summary>Whether b is there.</summary>
    public bool Bias { get; init; } = true;

    /// <summary>Initializer of W, uniform within ±1/√(kernel² · channels) by default, as in PyTorch.</summary>
    public Init Init { get; init; } = Init.FanInUniform;

    /// <summary>Initializer of b, the same by default.</summary>
    public Init BiasInit { get; init; } = Init.FanInUniform;

    /// <inheritdoc/>
    public override Tensor Forward(Tensor x)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(channels);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(kernel);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(Stride);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(Dilation);
        if (x.Rank != 3)
            throw new ArgumentException("a convolution of images needs an input of height, width and channels");
        int rows = (x.Shape[0] - 1) * Stride - 2 * Padding + Dilation * (kernel - 1) + 1 + OutputPadding;
        int columns = (x.Shape[1] - 1) * Stride - 2 * Padding + Dilation * (kernel - 1) + 1 + OutputPadding;
        if (rows <= 0 || columns <= 0)
            throw new ArgumentException("the padding leaves nothing of the image", nameof(Padding));
        Tensor weights = Parameter([kernel, kernel, x.Shape[2], channels], ParameterKind.Weight, Init, name: "Kernel", savedName: "weight", savedAxes: [2, 3, 0, 1], fanIn: kernel * kernel * channels);
        string row = $"(p + {Padding} - {Dilation}*i)/{Stride}", column = $"(q + {Padding} - {Dilation}*j)/{Stride}";
        Tensor y = Contract($"[{row}, {column}, c] · [i, j, c, o] -> [p:{rows}, q:{columns}, o]", x, weights);
        return Bias ? y + Parameter([channels], ParameterKind.Bias, BiasInit, fanIn: kernel * kernel * channels) : y;
    }
}
