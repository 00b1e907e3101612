using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;
using OptGen.Generator.Specs;

namespace OptGen.Generator.Diagnostics;

/// <summary>A place in a source file as a value, which keeps no syntax tree alive. Lines and columns count from 0.</summary>
internal readonly record struct SourceSpan(string FilePath, int Start, int Length, int StartLine, int StartColumn, int EndLine, int EndColumn)
{
    public static SourceSpan None => new("", 0, 0, 0, 0, 0, 0);

    public static SourceSpan From(Location? location)
    {
        if (location is null || !location.IsInSource)
            return None;
        FileLinePositionSpan lines = location.GetLineSpan();
        return new SourceSpan(
            lines.Path,
            location.SourceSpan.Start,
            location.SourceSpan.Length,
            lines.StartLinePosition.Line,
            lines.StartLinePosition.Character,
            lines.EndLinePosition.Line,
            lines.EndLinePosition.Character);
    }

    public Location ToLocation() => this == None
        ? Location.None
        : Location.Create(
            FilePath,
            new TextSpan(Start, Length),
            new LinePositionSpan(new LinePosition(StartLine, StartColumn), new LinePosition(EndLine, EndColumn)));
}

/// <summary>A diagnostic as a value: what the readers return, and what becomes a Roslyn diagnostic when it is reported.</summary>
/// <param name="Id">Id of an entry of <see cref="DiagnosticDescriptors"/>.</param>
/// <param name="Arguments">What is put into the message's places.</param>
internal sealed record DiagnosticSpec(string Id, EquatableArray<string> Arguments, SourceSpan Span)
{
    /// <summary>The file that the fault lies in where that is none of the user's, who sees it where he uses what the file defines; else empty.</summary>
    public string Origin { get; init; } = "";

    public static DiagnosticSpec Create(DiagnosticDescriptor descriptor, Location? location, params object[] arguments) =>
        Create(descriptor, SourceSpan.From(location), arguments);

    public static DiagnosticSpec Create(DiagnosticDescriptor descriptor, SourceSpan span, params object[] arguments) =>
        new(descriptor.Id, arguments.Select(argument => Convert.ToString(argument, CultureInfo.InvariantCulture)).ToEquatableArray(), span);

    public DiagnosticDescriptor Descriptor => DiagnosticDescriptors.Find(Id);

    public bool IsError => Descriptor.DefaultSeverity == DiagnosticSeverity.Error;

    public Diagnostic ToDiagnostic()
    {
        Diagnostic plain = Diagnostic.Create(Descriptor, Span.ToLocation(), [.. Arguments]);
        return Origin.Length == 0 ? plain : Diagnostic.Create(
            Id,
            Descriptor.Category,
            $"{plain.GetMessage(CultureInfo.InvariantCulture)} (in {Origin})",
            plain.Severity,
            Descriptor.DefaultSeverity,
            Descriptor.IsEnabledByDefault,
            plain.WarningLevel,
            Descriptor.Title,
            Descriptor.Description,
            Descriptor.HelpLinkUri,
            plain.Location);
    }
}

/// <summary>What was found wrong with one class.</summary>
internal sealed record DiagnosticList(EquatableArray<DiagnosticSpec> Diagnostics);

/// <summary>Collects what a reader finds wrong, each thing once.</summary>
internal sealed class DiagnosticBag
{
    private readonly List<DiagnosticSpec> _found = [];

    public bool HasErrors => _found.Exists(diagnostic => diagnostic.IsError);

    /// <summary>Names the file of a location that the user can't see; empty for his own.</summary>
    public Func<Location, string> Origin { get; set; } = _ => "";

    /// <summary>Where the user uses the definition that is being read: what is wrong in a file that he can't see is reported there.</summary>
    public Location? Use { get; set; }

    public void Report(DiagnosticDescriptor descriptor, Location? location, params object[] arguments)
    {
        string origin = location is null ? "" : Origin(location);
        Add(DiagnosticSpec.Create(descriptor, origin.Length == 0 ? location : Use, arguments) with { Origin = origin });
    }

    public void Add(DiagnosticSpec diagnostic)
    {
        if (!_found.Contains(diagnostic))
            _found.Add(diagnostic);
    }

    /// <summary>Adds what another reading has found.</summary>
    public void AddNew(DiagnosticBag other)
    {
        foreach (DiagnosticSpec diagnostic in other._found)
            Add(diagnostic);
    }

    public EquatableArray<DiagnosticSpec> ToEquatableArray() => _found.ToEquatableArray();
}

/// <summary>What a reader gives: a value unless there are errors, and what it found wrong.</summary>
internal sealed record ReadResult<T>(T? Value, EquatableArray<DiagnosticSpec> Diagnostics)
    where T : class, IEquatable<T>
{
    /// <summary>Of a model with errors: the layer methods that still need bodies.</summary>
    public LayerMethods? Unread { get; init; }
}
