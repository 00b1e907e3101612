using Microsoft.CodeAnalysis;

namespace OptGen.Generator.Diagnostics;

internal static partial class DiagnosticDescriptors
{
    public static readonly DiagnosticDescriptor TransformAfterRule = new(
        "OPTG046",
        "Gradient transform is written after the update rule",
        "[{0}] is written after the update rule [{1}], but it runs before it; write the attributes in the order in which they run",
        Category,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        helpLinkUri: Pages + "OPTG046.md");

    public static readonly DiagnosticDescriptor GroupMatchesNothing = new(
        "OPTG047",
        "Group matches no parameter",
        "No parameter of model '{0}' matches '{1}'; its parameters are {2}",
        Category,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        helpLinkUri: Pages + "OPTG047.md");

    public static readonly DiagnosticDescriptor GroupWithoutModel = new(
        "OPTG048",
        "Group on an optimizer without a model",
        "[Group] names parameters of a model, but optimizer '{0}' is bound to none; write [Optimizer<TModel>], or remove the group",
        Category,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        helpLinkUri: Pages + "OPTG048.md");

    public static readonly DiagnosticDescriptor TransformWithoutApply = new(
        "OPTG049",
        "Gradient transform does not say what it does",
        "Gradient transform '{0}' needs exactly one method marked [Apply], but has {1}",
        Category,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        helpLinkUri: Pages + "OPTG049.md");

    public static readonly DiagnosticDescriptor TransformSignature = new(
        "OPTG050",
        "Signature of a gradient transform's method is not understood",
        "Method '{0}' is marked [{1}], so it must be {2}",
        Category,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        helpLinkUri: Pages + "OPTG050.md");

    public static readonly DiagnosticDescriptor GroupWithoutEffect = new(
        "OPTG053",
        "Group overrides nothing",
        "Group '{0}' overrides nothing; give it what to override, such as 'Decay = false'",
        Category,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        helpLinkUri: Pages + "OPTG053.md");

    public static readonly DiagnosticDescriptor TransformBeforeRule = new(
        "OPTG100",
        "Parameter transform is written before the update rule",
        "[{0}] is written before the update rule [{1}], but it runs after it; write the attributes in the order in which they run",
        Category,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        helpLinkUri: Pages + "OPTG100.md");

    public static readonly DiagnosticDescriptor ChainOrder = new(
        "OPTG101",
        "Transforms in a wrong order",
        "[{0}] must come before [{1}]: {2}",
        Category,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        helpLinkUri: Pages + "OPTG101.md");

    public static readonly DiagnosticDescriptor TransformTwice = new(
        "OPTG102",
        "Transform is used twice",
        "[{0}] is used twice, but once is all that it means; remove one",
        Category,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        helpLinkUri: Pages + "OPTG102.md");

    public static readonly DiagnosticDescriptor SkippedTwice = new(
        "OPTG079",
        "Two transforms skip the same steps",
        "[{0}] and [{1}] both skip steps whose gradients are not finite, so [{1}] would never see one; remove one",
        Category,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        helpLinkUri: Pages + "OPTG079.md");

    public static readonly DiagnosticDescriptor HyperOfMissing = new(
        "OPTG113",
        "Transform lacks the one whose hyperparameter it takes",
        "[{0}] takes '{1}' from [{2}], which does not stand before it; write [{2}] before [{0}]",
        Category,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        helpLinkUri: Pages + "OPTG113.md");

    public static readonly DiagnosticDescriptor HyperOfAnother = new(
        "OPTG114",
        "Hyperparameter of another stage is given a value",
        "[{0}] takes '{1}' from {2}, so a value that is given here has no effect; give it there",
        Category,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        helpLinkUri: Pages + "OPTG114.md");

    public static readonly DiagnosticDescriptor SkipOfWhole = new(
        "OPTG115",
        "Elements are left out of code on whole tensors",
        "[{0}] leaves elements out, but [{1}] works on whole tensors, where what is computed for an element depends on all; remove [{0}] or take a rule of elements",
        Category,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        helpLinkUri: Pages + "OPTG115.md");

    public static readonly DiagnosticDescriptor PerturbationAfterTransform = new(
        "OPTG080",
        "Perturbation is written after a gradient transform",
        "[{0}] is written after [{1}], but it runs before it, on gradients that nothing has changed; write the attributes in the order in which they run",
        Category,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        helpLinkUri: Pages + "OPTG080.md");

    public static readonly DiagnosticDescriptor GroupOfShared = new(
        "OPTG081",
        "Group changes what all parameters share",
        "'{0}' can't differ between groups: {1} of [{2}] is the same for all parameters and depends on it; set '{0}' for all of them",
        Category,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        helpLinkUri: Pages + "OPTG081.md");

    public static readonly DiagnosticDescriptor UnknownGroupHyper = new(
        "OPTG103",
        "Group overrides a hyperparameter that does not exist",
        "The optimizer has no hyperparameter '{0}'; its hyperparameters are {1}",
        Category,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        helpLinkUri: Pages + "OPTG103.md");

    public static readonly DiagnosticDescriptor GroupWithoutValue = new(
        "OPTG104",
        "Group names a hyperparameter but gives it no value",
        "The group says that it overrides '{0}', but not with what; add 'Value = …'",
        Category,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        helpLinkUri: Pages + "OPTG104.md");

    public static readonly DiagnosticDescriptor TwoPerturbations = new(
        "OPTG110",
        "Two perturbations",
        "Parameters are moved by [{0}] before the second gradient, so [{1}] can't move them too; remove one",
        Category,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        helpLinkUri: Pages + "OPTG110.md");

    public static readonly DiagnosticDescriptor ScaledLossOfModel = new(
        "OPTG111",
        "Transform undoes a factor that the model's loss does not have",
        "[{0}] divides by a factor on the loss, but the gradients of a model have none; remove it, or use [SkipNonFinite] to skip steps whose gradients are not finite",
        Category,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        helpLinkUri: Pages + "OPTG111.md");
}
