using Microsoft.CodeAnalysis;

namespace OptGen.Generator.Diagnostics;

internal static partial class DiagnosticDescriptors
{
    public static readonly DiagnosticDescriptor OptimizerNotPartial = new(
        "OPTG030",
        "Optimizer class is not partial",
        "Class '{0}' is marked [Optimizer] but is not partial; write 'partial class {0}', so that the generated part can be added",
        Category,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        helpLinkUri: Pages + "OPTG030.md");

    public static readonly DiagnosticDescriptor OptimizerClassForm = new(
        "OPTG031",
        "Optimizer class has an unsupported form",
        "Optimizer class '{0}' must not be {1}; declare it as a plain class",
        Category,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        helpLinkUri: Pages + "OPTG031.md");

    public static readonly DiagnosticDescriptor NoUpdateRule = new(
        "OPTG032",
        "Optimizer has no update rule",
        "Optimizer '{0}' has no update rule; add a rule such as [AdamW], or a method marked [Update]",
        Category,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        helpLinkUri: Pages + "OPTG032.md");

    public static readonly DiagnosticDescriptor TwoUpdateRules = new(
        "OPTG033",
        "Optimizer has two update rules",
        "Optimizer '{0}' already has the update rule '{1}'; remove either that or '{2}'",
        Category,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        helpLinkUri: Pages + "OPTG033.md");

    public static readonly DiagnosticDescriptor UpdateWithoutParameter = new(
        "OPTG034",
        "Update method has no model parameter",
        "Update method '{0}' has no 'ref float' without [State], which stands for the model's parameter; declare it as '{0}(ref float w, float g, …)'",
        Category,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        helpLinkUri: Pages + "OPTG034.md");

    public static readonly DiagnosticDescriptor UpdateWithoutGradient = new(
        "OPTG035",
        "Update method has no gradient",
        "Update method '{0}' has no plain 'float', which stands for the gradient; declare it as '{0}(ref float w, float g, …)'",
        Category,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        helpLinkUri: Pages + "OPTG035.md");

    public static readonly DiagnosticDescriptor StateForm = new(
        "OPTG036",
        "State is not a reference to a number",
        "State '{0}' is declared '{1}', but a state must be 'ref float' or 'ref double', so that its new value is kept",
        Category,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        helpLinkUri: Pages + "OPTG036.md");

    public static readonly DiagnosticDescriptor UpdateSignature = new(
        "OPTG037",
        "Signature of an update method is not understood",
        "{0} of update method '{1}' is not understood; the form is 'void {1}(ref float w, float g, [State] ref float m, …, int step)'",
        Category,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        helpLinkUri: Pages + "OPTG037.md");

    public static readonly DiagnosticDescriptor HyperNotSettable = new(
        "OPTG038",
        "Hyperparameter cannot be set",
        "Hyperparameter '{0}' must be a property with a getter and a setter, neither static nor an indexer; write '[Hyper] public {1} {0} {{ get; set; }}'",
        Category,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        helpLinkUri: Pages + "OPTG038.md");

    public static readonly DiagnosticDescriptor HyperType = new(
        "OPTG039",
        "Hyperparameter has an unsupported type",
        "Hyperparameter '{0}' is of type '{1}'; the types are float, double, int and bool",
        Category,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        helpLinkUri: Pages + "OPTG039.md");

    public static readonly DiagnosticDescriptor NotAModel = new(
        "OPTG040",
        "Optimizer is bound to a class that is no model",
        "'{0}' is not marked [Model]; bind the optimizer to a model of this project, or write [Optimizer] without a type for an update over any spans",
        Category,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        helpLinkUri: Pages + "OPTG040.md");

    public static readonly DiagnosticDescriptor ForeignModel = new(
        "OPTG041",
        "Optimizer is bound to a model of another assembly",
        "Model '{0}' is declared in assembly '{1}'; an optimizer is compiled together with its model, so declare it in that project",
        Category,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        helpLinkUri: Pages + "OPTG041.md");

    public static readonly DiagnosticDescriptor ModelWithoutLoss = new(
        "OPTG042",
        "Optimizer's model has no loss",
        "Model '{0}' has no [Loss], so optimizer '{1}' gets Step but no TrainStep; add a method marked [Loss] to the model",
        Category,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        helpLinkUri: Pages + "OPTG042.md");

    public static readonly DiagnosticDescriptor UnknownScheduledHyper = new(
        "OPTG043",
        "Schedule drives an unknown hyperparameter",
        "Schedule '{0}' drives '{1}', but the optimizer has no such hyperparameter of type float or double; it has {2} (an optional one counts when it is given)",
        Category,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        helpLinkUri: Pages + "OPTG043.md");

    public static readonly DiagnosticDescriptor NotOnAnOptimizer = new(
        "OPTG044",
        "Attribute has no effect outside an optimizer",
        "[{0}] has no effect on '{1}', which is not an optimizer; mark the class [Optimizer] or [Optimizer<TModel>]",
        Category,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        helpLinkUri: Pages + "OPTG044.md");

