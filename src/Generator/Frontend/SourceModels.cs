using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;

namespace OptGen.Generator.Frontend;

/// <summary>
/// What the files of a compilation mean. Whoever reads them shares one model of each file, so that a body is bound once, and without analysis of nullability,
/// which takes as long as binding and says nothing that is read.
/// </summary>
internal static class SourceModels
{
    private static readonly ConditionalWeakTable<Compilation, ConcurrentDictionary<SyntaxTree, SemanticModel>> s_models = new();

    public static SemanticModel ModelOf(this Compilation compilation, SyntaxTree tree) =>
        s_models.GetValue(compilation, _ => new ConcurrentDictionary<SyntaxTree, SemanticModel>()).GetOrAdd(tree, _ => Create(compilation, tree));

    private static SemanticModel Create(Compilation compilation, SyntaxTree tree)
    {
#pragma warning disable RSEXPERIMENTAL001 // The option is all that is experimental.
        return compilation.GetSemanticModel(tree, SemanticModelOptions.DisableNullableAnalysis);
#pragma warning restore RSEXPERIMENTAL001
    }
}
