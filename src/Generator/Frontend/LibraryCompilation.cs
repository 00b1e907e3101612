using System.Collections.Immutable;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
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
    private static readonly ConditionalWeakTable<object, Lazy<LibraryCompilation>> s_byCoreReference = new();

    private readonly SourceSymbols _symbols;

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
        return s_byCoreReference.GetValue(key, _ => new Lazy<LibraryCompilation>(() => new LibraryCompilation(Create(user)))).Value;
    }

    /// <summary>The declaration in source of a symbol of the runtime's assembly, or null when it is not among the library and declarations.</summary>
    public ISymbol? Find(ISymbol symbol) => _symbols.Find(symbol);

    public static bool IsFramework(IAssemblySymbol assembly) =>
        assembly.Name.StartsWith("System", StringComparison.Ordinal) || assembly.Name is "mscorlib" or "netstandard";

    /// <summary>
    /// Binds the definitions that a project's files name, and those that these name in turn, as far as the files have OptGen among their usings. Nothing depends on
    /// it but how soon they can be read. False where no file names any.
    /// </summary>
    public static bool Bind(Compilation user)
    {
        SyntaxTree[] files = [.. user.SyntaxTrees.Where(IsOfOptGen)];
        if (files.Length == 0)
            return false;
        LibraryCompilation library = For(user);
        ILookup<string, SyntaxTree> definitions = s_trees.Value
            .Where(tree => tree.FilePath.StartsWith("Library/", StringComparison.Ordinal))
            .ToLookup(tree => Path.GetFileNameWithoutExtension(tree.FilePath));
        HashSet<SyntaxTree> bound = [];
        Queue<SyntaxTree> open = new(files);
        while (open.Count > 0)
        {
            foreach (SyntaxToken token in open.Dequeue().GetRoot().DescendantTokens().Where(token => token.IsKind(SyntaxKind.IdentifierToken)))
            {
                foreach (SyntaxTree definition in definitions[token.ValueText].Where(bound.Add))
                {
                    SemanticModel model = library.Compilation.ModelOf(definition);
                    foreach (SyntaxNode method in definition.GetRoot().DescendantNodes().Where(node => node is BaseMethodDeclarationSyntax))
                        model.GetOperation(method);
                    open.Enqueue(definition);
                }
            }
        }

        return bound.Count > 0;
    }

    /// <summary>Whether a file has OptGen among its usings.</summary>
    private static bool IsOfOptGen(SyntaxTree tree) => ((CompilationUnitSyntax)tree.GetRoot()).Usings.Any(directive => directive.Name?.ToString() == "OptGen");

    private static CSharpCompilation Create(Compilation user)
    {
        IEnumerable<MetadataReference> framework = user.References.Where(reference =>
            user.GetAssemblyOrModuleSymbol(reference) is IAssemblySymbol assembly && IsFramework(assembly));
        return CSharpCompilation.Create(
            RuntimeAssembly,
            s_trees.Value,
            framework,
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Disable));
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
