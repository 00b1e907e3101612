using System.Globalization;
using static System.FormattableString;

namespace OptGen.Generator.Tests.RandomModels;

/// <content>Losses.</content>
internal sealed partial class RandomModel
{
    /// <summary>The sum of a loss of each output, with penalties; and what is declared of its targets.</summary>
    private (string Loss, string[] Targets) Loss(List<Value> outputs)
    {
        List<string> terms = [], targets = [];
        for (int i = 0; i < outputs.Count; i++)
        {
            (string term, string? target) = Loss(outputs[i], Invariant($"y{i}"), Invariant($"t{i}"));
            terms.Add(i == 0 ? term : "0.5f * " + term);
            if (target is not null)
                targets.Add(target);
            if (Chance(6))
                terms.Add(Invariant($"0.1f * Mean(Abs(y{i} - 0.5f))"));
        }

        if (Chance(4))
            terms.Add($"{Pick("L1", "L2")}Penalty(0.01f, Weights(\"*\"))");
        return (string.Join(" + ", terms), [.. targets]);
    }

    private (string Term, string? Target) Loss(Value output, string y, string t)
    {
        string reduction = Chance(4) ? ", reduction: Reduction.Sum" : "", labels = $"[Shape({Joined(output.Shape[..^1])})] Labels {t}", numbers = $"[Shape({Joined(output.Shape)})] Tensor {t}";
        if (output.Last > 1 && Chance(2))
        {
            string weights = string.Join(", ", Enumerable.Range(1, output.Last).Select(label => Literal(label * 0.25f)));
            return (Pick(
                $"SoftmaxCrossEntropy({y}, {t}{reduction})",
                $"SoftmaxCrossEntropy({y}, {t}{reduction})",
                $"SmoothedCrossEntropy({y}, {t}, 0.1f{reduction})",
                $"SmoothedCrossEntropy({y}, {t}, 0.2f, new[] {{ {weights} }}, 1{reduction})",
                $"FocalCrossEntropy({y}, {t}{reduction})",
                $"MultiClassHinge({y}, {t}{reduction})",
                $"NegativeLogLikelihood(LogSoftmax({y}), {t}{reduction})"), labels);
        }

        return _random.Next(12) switch
        {
            0 => ($"BinaryCrossEntropy(Sigmoid({y}), {t}{reduction})", numbers),
            1 => ($"Mean(Log(1 + Square({y} - {t}))) + 0.1f * Sqrt(Sum(Square({y})) + 1)", numbers),
            2 => ($"Mean(Square({y} - 0.3f) * {y})", null),
            3 => ($"SoftmaxCrossEntropy({y}, {t}{reduction})", numbers),
            4 => ($"KullbackLeibler(LogSoftmax({y}), {t}{reduction})", numbers),
            5 => ($"Triplet({y}, {t}, Sin({y}){reduction})", numbers),
            _ => ($"{Pick("MeanSquaredError", "Huber", "SmoothL1", "MeanAbsoluteError", "BinaryCrossEntropyWithLogits", "Focal", "LogisticMeanSquaredError", "Hinge", "CosineSimilarityLoss")}({y}, {t}{reduction})", numbers),
        };
    }

    private static string Literal(float value) => value.ToString("R", CultureInfo.InvariantCulture) + "f";
}
