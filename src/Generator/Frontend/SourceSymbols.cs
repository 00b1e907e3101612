using Microsoft.CodeAnalysis;

namespace OptGen.Generator.Frontend;

/// <summary>Finds the declarations in source that symbols of an assembly's metadata stand for. The two pair by their documentation ids.</summary>
internal sealed class SourceSymbols(Compilation compilation)
{
    private readonly Dictionary<string, ISymbol?> _symbols = [];

    /// <summary>The declaration, or null when it is not among the sources.</summary>
    public ISymbol? Find(ISymbol symbol)
    {
        if (symbol.OriginalDefinition.GetDocumentationCommentId() is not string id)
            return null;
        lock (_symbols)
        {
            if (!_symbols.TryGetValue(id, out ISymbol? found))
            {
                // What another assembly declares under the same id is no source.
                found = DocumentationCommentId.GetSymbolsForDeclarationId(id, compilation)
                    .FirstOrDefault(candidate => SymbolEqualityComparer.Default.Equals(candidate.ContainingAssembly, compilation.Assembly));
                _symbols.Add(id, found);
            }

            return found;
        }
    }
}
