namespace OptGen.Generator.Tests.Library;

/// <summary>What models are put together with: parameters of their own, constants, several inputs and outputs, shared weights, functions of the user's.</summary>
internal static class CompositionCases
{
    public static LibraryCase[] All { get; } =
    [
        new("OwnParameters", [], n => $$"""
            [Parameter({{n}}, Kind = ParameterKind.Gain, Init = Init.One)] private static partial Tensor Scale { get; }
            [Parameter(2, {{n}})] private static partial Tensor Mix { get; }
            [Parameter(Kind = ParameterKind.Bias)] private static partial Tensor Offset { get; }
            [Forward] private static Tensor Forward([Shape({{n}})] Tensor x) => Tanh(x * Scale + Offset) * Slice(Mix, 0, 1, 1);
            """) { Reference = References.OwnParameters },
        new("Constants", [], n => $$"""
            [Forward] private static Tensor Forward([Shape({{n}})] Tensor x) =>
                MatMul(x * Constant(new[] { {{string.Join(", ", Enumerable.Range(0, n).Select(i => FormattableString.Invariant($"{Constant(i)}f")))}} }, {{n}}), Constant(new[] { {{string.Join(", ", Enumerable.Range(0, 2 * n).Select(i => FormattableString.Invariant($"{Constant(i + 3)}f")))}} }, {{n}}, 2));
            """) { Reference = References.Constants },
        new("SeveralInputsAndOutputs", [], n => $$"""
            [Dense({{n}})] private static partial Tensor Hidden(Tensor x);
            [Forward]
            private static (Tensor First, Tensor Second) Forward([Shape(3)] Tensor a, [Shape({{n}})] Tensor b)
            {
                Tensor h = Tanh(Hidden(a));
                return (h * b, Sum(h + b, -1));
            }
            [Loss] private static Tensor Loss(Tensor first, Tensor second, [Shape({{n}})] Tensor s, [Shape(1)] Tensor t) => MeanSquaredError(first, s) + 0.5f * MeanSquaredError(second, t);
            """) { Reference = References.SeveralInputsAndOutputs },
        new("SeveralPredictions", [], n => $$"""
            [Forward] private static (Tensor, Tensor) Forward([Shape({{n}})] Tensor a, [Shape(2)] Tensor b) => (a * Mean(b, -1), Tanh(b) + Sum(a, -1));
            """) { Reference = References.SeveralPredictions },
        new("SharedWeights", [], n => $$"""
            [Dense({{n}})] private static partial Tensor Layer(Tensor x);
            [Forward] private static Tensor Forward([Shape({{n}})] Tensor x) => Tanh(Layer(Tanh(Layer(x)))) + Layer(x);
            """) { Reference = References.SharedWeights },
        new("OwnFunction", [], n => $$"""
            [Elementwise] private static float Bend(float v) => v > 0 ? v : v / (1 + v * v);
            [Forward] private static Tensor Forward([Shape({{n}})] Tensor x) => Map(x, Bend);
            [Loss] private static Tensor Loss(Tensor y, [Shape({{n}})] Tensor t) => Mean(Log(1 + Square(y - t))) + 0.1f * Sqrt(Sum(Square(y)) + 1);
            """) { Reference = References.OwnFunction },
        new("Adapter", [], n => $$"""
            [Parameter({{n}}, 3)] private static partial Tensor Kernel { get; }
            [Parameter({{n}}, 2)] private static partial Tensor Down { get; }
            [Parameter(2, 3)] private static partial Tensor Up { get; }
            [Parameter(3)] private static partial Tensor Bias { get; }
            [Parameter(3)] private static partial Tensor Shift { get; }
            [Forward] private static Tensor Forward([Shape({{n}})] Tensor x) => MatMul(x, Kernel + MatMul(Down, Up)) + (Bias + Shift);
            """) { Reference = References.Adapter },
        new("TransposedContraction", [], n => $$"""
            [Parameter(3, 2, {{n}})] private static partial Tensor Kernel { get; }
            [Forward] private static Tensor Forward([Shape(5, 3, 2)] Tensor x) => Contract("[p, q, c] · [q, c, o] -> [o, p]", x, Kernel);
            """),
        new("Residual", [], n => $$"""
            [Dense({{n}})] private static partial Tensor Inner(Tensor x);
            [LayerNorm] private static partial Tensor Norm(Tensor x);
            [Forward] private static Tensor Forward([Shape({{n}})] Tensor x)
            {
                for (int i = 0; i < 3; i++)
                    x = x + Gelu(Inner(Norm(x)));
                return x;
            }
            """),
    ];

    /// <summary>The constants of a case, which its reference computes too.</summary>
    public static double Constant(int i) => ((i * 5) % 7 * 0.25) - 0.75;
}
