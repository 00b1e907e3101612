using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace OptGen.Generator.Frontend;

/// <summary>Reports attributes where nothing reads them. The generator itself sees only classes that are marked, and what they use.</summary>
public abstract class UsageAnalyzer : DiagnosticAnalyzer
{
    /// <summary>What <see cref="Analyze"/> is called for.</summary>
    protected abstract SymbolKind[] Kinds { get; }

    public sealed override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        context.RegisterSymbolAction(Analyze, Kinds);
    }

    protected abstract void Analyze(SymbolAnalysisContext context);

    /// <summary>Reports a whole attribute.</summary>
    protected static void Report(SymbolAnalysisContext context, DiagnosticDescriptor descriptor, AttributeData attribute, params object[] arguments)
    {
        Location location = attribute.ApplicationSyntaxReference is SyntaxReference reference ? Location.Create(reference.SyntaxTree, reference.Span) : Location.None;
        context.ReportDiagnostic(Diagnostic.Create(descriptor, location, arguments));
    }
}
