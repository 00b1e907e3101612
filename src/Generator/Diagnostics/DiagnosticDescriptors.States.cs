using Microsoft.CodeAnalysis;

namespace OptGen.Generator.Diagnostics;

internal static partial class DiagnosticDescriptors
{
    public static readonly DiagnosticDescriptor UnknownState = new(
        "OPTG090",
        "Storage of an unknown state",
        "Optimizer '{0}' has no state '{1}'; {2}",
        Category,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        helpLinkUri: Pages + "OPTG090.md");

    public static readonly DiagnosticDescriptor StorageOfDoubles = new(
        "OPTG091",
        "Narrow storage in a double optimizer",
        "States of '{0}' are double, as its parameters are; leave the attribute out, or let the precision be single",
        Category,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        helpLinkUri: Pages + "OPTG091.md");

    public static readonly DiagnosticDescriptor StorageTwice = new(
        "OPTG092",
        "Storage is given twice",
        "The storage of {0} is given already; keep one",
        Category,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        helpLinkUri: Pages + "OPTG092.md");

    public static readonly DiagnosticDescriptor StorageOfExact = new(
        "OPTG093",
        "State loses its meaning when it is rounded",
        "State '{0}' adds up changes that are small against it, and is marked [State(Exact = true)] for that; keep it as Storage.Element",
        Category,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        helpLinkUri: Pages + "OPTG093.md");

    public static readonly DiagnosticDescriptor StochasticStorage = new(
        "OPTG094",
        "Stochastic rounding to another format than BFloat16",
        "Stochastic rounding is for Storage.BFloat16; leave 'Stochastic' out, or choose that storage",
        Category,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        helpLinkUri: Pages + "OPTG094.md");

    public static readonly DiagnosticDescriptor StorageOfFew = new(
        "OPTG095",
        "Narrow storage of a state that is not kept per parameter",
        "State '{0}' {1}; only states that a rule keeps for each parameter have another storage",
        Category,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        helpLinkUri: Pages + "OPTG095.md");

    public static readonly DiagnosticDescriptor StorageOfNothing = new(
        "OPTG096",
        "Storage has no effect",
        "Optimizer '{0}' keeps no state per parameter whose storage could be chosen; leave the attribute out",
        Category,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        helpLinkUri: Pages + "OPTG096.md");

    public static readonly DiagnosticDescriptor WholeArgument = new(
        "OPTG086",
        "Code on whole tensors is handed what it can't see",
        "'{0}' of '{1}' is handed to code that sees a whole tensor; besides the term it takes a state of pairs by ref, a hyperparameter, a state of everything, the number of the update, or a constant: put anything else into the term",
        Category,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        helpLinkUri: Pages + "OPTG086.md");

    public static readonly DiagnosticDescriptor PairsInElement = new(
        "OPTG087",
        "State of pairs is used for one element",
        "State '{0}' has a number for {1}, which no single element has; hand it by ref to a method marked [Whole], and do nothing else with it",
        Category,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        helpLinkUri: Pages + "OPTG087.md");

    public static readonly DiagnosticDescriptor PairsOutsideRule = new(
        "OPTG088",
        "State of pairs in a transform",
        "State '{0}' has a number for {1}; only update rules keep such states, so make the transform a rule",
        Category,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        helpLinkUri: Pages + "OPTG088.md");

    public static readonly DiagnosticDescriptor PairsLimit = new(
        "OPTG089",
        "State of pairs has no such bound",
        "'{0}' is to bound the size of tensors for which state '{1}' is kept, but is no option that is an int of at least 1; declare 'public int {0} {{ get; set; }} = 1024;'",
        Category,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        helpLinkUri: Pages + "OPTG089.md");

    public static readonly DiagnosticDescriptor StateArray = new(
        "OPTG077",
        "State that is several numbers is not declared so",
        "State '{0}' {1}; declare it '[State(Copies = nameof(History))] float[] {0}', with an option 'public int History {{ get; set; }} = 10;'",
        Category,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        helpLinkUri: Pages + "OPTG077.md");

    public static readonly DiagnosticDescriptor OnceArgument = new(
        "OPTG078",
        "Code that runs once per step is called as if it were not",
        "'{0}' runs once per step, but {1}",
        Category,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        helpLinkUri: Pages + "OPTG078.md");

    public static readonly DiagnosticDescriptor OnceState = new(
        "OPTG107",
        "State of code that runs once per step is used besides",
        "State '{0}' belongs to '{1}', which alone changes it; the rule {2}",
        Category,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        helpLinkUri: Pages + "OPTG107.md");

    public static readonly DiagnosticDescriptor PairsDiagonal = new(
        "OPTG108",
        "State without pairs of one axis has no diagonal",
        "State '{0}' has a number for {1}, of which there is no diagonal; leave 'OrDiagonal' out, or let it have pairs of rows or of columns",
        Category,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        helpLinkUri: Pages + "OPTG108.md");

    public static readonly DiagnosticDescriptor DirectionsWithoutNumber = new(
        "OPTG109",
        "State does not say how many directions there are",
        "State '{0}' does not say how many directions there are; write 'AtMost = nameof(…)' with an option of the rule",
        Category,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        helpLinkUri: Pages + "OPTG109.md");
}
