using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using OptGen.Generator.Diagnostics;

namespace OptGen.Generator.Frontend;

// Faults: what is wrong, underlined in the user's own code.
internal sealed partial class Evaluator
{
    private EvaluationFault Fault(DiagnosticDescriptor descriptor, SyntaxNode? node, params object[] arguments) =>
        new(DiagnosticSpec.Create(descriptor, Where(node), arguments) with { Origin = OriginOf(node) });

    /// <summary>The file of a node in what an assembly carries; empty for all others.</summary>
    private string OriginOf(SyntaxNode? node) => _sources.OriginOf(node?.SyntaxTree);

    /// <summary>The same of a location.</summary>
    public string OriginOf(Location location) => _sources.OriginOf(location.SourceTree);

    /// <summary>The node itself in the user's code; for one in the library, the user's expression that led there.</summary>
    private Location? Where(SyntaxNode? node) => FindUsersNode(node) is { } users ? users.GetLocation() : _blame;

    private SyntaxNode? FindUsersNode(SyntaxNode? node)
    {
        for (Frame? frame = _frame; frame is not null && !IsUsers(node); frame = frame.Caller)
            node = frame.Site;
        return IsUsers(node) ? node : null;
    }

    private SyntaxNode UsersNode(SyntaxNode node) => FindUsersNode(node) ?? node;

    /// <summary>The name in a call, for faults that lie in what is called.</summary>
    private static SyntaxNode? Callee(SyntaxNode? site) => site switch
    {
        InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax access } => access.Name,
        InvocationExpressionSyntax call => call.Expression,
        ObjectCreationExpressionSyntax creation => creation.Type,
        _ => site,
    };

    /// <summary>The name in the user's call that led to a call in a definition, or in that call itself.</summary>
    private SyntaxNode? UsersCallee(SyntaxNode? site)
    {
        for (Frame? frame = _frame; frame is not null && !IsUsers(site); frame = frame.Caller)
            site = frame.Site;
        return Callee(site);
    }

    private bool IsUsers(SyntaxNode? node) => node is not null && _sources.IsUsers(node.SyntaxTree);

    private static Location? LocationOf(SyntaxNode? node) => node?.GetLocation();

    /// <summary>An argument that a definition refuses: underlined where the user gave it, if that is known.</summary>
    private EvaluationFault Refuse(SyntaxNode node, string? parameter, string message) =>
        Fault(DiagnosticDescriptors.InvalidArgument, Given(parameter) ?? node, message);

    /// <summary>Where the user gave an argument of the definition that is being read.</summary>
    private SyntaxNode? Given(string? parameter)
    {
        for (Frame? frame = _frame; frame is not null && parameter is not null; frame = frame.Caller)
        {
            if (frame.Instance is ObjectValue instance && instance.Arguments.TryGetValue(parameter, out SyntaxNode given) && IsUsers(given))
                return given;
            if (frame is { Instance: null, Site: InvocationExpressionSyntax site } && IsUsers(site) && frame.Method?.Parameters.FirstOrDefault(each => each.Name == parameter) is IParameterSymbol named
                && ModelOf(site.SyntaxTree).GetOperation(site, Cancellation) is IInvocationOperation call
                && call.Arguments.FirstOrDefault(argument => argument.Parameter?.Ordinal == named.Ordinal) is { ArgumentKind: ArgumentKind.Explicit } argument)
                return argument.Value.Syntax;
        }

        return null;
    }

    /// <summary>The shapes of the tensors that the method under evaluation was given, for a refusal that is not about an argument.</summary>
    private string GivenTensors()
    {
        IEnumerable<Value?> values = _frame?.Method?.Parameters.Select(parameter => _frame.Find(parameter)?.Value) ?? [];
        string[] inputs = [.. values.OfType<TensorValue>().Select(tensor => Model!.Describe(tensor.Node)).Distinct()];
        return inputs.Length switch
        {
            0 => "",
            1 => "; the input is " + inputs[0],
            _ => "; the inputs are " + string.Join(" and ", inputs),
        };
    }

    private EvaluationFault UnsupportedStatement(IOperation statement)
    {
        Location? location = IsUsers(statement.Syntax) ? statement.Syntax.GetFirstToken().GetLocation() : Where(statement.Syntax);
        return new EvaluationFault(DiagnosticSpec.Create(DiagnosticDescriptors.UnsupportedStatement, location, statement.Syntax.GetFirstToken().Text) with { Origin = OriginOf(statement.Syntax) });
    }

    private EvaluationFault Refuse(IOperation operation, string message) => Fault(DiagnosticDescriptors.InvalidArgument, operation.Syntax, message);

    private EvaluationFault Unknown(IOperation operation) => Fault(DiagnosticDescriptors.NotKnown, operation.Syntax, Excerpt(operation.Syntax));

    private EvaluationFault Unsupported(IOperation operation) =>
        Fault(DiagnosticDescriptors.UnsupportedExpression, operation.Syntax, Excerpt(operation.Syntax));

    private EvaluationFault Mismatch(IOperation operation, string first, string second, string rule) =>
        Fault(DiagnosticDescriptors.ShapeMismatch, operation.Syntax, Excerpt(UsersNode(operation.Syntax)), first, second, rule);

    /// <summary>The text of a node on one line, shortened.</summary>
    private static string Excerpt(SyntaxNode node)
    {
        string text = string.Join(" ", node.ToString().Split([' ', '\t', '\r', '\n'], StringSplitOptions.RemoveEmptyEntries));
        return text.Length <= 60 ? text : text.Substring(0, 57) + "…";
    }
}
