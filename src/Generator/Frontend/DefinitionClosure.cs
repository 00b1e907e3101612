using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using OptGen.Generator.Specs;

namespace OptGen.Generator.Frontend;

/// <summary>
/// Collects a definition and everything of its assembly that it uses. Static classes are taken member by member, so that only what is used travels; all other types
/// are taken whole.
/// </summary>
internal sealed class DefinitionClosure(Compilation compilation, string globalUsings, CancellationToken cancellation)
{
    private readonly HashSet<SyntaxNode> _parts = [];
    private readonly Queue<SyntaxNode> _open = new();

    public IEnumerable<DefinitionPart> Of(ISymbol definition)
    {
        Add(definition);
        while (_open.Count > 0)
        {
            cancellation.ThrowIfCancellationRequested();
            SyntaxNode part = _open.Dequeue();
            SemanticModel model = compilation.ModelOf(part.SyntaxTree);
            foreach (SyntaxNode node in part.DescendantNodes())
            {
                if (node is SimpleNameSyntax or BinaryExpressionSyntax or PrefixUnaryExpressionSyntax or PostfixUnaryExpressionSyntax or AssignmentExpressionSyntax)
                    Add(model.GetSymbolInfo(node, cancellation).Symbol);
            }
        }

        return _parts.Select(Part).OrderBy(part => part.File, StringComparer.Ordinal).ThenBy(part => part.Position);
    }

    /// <summary>A directive on one line, without the word that makes it hold in all files.</summary>
    public static string Text(UsingDirectiveSyntax directive) => directive.WithGlobalKeyword(default).WithoutTrivia().NormalizeWhitespace().ToString();

    private void Add(ISymbol? symbol)
    {
        if (symbol is null or INamespaceSymbol or ILocalSymbol or IRangeVariableSymbol or ILabelSymbol)
            return;
        symbol = (symbol as IAliasSymbol)?.Target ?? symbol;
        symbol = ((symbol as IMethodSymbol)?.ReducedFrom ?? symbol).OriginalDefinition;
        if (!SymbolEqualityComparer.Default.Equals(symbol.ContainingAssembly, compilation.Assembly))
            return;
        IEnumerable<SyntaxReference> declarations = symbol.DeclaringSyntaxReferences;
        if (symbol is IMethodSymbol { PartialImplementationPart: { } implementation })
            declarations = declarations.Concat(implementation.DeclaringSyntaxReferences);
        foreach (SyntaxReference reference in declarations)
        {
            if (PartOf(reference.GetSyntax(cancellation)) is SyntaxNode part && _parts.Add(part))
                _open.Enqueue(part);
        }
    }

    /// <summary>What is taken with a declaration: the outermost type around it that is no static class, or else itself.</summary>
    private MemberDeclarationSyntax? PartOf(SyntaxNode declaration)
    {
        MemberDeclarationSyntax? part = null;
        for (SyntaxNode? node = declaration; node is not null and not (CompilationUnitSyntax or BaseNamespaceDeclarationSyntax); node = node.Parent)
        {
            if (node is MemberDeclarationSyntax member && !IsStaticClass(member))
                part = member;
        }

        return part;
    }

    private bool IsStaticClass(SyntaxNode node) =>
        node is ClassDeclarationSyntax type
        && (type.Modifiers.Any(SyntaxKind.StaticKeyword)
            || (type.Modifiers.Any(SyntaxKind.PartialKeyword) && compilation.ModelOf(type.SyntaxTree).GetDeclaredSymbol(type, cancellation)?.IsStatic == true));

    private DefinitionPart Part(SyntaxNode part)
    {
        List<DefinitionContainer> containing = [];
        for (SyntaxNode? node = part.Parent; node is not null; node = node.Parent)
        {
            if (node is ClassDeclarationSyntax type)
                containing.Insert(0, new DefinitionContainer(Header(type), ""));
            else if (node is BaseNamespaceDeclarationSyntax space)
                containing.Insert(0, new DefinitionContainer("namespace " + space.Name.WithoutTrivia(), Join(space.Usings.Select(Text))));
        }

        CompilationUnitSyntax file = (CompilationUnitSyntax)part.SyntaxTree.GetRoot(cancellation);
        string usings = Join(globalUsings.Split('\n').Concat(file.Usings.Where(directive => directive.GlobalKeyword == default).Select(Text)));
        return new DefinitionPart(part.SyntaxTree.FilePath, part.SpanStart, usings, containing.ToEquatableArray(), Text(part));
    }

    private static string Join(IEnumerable<string> directives) => string.Join("\n", directives.Where(directive => directive.Length > 0).Distinct());

    /// <summary>How a part of a static class begins.</summary>
    private static string Header(ClassDeclarationSyntax type)
    {
        IEnumerable<string> modifiers = type.Modifiers.Select(modifier => modifier.Text).Where(modifier => modifier != "partial");
        return $"{string.Join(" ", modifiers)} partial class {type.Identifier.Text}{type.TypeParameterList?.WithoutTrivia()} {type.ConstraintClauses.ToString().Trim()}".Trim();
    }

    /// <summary>The source as the compiler sees it: without what preprocessor directives leave out, which may depend on symbols of the project.</summary>
    private static string Text(SyntaxNode part)
    {
        SyntaxTrivia[] directives = [.. part.DescendantTrivia().Where(trivia => trivia.IsDirective || trivia.IsKind(SyntaxKind.DisabledTextTrivia))];
        string text = (directives.Length == 0 ? part : part.ReplaceTrivia(directives, (_, _) => default)).ToFullString();
        return text.Replace("\r\n", "\n").TrimEnd().TrimStart('\n');
    }
}
