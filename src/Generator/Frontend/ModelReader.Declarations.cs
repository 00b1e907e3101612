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
                ParameterKind kind = attribute.Named("Kind") is int number ? (ParameterKind)number : ParameterKind.Weight;
                if (!Enum.IsDefined(typeof(ParameterKind), kind))
                {
                    TypedConstant given = attribute.NamedArguments.First(named => named.Key == "Kind").Value;
                    _diagnostics.Report(DiagnosticDescriptors.InvalidArgument, attribute.NamedArgumentLocation("Kind"), Evaluator.NoKind(given.ToCSharpString()));
                    continue;
                }

                double gain = attribute.Named("Gain") is float factor ? double.Parse(factor.ToString("R", System.Globalization.CultureInfo.InvariantCulture), System.Globalization.CultureInfo.InvariantCulture) : 1;
                if (!Evaluator.IsFinite(gain))
                {
                    _diagnostics.Report(DiagnosticDescriptors.InvalidArgument, attribute.NamedArgumentLocation("Gain"), $"a gain of {gain} makes no weights");
                    continue;
                }

                _model.Declare(property, new ParameterSpec(property.Name, Shape.Of(sizes), kind, init, gain) { SavedName = Names.Snake(property.Name) }, attribute.NamedArgumentLocation("Init") ?? property.Location());
                read.Add(property);
            }
        }

        return read.ToArray();
    }

    /// <summary>Reports what is declared and has no part in the model.</summary>
    private void CheckUses((DeclaredLayer Layer, IMethodSymbol Method)[] layers, IPropertySymbol[] properties)
    {
        foreach ((DeclaredLayer layer, IMethodSymbol method) in layers)
        {
            if (!_model.IsUsed(layer))
                _diagnostics.Report(DiagnosticDescriptors.LayerNeverUsed, method.Location(), layer.Path);
            else if (_transforms.TryGetValue(layer.Path, out (ObjectValue Created, AttributeData Mark) transform) && !_evaluator.AppliedTransforms.Contains(transform.Created))
                _diagnostics.Report(DiagnosticDescriptors.WeightTransformOfNothing, transform.Mark.NameLocation(), transform.Mark.ShortName(), layer.Path, layer.Layer.Type.Name);
        }

        foreach (IPropertySymbol property in properties.Where(property => !_model.IsRead(property)))
            _diagnostics.Report(DiagnosticDescriptors.ParameterNeverUsed, property.Location(), property.Name);
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
            if (layers.Exists(layer => layer.Item2.Name == method.Name))
                _diagnostics.Report(DiagnosticDescriptors.LayerNameTaken, method.Location(), method.Name, _type.Name);
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
                    if (_transforms.TryGetValue(method.Name, out (ObjectValue, AttributeData Mark) first))
                        _diagnostics.Report(DiagnosticDescriptors.WeightTransformTwice, transform.NameLocation(), method.Name, first.Mark.ShortName(), transform.ShortName());
                    else if (_evaluator.Create(transform) is ObjectValue created)
                        layer.Set("WeightTransform", (_transforms[method.Name] = (created, transform)).Created);
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
