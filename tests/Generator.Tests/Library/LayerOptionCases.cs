using static OptGen.Generator.Tests.Library.LibraryCase;

namespace OptGen.Generator.Tests.Library;

/// <summary>Options of layers, each against plain loops after PyTorch's definition.</summary>
internal static class LayerOptionCases
{
    public static LibraryCase[] All { get; } =
    [
        Layer("Conv1D_After", n => "Conv1D(3, 3, Padding = 1, PaddingAfter = 2, Stride = 2)", n => $"{n}, 2") with
        {
            Reference = call => References.Convolution(call, new(call.Size, 1, 2, 3, 3, 1) { Stride = 2, Padding = 1, PaddingAfter = 2, PaddingWidth = 0, PaddingWidthAfter = 0 }),
        },
        Layer("Conv2D_Pairs", n => "Conv2D(2, 2, KernelWidth = 3, Stride = 1, StrideWidth = 2, Padding = 1, PaddingWidth = 2, Dilation = 2, DilationWidth = 1)", n => $"4, {n}, 2") with
        {
            Reference = call => References.Convolution(call, new(4, call.Size, 2, 2, 2, 3) { StrideWidth = 2, Padding = 1, PaddingAfter = 1, PaddingWidth = 2, PaddingWidthAfter = 2, Dilation = 2 }),
        },
        Layer("Conv2D_After", n => "Conv2D(2, 3, PaddingAfter = 2)", n => $"3, {n}, 2") with
        {
            Reference = call => References.Convolution(call, new(3, call.Size, 2, 2, 3, 3) { PaddingAfter = 2, PaddingWidthAfter = 2 }),
        },
        Layer("ConvTranspose1D", n => $"ConvTranspose1D({n}, 3, Stride = 2, Padding = 1, OutputPadding = 1)", n => "3, 2") with
        {
            Reference = call => References.TransposedConvolution(call, new(3, 1, 2, call.Size, 3, 1) { Stride = 2, Padding = 1, PaddingAfter = 1 }),
        },
        Layer("ConvTranspose1D_Groups", n => $"ConvTranspose1D(6, 2, Groups = 2, Dilation = 2)", n => $"{n}, 4") with
        {
            Reference = call => References.TransposedConvolution(call, new(call.Size, 1, 4, 6, 2, 1) { Groups = 2, Dilation = 2 }),
        },
        Layer("ConvTranspose2D_Groups", n => "ConvTranspose2D(4, 2, KernelWidth = 3, Stride = 2, StrideWidth = 1, PaddingWidth = 1, Groups = 2)", n => $"2, {n}, 4") with
        {
            Reference = call => References.TransposedConvolution(call, new(2, call.Size, 4, 4, 2, 3) { Stride = 2, PaddingWidth = 1, Groups = 2 }),
        },
        Layer("MaxPool2D_Options", n => "MaxPool2D(2, KernelWidth = 3, Stride = 2, StrideWidth = 1, PaddingWidth = 1, Dilation = 2, Ceil = true)", n => $"5, {n + 3}, 2") with
        {
            Reference = call => References.Pooling(call, new(5, call.Size + 3, 2, 2, 2, 3) { Stride = 2, PaddingWidth = 1, PaddingWidthAfter = 1, Dilation = 2, DilationWidth = 2 }, isMax: true, ceil: true),
        },
        Layer("AvgPool2D_Ceil", n => "AvgPool2D(2, Stride = 2, Padding = 1, Ceil = true)", n => $"4, {n}, 2") with
        {
            Reference = call => References.Pooling(call, References.Square(4, call.Size, 2, kernel: 2, stride: 2, padding: 1), isMax: false, ceil: true),
        },
        Layer("AvgPool2D_Uncounted", n => "AvgPool2D(3, Stride = 2, Padding = 1, CountPadding = false)", n => $"4, {n}, 2") with
        {
            Reference = call => References.Pooling(call, References.Square(4, call.Size, 2, kernel: 3, stride: 2, padding: 1), isMax: false, countPadding: false),
        },
        Layer("AvgPool2D_CeilUncounted", n => "AvgPool2D(3, Stride = 2, Padding = 1, Ceil = true, CountPadding = false)", n => $"5, {n}, 2") with
        {
            Reference = call => References.Pooling(call, References.Square(5, call.Size, 2, kernel: 3, stride: 2, padding: 1), isMax: false, ceil: true, countPadding: false),
        },
        Layer("MaxPool1D", n => "MaxPool1D(3, Stride = 2, Padding = 1)", n => $"{n}, 2") with
        {
            Reference = call => References.Pooling(call, References.Steps(call.Size, 2, kernel: 3, stride: 2, padding: 1), isMax: true),
        },
        Layer("AvgPool1D", n => "AvgPool1D(2, Stride = 1, Padding = 1)", n => $"{n}, 3") with
        {
            Reference = call => References.Pooling(call, References.Steps(call.Size, 3, kernel: 2, stride: 1, padding: 1), isMax: false),
        },
        Layer("GlobalAvgPool1D", n => "GlobalAvgPool1D", n => $"{n}, 3") with { Reference = call => References.Pooling(call, References.Steps(call.Size, 3, kernel: call.Size), isMax: false) },
        Layer("GlobalMaxPool1D", n => "GlobalMaxPool1D", n => $"{n}, 3") with { Reference = call => References.Pooling(call, References.Steps(call.Size, 3, kernel: call.Size), isMax: true) },
        Layer("GlobalMaxPool2D", n => "GlobalMaxPool2D", n => $"3, {n}, 2") with
        {
            Reference = call => References.Pooling(call, new(3, call.Size, 2, 2, 3, call.Size), isMax: true),
        },
        Layer("AdaptiveAvgPool2D", n => "AdaptiveAvgPool2D(2, Width = 3)", n => $"4, {n + 2}, 2") with { Reference = call => References.AdaptivePooling(call, 4, call.Size + 2, 2, 2, 3, isMax: false) },
        Layer("AdaptiveMaxPool2D", n => "AdaptiveMaxPool2D(3)", n => $"5, {n + 2}, 2") with { Reference = call => References.AdaptivePooling(call, 5, call.Size + 2, 2, 3, 3, isMax: true) },
        Layer("Upsample2D_Size", n => "Upsample2D(Height = 5, Width = 7)", n => $"3, {n}, 2") with { Reference = call => References.Resize(call, 3, call.Size, 2, 5, 7, isBilinear: false) },
        Layer("Upsample2D_BilinearSize", n => "Upsample2D(Height = 2, Width = 13, Bilinear = true)", n => $"3, {n}, 2") with { Reference = call => References.Resize(call, 3, call.Size, 2, 2, 13, isBilinear: true) },
        Layer("Upsample2D_Corners", n => "Upsample2D(2, Bilinear = true, AlignCorners = true)", n => $"3, {n}, 2") with
        {
            Reference = call => References.Resize(call, 3, call.Size, 2, 6, 2 * call.Size, isBilinear: true, areCornersAligned: true),
        },
        new("Embedding_Padding", ["Embedding"], n => $"[Embedding({n + 2}, 3, Padding = {n / 2})] private static partial Tensor Layer(Labels x); [Forward] private static Tensor Forward([Shape(4)] Labels x) => Layer(x);")
        {
            Reference = call => References.Embedding(call, size: 3, padding: call.Size / 2),
        },
        Layer("Dropout1D", n => "Dropout1D(0.3f)", n => $"3, {n}"),
        Layer("Dropout2D", n => "Dropout2D(0.3f)", n => $"2, 3, {n}"),
        Layer("AlphaDropout", n => "AlphaDropout(0.3f)", n => $"{n}"),
        Layer("LayerNorm_Unbiased", n => "LayerNorm(Bias = false)", n => $"2, {n + 1}"),
        Layer("RmsNorm_Axes", n => "RmsNorm(2)", n => $"2, {n}"),
        Layer("Rnn_Rectified", n => "Rnn(3, Rectified = true, Bias = false, Last = true)", n => $"{n}, 2") with { Reference = call => References.Recurrent(call, new(1, 3, call.Size, 2) { IsRectified = true, IsLast = true }) },
        Layer("Rnn_Stacked", n => $"Rnn({n}, Layers = 2, Bidirectional = true)", n => "3, 2") with { Reference = call => References.Recurrent(call, new(1, call.Size, 3, 2) { Layers = 2, IsBidirectional = true }) },
        Layer("Gru_Stacked", n => "Gru(2, Layers = 3, Bidirectional = true, Last = true)", n => $"{n}, 3") with
        {
            Reference = call => References.Recurrent(call, new(3, 2, call.Size, 3) { Layers = 3, IsBidirectional = true, IsLast = true }),
        },
        Layer("Gru_Unbiased", n => $"Gru({n}, Bias = false, Backwards = true, Last = true)", n => "3, 2") with { Reference = call => References.Recurrent(call, new(3, call.Size, 3, 2) { IsBackwards = true, IsLast = true }) },
        new("Gru_Initial", ["Gru"], n => $$"""
            [Gru(2, Layers = 2)] private static partial Tensor Layer(Tensor x, Tensor initial);
            [Forward] private static Tensor Forward([Shape({{n}}, 3)] Tensor x, [Shape(2, 2)] Tensor initial) => Layer(x, initial);
            """) { Reference = call => References.Recurrent(call, new(3, 2, call.Size, 3) { Layers = 2, Initial = 1 }) },
        Layer("Lstm_Stacked", n => "Lstm(2, Layers = 2, Bidirectional = true)", n => $"{n}, 3") with { Reference = call => References.Recurrent(call, new(4, 2, call.Size, 3) { Layers = 2, IsBidirectional = true }) },
        Layer("Lstm_Projection", n => $"Lstm({n + 2}, Projection = {n}, Layers = 2, Last = true)", n => "3, 2") with
        {
            Reference = call => References.Recurrent(call, new(4, call.Size + 2, 3, 2) { Layers = 2, Projection = call.Size, IsLast = true }),
        },
        new("Lstm_Initial", ["Lstm"], n => $$"""
            [Lstm(2, Bias = false)] private static partial (Tensor, Tensor) Layer(Tensor x, Tensor hidden, Tensor cell);
            [Forward] private static (Tensor, Tensor) Forward([Shape({{n}}, 3)] Tensor x, [Shape(2)] Tensor hidden, [Shape(2)] Tensor cell) => Layer(x, hidden, cell);
            """) { Reference = call => References.Recurrent(call, new(4, 2, call.Size, 3) { Initial = 1, GivesCells = true }) },
        Layer("Lstm_Dropout", n => $"Lstm({n}, Layers = 2, Dropout = 0.3f)", n => "3, 2"),
        new("MultiHeadAttention_Width", ["MultiHeadAttention"], n => $$"""
            [MultiHeadAttention(2)] private static partial Tensor Layer(Tensor x, Tensor memory);
            [Forward] private static Tensor Forward([Shape(3, 4)] Tensor x, [Shape({{n}}, 5)] Tensor memory) => Layer(x, memory);
            """)
        {
            Batch = 3,
            Reference = call => References.WideAttention(call, 3, call.Size, 4, 5, 2),
        },
        new("MultiHeadAttention_Added", ["MultiHeadAttention"], n => $$"""
            [MultiHeadAttention(2, AdditiveMask = true)] private static partial Tensor Layer(Tensor x, Tensor memory, Tensor mask);
            [Forward] private static Tensor Forward([Shape(3, 4)] Tensor x, [Shape({{n}}, 5)] Tensor memory, [Shape(3, {{n}})] Tensor mask) => Layer(x, memory, mask);
            """)
        {
            Batch = 3,
            Reference = call => References.WideAttention(call, 3, call.Size, 4, 5, 2, isAdded: true),
        },
        Layer("MultiHeadAttention_Dropout", n => "MultiHeadAttention(2, Dropout = 0.2f)", n => $"{n}, 4") with { Batch = 3 },
        Function("Pad_Reflect", "Pad(x, 0, 2, 1, PadMode.Reflect)", n => $"{n + 2}, 2") with { Reference = call => References.Pad(call, call.Size + 2, 2, 2, 1, i => Math.Abs(i), (i, n) => (2 * n) - 2 - i) },
        Function("Pad_Replicate", "Pad(x, 0, 3, 2, PadMode.Replicate)", n => $"{n}, 2") with { Reference = call => References.Pad(call, call.Size, 2, 3, 2, _ => 0, (_, n) => n - 1) },
        Function("Pad_Circular", "Pad(x, 0, 1, 1, PadMode.Circular)", n => $"{n}, 2") with { Reference = call => References.Pad(call, call.Size, 2, 1, 1, i => i + call.Size, (i, n) => i - n) },
        Function("Split_Sizes", "Split(x, new[] { 2, 1, 3 }, 0)[2] * Sum(Split(x, new[] { 2, 1, 3 }, 0)[0], 0)", n => $"6, {n}") with { Reference = References.SplitSizes },
    ];
}
