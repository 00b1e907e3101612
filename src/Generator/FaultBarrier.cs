using Microsoft.CodeAnalysis;
using OptGen.Generator.Diagnostics;
using OptGen.Generator.Emit;
using OptGen.Generator.Specs;

namespace OptGen.Generator;

/// <summary>What became of one class: its files, or what went wrong.</summary>
internal sealed record CompiledFiles(EquatableArray<SourceFile> Files, EquatableArray<DiagnosticSpec> Faults);

/// <summary>Turns an exception of any stage into a diagnostic, so that a fault of the generator never takes the user's build down without a word.</summary>
internal static class FaultBarrier
{
    /// <summary>Reads the marked class.</summary>
    public static ReadResult<T> Read<TSymbol, T>(GeneratorAttributeSyntaxContext context, Func<TSymbol, ReadResult<T>> read, CancellationToken cancellation)
        where TSymbol : class
        where T : class, IEquatable<T>
    {
        cancellation.ThrowIfCancellationRequested();
        return Read(context.TargetSymbol.Name, context.TargetSymbol.Locations.FirstOrDefault(), () => read((TSymbol)context.TargetSymbol))!;
    }

    /// <summary>Reads what a node declares, or null where it declares nothing of interest.</summary>
    public static ReadResult<T>? Read<T>(string name, Location? location, Func<ReadResult<T>?> read)
        where T : class, IEquatable<T>
    {
        try
        {
            return read();
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            return new ReadResult<T>(null, [DiagnosticSpec.Create(DiagnosticDescriptors.GeneratorFault, SourceSpan.From(location), name, Describe(fault))]);
        }
    }

    /// <summary>Compiles what was read; either all files of the class or none.</summary>
    public static CompiledFiles Compile(ClassSpec owner, Func<IEnumerable<SourceFile>> write, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        try
        {
            return new CompiledFiles(write().ToEquatableArray(), []);
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            return new CompiledFiles([], [DiagnosticSpec.Create(DiagnosticDescriptors.GeneratorFault, SourceSpan.None, owner.Name, Describe(fault))]);
        }
    }

    /// <summary>The error and the innermost of our methods that it passed through, in one line.</summary>
    private static string Describe(Exception fault)
    {
        string message = string.Join(" ", fault.Message.Split(['\r', '\n'], StringSplitOptions.RemoveEmptyEntries));
        string? place = fault.StackTrace?.Split('\n').Select(line => line.Trim()).FirstOrDefault(line => line.StartsWith("at OptGen.", StringComparison.Ordinal));
        int arguments = place?.IndexOf('(') ?? -1;
        return $"{fault.GetType().Name}, {message.TrimEnd('.')}{(arguments > 0 ? $" ({place!.Substring(0, arguments)})" : "")}";
    }
}
