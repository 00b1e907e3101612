using Microsoft.CodeAnalysis;
using OptGen.Generator.Diagnostics;
using OptGen.Generator.Specs;

namespace OptGen.Generator.Frontend;

/// <summary>A state as a method declares it.</summary>
internal sealed record DeclaredState(string Name, Extent Over, double Initial, bool IsInput, bool IsExact, bool IsNonNegative, bool IsWeights, Location? Location)
{
    /// <summary>For a state of pairs: the name of the option that bounds the size of a tensor that has one; empty for none.</summary>
    public string AtMost { get; init; } = "";

    /// <summary>For one of the numbers of an array: the name of the array; empty for none.</summary>
    public string Array { get; init; } = "";

    /// <summary>For a state of pairs: whether longer axes have a number for each place.</summary>
    public bool OrDiagonal { get; init; }
}

/// <summary>A state that is declared as an array: the numbers of its states, which follow each other.</summary>
/// <param name="Parameter">The number of the method's parameter.</param>
internal readonly record struct DeclaredArray(string Name, int Parameter, int First, int Count, Location? Location);

/// <summary>What the parameters of an update method or of a transform's method stand for, in their order.</summary>
/// <param name="Roles">One for each parameter of the method; a state's number counts within the method.</param>
/// <param name="Results">
/// Numbers of the parameters whose final values go out, the result first; without it for a method that returns its result. The number of an array stands once for each of its states.
/// </param>
internal sealed record OptimizerSignature(IMethodSymbol Method, IReadOnlyList<UpdateInput> Roles, IReadOnlyList<int> Results, IReadOnlyList<DeclaredState> States)
{
    /// <summary>The most states that an array of one for each element, or for each line, may be: each has a place among the addresses of a kernel.</summary>
    public const int MostCopies = 64;

    /// <summary>The most numbers that an array over everything may be.</summary>
    public const int MostNumbers = 16_384;

    /// <summary>The states that are arrays.</summary>
    public IReadOnlyList<DeclaredArray> Arrays { get; init; } = [];

    /// <summary>The number of the parameter that is a new loss in the end; null for a method that doesn't change it.</summary>
    public int? NewLoss { get; init; }

    /// <summary>Where the parameter for the loss is declared.</summary>
    public Location? LossLocation { get; init; }

    private static readonly UpdateInputKind[] s_afterGradient = [UpdateInputKind.Gradient, UpdateInputKind.Parameter];
    private static readonly UpdateInputKind[] s_afterRule = [UpdateInputKind.Previous, UpdateInputKind.Gradient];

