using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using OptGen.Generator.Diagnostics;
using OptGen.Generator.Specs;

namespace OptGen.Generator.Frontend;

// What a model declares: parameters and layers.
internal sealed partial class ModelReader
{
    private static IEnumerable<IPropertySymbol> Declared(INamedTypeSymbol type) =>
        type.GetMembers().OfType<IPropertySymbol>().Where(property => property.Attribute("ParameterAttribute") is not null && Syntax(property) is not null);

    private static PropertyDeclarationSyntax? Syntax(IPropertySymbol property) => property.DeclaringSyntaxReferences.Select(reference => reference.GetSyntax())
        .OfType<PropertyDeclarationSyntax>().FirstOrDefault(syntax => syntax.AttributeLists.Count > 0);

    /// <summary>What the property of a parameter must be, or null when it is that.</summary>
    private static string? Form(IPropertySymbol property)
    {
        PropertyDeclarationSyntax syntax = Syntax(property)!;
        bool isDeclaration = syntax.ExpressionBody is null && syntax.AccessorList?.Accessors.All(accessor => accessor.Body is null && accessor.ExpressionBody is null) == true;
        return !property.IsStatic ? "static"
            : !syntax.Modifiers.Any(SyntaxKind.PartialKeyword) || !isDeclaration ? "partial and without a body"
            : property.SetMethod is not null ? "without a setter"
            : !property.Type.IsNamed(Tensor) ? "a Tensor"
            : null;
    }

    private IPropertySymbol[] ReadParameters()
    {
        List<IPropertySymbol> read = [];
        foreach (IPropertySymbol property in Declared(_type))
        {
            AttributeData attribute = property.Attribute("ParameterAttribute")!;
            int[] sizes = attribute.ConstructorArguments.Where(argument => argument.Kind == TypedConstantKind.Array && !argument.IsNull)
                .SelectMany(argument => argument.Values.Select(value => value.Value)).OfType<int>().ToArray();
            int wrong = Array.FindIndex(sizes, size => size <= 0);
            if (Form(property) is string must)
                _diagnostics.Report(DiagnosticDescriptors.ParameterForm, property.Location(), property.Name, must);
            else if (wrong >= 0)
                _diagnostics.Report(DiagnosticDescriptors.ShapeNotPositive, attribute.ArgumentLocation(wrong), property.Name, sizes[wrong]);
            else if (_evaluator.Initializer(attribute) is string init)
            {
                ParameterKind kind = Named(attribute, "Kind") is int number ? (ParameterKind)number : ParameterKind.Weight;
                double gain = Named(attribute, "Gain") is float factor ? double.Parse(factor.ToString("R", System.Globalization.CultureInfo.InvariantCulture), System.Globalization.CultureInfo.InvariantCulture) : 1;
                _model.Declare(property, new ParameterSpec(property.Name, Shape.Of(sizes), kind, init, gain) { SavedName = Names.Snake(property.Name) }, attribute.NamedArgumentLocation("Init") ?? property.Location());
                read.Add(property);
            }
        }

        return read.ToArray();
    }

    private static LayerMethodSpec Signature(IPropertySymbol property) =>
        new(property.Name, $"{string.Join(" ", Syntax(property)!.Modifiers.Select(modifier => modifier.Text))} global::OptGen.Tensor {Escaped(property.Name)}");

    private (DeclaredLayer Layer, IMethodSymbol Method)[] ReadLayers()
    {
        List<(DeclaredLayer, IMethodSymbol)> layers = [];
        foreach (IMethodSymbol method in _type.GetMembers().OfType<IMethodSymbol>())
        {
            AttributeData[] attributes = method.GetAttributes().Where(attribute => Evaluator.IsLayer(attribute.AttributeClass)).ToArray();
            if (attributes.Length == 0 || method.PartialDefinitionPart is not null)
                continue;
            foreach (AttributeData second in attributes.Skip(1))
                _diagnostics.Report(DiagnosticDescriptors.LayerTwice, second.NameLocation(), method.Name, attributes[0].ShortName(), second.ShortName());
            string? must = !method.IsPartialDefinition || method.PartialImplementationPart is not null ? "be partial and without a body"
                : !method.IsStatic ? "be static"
                : method.IsGenericMethod ? "not be generic"
                : !IsLayerMethod(method) ? "take and return tensors"
                : null;
            if (must is not null)
                _diagnostics.Report(DiagnosticDescriptors.LayerForm, method.Location(), method.Name, must);
            else if (_evaluator.Create(attributes[0]) is ObjectValue layer && ForwardOf(layer, method) is IMethodSymbol forward)
            {
                foreach (AttributeData transform in method.GetAttributes().Where(attribute => Evaluator.IsWeightTransform(attribute.AttributeClass)))
                {
                    if (_evaluator.Create(transform) is ObjectValue created)
                        layer.Set("WeightTransform", created);
                }

                layer.Recompute = method.Attribute("RecomputeAttribute");
                DeclaredLayer declared = new(method.Name, layer, forward);
                _model.Declare(method, declared);
                layers.Add((declared, method));
            }
            else
            {
                _unreadable = true;
            }
        }

        return layers.ToArray();
    }
}
