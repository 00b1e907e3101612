using static OptGen.Generator.Tests.Library.LibraryCase;

namespace OptGen.Generator.Tests.Library;

/// <summary>Layers, each with the awkward size on every axis that it treats in a way of its own.</summary>
internal static class LayerCases
{
    public static LibraryCase[] All { get; } =
    [
        Layer("Dense", n => $"Dense({Next(n)})", n => $"{n}") with { Batch = 9 },
        Layer("Dense_Steps", n => "Dense(3, Bias = false)", n => $"{n}, 2"),
        Layer("Maxout", n => $"Maxout({Next(n)}, 3)", n => $"{n}") with { Reference = References.Maxout },
        Layer("PRelu", n => "PRelu", n => $"{n}"),
        Layer("PRelu_Shared", n => "PRelu(Shared = true)", n => $"2, {n}"),
        Layer("Conv1D", n => $"Conv1D({n}, 3, Padding = 1)", n => "5, 2"),
        Layer("Conv1D_Inputs", n => "Conv1D(2, 2, Causal = true)", n => $"4, {n}"),
        Layer("Conv1D_Positions", n => "Conv1D(3, 3, Same = true, Stride = 2)", n => $"{n}, 2"),
        Layer("Conv1D_Groups", n => $"Conv1D({2 * n}, 2, Groups = 2, Dilation = 2)", n => "4, 4"),
        Layer("Conv2D", n => $"Conv2D({n}, 2)", n => "3, 3, 2"),
        Layer("Conv2D_Inputs", n => "Conv2D(2, 3, Same = true)", n => $"3, 2, {n}"),
        Layer("Conv2D_Strided", n => "Conv2D(3, 3, Same = true, Stride = 2)", n => $"3, {n}, 2"),
        Layer("Conv2D_Dilated", n => "Conv2D(2, 2, Dilation = 2, Padding = 1)", n => $"3, {n}, 2"),
        Layer("Conv2D_Depthwise", n => $"Conv2D({2 * n}, 2, Depthwise = true)", n => $"3, 2, {n}"),
        Layer("Conv2D_Grouped", n => "Conv2D(4, 2, Groups = 2, KernelWidth = 1)", n => $"3, {n}, 2"),
        Layer("ConvTranspose2D", n => $"ConvTranspose2D({n}, 2, Stride = 2)", n => "2, 2, 2"),
        Layer("ConvTranspose2D_Columns", n => "ConvTranspose2D(2, 3, Stride = 2, Padding = 1, OutputPadding = 1)", n => $"2, {n}, 2"),
        Layer("ConvTranspose2D_Inputs", n => "ConvTranspose2D(2, 2, Dilation = 2)", n => $"2, 2, {n}"),
        Layer("MaxPool2D", n => "MaxPool2D(2)", n => $"4, {2 * n}, 2"),
        Layer("MaxPool2D_Overlap", n => "MaxPool2D(3, Stride = 2, Padding = 1)", n => $"4, {n}, 2"),
        Layer("MaxPool2D_Channels", n => "MaxPool2D(2, Stride = 1)", n => $"3, 3, {n}"),
        Layer("AvgPool2D", n => "AvgPool2D(2)", n => $"4, {2 * n}, 2"),
        Layer("AvgPool2D_Overlap", n => "AvgPool2D(3, Stride = 2, Padding = 1)", n => $"4, {n}, 2"),
        Layer("GlobalAvgPool2D", n => "GlobalAvgPool2D", n => $"3, 2, {n}"),
        Layer("GlobalAvgPool2D_Columns", n => "GlobalAvgPool2D", n => $"2, {n}, 3"),
        Layer("Upsample2D", n => "Upsample2D(2)", n => $"2, {n}, 2") with { Reference = References.Nearest },
        Layer("Upsample2D_Channels", n => "Upsample2D(3)", n => $"2, 1, {n}"),
        Layer("Upsample2D_Bilinear", n => "Upsample2D(3, Bilinear = true)", n => $"3, {n}, 2") with { Reference = References.Bilinear },
        new("Embedding", ["Embedding"], n => $"[Embedding({n + 2}, {Next(n)})] private static partial Tensor Layer(Labels x); [Forward] private static Tensor Forward([Shape(3)] Labels x) => Layer(x);"),
        Layer("LearnedPositions", n => "LearnedPositions", n => $"3, {n}") with { Reference = References.LearnedPositions },
        Layer("PositionalEncoding", n => "PositionalEncoding", n => $"4, {n}") with { Reference = References.PositionalEncoding },
        Layer("PositionalEncoding_Steps", n => "PositionalEncoding(Base = 100f)", n => $"{n}, 6"),
        Layer("Dropout", n => "Dropout(0.3f)", n => $"{n}"),
        Layer("Rnn", n => $"Rnn({Next(n)})", n => $"3, {n}"),
        Layer("Rnn_Steps", n => "Rnn(2, Backwards = true)", n => $"{n}, 2"),
        Layer("Gru", n => $"Gru({n})", n => "3, 2"),
        Layer("Gru_Inputs", n => "Gru(2, Backwards = true)", n => $"2, {n}"),
        Layer("Lstm", n => $"Lstm({n})", n => "3, 2"),
        Layer("Lstm_Inputs", n => "Lstm(2, Backwards = true)", n => $"2, {n}"),
        Layer("MultiHeadAttention", n => "MultiHeadAttention(1)", n => $"2, {n}") with { Batch = 3, Reference = call => References.Attention(call, steps: 2, seen: 2, features: call.Size, heads: 1) },
        Layer("MultiHeadAttention_Causal", n => "MultiHeadAttention(2, Causal = true)", n => $"{n}, 4") with
        {
            Batch = 3,
            Reference = call => References.Attention(call, steps: call.Size, seen: call.Size, features: 4, heads: 2, isCausal: true),
        },
        new("MultiHeadAttention_Cross", ["MultiHeadAttention"], n => $$"""
            [MultiHeadAttention(2)] private static partial Tensor Layer(Tensor x, Tensor memory);
            [Forward] private static Tensor Forward([Shape(3, 4)] Tensor x, [Shape({{n}}, 4)] Tensor memory) => Layer(x, memory);
            """)
        {
            Batch = 3,
            Reference = call => References.Attention(call, steps: 3, seen: call.Size, features: 4, heads: 2),
        },
        new("MultiHeadAttention_Padded", ["MultiHeadAttention"], n => $$"""
            [MultiHeadAttention(2, Bias = false)] private static partial Tensor Layer(Tensor x, Tensor memory, Tensor mask);
            [Forward] private static Tensor Forward([Shape(2, 4)] Tensor x, [Shape({{n}}, 4)] Tensor memory, [Shape({{n}})] Tensor mask) => Layer(x, memory, mask);
            """)
        {
            Batch = 3,
            Domains = [Domain.Real, Domain.Real, Domain.Switch],
            Reference = call => References.Attention(call, steps: 2, seen: call.Size, features: 4, heads: 2, isMasked: true),
        },
    ];
}
