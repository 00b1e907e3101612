using static OptGen.Generator.Tests.Library.LibraryCase;

namespace OptGen.Generator.Tests.Library;

/// <summary>Normalizations, of data and of weights, in training and in prediction.</summary>
internal static class NormalizationCases
{
    public static LibraryCase[] All { get; } =
    [
        Layer("BatchNorm", n => "BatchNorm", n => $"{n}"),
        Layer("BatchNorm_Positions", n => "BatchNorm(Affine = false)", n => $"3, {n}"),
        Layer("BatchNorm_Position", n => "BatchNorm", n => $"1, {n}"),
        Layer("BatchNorm_Inference", n => "BatchNorm", n => $"{n}") with { IsTraining = false },
        Layer("LayerNorm", n => "LayerNorm", n => $"2, {n}"),
        Layer("LayerNorm_Axes", n => "LayerNorm(2)", n => $"{n}, 3"),
        Layer("RmsNorm", n => "RmsNorm", n => $"{n}"),
        Layer("InstanceNorm", n => "InstanceNorm", n => $"4, {n}"),
        Layer("InstanceNorm_Positions", n => "InstanceNorm", n => $"{n}, 2"),
        Layer("GroupNorm", n => "GroupNorm(2)", n => $"3, {2 * n}"),
        Layer("GroupNorm_Groups", n => $"GroupNorm({n})", n => $"2, {2 * n}"),
        new("BatchNorm_Shared", ["BatchNorm"], n => $$"""
            [BatchNorm] private static partial Tensor Layer(Tensor x);
            [Forward] private static (Tensor, Tensor) Forward([Shape({{n}})] Tensor a, [Shape({{n}})] Tensor b) => (Layer(a), Layer(b));
            """) { Reference = References.SharedBatchNorm, After = References.SharedAverages },
        Layer("SwitchableNorm", n => "SwitchableNorm", n => $"4, {n}") with { Reference = References.SwitchableNorm, After = References.SwitchableAverages },
        Layer("SwitchableNorm_Inference", n => "SwitchableNorm", n => $"4, {n}") with { IsTraining = false, Reference = References.SwitchableNorm },
        Layer("WeightNorm", n => $"Dense({Next(n)}), WeightNorm", n => $"{n}") with { Reference = References.WeightNorm },
        Layer("WeightNorm_Convolution", n => $"Conv2D({n}, 2), WeightNorm", n => "3, 2, 2"),
        Layer("SpectralNorm", n => $"Dense({Next(n)}), SpectralNorm(Iterations = 2)", n => $"{n}") with
        {
            // The singular vectors count as constants.
            StopsGradient = true,
            Reference = References.SpectralNorm,
            After = References.SpectralDirection,
        },
        Layer("SpectralNorm_Convolution", n => $"Conv2D({n}, 2), SpectralNorm", n => "3, 2, 2") with { StopsGradient = true },
        Layer("SpectralNorm_Inference", n => $"Dense({Next(n)}), SpectralNorm", n => $"{n}") with { IsTraining = false, StopsGradient = true },
    ];
}
