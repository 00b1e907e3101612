using static OptGen.Ops;

namespace OptGen;

/// <summary>
/// Convolution of sequences (steps, channels) with a learned kernel, as a correlation:
/// <code>
/// y[p, o] = b[o] + Σᵢ꜀ x[s·p + d·i − t, c] · W[i, c, o]
/// </code>
/// with stride s, dilation d, and zeros outside of the sequence.
/// </summary>
/// <param name="channels">Channels of the output.</param>
/// <param name="kernel">Steps that the kernel covers.</param>
/// <remarks>The kernel's axes are steps, input channels of a group, output channels.</remarks>
/// <example><c>[Conv1D(64, 5, Causal = true)]</c> maps sequences to sequences of 64 channels in which no step has seen a later one.</example>
public sealed class Conv1D(int channels, int kernel) : Layer
{
    /// <summary>Steps between neighbouring outputs, 1 by default.</summary>
    public int Stride { get; init; } = 1;

    /// <summary>Zeros before and after the sequence, 0 by default.</summary>
    public int Padding { get; init; }

    /// <summary>Zeros after the sequence where they are not as many as before it.</summary>
    public int PaddingAfter { get; init; } = -1;

    /// <summary>Pads so that the output has as many steps as the sequence, divided by the stride and rounded up; <see cref="Padding"/> then says nothing.</summary>
    public bool Same { get; init; }

    /// <summary>Pads in front only, so that no output sees a later step; <see cref="Padding"/> then says nothing.</summary>
    public bool Causal { get; init; }

    /// <summary>Steps between neighbouring elements of the kernel on the sequence, 1 by default.</summary>
    public int Dilation { get; init; } = 1;

    /// <summary>Input and output channels fall into as many groups that do not mix, 1 by default.</summary>
    public int Groups { get; init; } = 1;

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
        if (x.Rank != 2)
            throw new ArgumentException("a convolution of sequences needs an input of steps and channels");
        int inputs = x.Shape[1];
        Argument.Groups(inputs, channels, Groups, nameof(Groups));
        (int steps, int before) = Window.Of(x.Shape[0], kernel, Stride, Dilation, Padding, PaddingAfter, Same || Causal);
        before = Causal ? Dilation * (kernel - 1) : before;

        Tensor weights = Parameter([kernel, inputs / Groups, channels], ParameterKind.Weight, Init, name: "Kernel", savedName: "weight", savedAxes: [2, 1, 0]);
        string step = $"{Stride}*p + {Dilation}*i - {before}";
        Tensor y;
        if (Groups == 1)
        {
            y = Contract($"[{step}, c] · [i, c, o] -> [p:{steps}, o]", x, weights);
        }
        else
        {
            Tensor grouped = Reshape(x, x.Shape[0], Groups, inputs / Groups), kernels = Reshape(weights, kernel, inputs / Groups, Groups, channels / Groups);
            y = Reshape(Contract($"[{step}, g, c] · [i, c, g, o] -> [p:{steps}, g, o]", grouped, kernels), steps, channels);
        }

        return Bias ? y + Parameter([channels], ParameterKind.Bias, BiasInit, fanIn: kernel * inputs / Groups) : y;
    }
}
