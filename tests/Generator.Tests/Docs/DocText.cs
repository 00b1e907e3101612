using System.Text.RegularExpressions;
using System.Xml.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace OptGen.Generator.Tests.Docs;

/// <summary>A doc comment as Markdown.</summary>
/// <param name="Summary">Paragraphs, without the equation.</param>
/// <param name="Equation">The first block of code in the summary, or the body of the method where it is one expression; empty without either.</param>
/// <param name="Remarks">Where it comes from.</param>
/// <param name="Example">A sentence.</param>
/// <param name="ExampleCode">The first piece of code of the example.</param>
internal sealed partial record DocText(
    string Summary, string Equation, string Remarks, string Example, string? ExampleCode, IReadOnlyDictionary<string, string> Parameters)
{
    public static DocText Empty { get; } = new("", "", "", "", null, new Dictionary<string, string>());

    /// <summary>The summary on one line.</summary>
    public string SummaryLine => Summary.Replace("\n\n", " ", StringComparison.Ordinal);

    public string Parameter(string name) => Parameters.GetValueOrDefault(name, "");

    public static DocText Of(ISymbol symbol)
    {
        string xml = symbol.GetDocumentationCommentXml() ?? "";
        if (xml.Length == 0)
            return Empty;
        XElement member = XElement.Parse(xml, LoadOptions.PreserveWhitespace);
        XElement? summary = member.Element("summary"), example = member.Element("example");
        XElement? equation = summary?.Elements("code").FirstOrDefault();
        string written = equation is null ? "" : Block(equation);
        equation?.Remove();
        return new DocText(
            Text(summary),
            written.Length > 0 ? written : Expression(symbol),
            Text(member.Element("remarks")),
            Text(example),
            example?.DescendantsAndSelf().Where(node => node.Name.LocalName is "c" or "code").Select(Block).FirstOrDefault(),
            member.Elements("param").ToDictionary(parameter => parameter.Attribute("name")!.Value, Text));
    }

    /// <summary>The first sentence of the summary.</summary>
    public string FirstSentence
    {
        get
        {
            Match end = SentenceEnd().Match(SummaryLine);
            return end.Success ? SummaryLine[..(end.Index + 1)] : SummaryLine;
        }
    }

    /// <summary>Of a method that is one expression over numbers, that expression.</summary>
    private static string Expression(ISymbol symbol)
    {
        if (symbol is not IMethodSymbol method)
            return "";
        IEnumerable<MethodDeclarationSyntax> overloads = method.ContainingType.GetMembers(method.Name).OfType<IMethodSymbol>()
            .OrderBy(overload => overload.ReturnType.Name == "Tensor" ? 1 : 0)
            .ThenByDescending(overload => overload.Parameters.Length)
            .Select(overload => overload.DeclaringSyntaxReferences[0].GetSyntax())
            .OfType<MethodDeclarationSyntax>();
        MethodDeclarationSyntax? found = overloads.FirstOrDefault(overload =>
            overload.ExpressionBody is { Expression: var body } && !body.ToString().StartsWith("Map(", StringComparison.Ordinal));
        if (found is null)
            return "";
        string names = string.Join(", ", found.ParameterList.Parameters.Select(parameter => parameter.Identifier.Text));
        return $"{found.Identifier.Text}({names}) = {Numbers().Replace(Space().Replace(found.ExpressionBody!.Expression.ToString(), " "), "")}";
    }

    /// <summary>Lines of code without the indentation of the comment.</summary>
    private static string Block(XElement code)
    {
        string[] all = code.Value.ReplaceLineEndings("\n").Split('\n');
        string[] lines = [.. all.SkipWhile(string.IsNullOrWhiteSpace).Reverse().SkipWhile(string.IsNullOrWhiteSpace).Reverse()];
        int indentation = lines.Where(line => line.Trim().Length > 0).Select(line => line.Length - line.TrimStart().Length).DefaultIfEmpty(0).Min();
        return lines.Length == 1 ? lines[0].Trim() : string.Join('\n', lines.Select(line => line.Length > indentation ? line[indentation..].TrimEnd() : ""));
    }

    private static string Text(XElement? element)
    {
        if (element is null)
            return "";
        string text = string.Concat(element.Nodes().Select(node => node switch
        {
            XText plain => Escape(plain.Value),
            XElement { Name.LocalName: "c" } code => $"`{code.Value}`",
            XElement { Name.LocalName: "code" } code => $"¶```csharp\u0001{Block(code).Replace("\n", "\u0001", StringComparison.Ordinal)}\u0001```¶",
            XElement { Name.LocalName: "para" } paragraph => $"¶{Text(paragraph)}¶",
            XElement { IsEmpty: true } reference => $"`{Reference(reference)}`",
            XElement other => Text(other),
            _ => "",
        }));
        IEnumerable<string> paragraphs = text.Split('¶').Select(paragraph => Space().Replace(paragraph, " ").Trim()).Where(paragraph => paragraph.Length > 0);
        return string.Join("\n\n", paragraphs).Replace('\u0001', '\n');
    }

    private static string Reference(XElement reference)
    {
        string target = (reference.Attribute("cref") ?? reference.Attribute("langword") ?? reference.Attribute("name"))?.Value ?? "";
        return target.Split('(')[0].Split('.', ':').Last();
    }

    private static string Escape(string text) => text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("*", "\\*", StringComparison.Ordinal)
        .Replace("<", "&lt;", StringComparison.Ordinal).Replace("|", "\\|", StringComparison.Ordinal);

    [GeneratedRegex(@"[ \t\r\n]+")]
    private static partial Regex Space();

    [GeneratedRegex(@"(?<=\d)f\b")]
    private static partial Regex Numbers();

    [GeneratedRegex(@"[.:](?=\s[A-Z]|$)")]
    private static partial Regex SentenceEnd();
}
