using System.Xml.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using OptGen.Generator.Tests.Harness;

namespace OptGen.Generator.Tests.Docs;

/// <param name="Name">As the user writes it.</param>
/// <param name="Default">C# text; null when it must be given.</param>
/// <param name="Meaning">What the doc comment says, as Markdown on one line.</param>
internal sealed record DefinitionArgument(string Name, string Type, string? Default, string Meaning)
{
    /// <summary>The values that it may have, such as <c>≥ 0, &lt; 1</c>; empty where nothing says so.</summary>
    public string Range { get; init; } = "";
}

/// <summary>One definition of the library with what its doc comment says: a class, or the methods of one name.</summary>
/// <param name="Kind">Its folder in the library, such as <c>Rules</c>.</param>
/// <param name="Path">Its file, from the root of the repository.</param>
/// <param name="Base">Name of the class that it derives from; empty for methods.</param>
/// <param name="Signatures">How it is called, for methods.</param>
internal sealed record LibraryDefinition(
    string Kind, string Name, string Path, string Base, string[] Signatures, DefinitionArgument[] Arguments, DocText Doc, IMethodSymbol? Method)
{
    private const string Usings = "global using System; global using System.Collections.Generic; global using System.Linq; global using System.IO;";

    private static readonly Lazy<LibraryDefinition[]> s_all = new(() => [.. Read()]);

    /// <summary>Every definition: one for each file of the library.</summary>
    public static LibraryDefinition[] All => s_all.Value;

    /// <summary>Where its page lies, from the root of the repository.</summary>
    public string Page => $"docs/reference/{Kind.ToLowerInvariant()}/{Name}.md";

    /// <summary>The attribute that the example of its doc comment shows, without brackets; null without one.</summary>
    public string? ExampleAttribute => Doc.ExampleCode is { } code && code.StartsWith('[') && code.EndsWith(']') ? code[1..^1] : null;

    /// <summary>The model of the name <c>Net</c> that the example shows where an attribute alone says too little: of a layer with several inputs, say.</summary>
    public string? ExampleModel => Doc.ExampleCode is { } code && code.Contains("class Net", StringComparison.Ordinal) ? code : null;

    private static IEnumerable<LibraryDefinition> Read()
    {
        string runtime = System.IO.Path.Combine(Repository.Root, "src", "Runtime"), library = System.IO.Path.Combine(runtime, "Library");
        CSharpParseOptions options = new(LanguageVersion.Preview, DocumentationMode.Parse);
        CSharpCompilation compilation = CSharpCompilation.Create(
            "OptGen.Runtime",
            [
                CSharpSyntaxTree.ParseText(Usings, options),
                .. Repository.SourcesUnder(runtime).Select(path => CSharpSyntaxTree.ParseText(File.ReadAllText(path), options, path)),
            ],
            ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(System.IO.Path.PathSeparator)
                .Where(path => System.IO.Path.GetFileName(path).StartsWith("System.", StringComparison.Ordinal))
                .Select(path => MetadataReference.CreateFromFile(path)),
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, allowUnsafe: true));
        string inside = library + System.IO.Path.DirectorySeparatorChar;
        foreach (SyntaxTree tree in compilation.SyntaxTrees.Where(tree => tree.FilePath.StartsWith(inside, StringComparison.Ordinal)))
            yield return Read(compilation.GetSemanticModel(tree), System.IO.Path.GetRelativePath(library, tree.FilePath));
    }

    private static LibraryDefinition Read(SemanticModel model, string file)
    {
        string kind = System.IO.Path.GetDirectoryName(file)!.Split(System.IO.Path.DirectorySeparatorChar)[0], name = System.IO.Path.GetFileNameWithoutExtension(file);
        string path = "src/Runtime/Library/" + file.Replace(System.IO.Path.DirectorySeparatorChar, '/');
        SyntaxNode root = model.SyntaxTree.GetRoot();
        ISymbol[] symbols = [.. root.DescendantNodes().OfType<MemberDeclarationSyntax>().Select(node => model.GetDeclaredSymbol(node)).OfType<ISymbol>()];
        if (symbols.OfType<INamedTypeSymbol>().FirstOrDefault(type => type.Name == name) is { } type)
            return new LibraryDefinition(kind, name, path, type.BaseType?.Name ?? "", [], [.. Taken(type)], DocText.Of(type), null);

        IMethodSymbol[] methods = [.. symbols.OfType<IMethodSymbol>().Where(method => method.Name == name && method.DeclaredAccessibility == Accessibility.Public)];
        if (methods.Length == 0)
            throw new InvalidDataException($"{path} defines nothing that is called {name}.");

        // What runs on one number stands beside what is meant for tensors; it is shown only when there is nothing else.
        IMethodSymbol[] shown = [.. methods.Where(method => method.ReturnType.Name == "Tensor")];
        shown = shown.Length == 0 ? methods : shown;
        DocText doc = shown.Concat(methods).Select(method => DocText.Of(method)).FirstOrDefault(doc => doc.Summary.Length > 0) ?? DocText.Empty;
        bool Everywhere(string parameter) => shown.All(method => method.Parameters.Any(other => other.Name == parameter));
        DefinitionArgument[] arguments = [.. shown
            .SelectMany(method => method.Parameters.Select(parameter => Argument(parameter, doc, DocText.Of(method), Everywhere(parameter.Name))))
            .GroupBy(argument => argument.Name)
            .Select(same => same.OrderByDescending(argument => argument.Meaning.Length).First())];
        return new LibraryDefinition(kind, name, path, "", [.. shown.Select(Signature)], arguments, doc, shown[0]);
    }

    private static DefinitionArgument Argument(IParameterSymbol parameter, DocText doc, DocText own, bool always)
    {
        string meaning = own.Parameter(parameter.Name) is { Length: > 0 } text ? text : doc.Parameter(parameter.Name);
        return new DefinitionArgument(parameter.Name, Text(parameter.Type), Default(parameter) ?? (always ? null : "see the summary"), meaning);
    }

    private static string Signature(IMethodSymbol method)
    {
        IEnumerable<string> parameters = method.Parameters.Select(parameter =>
            $"{(parameter.RefKind == RefKind.In ? "in " : "")}{Text(parameter.Type)} {parameter.Name}{(Default(parameter) is { } value ? $" = {value}" : "")}");
        return $"{Text(method.ReturnType)} {method.Name}({string.Join(", ", parameters)})";
    }

    /// <summary>What the attribute takes: arguments of the constructor, then what can be set, of the class itself and its bases below <c>Attribute</c>.</summary>
    private static IEnumerable<DefinitionArgument> Taken(INamedTypeSymbol type)
    {
        DocText doc = DocText.Of(type);
        IParameterSymbol[] parameters = [.. type.InstanceConstructors
            .Where(candidate => candidate.DeclaredAccessibility == Accessibility.Public)
            .OrderByDescending(candidate => candidate.Parameters.Length)
            .First().Parameters];
        static bool Same(string first, string second) => string.Equals(first, second, StringComparison.OrdinalIgnoreCase);
        IPropertySymbol[] properties = [.. Bases(type).SelectMany(level => level.GetMembers().OfType<IPropertySymbol>())
            .Where(property => property is { IsStatic: false, DeclaredAccessibility: Accessibility.Public, SetMethod.DeclaredAccessibility: Accessibility.Public })];
        foreach (IParameterSymbol parameter in parameters)
        {
            string meaning = doc.Parameter(parameter.Name);
            IPropertySymbol? same = properties.FirstOrDefault(property => Same(property.Name, parameter.Name));
            meaning = meaning.Length > 0 || same is null ? meaning : DocText.Of(same).SummaryLine;
            yield return new DefinitionArgument(parameter.Name, Text(parameter.Type), Default(parameter), meaning) { Range = same is null ? "" : ArgumentRange.Of(same) };
        }

        foreach (IPropertySymbol property in properties.Where(property => !Array.Exists(parameters, parameter => Same(property.Name, parameter.Name))))
            yield return new DefinitionArgument(property.Name, Text(property.Type), Default(property), DocText.Of(property).SummaryLine) { Range = ArgumentRange.Of(property) };
    }

    private static IEnumerable<INamedTypeSymbol> Bases(INamedTypeSymbol type)
    {
        for (INamedTypeSymbol? level = type; level is not null && level.Name is not ("Attribute" or "Object"); level = level.BaseType)
            yield return level;
    }

    private static string? Default(IParameterSymbol parameter) => !parameter.HasExplicitDefaultValue
        ? null
        : (parameter.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax() as ParameterSyntax)?.Default?.Value is { } value ? Literal(value) : null;

    private static string? Default(IPropertySymbol property)
    {
        if (property.IsRequired)
            return null;
        bool optional = property.GetAttributes().Any(attribute =>
            attribute.AttributeClass?.Name == "HyperAttribute" && attribute.NamedArguments.Any(argument => argument is { Key: "Optional", Value.Value: true }));
        if (optional)
            return "off";
        ExpressionSyntax? value = (property.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax() as PropertyDeclarationSyntax)?.Initializer?.Value;
        return value is not null ? Literal(value)
            : property.Type.SpecialType == SpecialType.System_Boolean ? "false"
            : property.Type.TypeKind == TypeKind.Enum ? property.Type.GetMembers().OfType<IFieldSymbol>().First().Name
            : property.Type is { IsValueType: true, OriginalDefinition.SpecialType: not SpecialType.System_Nullable_T } ? "0"
            : "none";
    }

    /// <summary>A default as a reader expects it: numbers without the suffix of their type.</summary>
    private static string Literal(ExpressionSyntax value) => value switch
    {
        PrefixUnaryExpressionSyntax negative => negative.OperatorToken.Text + Literal(negative.Operand),
        LiteralExpressionSyntax { RawKind: (int)SyntaxKind.NumericLiteralExpression } number => Number(number.Token.Text),
        CollectionExpressionSyntax { Elements.Count: 0 } => "none",
        MemberAccessExpressionSyntax member => member.Name.ToString(),
        _ => value.ToString(),
    };

    private static string Number(string literal)
    {
        string digits = literal.Replace("_", "", StringComparison.Ordinal).TrimEnd('f', 'F', 'd', 'D');
        double value = double.Parse(digits, System.Globalization.CultureInfo.InvariantCulture);
        return value is >= 1e-4 and < 1e6 or 0 ? value.ToString("0.############", System.Globalization.CultureInfo.InvariantCulture) : digits;
    }

    private static string Text(ITypeSymbol type) => type.ToDisplayString(SymbolDisplayFormat.MinimallyQualifiedFormat);
}
