using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Text;

namespace OptGen.Generator.Frontend;

/// <summary>
/// The library and the declarations it stands on, compiled from the source that travels with the generator, so that the bodies of its definitions can be read
/// like the user's. Their symbols pair with those of the runtime's metadata by documentation id. Each file is parsed once per process, and only what is used is
/// bound.
/// </summary>
internal sealed class LibraryCompilation
{
    public const string RuntimeAssembly = "OptGen.Runtime";

    private static readonly Lazy<ImmutableArray<SyntaxTree>> s_trees = new(Parse);
    private static readonly ConditionalWeakTable<object, LibraryCompilation> s_byCoreReference = new();

    private readonly SourceSymbols _symbols;
    private readonly ConcurrentDictionary<SyntaxTree, SemanticModel> _models = new();

    private LibraryCompilation(CSharpCompilation compilation)
    {
        Compilation = compilation;
        _symbols = new SourceSymbols(compilation);
    }

    public CSharpCompilation Compilation { get; }

    /// <summary>The library over the framework that a compilation refers to.</summary>
    public static LibraryCompilation For(Compilation user)
    {
        object key = user.GetMetadataReference(user.ObjectType.ContainingAssembly) ?? (object)user;
        return s_byCoreReference.GetValue(key, _ => new LibraryCompilation(Create(user)));
    }

    /// <summary>The declaration in source of a symbol of the runtime's assembly, or null when it is not among the library and declarations.</summary>
    public ISymbol? Find(ISymbol symbol) => _symbols.Find(symbol);

    /// <summary>What a file of the library means; bodies that were bound once stay bound.</summary>
    public SemanticModel ModelOf(SyntaxTree tree) => _models.GetOrAdd(tree, _ => Compilation.GetSemanticModel(tree));

    public static bool IsFramework(IAssemblySymbol assembly) =>
        assembly.Name.StartsWith("System", StringComparison.Ordinal) || assembly.Name is "mscorlib" or "netstandard";

    private static CSharpCompilation Create(Compilation user)
    {
        IEnumerable<MetadataReference> framework = user.References.Where(reference =>
            user.GetAssemblyOrModuleSymbol(reference) is IAssemblySymbol assembly && IsFramework(assembly));
        return CSharpCompilation.Create(
            RuntimeAssembly,
            s_trees.Value,
            framework,
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable));
    }

    private static ImmutableArray<SyntaxTree> Parse()
    {
        CSharpParseOptions options = new(LanguageVersion.Preview);
        Assembly assembly = typeof(LibraryCompilation).Assembly;
        List<SyntaxTree> trees =
        [
            CSharpSyntaxTree.ParseText("global using System; global using System.Collections.Generic; global using System.Linq;", options),
        ];
        IEnumerable<string> sources = assembly.GetManifestResourceNames().Where(name => name.EndsWith(".cs", StringComparison.Ordinal));
        foreach (string name in sources.OrderBy(name => name, StringComparer.Ordinal))
        {
            using Stream stream = assembly.GetManifestResourceStream(name);
            trees.Add(CSharpSyntaxTree.ParseText(SourceText.From(stream, Encoding.UTF8), options, name));
        }

        return trees.ToImmutableArray();
    }
}
