using System.Collections.Immutable;
using System.Reflection;
using System.Runtime.Loader;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace OptGen.Generator.Tests.Backends;

/// <summary>Source text compiled and loaded into this process.</summary>
internal static class Compiled
{
    // Without nullable analysis and doc comments, which tests of generated files check.
    private static readonly CSharpParseOptions s_parse = new(LanguageVersion.Preview, DocumentationMode.None);
    private static readonly CSharpCompilationOptions s_compile = new(OutputKind.DynamicallyLinkedLibrary, optimizationLevel: OptimizationLevel.Release);

    private static readonly ImmutableArray<MetadataReference> s_references =
    [
        .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(path => Path.GetFileName(path).StartsWith("System.", StringComparison.Ordinal) || path.EndsWith("OptGen.Runtime.dll", StringComparison.Ordinal))
            .Select(path => MetadataReference.CreateFromFile(path)),
    ];

    /// <summary>Compiles files that begin with the usual <c>using</c> directives.</summary>
    public static Assembly Load(params IEnumerable<string> files)
    {
        CSharpCompilation compilation = CSharpCompilation.Create(
            "User", files.Select(file => CSharpSyntaxTree.ParseText("using System;\nusing OptGen;\nusing static OptGen.Ops;\n" + file, s_parse)), s_references, s_compile);
        using MemoryStream image = new();
        var result = compilation.Emit(image);
        Assert.True(result.Success, string.Join("\n", result.Diagnostics.Where(d => d.Severity == DiagnosticSeverity.Error).Take(5)));
        image.Position = 0;
        return new AssemblyLoadContext(null, isCollectible: true).LoadFromStream(image);
    }
}
