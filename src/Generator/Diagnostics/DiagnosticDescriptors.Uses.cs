using Microsoft.CodeAnalysis;

namespace OptGen.Generator.Diagnostics;

// Mistakes in what a model declares and calls.
internal static partial class DiagnosticDescriptors
{
    public static readonly DiagnosticDescriptor ModelWithoutParameters = new(
        "OPTG063",
        "Optimizer's model has no parameters",
        "Model '{0}' has no parameters, so there is nothing for optimizer '{1}' to train; give the model a layer, or a property marked [Parameter]",
        Category,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        helpLinkUri: Pages + "OPTG063.md");

    public static readonly DiagnosticDescriptor LayerNameTaken = new(
        "OPTG064",
        "Two layer methods have one name",
        "Model '{1}' has another layer method '{0}'; its parameters are named after the method, so give this one a name of its own",
        Category,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        helpLinkUri: Pages + "OPTG064.md");

    public static readonly DiagnosticDescriptor ProbabilitiesAsLogarithms = new(
        "OPTG066",
        "Probabilities are passed as their logarithms",
        "'{0}' takes logarithms of probabilities, but this is the result of a softmax or sigmoid; use LogSoftmax or LogSigmoid instead, or a loss of logits",
        Category,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        helpLinkUri: Pages + "OPTG066.md");

    public static readonly DiagnosticDescriptor ElementwiseForm = new(
        "OPTG067",
        "Method is not about single numbers",
        "[Elementwise] has no effect on '{0}', which must {1}; write 'private static float {0}(float x)'",
        Category,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        helpLinkUri: Pages + "OPTG067.md");

    public static readonly DiagnosticDescriptor WeightTransformOfNothing = new(
        "OPTG068",
        "Weight transform changes nothing",
        "[{0}] has no effect on '{1}': layer '{2}' has no parameter of the kind Weight for it to change; remove it",
        Category,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        helpLinkUri: Pages + "OPTG068.md");

    public static readonly DiagnosticDescriptor WeightTransformTwice = new(
        "OPTG069",
        "Layer has two weight transforms",
        "Layer '{0}' has the weight transform '{1}' already; remove '{2}', or write one class derived from WeightTransform that applies both",
        Category,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        helpLinkUri: Pages + "OPTG069.md");

    public static readonly DiagnosticDescriptor LayerOutsideModel = new(
        "OPTG082",
        "Attribute of a layer has no effect",
        "[{0}] has no effect on '{1}': {2}",
        Category,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        helpLinkUri: Pages + "OPTG082.md");

    public static readonly DiagnosticDescriptor ParameterNeverUsed = new(
        "OPTG083",
        "Parameter is never used",
        "Parameter '{0}' is never read, so it is not trained; read it in [Forward] or [Loss], or remove it",
        Category,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        helpLinkUri: Pages + "OPTG083.md");

    public static readonly DiagnosticDescriptor ForwardMissing = new(
        "OPTG084",
        "Layer has no such Forward",
        "Layer '{0}' can't be called with these arguments; it has {1}",
        Category,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        helpLinkUri: Pages + "OPTG084.md");

    public static readonly DiagnosticDescriptor LossWithoutParameters = new(
        "OPTG085",
        "Loss does not depend on parameters",
        "[Loss] method '{0}' gives a loss through which no gradient reaches a parameter, so training changes nothing; compute it from the model's output",
        Category,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        helpLinkUri: Pages + "OPTG085.md");
}
