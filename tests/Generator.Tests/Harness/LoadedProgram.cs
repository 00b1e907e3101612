using System.Collections.Concurrent;
using System.Reflection;
using System.Runtime.Loader;
using Microsoft.CodeAnalysis;

namespace OptGen.Generator.Tests.Harness;

/// <summary>A compiled user's program in memory. Tests talk to it through static methods of its class <c>Probe</c>, which each test writes beside its model.</summary>
internal sealed class LoadedProgram : IDisposable
{
    // Many tests ask different questions of the same program; compiling it takes most of their time.
    private static readonly ConcurrentDictionary<string, Lazy<byte[]>> s_images = new();

    private readonly AssemblyLoadContext _context = new("Generated", isCollectible: true);
    private readonly Type _probe;

    private LoadedProgram(byte[] image)
    {
        using MemoryStream stream = new(image);
        _probe = _context.LoadFromStream(stream).GetType("Probe", throwOnError: true)!;
    }

    /// <summary>Generates, compiles and loads sources, one of which declares <c>Probe</c>.</summary>
    public static LoadedProgram Of(params string[] sources) =>
        new(s_images.GetOrAdd(string.Join('\0', sources), _ => new Lazy<byte[]>(() => GeneratorRun.Of(sources).Image())).Value);

    /// <summary>Compiles and loads sources that are too many to be kept, and may cause warnings.</summary>
    public static LoadedProgram OfCompilation(Compilation compilation) => new(Compile(compilation));

    /// <summary>Loads an assembly that was compiled elsewhere.</summary>
    public static LoadedProgram OfImage(byte[] image) => new(image);

    /// <summary>A static method of <c>Probe</c> as a delegate.</summary>
    public TDelegate Method<TDelegate>(string name)
        where TDelegate : Delegate
    {
        MethodInfo method = _probe.GetMethod(name, BindingFlags.Public | BindingFlags.Static) ?? throw new ArgumentException($"Probe has no method {name}.", nameof(name));
        return method.CreateDelegate<TDelegate>();
    }

    public void Dispose() => _context.Unload();

    private static byte[] Compile(Compilation compilation)
    {
        using MemoryStream image = new();
        Microsoft.CodeAnalysis.Emit.EmitResult result = compilation.Emit(image);
        Assert.True(result.Success, string.Join("\n", result.Diagnostics.Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error)));
        return image.ToArray();
    }
}
