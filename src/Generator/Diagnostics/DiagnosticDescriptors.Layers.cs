using Microsoft.CodeAnalysis;

namespace OptGen.Generator.Diagnostics;

internal static partial class DiagnosticDescriptors
{
    public static readonly DiagnosticDescriptor RecomputeOfNoLayer = new(
        "OPTG060",
        "Recomputation of what is no layer",
        "[Recompute] has no effect on '{0}', which is no layer; write it on a layer method of a model, or on a class derived from Layer",
        Category,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        helpLinkUri: Pages + "OPTG060.md");

    public static readonly DiagnosticDescriptor RecomputeWithoutLoss = new(
        "OPTG061",
        "Recomputation in a model without a loss",
        "[Recompute] has no effect on '{0}': model '{1}' has no method marked [Loss], so nothing is computed backwards; remove it, or declare a loss",
        Category,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        helpLinkUri: Pages + "OPTG061.md");

    public static readonly DiagnosticDescriptor RecomputeOfNothing = new(
        "OPTG062",
        "Recomputation saves nothing",
        "[Recompute] has no effect on '{0}': the layer keeps nothing between its inputs and its results; write it on a layer made of several",
        Category,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        helpLinkUri: Pages + "OPTG062.md");

    public static readonly DiagnosticDescriptor ProbabilitiesAsLogits = new(
        "OPTG070",
        "Probabilities are passed as logits",
        "'{0}' turns logits into probabilities itself, but this is the result of a softmax or sigmoid already; pass what that was applied to",
        Category,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        helpLinkUri: Pages + "OPTG070.md");

    public static readonly DiagnosticDescriptor FormulaForm = new(
        "OPTG071",
        "Formula of positions is not understood",
        "The formula '{0}' {1}",
        Category,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        helpLinkUri: Pages + "OPTG071.md");

    public static readonly DiagnosticDescriptor LayerSignature = new(
        "OPTG072",
        "Layer method does not fit its layer",
        "Layer '{0}' can't be called as '{1}' is declared; it has {2}",
        Category,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        helpLinkUri: Pages + "OPTG072.md");

    public static readonly DiagnosticDescriptor ParameterForm = new(
        "OPTG073",
        "Parameter of a model has an unsupported form",
        "Parameter '{0}' must be {1}; write 'private static partial Tensor {0} {{ get; }}'",
        Category,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        helpLinkUri: Pages + "OPTG073.md");
}
