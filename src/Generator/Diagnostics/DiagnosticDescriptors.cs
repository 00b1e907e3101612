using System.Collections.Immutable;
using System.Reflection;
using Microsoft.CodeAnalysis;

namespace OptGen.Generator.Diagnostics;

/// <summary>
/// The table of everything the generator reports. An entry is one field in the part for its subject (001–029 models, 030–059 optimizers, 070–089 layers); its release row, its
/// page and its test are found by its id.
/// </summary>
internal static partial class DiagnosticDescriptors
{
    private const string Category = "OptGen";

    /// <summary>Where the pages are, one for each id, relative to the project.</summary>
    private const string Pages = "docs/diagnostics/";

    public static ImmutableArray<DiagnosticDescriptor> All => Index.All;

    public static DiagnosticDescriptor Find(string id) => Index.ById[id];

    // A class of its own, so that it is built after the fields of every part.
    private static class Index
    {
        public static readonly ImmutableArray<DiagnosticDescriptor> All = typeof(DiagnosticDescriptors)
            .GetFields(BindingFlags.Public | BindingFlags.Static)
            .Select(field => (DiagnosticDescriptor)field.GetValue(null))
            .OrderBy(descriptor => descriptor.Id, StringComparer.Ordinal)
            .ToImmutableArray();

        public static readonly ImmutableDictionary<string, DiagnosticDescriptor> ById = All.ToImmutableDictionary(descriptor => descriptor.Id);
    }
}
