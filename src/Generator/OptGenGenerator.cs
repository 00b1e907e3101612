using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using OptGen.Generator.Diagnostics;
using OptGen.Generator.Emit;
using OptGen.Generator.Frontend;
using OptGen.Generator.Specs;

namespace OptGen.Generator;

/// <summary>
/// Compiles classes marked <c>[Model]</c> and <c>[Optimizer]</c>. Reading happens here; everything after it is a pure function of the specs that were read, cached
/// by their value, so that an edit elsewhere costs nothing.
/// </summary>
[Generator(LanguageNames.CSharp)]
public sealed class OptGenGenerator : IIncrementalGenerator
{
    public void Initialize(IncrementalGeneratorInitializationContext context)
    {
        context.RegisterSourceOutput(context.CompilationProvider.Select(BeginColdStart), (_, _) => { });
        IncrementalValuesProvider<ReadResult<ModelSpec>> models = context.SyntaxProvider
            .ForAttributeWithMetadataName("OptGen.ModelAttribute", IsClass, ReadModel)
            .WithTrackingName(TrackingNames.ReadModel);
        IncrementalValuesProvider<ReadResult<OptimizerSpec>> unbound = context.SyntaxProvider
            .ForAttributeWithMetadataName("OptGen.OptimizerAttribute", IsClass, ReadOptimizer)
            .WithTrackingName(TrackingNames.ReadUnboundOptimizer);
        IncrementalValuesProvider<ReadResult<OptimizerSpec>> bound = context.SyntaxProvider
            .ForAttributeWithMetadataName("OptGen.OptimizerAttribute`1", IsClass, ReadOptimizer)
            .WithTrackingName(TrackingNames.ReadBoundOptimizer);

        IncrementalValueProvider<NamesAlike> alike = Classes(models, model => model.Value?.Class ?? model.Unread?.Class)
            .Combine(Classes(unbound, optimizer => optimizer.Value?.Class))
            .Select((classes, _) => new ClassList(classes.Left.Concat(classes.Right).ToEquatableArray()))
            .Combine(Classes(bound, optimizer => optimizer.Value?.Class))
            .Select((classes, _) => NamesAlike.Among(classes.Left.Concat(classes.Right)))
            .WithTrackingName(TrackingNames.NamesAlike);

        IncrementalValuesProvider<ReadResult<DefinitionSpec>> definitions = context.SyntaxProvider
            .CreateSyntaxProvider((node, _) => DefinitionReader.CanBe(node), ReadDefinition)
            .Where(definition => definition is not null)
            .Select((definition, _) => definition!)
            .WithTrackingName(TrackingNames.ReadDefinition);
        context.RegisterSourceOutput(definitions, (output, definition) => Report(output, definition.Diagnostics));
        IncrementalValueProvider<SourceFile?> carried = definitions.Collect()
            .Select((read, _) => DefinitionsFile.Write(read.Select(definition => definition.Value).OfType<DefinitionSpec>()))
            .WithTrackingName(TrackingNames.WriteDefinitions);
        context.RegisterSourceOutput(carried, WriteDefinitions);

        context.RegisterSourceOutput(models.Select((model, _) => model.Unread).Combine(alike), WriteLayers);
        Compile(context, models, alike, TrackingNames.Model, TrackingNames.CompileModel, model => model.Class, ModelFiles.Write);
        Compile(context, unbound, alike, TrackingNames.UnboundOptimizer, TrackingNames.CompileUnboundOptimizer, optimizer => optimizer.Class, OptimizerFiles.Write);
        Compile(context, bound, alike, TrackingNames.BoundOptimizer, TrackingNames.CompileBoundOptimizer, optimizer => optimizer.Class, OptimizerFiles.Write);
    }

    /// <summary>The first step of all; what it gives is always the same, so that nothing follows from it.</summary>
    private static string BeginColdStart(Compilation compilation, CancellationToken cancellation)
    {
        ColdStart.Begin(compilation);
        return "";
    }

