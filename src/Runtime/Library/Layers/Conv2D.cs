using static OptGen.Ops;

namespace OptGen;

/// <summary>
/// Convolution of images (height, width, channels) with a learned kernel, as a correlation:
/// <code>
/// y[p, q, o] = b[o] + Σᵢⱼ꜀ x[s·p + d·i − t, s·q + d·j − l, c] · W[i, j, c, o]
/// </code>
/// with stride s, dilation d, and zeros outside of the image.
/// </summary>
/// <param name="channels">Channels of the output.</param>
/// <param name="kernel">Height of the kernel, and its width unless <see cref="KernelWidth"/> is given.</param>
/// <remarks>LeCun et al., "Gradient-based learning applied to document recognition", 1998. The kernel's axes are height, width, input channels of a group, output channels.</remarks>
/// <example><c>[Conv2D(32, 3, Same = true)]</c> maps images of any size and number of channels to images of the same size with 32 channels.</example>
public sealed class Conv2D(int channels, int kernel) : Layer
{
    /// <summary>Width of the kernel where it is not its height.</summary>
    public int KernelWidth { get; init; }

    /// <summary>Steps between neighbouring outputs, 1 by default.</summary>
    public int Stride { get; init; } = 1;

    /// <summary>Steps along a row where they are not those along a column.</summary>
    public int StrideWidth { get; init; }

    /// <summary>Rows and columns of zeros around the image, 0 by default.</summary>
    public int Padding { get; init; }

    /// <summary>Columns of zeros on the left and right where they are not as many as the rows.</summary>
    public int PaddingWidth { get; init; } = -1;

    /// <summary>Rows of zeros below and columns on the right where they are not as many as above and on the left. For four different numbers, use <see cref="Ops.Pad(Tensor, int, int, int, float)"/>.</summary>
    public int PaddingAfter { get; init; } = -1;

    /// <summary>Pads so that the output has as many rows and columns as the image, divided by the stride and rounded up; <see cref="Padding"/> then says nothing.</summary>
    public bool Same { get; init; }

    /// <summary>Steps between neighbouring elements of the kernel on the image, 1 by default.</summary>
    public int Dilation { get; init; } = 1;

    /// <summary>Steps along a row where they are not those along a column.</summary>
    public int DilationWidth { get; init; }

    /// <summary>Input and output channels fall into as many groups that do not mix, 1 by default.</summary>
    public int Groups { get; init; } = 1;

    /// <summary>Each input channel is a group of its own, so that <c>channels</c> is a multiple of the input's; <see cref="Groups"/> then says nothing.</summary>
    public bool Depthwise { get; init; }

    /// <summary>Whether b is there.</summary>
    public bool Bias { get; init; } = true;

    /// <summary>Initializer of W, uniform within ±1/√inputs of an output by default, as in PyTorch.</summary>
    public Init Init { get; init; } = Init.FanInUniform;

    /// <summary>Initializer of b, the same by default.</summary>
    public Init BiasInit { get; init; } = Init.FanInUniform;

    /// <inheritdoc/>
    public override Tensor Forward(Tensor x)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(channels);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(kernel);
        if (x.Rank != 3)
            throw new ArgumentException("a convolution of images needs an input of height, width and channels");
        int width = KernelWidth > 0 ? KernelWidth : kernel, inputs = x.Shape[2], groups = Depthwise ? inputs : Groups;
        ArgumentOutOfRangeException.ThrowIfNegative(KernelWidth);
        ArgumentOutOfRangeException.ThrowIfNegative(StrideWidth);
        ArgumentOutOfRangeException.ThrowIfNegative(DilationWidth);
        Argument.Groups(inputs, channels, groups, Depthwise ? nameof(channels) : nameof(Groups));
        int across = StrideWidth > 0 ? StrideWidth : Stride, spread = DilationWidth > 0 ? DilationWidth : Dilation;
        (int rows, int top) = Window.Of(x.Shape[0], kernel, Stride, Dilation, Padding, PaddingAfter, Same);
        (int columns, int left) = Window.Of(x.Shape[1], width, across, spread, PaddingWidth < 0 ? Padding : PaddingWidth, PaddingAfter, Same);

        Tensor weights = Parameter([kernel, width, inputs / groups, channels], ParameterKind.Weight, Init, name: "Kernel", savedName: "weight", savedAxes: [3, 2, 0, 1]);
        string row = $"{Stride}*p + {Dilation}*i - {top}", column = $"{across}*q + {spread}*j - {left}";
        Tensor y;
        if (groups == 1)
        {
            y = Contract($"[{row}, {column}, c] · [i, j, c, o] -> [p:{rows}, q:{columns}, o]", x, weights);
        }
        else
        {
            Tensor grouped = Reshape(x, x.Shape[0], x.Shape[1], groups, inputs / groups);
            Tensor kernels = Reshape(weights, kernel, width, inputs / groups, groups, channels / groups);
            y = Contract($"[{row}, {column}, g, c] · [i, j, c, g, o] -> [p:{rows}, q:{columns}, g, o]", grouped, kernels);
            y = Reshape(y, rows, columns, channels);
        }

        return Bias ? y + Parameter([channels], ParameterKind.Bias, BiasInit, fanIn: kernel * width * inputs / groups) : y;
    }
}