    /// <summary>Reads the method of a stage; null when it is not understood, which is reported.</summary>
    /// <param name="option">The value of an option that is a positive whole number, by its name; null for another, or none.</param>
    public static OptimizerSignature? Of(IMethodSymbol method, StageKind stage, Func<string, int?> option, DiagnosticBag diagnostics)
    {
        // What plain numbers stand for, in their order.
        UpdateInputKind[] plain = stage switch
        {
            StageKind.GradientTransform => s_afterGradient,
            StageKind.Rule or StageKind.Perturbation => [UpdateInputKind.Gradient],
            _ => s_afterRule,
        };
        UpdateInput[] roles = new UpdateInput[method.Parameters.Length];
        List<int> results = [];
        List<DeclaredState> states = [];
        List<DeclaredArray> arrays = [];
        int parameters = 0, numbers = 0, steps = 0;
        IParameterSymbol? loss = null;
        bool understood = true;
        bool returns = stage == StageKind.GradientTransform;
        if (method.IsAsync || (returns ? !method.ReturnType.IsReal() : !method.ReturnsVoid))
            Misunderstood("The return type", method.TypeLocation());
        if (method.IsGenericMethod)
            Misunderstood("The type parameter", method.TypeParameters[0].Location());

        foreach (IParameterSymbol parameter in method.Parameters)
        {
            bool real = parameter.Type.IsReal();
            if (parameter.Attribute(OptimizerSymbols.State) is { } mark)
            {
                string? copies = mark.Named("Copies") as string;
                bool isArray = parameter.RefKind == RefKind.None && parameter.Type is IArrayTypeSymbol { Rank: 1 } list && list.ElementType.IsReal();
                if (!isArray && copies is null && (parameter.RefKind != RefKind.Ref || !real))
                {
                    diagnostics.Report(DiagnosticDescriptors.StateForm, parameter.TypeLocation(), parameter.Name, Declared(parameter));
                    understood = false;
                }

                roles[parameter.Ordinal] = new UpdateInput(UpdateInputKind.State, states.Count);
                TypedConstant of = mark.ConstructorArguments.FirstOrDefault();
                Extent over = of.Value is not int number ? Extent.Element : of.Type?.Name == OptimizerSymbols.Pairs ? Extent.RowPair + number : (Extent)number;
                if (over.IsPairs() && stage != StageKind.Rule)
                {
                    diagnostics.Report(DiagnosticDescriptors.PairsOutsideRule, parameter.Location(), parameter.Name, over.Describe());
                    understood = false;
                }

                int count = 1;
                if (isArray || copies is not null)
                {
                    int most = over == Extent.Everything ? MostNumbers : MostCopies;
                    int? given = copies is null ? null : option(copies);
                    string? why = copies is null ? "is an array, and does not say of how many numbers"
                        : !isArray || over.IsPairs() ? $"has copies, and is declared '{Declared(parameter)}'{(over.IsPairs() ? " of pairs" : "")}"
                        : given is not int n || n > most ? $"is to be as many numbers as '{copies}' says, which is no option that is an int from 1 to {most.ToString(System.Globalization.CultureInfo.InvariantCulture)}"
                        : null;
                    if (why is not null)
                    {
                        diagnostics.Report(DiagnosticDescriptors.StateArray, parameter.Location(), parameter.Name, why);
                        return null;
                    }

                    count = given!.Value;
                    arrays.Add(new DeclaredArray(parameter.Name, parameter.Ordinal, states.Count, count, parameter.Location()));
                }

                for (int position = 0; position < count; position++)
                {
                    string name = parameter.Name + (isArray ? position.ToString(System.Globalization.CultureInfo.InvariantCulture) : "");
                    states.Add(new DeclaredState(name, over, Initial(mark), IsInput: false, mark.Flag("Exact"), mark.Flag("NonNegative"), mark.Flag("SecondWeights"), parameter.Location())
                    {
                        AtMost = mark.Named("AtMost") as string ?? "",
                        OrDiagonal = mark.Flag("OrDiagonal"),
                        Array = isArray ? parameter.Name : "",
                    });
                    results.Add(parameter.Ordinal);
                }
            }
            else if (parameter.Attribute(OptimizerSymbols.Input) is { } input && parameter.RefKind == RefKind.None && real)
            {
                roles[parameter.Ordinal] = new UpdateInput(UpdateInputKind.State, states.Count);
                states.Add(new DeclaredState(parameter.Name, Extent.Element, Initial(input), IsInput: true, IsExact: false, IsNonNegative: false, IsWeights: false, parameter.Location()));
                results.Add(parameter.Ordinal);
            }
            else if (parameter.Has(OptimizerSymbols.Loss))
            {
                roles[parameter.Ordinal] = new UpdateInput(UpdateInputKind.Loss, 0);
                if (loss is not null || !real || !(parameter.RefKind == RefKind.None || (returns && parameter.RefKind == RefKind.Ref)))
                {
                    string why = loss is not null ? $"'{loss.Name}' is that already" : $"it is declared '{Declared(parameter)}'";
                    diagnostics.Report(DiagnosticDescriptors.UpdateLossForm, parameter.Location(), parameter.Name, why, returns ? "'float', or as 'ref float' to change it" : "'float'");
                    understood = false;
                }

                loss ??= parameter;
            }
            else if (!returns && parameter.RefKind == RefKind.Ref && real && parameters++ == 0)
            {
                roles[parameter.Ordinal] = new UpdateInput(UpdateInputKind.Parameter, 0);
                results.Insert(0, parameter.Ordinal);
            }
            else if (parameter.RefKind == RefKind.None && real && numbers < plain.Length)
            {
                roles[parameter.Ordinal] = new UpdateInput(plain[numbers++], 0);
            }
            else if (parameter.RefKind == RefKind.None && parameter.Type.SpecialType == SpecialType.System_Int32 && steps++ == 0)
            {
                roles[parameter.Ordinal] = new UpdateInput(UpdateInputKind.Step, 0);
            }
            else
            {
                Misunderstood($"Parameter '{parameter.Name}'", parameter.Location());
            }
        }

        if (understood && !returns && parameters == 0)
            Missing(DiagnosticDescriptors.UpdateWithoutParameter);
        else if (understood && stage is StageKind.Rule or StageKind.GradientTransform && numbers == 0)
            Missing(DiagnosticDescriptors.UpdateWithoutGradient);
        return understood
            ? new OptimizerSignature(method, roles, results, states) { Arrays = arrays, NewLoss = loss?.RefKind == RefKind.Ref ? loss.Ordinal : null, LossLocation = loss?.Location() }
            : null;

        void Misunderstood(string what, Location? location)
        {
            if (stage == StageKind.Rule)
                diagnostics.Report(DiagnosticDescriptors.UpdateSignature, location ?? method.Location(), what, method.Name);
            else if (understood)
                diagnostics.Report(DiagnosticDescriptors.TransformSignature, method.Location(), method.Name, "Apply", Form(method.Name, stage));
            understood = false;
        }

        void Missing(DiagnosticDescriptor descriptor)
        {
            if (stage == StageKind.Rule)
                diagnostics.Report(descriptor, method.Location(), method.Name);
            else
                diagnostics.Report(DiagnosticDescriptors.TransformSignature, method.Location(), method.Name, "Apply", Form(method.Name, stage));
            understood = false;
        }
    }

    private static string Form(string name, StageKind stage) => "declared " + stage switch
    {
        StageKind.GradientTransform => $"'float {name}(float g, float w, [State] ref float s, …, int step)', of which all but g may be left out",
        StageKind.Perturbation => $"'void {name}(ref float w, float g, [State] ref float s, …, int step)', of which all but w may be left out",
        _ => $"'void {name}(ref float w, float previous, float g, [State] ref float s, …, int step)', of which all but w may be left out",
    };

    private static double Initial(AttributeData mark) => mark.Named("Initial") is { } value ? OptimizerLiterals.Number(value) : 0;

    private static string Declared(IParameterSymbol parameter)
    {
        string prefix = parameter.RefKind switch
        {
            RefKind.Ref => "ref ",
            RefKind.Out => "out ",
            RefKind.In => "in ",
            RefKind.None => "",
            _ => "ref readonly ",
        };
        return prefix + parameter.Type.ToDisplayString(SymbolDisplayFormat.MinimallyQualifiedFormat);
    }
}
