using Microsoft.CodeAnalysis;
using OptGen.Generator.Diagnostics;

namespace OptGen.Generator.Frontend;

/// <summary>Checks that the names of a model's generated members are free.</summary>
internal static class ModelNames
{
    // Private ones too: a class can't have them twice either.
    internal static readonly string[] Members =
    [
        "ParameterCount", "Batch", "Parameters", "Gradients", "ParameterAddress", "GradientAddress", "Layout", "LayoutHash", "Weights", "WeightViews", "SavedParameters",
        "ForwardProgram", "EvaluateProgram", "GradientProgram", "_parameters", "_gradients", "s_layout", "_forward", "_evaluate", "_gradient",
    ];

    // A method of the user's may have such a name: the generated one is an overload of it.
    internal static readonly string[] Methods = ["Initialize", "Predict", "Evaluate", "Gradient", "Save", "Load", "Describe", "WeightsOf", "ExchangeParameters"];

    // Of methods that a user may well have, too: the parameters with which they can't be an overload.
    private static readonly (string Name, string Parameter)[] s_signatures = [("Save", "string"), ("Save", "System.IO.Stream"), ("Load", "string"), ("Load", "System.IO.Stream"), ("Describe", "")];

    // On a model with statistics.
    internal static readonly string[] Statistics = ["Statistics", "InitializeLsuv", "StatisticsProgram", "_statistics"];

    // On a model with buffers.
    internal static readonly string[] Buffers = ["BufferCount", "Buffers", "BufferValues", "BufferLayout", "BufferViews", "s_buffers"];

    // On a model that draws random numbers.
    internal static readonly string[] Random = ["RandomSeed", "RandomStep", "NextRandomKey"];

    /// <summary>Checks what only some models get.</summary>
    public static void CheckFurther(INamedTypeSymbol type, bool hasBuffers, bool isRandom, DiagnosticBag diagnostics)
    {
        foreach (string name in (hasBuffers ? Buffers : []).Concat(isRandom ? Random : []))
        {
            if (type.GetMembers(name).FirstOrDefault(member => !member.IsImplicitlyDeclared) is ISymbol taken)
                diagnostics.Report(DiagnosticDescriptors.ModelNameTaken, taken.Location(), type.Name, name);
        }
    }

    public static void Check(INamedTypeSymbol type, bool hasStatistics, DiagnosticBag diagnostics)
    {
        foreach (string name in Members.Concat(Methods).Concat(hasStatistics ? Statistics : []))
        {
            ISymbol? taken = name == type.Name
                ? type
                : type.GetMembers(name).FirstOrDefault(member => !member.IsImplicitlyDeclared && !(member is IMethodSymbol method && Methods.Contains(name) && !IsGenerated(method)));
            if (taken is not null)
                diagnostics.Report(DiagnosticDescriptors.ModelNameTaken, taken.Location(), type.Name, name);
        }

        IMethodSymbol? constructor = type.InstanceConstructors.FirstOrDefault(constructor =>
            !constructor.IsImplicitlyDeclared && constructor.Parameters.Length == 1 && constructor.Parameters[0].Type.SpecialType == SpecialType.System_Int32);
        if (constructor is not null)
            diagnostics.Report(DiagnosticDescriptors.ModelNameTaken, constructor.Location(), type.Name, $"{type.Name}(int seed)");
    }

    private static bool IsGenerated(IMethodSymbol method) =>
        s_signatures.Contains((method.Name, string.Join(", ", method.Parameters.Select(parameter => parameter.Type.ToDisplayString().TrimEnd('?')))));
}
