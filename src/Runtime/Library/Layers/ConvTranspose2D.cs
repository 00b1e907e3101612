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
/// <param name="kernel">Height of the kernel, and its width unless <see cref="KernelWidth"/> is given.</param>
/// <remarks>Zeiler et al., "Deconvolutional networks", 2010. The kernel's axes are height, width, input channels, output channels of a group.</remarks>
/// <example><c>[ConvTranspose2D(16, 2, Stride = 2)]</c> makes images of 16 channels that are twice as high and wide.</example>
public sealed class ConvTranspose2D(int channels, int kernel) : Layer
{
    /// <summary>Width of the kernel where it is not its height.</summary>
    public int KernelWidth { get; init; }

    /// <summary>Steps between the windows of neighbouring inputs, 1 by default.</summary>
    public int Stride { get; init; } = 1;

    /// <summary>Steps along a row where they are not those along a column.</summary>
    public int StrideWidth { get; init; }

    /// <summary>Rows and columns that are cut off on each side, 0 by default.</summary>
    public int Padding { get; init; }

    /// <summary>Columns that are cut off on the left and right where they are not as many as the rows.</summary>
    public int PaddingWidth { get; init; } = -1;

    /// <summary>Rows and columns that are added at the end, 0 by default: several sizes of images shrink to the same one.</summary>
    public int OutputPadding { get; init; }

    /// <summary>Steps between neighbouring elements of the kernel, 1 by default.</summary>
    public int Dilation { get; init; } = 1;

    /// <summary>Input and output channels fall into as many groups that do not mix, 1 by default.</summary>
    public int Groups { get; init; } = 1;

    /// <summary>Whether b is there.</summary>
    public bool Bias { get; init; } = true;

    /// <summary>Initializer of W, uniform within ±1/√(kernel² · channels of a group) by default, as in PyTorch.</summary>
    public Init Init { get; init; } = Init.FanInUniform;

    /// <summary>Initializer of b, the same by default.</summary>
    public Init BiasInit { get; init; } = Init.FanInUniform;

    /// <inheritdoc/>
    public override Tensor Forward(Tensor x)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(channels);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(kernel);
        ArgumentOutOfRangeException.ThrowIfNegative(KernelWidth);
        ArgumentOutOfRangeException.ThrowIfNegative(StrideWidth);
        if (x.Rank != 3)
            throw new ArgumentException("a convolution of images needs an input of height, width and channels");
        int width = KernelWidth > 0 ? KernelWidth : kernel, across = StrideWidth > 0 ? StrideWidth : Stride, left = PaddingWidth < 0 ? Padding : PaddingWidth;
        int inputs = x.Shape[2];
        Argument.Groups(inputs, channels, Groups, nameof(Groups));
        int each = channels / Groups;
        int rows = SpreadWindow.Of(x.Shape[0], kernel, Stride, Dilation, Padding, OutputPadding);
        int columns = SpreadWindow.Of(x.Shape[1], width, across, Dilation, left, OutputPadding);
        Tensor weights = Parameter([kernel, width, inputs, each], ParameterKind.Weight, Init, name: "Kernel", savedName: "weight", savedAxes: [2, 3, 0, 1], fanIn: kernel * width * each);
        string row = $"(p + {Padding} - {Dilation}*i)/{Stride}", column = $"(q + {left} - {Dilation}*j)/{across}";
        Tensor y;
        if (Groups == 1)
        {
            y = Contract($"[{row}, {column}, c] · [i, j, c, o] -> [p:{rows}, q:{columns}, o]", x, weights);
        }
        else
        {
            Tensor grouped = Reshape(x, x.Shape[0], x.Shape[1], Groups, inputs / Groups), kernels = Reshape(weights, kernel, width, Groups, inputs / Groups, each);
            y = Reshape(Contract($"[{row}, {column}, g, c] · [i, j, g, c, o] -> [p:{rows}, q:{columns}, g, o]", grouped, kernels), rows, columns, channels);
        }

        return Bias ? y + Parameter([channels], ParameterKind.Bias, BiasInit, fanIn: kernel * width * each) : y;
    }
}
