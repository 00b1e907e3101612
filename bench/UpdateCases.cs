using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;

namespace OptGen.Bench;

/// <summary>A step of an optimizer over spans.</summary>
internal delegate void UpdateStep(Span<float> parameters, ReadOnlySpan<float> gradients);

/// <summary>A step of an optimizer that reads the loss.</summary>
internal delegate void LossUpdateStep(Span<float> parameters, ReadOnlySpan<float> gradients, double loss);

/// <summary>An optimizer without a model, to be measured.</summary>
/// <param name="Name">What the table calls it.</param>
/// <param name="Type">The class that the generator completes.</param>
/// <param name="Create">Makes one for a matrix of parameters.</param>
internal sealed record UpdateCase(string Name, Type Type, Func<MatrixShape, UpdateStep> Create)
{
    /// <summary>Whether the rule does something else to whole tensors, such as matrix products, than what its passes do to each parameter.</summary>
    public bool HasWholes => typeof(WholeAttribute).Assembly.GetType("OptGen." + Name)?.GetMethods(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static | BindingFlags.Instance)
        .Any(method => method.IsDefined(typeof(WholeAttribute))) == true;

    /// <summary>Whether states are kept in fewer bits, which the passes convert.</summary>
    public bool IsNarrow => Type.IsDefined(typeof(StateStorageAttribute));
}

/// <summary>Every rule of the library (from its files, see the project), then variants of some.</summary>
internal static partial class UpdateCases
{
    public const string AdamW = nameof(OptGen.AdamW);

    private static readonly UpdateCase[] s_variants =
    [
        new("Sgd, momentum", typeof(SgdMomentumUpdate), static shape => new SgdMomentumUpdate(shape).Step),
        new("RmsProp, momentum, centered", typeof(RmsPropFullUpdate), static shape => new RmsPropFullUpdate(shape).Step),
        new("Adam, L2", typeof(AdamL2Update), static shape => new AdamL2Update(shape).Step),
        new("AdamW, global norm clipped", typeof(ClippedAdamWUpdate), static shape => new ClippedAdamWUpdate(shape).Step),
        new("AdamW, bfloat16 states", typeof(HalfAdamWUpdate), static shape => new HalfAdamWUpdate(shape).Step),
        new("AdamW, bfloat16 at random", typeof(StochasticAdamWUpdate), static shape => new StochasticAdamWUpdate(shape).Step),
        new("AdamW, 8-bit states", typeof(BlockwiseAdamWUpdate), static shape => new BlockwiseAdamWUpdate(shape).Step),
    ];

    public static IEnumerable<UpdateCase> All => s_library.Concat(s_variants);

    private static UpdateStep Taking(UpdateStep step) => step;

    /// <summary>A step that reads the loss is told that it is 1.</summary>
    private static UpdateStep Taking(LossUpdateStep step) => (parameters, gradients) => step(parameters, gradients, 1);
}

[Optimizer, Sgd(Momentum = 0.9f)]
internal sealed partial class SgdMomentumUpdate;

[Optimizer, RmsProp(Momentum = 0.9f, Centered = true)]
internal sealed partial class RmsPropFullUpdate;

[Optimizer, Adam(WeightDecay = 1e-2f)]
internal sealed partial class AdamL2Update;

[Optimizer, ClipGlobalNorm(1f), AdamW]
internal sealed partial class ClippedAdamWUpdate;

[Optimizer, AdamW, StateStorage(Storage.BFloat16)]
internal sealed partial class HalfAdamWUpdate;

[Optimizer, AdamW, StateStorage(Storage.BFloat16, Stochastic = true)]
internal sealed partial class StochasticAdamWUpdate;

[Optimizer, AdamW, StateStorage(Storage.Blockwise8)]
internal sealed partial class BlockwiseAdamWUpdate;

/// <summary>What a step costs for each parameter, as the head of the generated file says.</summary>
/// <param name="Read">Bytes.</param>
/// <param name="Written">Bytes.</param>
/// <param name="Operations">Floating-point operations in all passes.</param>
/// <param name="WeightedOperations">The operations, with those that take longer counted as so many of the others.</param>
internal sealed partial record UpdateCost(double Read, double Written, double WeightedOperations)
{
    public double Bytes => Read + Written;

    /// <summary>What a step costs for each parameter of a matrix: what a pass does once for a row or a column counts as the share of it.</summary>
    public static UpdateCost Of(Type optimizer, MatrixShape shape)
    {
        string folder = Path.Combine(Path.GetDirectoryName(ThisFile())!, "Generated");
        string[] files = Directory.Exists(folder) ? Directory.GetFiles(folder, optimizer.FullName + ".Step.g.cs", SearchOption.AllDirectories) : [];
        if (files.Length != 1)
            throw new InvalidOperationException($"The generated file of {optimizer.Name} is not below {folder}: build the project first.");
        string head = File.ReadAllText(files[0]).Split("#nullable", 2)[0];
        Match[] traffic = Traffic().Matches(head).ToArray();
        if (traffic.Length == 0)
            throw new InvalidOperationException($"The head of {files[0]} does not say how many bytes a step moves.");
        return new UpdateCost(
            traffic.Sum(match => Number(match.Groups["read"]) * Share(match)),
            traffic.Sum(match => Number(match.Groups["written"]) * Share(match)),
            Operation().Matches(head).Sum(match => Number(match.Groups["count"]) * Share(match))
                + Longest().Matches(head).Sum(match => Surplus(match.Groups["list"].Value) * Share(match)))
        {
            IsElementwise = traffic is [var only] && only.Groups["unit"].Value == "parameter",
        };

        double Share(Match match) => match.Groups["unit"].Value switch
        {
            "row" => 1.0 / shape.Columns,
            "column" => 1.0 / shape.Rows,
            _ => 1,
        };
    }

    /// <summary>What the operations of a list such as "1 division, 2 square roots" cost beyond one each.</summary>
    private static double Surplus(string list) => list.Split(", ").Select(entry => entry.Split(' ', 2)).Sum(entry =>
        double.Parse(entry[0], CultureInfo.InvariantCulture) * (OperationCost.Of(entry[0] == "1" ? entry[1] : entry[1][..^1]) - 1));

    /// <summary>Whether one pass does all there is to do, element by element.</summary>
    public bool IsElementwise { get; private init; }

    private static double Number(Group group) => double.Parse(group.Value, CultureInfo.InvariantCulture);

    private static string ThisFile([CallerFilePath] string path = "") => path;

    [GeneratedRegex(@"^// Bytes per (?<unit>parameter|row|column): (?<read>[\d.]+)(?: \(.*?\))? read; (?<written>[\d.]+)", RegexOptions.Multiline)]
    private static partial Regex Traffic();

    [GeneratedRegex(@"^// Of the operations(?: for each (?<unit>row|column))?, those that take the longest: (?<list>.*)\.$", RegexOptions.Multiline)]
    private static partial Regex Longest();

    [GeneratedRegex(@"\s(?<count>\d+) / (?<unit>element|row|column)")]
    private static partial Regex Operation();
}
