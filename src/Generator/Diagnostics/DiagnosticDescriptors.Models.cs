using Microsoft.CodeAnalysis;

namespace OptGen.Generator.Diagnostics;

internal static partial class DiagnosticDescriptors
{
    public static readonly DiagnosticDescriptor ModelNotPartial = new(
        "OPTG001",
        "Model class is not partial",
        "Class '{0}' is {1} but is not partial; write 'partial class {0}', so that the generated part can be added",
        Category,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        helpLinkUri: Pages + "OPTG001.md");

    public static readonly DiagnosticDescriptor ModelClassForm = new(
        "OPTG002",
        "Model class has an unsupported form",
        "Model class '{0}' must not be {1}; declare it as a plain class",
        Category,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        helpLinkUri: Pages + "OPTG002.md");

    public static readonly DiagnosticDescriptor MethodMissing = new(
        "OPTG003",
        "Model has no forward pass",
        "Model '{0}' has no method marked [Forward]; add 'private static Tensor Forward([Shape(…)] Tensor x) => …'",
        Category,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        helpLinkUri: Pages + "OPTG003.md");

    public static readonly DiagnosticDescriptor MethodRepeated = new(
        "OPTG004",
        "Model has two methods for one purpose",
        "[{0}] is on '{1}' already; a model has one, so remove it from '{2}'",
        Category,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        helpLinkUri: Pages + "OPTG004.md");

    public static readonly DiagnosticDescriptor BatchNotPositive = new(
        "OPTG005",
        "Batch is not positive",
        "Batch is {0}, but a batch has at least one row; write 'Batch = 32' or the like",
        Category,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        helpLinkUri: Pages + "OPTG005.md");

    public static readonly DiagnosticDescriptor MethodForm = new(
        "OPTG006",
        "Method of a model has an unsupported form",
        "[{0}] method '{1}' must {2}",
        Category,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        helpLinkUri: Pages + "OPTG006.md");

    public static readonly DiagnosticDescriptor InputWithoutShape = new(
        "OPTG007",
        "Input has no shape",
        "Parameter '{0}' has no [Shape]; write '[Shape(64)]' for 64 numbers per row, '[Shape(28, 28, 1)]' for an image, or '[Shape]' for one number per row",
        Category,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        helpLinkUri: Pages + "OPTG007.md");

    public static readonly DiagnosticDescriptor InputType = new(
        "OPTG008",
        "Parameter of a model's method has an unsupported type",
        "Parameter '{0}' is of type '{1}'; inputs and targets are of type Tensor or Labels",
        Category,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        helpLinkUri: Pages + "OPTG008.md");

    public static readonly DiagnosticDescriptor ShapeNotPositive = new(
        "OPTG009",
        "Size is not positive",
        "Parameter '{0}' has a size of {1}, but sizes are positive; the batch axis is implied and left out",
        Category,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        helpLinkUri: Pages + "OPTG009.md");

    public static readonly DiagnosticDescriptor UnsupportedStatement = new(
        "OPTG010",
        "Statement is not supported",
        "'{0}' is not supported in code that OptGen compiles; it reads declarations, assignments, if, switch, for, foreach, while and do over known "
            + "values, return, local functions and throw",
        Category,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        helpLinkUri: Pages + "OPTG010.md");

    public static readonly DiagnosticDescriptor UnsupportedExpression = new(
        "OPTG011",
        "Expression is not supported",
        "'{0}' is not supported in code that OptGen compiles; it reads arithmetic, comparison, logic, ?:, switch, arrays, tuples, lambdas, new, and "
            + "calls of static methods, layers, Ops and Math",
        Category,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        helpLinkUri: Pages + "OPTG011.md");

    public static readonly DiagnosticDescriptor UnsupportedCall = new(
        "OPTG012",
        "Call is not supported",
        "'{0}' can't be compiled by OptGen; call methods of this project, layers, the operations of Ops, or Math and MathF (Abs, Sqrt, Min, Max, Exp, "
            + "Log, Pow, Tanh, Sign, Clamp, CopySign, FusedMultiplyAdd, Floor)",
        Category,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        helpLinkUri: Pages + "OPTG012.md");

    public static readonly DiagnosticDescriptor ForeignDefinition = new(
        "OPTG013",
        "Definition lies in another assembly",
        "'{0}' is defined in assembly '{1}', {2}",
        Category,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        helpLinkUri: Pages + "OPTG013.md");

