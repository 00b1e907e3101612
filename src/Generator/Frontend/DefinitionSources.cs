using Microsoft.CodeAnalysis;

namespace OptGen.Generator.Frontend;

/// <summary>
/// All source that one reading may need: the user's own, the library's, and what referenced assemblies carry. Each is a compilation of its own, whose symbols refer to
/// the others as metadata.
/// </summary>
internal sealed class DefinitionSources(Compilation user)
{
    private readonly LibraryCompilation _library = LibraryCompilation.For(user);
    private readonly Dictionary<IAssemblySymbol, CarriedDefinitions?> _carried = new(SymbolEqualityComparer.Default);
    private readonly Dictionary<SyntaxTree, SemanticModel> _models = [];

    public LibraryCompilation Library => _library;

    /// <summary>The declaration in source that evaluation reads; null for what is declared elsewhere.</summary>
    public ISymbol? Find(ISymbol symbol)
    {
        SymbolEqualityComparer same = SymbolEqualityComparer.Default;
        if (symbol.ContainingAssembly is not IAssemblySymbol assembly)
            return null;
        if (same.Equals(assembly, user.Assembly) || same.Equals(assembly, _library.Compilation.Assembly))
            return symbol;
        if (assembly.Name == LibraryCompilation.RuntimeAssembly)
            return _library.Find(symbol);
        if (LibraryCompilation.IsFramework(assembly) || CarriedBy(assembly) is not CarriedDefinitions carried)
            return null;
        return same.Equals(assembly, carried.Compilation.Assembly) ? symbol : carried.Find(symbol);
    }

    /// <summary>Whether an assembly carries definitions at all.</summary>
    public bool AreCarriedBy(IAssemblySymbol? assembly) => assembly is not null && CarriedBy(assembly) is not null;

    /// <summary>Whether a symbol is declared in the source that its assembly carries.</summary>
    public bool IsCarried(ISymbol symbol) =>
        symbol.ContainingAssembly is IAssemblySymbol assembly && _carried.TryGetValue(assembly, out CarriedDefinitions? carried) && SymbolEqualityComparer.Default.Equals(assembly, carried?.Compilation.Assembly);

    /// <summary>The file and its assembly, of a tree that an assembly carries; empty for all others.</summary>
    public string OriginOf(SyntaxTree? tree)
    {
        Compilation? carrier = tree is null ? null : CarrierOf(tree);
        return carrier is null ? "" : $"{tree!.FilePath} of assembly '{carrier.AssemblyName}'";
    }

    public bool IsUsers(SyntaxTree tree) => user.ContainsSyntaxTree(tree);

    public SemanticModel ModelOf(SyntaxTree tree)
    {
        if (!_models.TryGetValue(tree, out SemanticModel model))
        {
            Compilation compilation = IsUsers(tree) ? user : CarrierOf(tree) ?? _library.Compilation;
            _models.Add(tree, model = compilation.ModelOf(tree));
        }

        return model;
    }

    private Compilation? CarrierOf(SyntaxTree tree) => _carried.Values.FirstOrDefault(carried => carried?.Compilation.ContainsSyntaxTree(tree) == true)?.Compilation;

    private CarriedDefinitions? CarriedBy(IAssemblySymbol assembly)
    {
        if (!_carried.TryGetValue(assembly, out CarriedDefinitions? carried))
        {
            carried = CarriedDefinitions.Of(assembly, user);
            _carried.Add(assembly, carried);
            if (carried is not null)
                _carried[carried.Compilation.Assembly] = carried;
        }

        return carried;
    }
}