    /// <summary>The classes of what was read. Whatever passes from step to step is an object: each structure would cost the JIT another copy of the driver's tables.</summary>
    private static IncrementalValueProvider<ClassList> Classes<T>(IncrementalValuesProvider<ReadResult<T>> read, Func<ReadResult<T>, ClassSpec?> owner)
        where T : class, IEquatable<T> =>
        read.Select((result, _) => owner(result)).Collect().Select((classes, _) => new ClassList(classes.OfType<ClassSpec>().ToEquatableArray()));

    /// <summary>From what was read to the files and the diagnostics, on two branches: a diagnostic that moves with its text recompiles nothing.</summary>
    private static void Compile<T>(
        IncrementalGeneratorInitializationContext context,
        IncrementalValuesProvider<ReadResult<T>> read,
        IncrementalValueProvider<NamesAlike> alike,
        string specStep,
        string compileStep,
        Func<T, ClassSpec> owner,
        Func<T, IEnumerable<SourceFile>> write)
        where T : class, IEquatable<T>
    {
        context.RegisterSourceOutput(read.Select((result, _) => new DiagnosticList(result.Diagnostics)), (output, found) => Report(output, found.Diagnostics));

        IncrementalValuesProvider<CompiledFiles> compiled = read
            .Where(result => result.Value is not null)
            .Select((result, _) => result.Value!)
            .WithTrackingName(specStep)
            .Select((spec, cancellation) => ColdStart.Finish(spec, owner, write, cancellation))
            .WithTrackingName(compileStep);
        context.RegisterSourceOutput(compiled.Combine(alike), (output, both) =>
        {
            (CompiledFiles files, NamesAlike names) = both;
            foreach (SourceFile file in files.Files)
                output.AddSource(file.HintNameAmong(names), file.Text);
            Report(output, files.Faults);
        });
    }

    private static void WriteLayers(SourceProductionContext output, (LayerMethods? Layers, NamesAlike Alike) unread)
    {
        if (unread.Layers is null)
            return;
        SourceFile file = LayersFile.Write(unread.Layers);
        output.AddSource(file.HintNameAmong(unread.Alike), file.Text);
    }

    private static void WriteDefinitions(SourceProductionContext output, SourceFile? file)
    {
        if (file is not null)
            output.AddSource(file.HintName, file.Text);
    }

    private static ReadResult<DefinitionSpec>? ReadDefinition(GeneratorSyntaxContext context, CancellationToken cancellation) => FaultBarrier.Read(NameOf(context.Node), context.Node.GetLocation(), () =>
        DefinitionReader.Read(context.Node, context.SemanticModel, cancellation) is DefinitionSpec spec ? new ReadResult<DefinitionSpec>(spec, []) : null);

    private static string NameOf(SyntaxNode node) => node is MethodDeclarationSyntax method ? method.Identifier.ValueText : ((BaseTypeDeclarationSyntax)node).Identifier.ValueText;

    private static bool IsClass(SyntaxNode node, CancellationToken cancellation) => node is ClassDeclarationSyntax or RecordDeclarationSyntax;

    private static ReadResult<ModelSpec> ReadModel(GeneratorAttributeSyntaxContext context, CancellationToken cancellation) =>
        ColdStart.Begin(
            FaultBarrier.Read(context, (INamedTypeSymbol type) => ModelReader.Read(type, context.SemanticModel.Compilation), cancellation),
            model => model.Class,
            ModelFiles.Write);

    private static ReadResult<OptimizerSpec> ReadOptimizer(GeneratorAttributeSyntaxContext context, CancellationToken cancellation) =>
        ColdStart.Begin(
            FaultBarrier.Read(
                context,
                (INamedTypeSymbol type) => OptimizerReader.Read(type, context.SemanticModel.Compilation, model => ModelReader.Read(model, context.SemanticModel.Compilation).Value),
                cancellation),
            optimizer => optimizer.Class,
            OptimizerFiles.Write);

    private static void Report(SourceProductionContext output, EquatableArray<DiagnosticSpec> diagnostics)
    {
        foreach (DiagnosticSpec diagnostic in diagnostics)
            output.ReportDiagnostic(diagnostic.ToDiagnostic());
    }
}
