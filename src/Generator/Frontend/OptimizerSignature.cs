using Microsoft.CodeAnalysis;
using OptGen.Generator.Diagnostics;
using OptGen.Generator.Specs;

namespace OptGen.Generator.Frontend;

/// <summary>What the parameters of an update method, a reduction or an application stand for, in their order.</summary>
/// <param name="Roles">One for each parameter of the method.</param>
/// <param name="Outputs">Numbers of the parameters whose final values go out; empty for a method that returns its result.</param>
/// <param name="States">The states' names as the method writes them.</param>
internal sealed record OptimizerSignature(IMethodSymbol Method, IReadOnlyList<UpdateInput> Roles, IReadOnlyList<int> Outputs, IReadOnlyList<string> States)
{
    /// <summary>Reads a method marked <c>[Update]</c>; null when it is not understood.</summary>
    public static OptimizerSignature? OfUpdate(IMethodSymbol method, DiagnosticBag diagnostics)
    {
        UpdateInput[] roles = new UpdateInput[method.Parameters.Length];
        List<int> outputs = [];
        List<string> states = [];
        int parameters = 0, gradients = 0, steps = 0;
        bool understood = true;
        if (!method.ReturnsVoid || method.IsAsync)
            Misunderstood("The return type", method.TypeLocation());
        if (method.IsGenericMethod)
            Misunderstood("The type parameter", method.TypeParameters[0].Location());

        foreach (IParameterSymbol parameter in method.Parameters)
        {
            bool real = parameter.Type.IsReal();
            UpdateInputKind? kind = null;
            if (parameter.Has(OptimizerSymbols.State))
            {
                if (parameter.RefKind != RefKind.Ref || !real)
                {
                    diagnostics.Report(DiagnosticDescriptors.StateForm, parameter.TypeLocation(), parameter.Name, Declared(parameter));
                    understood = false;
                }

                kind = UpdateInputKind.State;
            }
            else if (parameter.RefKind == RefKind.Ref && real && parameters++ == 0)
            {
                kind = UpdateInputKind.Parameter;
            }
            else if (parameter.RefKind == RefKind.None && real && gradients++ == 0)
            {
                kind = UpdateInputKind.Gradient;
            }
            else if (parameter.RefKind == RefKind.None && parameter.Type.SpecialType == SpecialType.System_Int32 && steps++ == 0)
            {
                kind = UpdateInputKind.Step;
            }
            else
            {
                Misunderstood($"Parameter '{parameter.Name}'", parameter.Location());
            }

            if (kind is UpdateInputKind.State)
            {
                roles[parameter.Ordinal] = new UpdateInput(UpdateInputKind.State, states.Count);
                states.Add(parameter.Name);
                outputs.Add(parameter.Ordinal);
            }
            else if (kind is UpdateInputKind known)
            {
                roles[parameter.Ordinal] = new UpdateInput(known, 0);
                if (known == UpdateInputKind.Parameter)
                    outputs.Insert(0, parameter.Ordinal);
            }
        }

        if (parameters == 0 && understood)
            Missing(DiagnosticDescriptors.UpdateWithoutParameter);
        else if (gradients == 0 && understood)
            Missing(DiagnosticDescriptors.UpdateWithoutGradient);
        return understood ? new OptimizerSignature(method, roles, outputs, states) : null;

        void Misunderstood(string what, Location? location)
        {
            diagnostics.Report(DiagnosticDescriptors.UpdateSignature, location ?? method.Location(), what, method.Name);
            understood = false;
        }

        void Missing(DiagnosticDescriptor descriptor)
        {
            diagnostics.Report(descriptor, method.Location(), method.Name);
            understood = false;
        }
    }

    /// <summary>Reads a method marked <c>[Reduce]</c> or <c>[Apply]</c>; null when it is not understood.</summary>
    /// <param name="reduced">Whether the transform sums something, so that the method may take the sum.</param>
    public static OptimizerSignature? OfTransform(IMethodSymbol method, string attribute, bool reduced, DiagnosticBag diagnostics)
    {
        int most = reduced ? 2 : 1;
        bool understood = method.ReturnType.IsReal()
            && !method.IsGenericMethod
            && method.Parameters.Length >= 1
            && method.Parameters.Length <= most
            && method.Parameters.All(parameter => parameter.RefKind == RefKind.None && parameter.Type.IsReal());
        if (!understood)
        {
            string form = reduced ? $"'float {method.Name}(float g)' or 'float {method.Name}(float g, float reduced)'" : $"'float {method.Name}(float g)'";
            diagnostics.Report(DiagnosticDescriptors.TransformSignature, method.Location(), method.Name, attribute, "declared " + form);
            return null;
        }

        UpdateInput[] roles = [new UpdateInput(UpdateInputKind.Gradient, 0), new UpdateInput(UpdateInputKind.Reduced, 0)];
        return new OptimizerSignature(method, [.. roles.Take(method.Parameters.Length)], [], []);
    }

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
