using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using OptGen.Generator.Diagnostics;
using OptGen.Generator.Specs;

namespace OptGen.Generator.Frontend;

/// <summary>Reads a class marked <c>[Optimizer]</c> or <c>[Optimizer&lt;TModel&gt;]</c>: its rule, transforms, schedules, groups and hyperparameters.</summary>
internal static class OptimizerReader
{
    /// <summary>Reads the class.</summary>
    /// <param name="type">The marked class.</param>
    /// <param name="readModel">Gives what is read of a model class; null when the model has errors, which are reported with the model.</param>
    public static ReadResult<OptimizerSpec> Read(
        INamedTypeSymbol type, Compilation compilation, Func<INamedTypeSymbol, ModelSpec?> readModel, CancellationToken cancellation = default)
    {
        DiagnosticBag diagnostics = new();
        CheckForm(type, diagnostics);
        LanguageCheck.Report(type, type.Attribute(OptimizerSymbols.Optimizer), compilation, diagnostics);
        bool modelRead = TryReadModel(type, readModel, diagnostics, out ModelSpec? model);
        Precision precision = model?.Precision ?? DeclaredPrecision(type);

        Evaluator evaluator = new(compilation, diagnostics, cancellation);
        diagnostics.Origin = evaluator.OriginOf;
        OptimizerHypers hypers = new(precision == Precision.Double ? "double" : "float", diagnostics);
        OptimizerStages stages = new(hypers, diagnostics);
        bool bound = ModelType(type) is not null;

        // The rule is read first, since transforms may share its hyperparameters.
        RuleReading? rule = OptimizerRules.Read(type, evaluator, hypers, diagnostics);
        OptimizerTransforms.Read(type, StageKind.Perturbation, evaluator, hypers, stages, diagnostics);
        AttributeData[] perturbations = [.. type.AttributesDerivedFrom(OptimizerSymbols.Perturbation)];
        foreach (AttributeData second in perturbations.Skip(1))
            diagnostics.Report(DiagnosticDescriptors.TwoPerturbations, second.NameLocation(), perturbations[0].ShortName(), second.ShortName());
        OptimizerTransforms.Read(type, StageKind.GradientTransform, evaluator, hypers, stages, diagnostics);
        if (rule is not null)
            stages.Add(StageKind.Rule, rule.Name, rule.Stage, rule.Blame);
        OptimizerTransforms.Read(type, StageKind.ParameterTransform, evaluator, hypers, stages, diagnostics);
        stages.Number();
        OptimizerTransforms.CheckOrder(type, bound, diagnostics);
        EquatableArray<ScheduleSpec> schedules = OptimizerSchedules.Read(type, compilation, hypers, rule is not null, diagnostics, cancellation);
        EquatableArray<GroupSpec> groups = OptimizerGroups.Read(type, model, bound, hypers, stages, diagnostics);
        int layerDecay = OptimizerGroups.ReadLayerDecay(type, bound, hypers, stages, diagnostics);
        EquatableArray<StateSpec> states = rule is null ? [] : OptimizerStorage.Read(type, precision, stages.States, diagnostics);
        if (rule is not null)
            OptimizerNames.Check(type, bound, hypers, states, schedules, diagnostics);

        OptimizerSpec? spec = rule is null || !modelRead || diagnostics.HasErrors
            ? null
            : new OptimizerSpec(
                ClassReader.Read(type, states.Select(state => state.Name).Concat(hypers.ToSpecs().Select(hyper => hyper.Name)).Concat(schedules.Select(schedule => schedule.Name))),
                model,
                precision,
                stages.Stages,
                stages.Reductions,
                schedules,
                groups,
                hypers.ToSpecs(),
                states,
                stages.Perturbation,
                stages.Origin,
                layerDecay,
                compilation.GetTypeByMetadataName("System.Numerics.Tensors.TensorSpan`1") is not null,
                type.Attribute(OptimizerSymbols.Optimizer)?.Flag("ExactDivision") == true)
            {
                Calls = stages.Calls,
                Results = stages.Results,
            };
        return new ReadResult<OptimizerSpec>(spec, diagnostics.ToEquatableArray());
    }

    /// <summary>The type argument of <c>[Optimizer&lt;TModel&gt;]</c>, or null.</summary>
    private static ITypeSymbol? ModelType(INamedTypeSymbol type) =>
        type.GetAttributes()
            .FirstOrDefault(attribute => attribute.AttributeClass.IsNamed(OptimizerSymbols.Optimizer) && attribute.AttributeClass!.IsGenericType)
            ?.AttributeClass!.TypeArguments[0];

    private static Precision DeclaredPrecision(INamedTypeSymbol type)
    {
        AttributeData? attribute = type.Attribute(OptimizerSymbols.Optimizer);
        return attribute?.Named("Precision") is int value ? (Precision)value : Precision.Single;
    }

    private static void CheckForm(INamedTypeSymbol type, DiagnosticBag diagnostics)
    {
        string? form = type.IsRecord ? "a record"
            : type.IsStatic ? "static"
            : type.IsAbstract ? "abstract"
            : type.IsFileLocal ? "local to its file"
            : type.IsGenericType ? "generic"
            : type.ContainingType is { IsGenericType: true } ? "inside a generic class"
            : null;
        if (form is not null)
            diagnostics.Report(DiagnosticDescriptors.OptimizerClassForm, type.Location(), type.Name, form);

        for (INamedTypeSymbol? current = type; current is not null; current = current.ContainingType)
        {
            TypeDeclarationSyntax[] parts = [.. current.DeclaringSyntaxReferences.Select(reference => reference.GetSyntax()).OfType<TypeDeclarationSyntax>()];
            if (Array.Find(parts, part => !part.Modifiers.Any(SyntaxKind.PartialKeyword)) is { } closed)
                diagnostics.Report(DiagnosticDescriptors.OptimizerNotPartial, closed.Identifier.GetLocation(), current.Name);
        }

        AttributeData[] marks = [.. type.GetAttributes().Where(attribute => attribute.AttributeClass.IsNamed(OptimizerSymbols.Optimizer))];
        if (marks.Length > 1)
            diagnostics.Report(DiagnosticDescriptors.OptimizerTwice, marks[1].NameLocation(), type.Name);
    }

    private static bool TryReadModel(INamedTypeSymbol type, Func<INamedTypeSymbol, ModelSpec?> readModel, DiagnosticBag diagnostics, out ModelSpec? model)
    {
        model = null;
        if (ModelType(type) is not { } bound)
            return true;

        AttributeData mark = type.GetAttributes()
            .First(attribute => attribute.AttributeClass.IsNamed(OptimizerSymbols.Optimizer) && attribute.AttributeClass!.IsGenericType);
        Location? location = mark.TypeArgumentLocation();
        if (bound is not INamedTypeSymbol modelType || !modelType.Has("ModelAttribute"))
        {
            diagnostics.Report(DiagnosticDescriptors.NotAModel, location, bound.Name);
            return false;
        }

        if (!SymbolEqualityComparer.Default.Equals(modelType.ContainingAssembly, type.ContainingAssembly))
        {
            diagnostics.Report(DiagnosticDescriptors.ForeignModel, location, bound.Name, modelType.ContainingAssembly.Name);
            return false;
        }

        model = readModel(modelType);
        if (model is { HasLoss: false })
            diagnostics.Report(DiagnosticDescriptors.ModelWithoutLoss, location, bound.Name, type.Name);
        if (model is { Parameters.Count: 0 })
        {
            diagnostics.Report(DiagnosticDescriptors.ModelWithoutParameters, location, bound.Name, type.Name);
            return false;
        }

        return model is not null;
    }
}
