using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using OptGen.Generator.Frontend;

namespace OptGen.Generator.Tests.Optimizers;

public class DeclarationSuppressorTests
{
    private const string Source = """
        public sealed class Halve(float share) : GradientTransform
        {
            [Apply] public float Run(float g) => g * share;
        }

        [Optimizer]
        public partial class O
        {
            [Hyper] private float Rate { get; set; } = 1;
            [Update] private void Update(ref float w, float g, int step) => w -= g;
            private void Forgotten(int unused) { }
        }
        """;

    [Fact]
    public async Task What_the_generator_reads_is_suppressed_and_nothing_else()
    {
        CompilationWithAnalyzersOptions options = new(new AnalyzerOptions([]), null, concurrentAnalysis: true, logAnalyzerExecutionTime: false, reportSuppressedDiagnostics: true);
        ImmutableArray<Diagnostic> found = await OptimizerSource.Compile(Source)
            .WithAnalyzers([new Complainer(), new DeclarationSuppressor()], options)
            .GetAnalyzerDiagnosticsAsync(TestContext.Current.CancellationToken);

        ILookup<string, bool> suppressed = found.ToLookup(diagnostic => diagnostic.Id + " " + diagnostic.GetMessage(), diagnostic => diagnostic.IsSuppressed);
        Assert.All(new[] { "IDE0051 Update", "CA1822 Update", "IDE0060 step", "CA1822 Run", "IDE0051 Rate", "CA1710 Halve", "CA1019 share" }, key => Assert.Equal([true], suppressed[key]));
        Assert.All(new[] { "IDE0051 Forgotten", "CA1822 Forgotten", "IDE0060 unused", "CA1710 O" }, key => Assert.Equal([false], suppressed[key]));
    }

    /// <summary>Says of every declaration all that the usual analyzers say of some.</summary>
    [DiagnosticAnalyzer(LanguageNames.CSharp)]
    private sealed class Complainer : DiagnosticAnalyzer
    {
        private static readonly DiagnosticDescriptor s_member = Rule("IDE0051");
        private static readonly DiagnosticDescriptor s_static = Rule("CA1822");
        private static readonly DiagnosticDescriptor s_parameter = Rule("IDE0060");
        private static readonly DiagnosticDescriptor s_name = Rule("CA1710");
        private static readonly DiagnosticDescriptor s_argument = Rule("CA1019");

        public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = [s_member, s_static, s_parameter, s_name, s_argument];

        public override void Initialize(AnalysisContext context)
        {
            context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
            context.EnableConcurrentExecution();
            context.RegisterSymbolAction(
                symbol =>
                {
                    foreach (DiagnosticDescriptor rule in symbol.Symbol is INamedTypeSymbol ? new[] { s_name } : [s_member, s_static])
                        symbol.ReportDiagnostic(Diagnostic.Create(rule, symbol.Symbol.Locations[0], symbol.Symbol.Name));
                    foreach (IParameterSymbol parameter in (symbol.Symbol as IMethodSymbol)?.Parameters ?? [])
                        symbol.ReportDiagnostic(Diagnostic.Create(s_parameter, parameter.Locations[0], parameter.Name));
                    foreach (IParameterSymbol argument in (symbol.Symbol as INamedTypeSymbol)?.InstanceConstructors.SelectMany(constructor => constructor.Parameters) ?? [])
                        symbol.ReportDiagnostic(Diagnostic.Create(s_argument, argument.Locations[0], argument.Name));
                },
                SymbolKind.NamedType,
                SymbolKind.Method,
                SymbolKind.Property);
        }

        private static DiagnosticDescriptor Rule(string id) => new(id, id, "{0}", "Test", DiagnosticSeverity.Warning, isEnabledByDefault: true);
    }
}
