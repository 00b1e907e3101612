using OptGen.Generator.Tests.Docs;
using static OptGen.Generator.Tests.Library.LibraryCase;

namespace OptGen.Generator.Tests.Library;

/// <summary>
/// The cases by which layers, activations, losses and functions of the library are proved. A function of one tensor has its case by itself; everything else gets a line
/// in one of these tables, and <see cref="ProofTests"/> names what has none.
/// </summary>
internal static class LibraryCases
{
    /// <summary>Functions that take more than one tensor, or not any number.</summary>
    private static readonly LibraryCase[] s_functions =
    [
        Function("Glu", "Glu(x)", n => $"{2 * n}", Domain.Wide),
        Function("Log", "Log(x)", domain: Domain.Positive),
        Function("Sqrt", "Sqrt(x)", domain: Domain.Positive),
        Function("Clamp", "Clamp(x, -0.7f, 0.4f)"),
        Function("Maximum", "Maximum(x, Slice(x, 0, 1, 1))", n => $"2, {n}"),
        Function("Minimum", "Minimum(x, 0.3f)"),
        Function("CosineSimilarity", "CosineSimilarity(Slice(x, 0, 0, 1), Slice(x, 0, 1, 1))", n => $"2, {n}"),
        Function("Distance", "Distance(Slice(x, 0, 0, 1), Slice(x, 0, 1, 1))", n => $"2, {n}"),
        Function("Flatten", "Flatten(x * x)", n => $"2, {n}"),
        Function("Mean", "Mean(x * x, 0)", n => $"{n}, 2"),
        Function("Mean_Last", "Mean(x * x, -1)", n => $"2, {n}"),
        Function("Variance", "Variance(x, 0, -1)", n => $"2, 3, {n}"),
        Function("Pad", "Square(Pad(x, -1, 2, 1, 0.5f))", n => $"2, {n}"),
        Function("Split", "Split(x, 2)[0] * Split(x, 2)[1]", n => $"{2 * n}"),
        Function("Stack", "Square(Stack(x, Tanh(x)))"),
        Function("Softmax_Axis", "Softmax(x, 0)", n => $"{n}, 2"),
        Function("LogSoftmax_Axis", "LogSoftmax(x, 0)", n => $"{n}, 3"),
        new("Reduce", ["Reduce"], n => $"[Forward] private static Tensor Forward([Shape({n})] Tensor x) => x; [Loss] private static Tensor Loss(Tensor y) => Reduce(y * y, Reduction.Sum) + Reduce(y, Reduction.Mean);"),
    ];

    public static IReadOnlyList<LibraryCase> All { get; } = [.. Tables()];

    /// <summary>Kinds of definitions of which each needs a case.</summary>
    public static string[] Kinds { get; } = ["Layers", "Normalization", "Activations", "Losses", "Elementwise", "Reductions"];

    private static IEnumerable<LibraryCase> Tables()
    {
        LibraryCase[] listed = [.. LayerCases.All, .. LayerOptionCases.All, .. NormalizationCases.All, .. LossCases.All, .. s_functions];
        return [.. listed, Together("Activations", Domain.Wide, listed), Together("Elementwise", Domain.Real, listed), .. CompositionCases.All];
    }

    /// <summary>All functions of one tensor of a kind, which have no case of their own, each with an input of its own in one model.</summary>
    private static LibraryCase Together(string kind, Domain domain, LibraryCase[] listed)
    {
        string[] names = [.. LibraryDefinition.All.Where(definition => definition.Kind == kind && !listed.Any(each => each.Name == definition.Name)).Select(definition => definition.Name)];
        string outputs = string.Join(", ", names.Select(_ => "Tensor")), calls = string.Join(", ", names.Select(name => $"{name}(of{name})"));
        return new(kind, names, n => $"[Forward] private static ({outputs}) Forward({string.Join(", ", names.Select(name => $"[Shape({n})] Tensor of{name}"))}) => ({calls});")
        {
            Domains = [.. names.Select(_ => domain)],
        };
    }
}