    public static readonly DiagnosticDescriptor Recursion = new(
        "OPTG014",
        "Recursive call",
        "'{0}' calls itself, directly or through others, or too deeply; OptGen unrolls all calls, so write it as a loop",
        Category,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        helpLinkUri: Pages + "OPTG014.md");

    public static readonly DiagnosticDescriptor ShapeMismatch = new(
        "OPTG015",
        "Shapes do not fit",
        "The shapes in '{0}' do not fit: {1} and {2}; {3}",
        Category,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        helpLinkUri: Pages + "OPTG015.md");

    public static readonly DiagnosticDescriptor InvalidArgument = new(
        "OPTG016",
        "Argument is refused",
        "{0}",
        Category,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        helpLinkUri: Pages + "OPTG016.md");

    public static readonly DiagnosticDescriptor NotKnown = new(
        "OPTG017",
        "Value is not known when the model is compiled",
        "The value of '{0}' is not known when OptGen compiles this code; use constants, readonly fields with initializers, parameters and locals",
        Category,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        helpLinkUri: Pages + "OPTG017.md");

    public static readonly DiagnosticDescriptor LossForm = new(
        "OPTG018",
        "Loss does not fit the forward pass",
        "[Loss] method '{0}' must first take the {1} of [Forward] as Tensor without [Shape], then its targets with [Shape]",
        Category,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        helpLinkUri: Pages + "OPTG018.md");

    public static readonly DiagnosticDescriptor LayerNeverUsed = new(
        "OPTG019",
        "Layer is never used",
        "Layer '{0}' is never called, so the model gets no parameters for it; call it from [Forward], or remove it",
        Category,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        helpLinkUri: Pages + "OPTG019.md");

    public static readonly DiagnosticDescriptor TooManyOperations = new(
        "OPTG020",
        "Code takes too long to evaluate",
        "Evaluating this exceeds {0}; let loops run less often",
        Category,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        helpLinkUri: Pages + "OPTG020.md");

    public static readonly DiagnosticDescriptor ElementDependent = new(
        "OPTG021",
        "Decision depends on an element",
        "A tensor's element or a run-time value decides {0} here, but it can only choose between numbers; decide it by values that are known when "
            + "OptGen compiles this code",
        Category,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        helpLinkUri: Pages + "OPTG021.md");

    public static readonly DiagnosticDescriptor LayerForm = new(
        "OPTG022",
        "Layer method has an unsupported form",
        "Layer method '{0}' must {1}; write 'private static partial Tensor {0}(Tensor x);'",
        Category,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        helpLinkUri: Pages + "OPTG022.md");

    public static readonly DiagnosticDescriptor OutputForm = new(
        "OPTG023",
        "Result has an unsupported form",
        "{0}, but its shape is {1}; {2}",
        Category,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        helpLinkUri: Pages + "OPTG023.md");

    public static readonly DiagnosticDescriptor LabelsWithoutClasses = new(
        "OPTG024",
        "Labels have no number of classes",
        "Labels '{0}' are never encoded, so that the number of classes is unknown; pass them to a loss such as SoftmaxCrossEntropy, or to OneHot",
        Category,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        helpLinkUri: Pages + "OPTG024.md");

    public static readonly DiagnosticDescriptor SharedShape = new(
        "OPTG025",
        "Layer is used with two shapes",
        "Layer '{0}' is used with inputs of different shapes: its parameter '{2}' has shape {1} at the first use and {3} here; use one layer for each",
        Category,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        helpLinkUri: Pages + "OPTG025.md");

    public static readonly DiagnosticDescriptor LayerTwice = new(
        "OPTG026",
        "Method has two layers",
        "Method '{0}' is the layer '{1}' already; declare another method for '{2}'",
        Category,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        helpLinkUri: Pages + "OPTG026.md");

    public static readonly DiagnosticDescriptor ModelNameTaken = new(
        "OPTG027",
        "Name of a model's generated member is taken",
        "Model '{0}' gets a generated member '{1}', but its class has one of that name; rename yours",
        Category,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        helpLinkUri: Pages + "OPTG027.md");

    public static readonly DiagnosticDescriptor AssignedFromElement = new(
        "OPTG028",
        "Function of an element assigns to a variable around it",
        "'{0}' assigns to a variable outside the function that is mapped over elements, which have no order; use Sum or another operation to combine them",
        Category,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        helpLinkUri: Pages + "OPTG028.md");
}
