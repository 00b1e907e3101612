using System.Reflection;
using System.Runtime.Loader;
using Microsoft.CodeAnalysis;

namespace OptGen.Generator.Tests.Harness;

/// <summary>A compiled user's program in memory. Tests talk to it through static methods of its class <c>Probe</c>, which each test writes beside its model.</summary>
internal sealed class LoadedProgram : IDisposable
{
    private readonly AssemblyLoadContext _context = new("Generated", isCollectible: true);
    private readonly Type _probe;

    public LoadedProgram(Compilation compilation)
    {
        using MemoryStream image = new();
        Microsoft.CodeAnalysis.Emit.EmitResult result = compilation.Emit(image);
        Assert.True(result.Success, string.Join("\n", result.Diagnostics.Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error)));
        image.Position = 0;
        _probe = _context.LoadFromStream(image).GetType("Probe", throwOnError: true)!;
    }

    /// <summary>Generates, compiles and loads sources, one of which declares <c>Probe</c>.</summary>
    public static LoadedProgram Of(params string[] sources) => new(GeneratorRun.Clean(sources).Output);

    /// <summary>A static method of <c>Probe</c> as a delegate.</summary>
    public TDelegate Method<TDelegate>(string name)
        where TDelegate : Delegate
    {
        MethodInfo method = _probe.GetMethod(name, BindingFlags.Public | BindingFlags.Static) ?? throw new ArgumentException($"Probe has no method {name}.", nameof(name));
        return method.CreateDelegate<TDelegate>();
    }

    public void Dispose() => _context.Unload();
}
