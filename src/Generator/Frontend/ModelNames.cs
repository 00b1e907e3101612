using Microsoft.CodeAnalysis;
using OptGen.Generator.Diagnostics;

namespace OptGen.Generator.Frontend;

/// <summary>Checks that the names of a model's generated members are free.</summary>
internal static class ModelNames
{
    // Private ones too: a class can't have them twice either.
    internal static readonly string[] Members =
    [
        "ParameterCount", "Batch", "Parameters", "Gradients", "ParameterAddress", "GradientAddress", "Layout", "Weights", "WeightViews",
        "ForwardProgram", "EvaluateProgram", "GradientProgram", "_parameters", "_gradients", "s_layout", "_forward", "_evaluate", "_gradient",
    ];

    // A method of the user's may have such a name: the generated one is an overload of it.
    internal static readonly string[] Methods = ["Initialize", "Predict", "Evaluate", "Gradient"];

    public static void Check(INamedTypeSymbol type, DiagnosticBag diagnostics)
    {
        foreach (string name in Members.Concat(Methods))
        {
            ISymbol? taken = name == type.Name
                ? type
                : type.GetMembers(name).FirstOrDefault(member => !member.IsImplicitlyDeclared && !(member is IMethodSymbol && Methods.Contains(name)));
            if (taken is not null)
                diagnostics.Report(DiagnosticDescriptors.ModelNameTaken, taken.Location(), type.Name, name);
        }

        IMethodSymbol? constructor = type.InstanceConstructors.FirstOrDefault(constructor =>
            !constructor.IsImplicitlyDeclared && constructor.Parameters.Length == 1 && constructor.Parameters[0].Type.SpecialType == SpecialType.System_Int32);
        if (constructor is not null)
            diagnostics.Report(DiagnosticDescriptors.ModelNameTaken, constructor.Location(), type.Name, $"{type.Name}(int seed)");
    }
}
