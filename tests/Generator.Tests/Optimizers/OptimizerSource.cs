using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using OptGen.Generator.Diagnostics;
using OptGen.Generator.Frontend;
using OptGen.Generator.Graph;
using OptGen.Generator.Specs;

namespace OptGen.Generator.Tests.Optimizers;

/// <summary>A user's source with optimizers in it, and what the reader makes of them.</summary>
internal static class OptimizerSource
{
    private const string Usings = "using System;\nusing OptGen;\nusing static OptGen.Ops;\n";

    private static readonly ImmutableArray<MetadataReference> s_references =
    [
        .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(path => Path.GetFileName(path).StartsWith("System.", StringComparison.Ordinal) || path.EndsWith("OptGen.Runtime.dll", StringComparison.Ordinal))
            .Select(path => MetadataReference.CreateFromFile(path)),
    ];

    public static CSharpCompilation Compile(string source, params MetadataReference[] more) => CompileFiles([source], more);

    /// <summary>Sources of one file each.</summary>
    public static CSharpCompilation CompileFiles(IEnumerable<string> sources, params MetadataReference[] more) => CSharpCompilation.Create(
        "User",
        sources.Select(source => CSharpSyntaxTree.ParseText(Usings + source, new CSharpParseOptions(LanguageVersion.Preview), path: "User.cs")),
        s_references.AddRange(more),
        new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary));

    /// <summary>What an analyzer reports of a source.</summary>
    public static async Task<ImmutableArray<Diagnostic>> Analyze<TAnalyzer>(string source)
        where TAnalyzer : DiagnosticAnalyzer, new() =>
        await Compile(source).WithAnalyzers([new TAnalyzer()]).GetAnalyzerDiagnosticsAsync(TestContext.Current.CancellationToken);

    /// <summary>What is read of the class of that name. A class marked <c>[Model]</c> has the parameters <c>Hidden.Kernel</c> and <c>Hidden.Bias</c>.</summary>
    public static ReadResult<OptimizerSpec> Read(string source, string name, bool modelHasLoss = true, params MetadataReference[] references)
    {
        CSharpCompilation compilation = Compile(source, references);
        INamedTypeSymbol type = compilation.GetTypeByMetadataName(name) ?? throw new ArgumentException($"There is no class {name}.", nameof(name));
        return OptimizerReader.Read(type, compilation, model => Model(model.Name, modelHasLoss));
    }

    /// <summary>The specification of a class without mistakes.</summary>
    public static OptimizerSpec ReadValid(string source, string name)
    {
        ReadResult<OptimizerSpec> result = Read(source, name);
        Assert.Empty(result.Diagnostics.Select(diagnostic => diagnostic.ToDiagnostic().ToString()));
        return Assert.IsType<OptimizerSpec>(result.Value);
    }

    /// <summary>Source text in which <c>[|</c> and <c>|]</c> enclose the token that a diagnostic must be on; gives the text without them, and the token.</summary>
    public static (string Source, string Token, int Start) Marked(string text)
    {
        int start = text.IndexOf("[|", StringComparison.Ordinal), end = text.IndexOf("|]", StringComparison.Ordinal);
        if (start < 0 || end < start)
            throw new ArgumentException("The text marks no token.", nameof(text));
        string token = text[(start + 2)..end];
        return (text[..start] + token + text[(end + 2)..], token, Usings.Length + start);
    }

    private static ModelSpec Model(string name, bool hasLoss)
    {
        ParameterSpec[] parameters =
        [
            new ParameterSpec("Hidden.Kernel", Shape.Of(3, 2), Specs.ParameterKind.Weight, "HeNormal", 1),
            new ParameterSpec("Hidden.Bias", Shape.Of(2), Specs.ParameterKind.Bias, "Zero", 1),
        ];
        GraphBuilder graph = new();
        int kernel = graph.Source(new BufferRef(BufferKind.Parameter), parameters[0].Shape, "hiddenKernel");
        if (hasLoss)
            graph.Output(graph.Reshape(graph.Reduce(ReduceKind.Sum, kernel, [0, 1], "sum"), Shape.Scalar, "loss"), new BufferRef(BufferKind.Loss));
        ClassSpec type = new("", [], name, "public");
        return new ModelSpec(type, 32, Specs.Precision.Single, [], parameters.ToEquatableArray(), [], [], graph.Build());
    }
}
