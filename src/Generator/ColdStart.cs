using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;
using OptGen.Generator.Diagnostics;
using OptGen.Generator.Emit;
using OptGen.Generator.Frontend;
using OptGen.Generator.Specs;

namespace OptGen.Generator;

/// <summary>
/// A compiler process that has compiled no class yet spends most of its time on loading code, its own and ours. Until the first class is wanted, another
/// thread goes ahead of the driver: it binds the library, and compiles whatever has been read while Roslyn still looks for other classes. What comes out
/// is the same. Later, when an edit makes the driver read classes again that did not change, nothing goes ahead.
/// </summary>
internal static class ColdStart
{
    private static readonly ConditionalWeakTable<object, Lazy<CompiledFiles>> s_ahead = new();
    private static volatile bool s_isOver;
    private static int s_isBegun;

    /// <summary>Begins to bind what a project needs of the library.</summary>
    public static void Begin(Compilation user)
    {
        if (Interlocked.Exchange(ref s_isBegun, 1) == 0)
            Task.Run(() => LibraryCompilation.Bind(user));
    }

    /// <summary>Begins to compile what was read, in a process that is still cold.</summary>
    public static ReadResult<T> Begin<T>(ReadResult<T> read, Func<T, ClassSpec> owner, Func<T, IEnumerable<SourceFile>> write)
        where T : class, IEquatable<T>
    {
        if (!s_isOver && read.Value is T spec)
        {
            Lazy<CompiledFiles> ahead = s_ahead.GetValue(spec, _ => new Lazy<CompiledFiles>(Compile));
            Task.Run(() => ahead.Value);

            CompiledFiles Compile() => FaultBarrier.Compile(owner(spec), () => write(spec), CancellationToken.None);
        }

        return read;
    }

    /// <summary>The files of a spec: those that were begun, or else made here.</summary>
    public static CompiledFiles Finish<T>(T spec, Func<T, ClassSpec> owner, Func<T, IEnumerable<SourceFile>> write, CancellationToken cancellation)
        where T : class, IEquatable<T>
    {
        s_isOver = true;
        return s_ahead.TryGetValue(spec, out Lazy<CompiledFiles> ahead) ? ahead.Value : FaultBarrier.Compile(owner(spec), () => write(spec), cancellation);
    }
}
