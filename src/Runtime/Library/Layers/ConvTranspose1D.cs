using static OptGen.Ops;

namespace OptGen;

/// <summary>
/// The transpose of a convolution of sequences: spreads each step of a shorter sequence (steps, channels) over a window of a longer one.
/// <code>
/// y[p, o] = b[o] + Σᵢ꜀ x[(p + t − d·i)/s, c] · W[i, c, o]
/// </code>
/// with stride s, dilation d and padding t, over those i for which the quotient is whole.
/// </summary>
/// <param name="channels">Channels of the output.</param>
/// <param name="kernel">Steps that the kernel covers.</param>
/// <remarks>Zeiler et al., "Deconvolutional networks", 2010. The kernel's axes are steps, input channels, output channels of a group.</remarks>
/// <example><c>[ConvTranspose1D(16, 2, Stride = 2)]</c> makes sequences of 16 channels that are twice as long.</example>
public sealed class ConvTranspose1D(int channels, int kernel) : Layer
{
    /// <summary>Steps between the windows of neighbouring inputs, 1 by default.</summary>
    public int Stride { get; init; } = 1;

    /// <summary>Steps that are cut off at each end, 0 by default.</summary>
    public int Padding { get; init; }

    /// <summary>Steps that are added at the end, 0 by default: several lengths shrink to the same one.</summary>
    public int OutputPadding { get; init; }

    /// <summary>Steps between neighbouring elements of the kernel, 1 by default.</summary>
    public int Dilation { get; init; } = 1;

    /// <summary>Input and output channels fall into as many groups that do not mix, 1 by default.</summary>
    public int Groups { get; init; } = 1;

    /// <summary>Whether b is there.</summary>
    public bool Bias { get; init; } = true;

    /// <summary>Initializer of W, uniform within ±1/√(kernel · channels of a group) by default, as in PyTorch.</summary>
    public Init Init { get; init; } = Init.FanInUniform;

    /// <summary>Initializer of b, the same by default.</summary>
    public Init BiasInit { get; init; } = Init.FanInUniform;

    /// <inheritdoc/>
    public override Tensor Forward(Tensor x)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(channels);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(kernel);
        if (x.Rank != 2)
            throw new ArgumentException("a convolution of sequences needs an input of steps and channels");
        int inputs = x.Shape[1];
        Argument.Groups(inputs, channels, Groups, nameof(Groups));
        int each = channels / Groups;
        int steps = SpreadWindow.Of(x.Shape[0], kernel, Stride, Dilation, Padding, OutputPadding);
        Tensor weights = Parameter([kernel, inputs, each], ParameterKind.Weight, Init, name: "Kernel", savedName: "weight", savedAxes: [1, 2, 0], fanIn: kernel * each);
        string step = $"(p + {Padding} - {Dilation}*i)/{Stride}";
        Tensor y;
        if (Groups == 1)
        {
            y = Contract($"[{step}, c] · [i, c, o] -> [p:{steps}, o]", x, weights);
        }
        else
        {
            Tensor grouped = Reshape(x, x.Shape[0], Groups, inputs / Groups), kernels = Reshape(weights, kernel, Groups, inputs / Groups, each);
            y = Reshape(Contract($"[{step}, g, c] · [i, g, c, o] -> [p:{steps}, g, o]", grouped, kernels), steps, channels);
        }

        return Bias ? y + Parameter([channels], ParameterKind.Bias, BiasInit, fanIn: kernel * each) : y;
    }
}