    public static readonly DiagnosticDescriptor NotInARule = new(
        "OPTG045",
        "Attribute has no effect outside a rule",
        "[{0}] has no effect on '{1}'; it belongs {2}",
        Category,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        helpLinkUri: Pages + "OPTG045.md");

    public static readonly DiagnosticDescriptor HyperDrivenTwice = new(
        "OPTG051",
        "Two schedules drive one hyperparameter",
        "Hyperparameter '{0}' is driven by '{2}' from step {1} on already; let '{3}' begin later with 'From', or drive another hyperparameter with 'Drives'",
        Category,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        helpLinkUri: Pages + "OPTG051.md");

    public static readonly DiagnosticDescriptor NameTaken = new(
        "OPTG052",
        "Name of a generated member is taken",
        "Optimizer '{0}' gets a generated member '{1}' ({2}), but that name is taken by {3}; rename one of the two",
        Category,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        helpLinkUri: Pages + "OPTG052.md");

    public static readonly DiagnosticDescriptor OptimizerTwice = new(
        "OPTG054",
        "Optimizer is marked twice",
        "Class '{0}' is marked both [Optimizer] and [Optimizer<TModel>]; keep one",
        Category,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        helpLinkUri: Pages + "OPTG054.md");

    public static readonly DiagnosticDescriptor RuleWithoutUpdate = new(
        "OPTG055",
        "Update rule does not say what it does",
        "Update rule '{0}' needs exactly one method marked [Update], but has {1}",
        Category,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        helpLinkUri: Pages + "OPTG055.md");

    public static readonly DiagnosticDescriptor ParameterNeverUpdated = new(
        "OPTG056",
        "Update method never changes the model's parameter",
        "Update method '{0}' never changes '{1}', the model's parameter, so training has no effect; assign to it",
        Category,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        helpLinkUri: Pages + "OPTG056.md");

    public static readonly DiagnosticDescriptor ScheduleSignature = new(
        "OPTG057",
        "Signature of a schedule method is not understood",
        "Method '{0}' is marked [Schedule], so it must be 'double {0}(double initial, int step)'",
        Category,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        helpLinkUri: Pages + "OPTG057.md");

    public static readonly DiagnosticDescriptor ScheduleWithoutValue = new(
        "OPTG058",
        "Schedule does not say what its values are",
        "Schedule '{0}' has no values of its own; override 'double Value(double initial, int step)' in a class that derives from Schedule, or mark a method [Schedule]",
        Category,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        helpLinkUri: Pages + "OPTG058.md");

    public static readonly DiagnosticDescriptor ScheduleOnMethod = new(
        "OPTG059",
        "Schedule is written on a method",
        "[{0}] has values of its own, so it can't take those of method '{1}'; write it on the optimizer class, or mark the method [Schedule]",
        Category,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        helpLinkUri: Pages + "OPTG059.md");

    public static readonly DiagnosticDescriptor HoldInBranch = new(
        "OPTG097",
        "Hold inside a branch",
        "Hold(…) says for the whole step whether it goes on, so it must not stand inside a branch; give it the whole condition",
        Category,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        helpLinkUri: Pages + "OPTG097.md");

    public static readonly DiagnosticDescriptor SkipInBranch = new(
        "OPTG112",
        "Skip inside a branch",
        "Skip(…) says for an element whether later stages leave it out, so it must not stand inside a branch; give it the whole condition",
        Category,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        helpLinkUri: Pages + "OPTG112.md");

    public static readonly DiagnosticDescriptor UpdateLossForm = new(
        "OPTG075",
        "Loss of an update has an unsupported form",
        "Parameter '{0}' can't stand for the loss: {1}; declare one parameter marked [Loss] as {2}",
        Category,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        helpLinkUri: Pages + "OPTG075.md");

    public static readonly DiagnosticDescriptor LossExtent = new(
        "OPTG076",
        "New loss is not the same for all parameters",
        "The loss is one number for all parameters, but its new value differs for {0}; reduce it over everything",
        Category,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        helpLinkUri: Pages + "OPTG076.md");

    public static readonly DiagnosticDescriptor HoldExtent = new(
        "OPTG098",
        "Condition of Hold is not the same for all parameters",
        "Whether a step goes on must be one answer for all parameters, but the condition differs for {0}; reduce it over everything",
        Category,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        helpLinkUri: Pages + "OPTG098.md");

    public static readonly DiagnosticDescriptor StateExtent = new(
        "OPTG099",
        "New value of a shared state is not the same all over its extent",
        "State '{0}' is one number for {1}, but its new value differs for {2}; reduce it with a method marked [Reduce], or keep the state for {2}",
        Category,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        helpLinkUri: Pages + "OPTG099.md");

    public static readonly DiagnosticDescriptor HyperOutOfRange = new(
        "OPTG105",
        "Hyperparameter is out of its range",
        "'{0}' is {1}, but must be {2}",
        Category,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        helpLinkUri: Pages + "OPTG105.md");

    public static readonly DiagnosticDescriptor BoundsWithoutNumber = new(
        "OPTG106",
        "Bounds leave no number",
        "The bounds of hyperparameter '{0}' leave it no value: no number is {1}",
        Category,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        helpLinkUri: Pages + "OPTG106.md");
}
