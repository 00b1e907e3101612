using static OptGen.Generator.Tests.Library.LibraryCase;

namespace OptGen.Generator.Tests.Library;

/// <summary>Losses, and sums and penalties made of them.</summary>
internal static class LossCases
{
    public static LibraryCase[] All { get; } =
    [
        Loss("MeanSquaredError", "MeanSquaredError(y, t)", Same),
        Loss("MeanAbsoluteError", "MeanAbsoluteError(y, t)", Same, Domain.Real, Domain.Wide),
        Loss("Huber", "Huber(y, t, 0.8f)", Same, Domain.Real, Domain.Wide),
        Loss("SmoothL1", "SmoothL1(y, t, 0.7f)", Same, Domain.Real, Domain.Wide),
        Loss("Hinge", "Hinge(y, t)", Same, Domain.Wide, Domain.Sign),
        Loss("LogisticMeanSquaredError", "LogisticMeanSquaredError(y, t)", Same, Domain.Real, Domain.Probability),
        Loss("BinaryCrossEntropy", "BinaryCrossEntropy(y, t)", Same, Domain.Probability, Domain.Probability),
        Loss("BinaryCrossEntropyWithLogits", "BinaryCrossEntropyWithLogits(y, t)", Same, Domain.Wide, Domain.Probability),
        Loss("KullbackLeibler", "KullbackLeibler(y, t)", Same, Domain.LogDistribution, Domain.Distribution),
        Loss("CosineSimilarityLoss", "CosineSimilarityLoss(y, t)", Same) with { Reference = References.CosineSimilarityLoss },
        Loss("SoftmaxCrossEntropy", "SoftmaxCrossEntropy(y, t)", Labels, Domain.Wide),
        Loss("SoftmaxCrossEntropy_Sum", "SoftmaxCrossEntropy(y, t, Reduction.Sum)", Labels),
        Loss("SoftmaxCrossEntropy_Probabilities", "SoftmaxCrossEntropy(y, t)", Same, Domain.Wide, Domain.Distribution),
        Loss("NegativeLogLikelihood", "NegativeLogLikelihood(y, t)", Labels, Domain.LogDistribution),
        Loss("MultiClassHinge", "MultiClassHinge(y, t, 0.93f)", Labels),
        Loss("SmoothedCrossEntropy", "SmoothedCrossEntropy(y, t, 0.1f)", Labels) with { Reference = call => References.CrossEntropy(call, smoothing: 0.1) },
        new("SmoothedCrossEntropy_Weights", ["SmoothedCrossEntropy"], n => Classifier(n, $"SmoothedCrossEntropy(y, t, weights: new[] {{ {Weights(n)} }})"))
        {
            Reference = call => References.CrossEntropy(call, isWeighted: true),
        },
        new("SmoothedCrossEntropy_Ignore", ["SmoothedCrossEntropy"], n => Classifier(n, $"SmoothedCrossEntropy(y, t, ignore: {n / 2})"))
        {
            Sizes = [2, 7, 8, 9],
            Reference = call => References.CrossEntropy(call, ignored: call.Size / 2),
        },
        new("SmoothedCrossEntropy_All", ["SmoothedCrossEntropy"], n => Classifier(n, $"SmoothedCrossEntropy(y, t, 0.2f, new[] {{ {Weights(n)} }}, {n - 1}, Reduction.Mean)"))
        {
            Sizes = [2, 7, 8, 9],
            Reference = call => References.CrossEntropy(call, smoothing: 0.2, isWeighted: true, ignored: call.Size - 1),
        },
        Loss("Focal", "Focal(y, t)", Same, Domain.Wide, Domain.Switch) with { Reference = call => References.Focal(call, 2, 0.25) },
        Loss("Focal_Soft", "Focal(y, t, 1.5f, 0.6f, Reduction.Sum)", Same, Domain.Real, Domain.Probability),
        Loss("FocalCrossEntropy", "FocalCrossEntropy(y, t)", Labels) with { Sizes = [2, 7, 8, 9], Reference = call => References.FocalCrossEntropy(call, 2) },
        Loss("FocalCrossEntropy_Sharp", "FocalCrossEntropy(y, t, 3.5f, Reduction.Sum)", Labels) with { Sizes = [2, 7, 8, 9] },
        Loss("Triplet", "Triplet(y, p, q, 0.8f)", n => $"[Shape({n})] Tensor p, [Shape({n})] Tensor q") with { Reference = call => References.Triplet(call, 0.8) },
        Loss("Contrastive", "Contrastive(y, b, same, 4f)", n => $"[Shape({n})] Tensor b, [Shape] Tensor same", Domain.Real, Domain.Real, Domain.Switch) with
        {
            Reference = call => References.Contrastive(call, 4),
        },
        Penalized("L1Penalty", "L1Penalty(0.03f, Weights(\"Hidden.Kernel\"))", call => 0.03 * call.Parameters["Hidden.Kernel"].Sum(Math.Abs)),
        Penalized("L2Penalty", "L2Penalty(0.04f, Weights(\"*.Kernel\"))", call => 0.02 * (call.Parameters["Hidden.Kernel"].Sum(w => w * w) + call.Parameters["Out.Kernel"].Sum(w => w * w))),
        new("WeighedSum", ["MeanSquaredError", "MeanAbsoluteError"], n => $"[Forward] private static Tensor Forward([Shape({n})] Tensor x) => x; "
            + $"[Loss] private static Tensor Loss(Tensor y, [Shape({n})] Tensor t) => 0.7f * MeanSquaredError(y, t) + 0.3f * MeanAbsoluteError(y, t, Reduction.Sum);")
        {
            Reference = References.WeighedSum,
        },
    ];

    /// <summary>Weights of classes that a reference computes too.</summary>
    public static double ClassWeight(int label) => 0.5 + (0.25 * (label % 4));

    private static string Weights(int classes) => string.Join(", ", Enumerable.Range(0, classes).Select(label => FormattableString.Invariant($"{ClassWeight(label)}f")));

    private static string Same(int size) => $"[Shape({size})] Tensor t";

    private static string Labels(int size) => "[Shape] Labels t";

    private static string Classifier(int classes, string loss) =>
        $"[Forward] private static Tensor Forward([Shape({classes})] Tensor x) => x; [Loss] private static Tensor Loss(Tensor y, [Shape] Labels t) => {loss};";

    private static LibraryCase Penalized(string name, string penalty, Func<Call, double> reference) => new(name, [name], n => $$"""
        [Dense({{n}})] private static partial Tensor Hidden(Tensor x);
        [Dense(1)] private static partial Tensor Out(Tensor x);
        [Forward] private static Tensor Forward([Shape(2)] Tensor x) => Out(Tanh(Hidden(x)));
        [Loss] private static Tensor Loss(Tensor y, [Shape(1)] Tensor t) => MeanSquaredError(y, t) + {{penalty}};
        """)
    {
        Reference = call => [[References.PerceptronError(call) + reference(call)]],
    };
}
