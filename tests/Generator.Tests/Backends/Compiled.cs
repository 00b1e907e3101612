using System.Reflection;
using System.Runtime.Loader;
using Microsoft.CodeAnalysis;
using OptGen.Generator.Tests.Harness;

namespace OptGen.Generator.Tests.Backends;

/// <summary>Source text compiled and loaded into this process.</summary>
internal static class Compiled
{
    public static Assembly Load(string source)
    {
        using MemoryStream image = new();
        var result = GeneratorRun.Compile([], source).Emit(image);
        Assert.True(result.Success, string.Join("\n", result.Diagnostics.Where(d => d.Severity == DiagnosticSeverity.Error).Take(5)));
        image.Position = 0;
        return new AssemblyLoadContext(null, isCollectible: true).LoadFromStream(image);
    }
}
