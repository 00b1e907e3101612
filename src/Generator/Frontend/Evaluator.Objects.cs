using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using OptGen.Generator.Diagnostics;

namespace OptGen.Generator.Frontend;

// Objects: layers, update rules and the user's own classes.
internal sealed partial class Evaluator
{
    private ObjectValue FromAttribute(AttributeData attribute)
    {
        if (attribute.AttributeClass is not INamedTypeSymbol named)
            throw new EvaluationFault(null);
        INamedTypeSymbol type = SourceOf(named) ?? throw new EvaluationFault(DiagnosticSpec.Create(
            DiagnosticDescriptors.ForeignDefinition, attribute.NameLocation(), named.Name, named.ContainingAssembly.Name, WhyForeign(named.ContainingAssembly)));
        IMethodSymbol? constructor = attribute.AttributeConstructor is IMethodSymbol given ? (IMethodSymbol?)SourceOf(given.OriginalDefinition) : null;
        if (constructor is null)
            throw new EvaluationFault(null);
        // The compiler reports what it could not bind, and classes without instances.
        if (type.IsAbstract || attribute.ConstructorArguments.Concat(attribute.NamedArguments.Select(named => named.Value)).Any(argument => argument.Kind == TypedConstantKind.Error))
            throw new EvaluationFault(null);
        ObjectValue created = new(type);
        AttributeSyntax? syntax = attribute.ApplicationSyntaxReference?.GetSyntax(Cancellation) as AttributeSyntax;
        Blame(created, constructor, syntax);
        Variable[] arguments = attribute.ConstructorArguments.Select(argument => new Variable(FromConstant(argument), 0)).ToArray();
        Construct(created, type, constructor, arguments, syntax);
        foreach (KeyValuePair<string, TypedConstant> argument in attribute.NamedArguments)
            created.Set(argument.Key, FromConstant(argument.Value));
        return created;
    }

    /// <summary>Notes where the user gave each argument, for faults that lie in it.</summary>
    private static void Blame(ObjectValue created, IMethodSymbol constructor, AttributeSyntax? syntax)
    {
        int position = 0;
        foreach (AttributeArgumentSyntax argument in syntax?.ArgumentList?.Arguments ?? default)
        {
            string? name = argument.NameEquals?.Name.Identifier.ValueText ?? argument.NameColon?.Name.Identifier.ValueText;
            if (name is null && position < constructor.Parameters.Length)
                name = constructor.Parameters[position++].Name;
            if (name is not null)
                created.Arguments[name] = argument.Expression;
        }
    }

    private static Value FromConstant(TypedConstant constant) => constant.Kind == TypedConstantKind.Array
        ? new ArrayValue(constant.Values.Select(value => new Variable(FromConstant(value), 0)).ToArray())
        : constant.Kind == TypedConstantKind.Type ? Value.Of(constant.Value?.ToString() ?? "")
        : Constant(constant.Value, constant.Type);

    private Value EvaluateCreation(IObjectCreationOperation creation)
    {
        // Objects are shared when they are assigned, which is wrong for a structure that changes.
        if (creation.Type is not INamedTypeSymbol type || creation.Constructor is not IMethodSymbol constructor
            || type is { IsValueType: true, IsReadOnly: false })
            throw Unsupported(creation);
        INamedTypeSymbol source = SourceOf(type) ?? throw Foreign(constructor, creation.Syntax);
        ObjectValue created = new(source);
        foreach (IArgumentOperation argument in creation.Arguments)
        {
            if (argument.Parameter is not null && argument.ArgumentKind != ArgumentKind.DefaultValue)
                created.Arguments[argument.Parameter.Name] = argument.Value.Syntax;
        }

        Variable[] arguments = Arguments(creation.Arguments, constructor.Parameters.Length);
        Construct(created, source, (IMethodSymbol?)SourceOf(constructor.OriginalDefinition), arguments, creation.Syntax);
        foreach (IOperation initializer in creation.Initializer?.Initializers ?? [])
        {
            ObjectValue? outer = _frame!.Initializing;
            _frame.Initializing = created;
            Evaluate(initializer);
            _frame.Initializing = outer;
            if (initializer is ISimpleAssignmentOperation { Target: IMemberReferenceOperation member } assignment)
                created.Arguments[member.Member.Name] = assignment.Value.Syntax;
        }

        return created;
    }

    /// <summary>Runs a constructor: the initializers of the class, its base class's constructor, its own body.</summary>
    private void Construct(ObjectValue created, INamedTypeSymbol type, IMethodSymbol? constructor, Variable[] arguments, SyntaxNode? site)
    {
        Frame frame = new(constructor, created, _frame, site);
        if (frame.Depth > MaxDepth)
            throw Fault(DiagnosticDescriptors.Recursion, Callee(site), created.Type.Name);
        for (int i = 0; i < arguments.Length && constructor is not null; i++)
        {
            frame.Declare(constructor.Parameters[i], arguments[i]);
            created.Set(PrimaryMember(type, constructor.Parameters[i]), arguments[i].Value ?? Value.Null);
        }

        InFrame(frame, () =>
        {
            SyntaxNode? syntax = constructor?.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax(Cancellation);
            IConstructorBodyOperation? body = syntax is ConstructorDeclarationSyntax
                ? (IConstructorBodyOperation?)ModelOf(syntax.SyntaxTree).GetOperation(syntax, Cancellation)
                : null;
            IOperation? chained = body?.Initializer ?? PrimaryBase(syntax);
            while (chained is IExpressionStatementOperation or IConversionOperation)
                chained = chained is IExpressionStatementOperation statement ? statement.Operation : ((IConversionOperation)chained).Operand;
            IMethodSymbol? next = (chained as IInvocationOperation)?.TargetMethod;
            if (next is null || !SymbolEqualityComparer.Default.Equals(next.ContainingType.OriginalDefinition, type))
                Initialize(created, type);
            if (chained is IInvocationOperation call && next is not null)
            {
                Variable[] given = Arguments(call.Arguments, next.Parameters.Length);
                Construct(created, SourceOf(next.ContainingType) ?? type, (IMethodSymbol?)SourceOf(next.OriginalDefinition), given, call.Syntax);
            }
            else if (type.BaseType is INamedTypeSymbol parent && SourceOf(parent) is INamedTypeSymbol source)
            {
                // Base classes of the framework (Attribute, object) have no members that matter.
                Construct(created, source, source.InstanceConstructors.FirstOrDefault(candidate => candidate.Parameters.IsEmpty), [], site);
            }

            return body is null ? Completion.Normal : Execute(new[] { body.BlockBody ?? body.ExpressionBody }.OfType<IOperation>());
        });
    }

    private IOperation? PrimaryBase(SyntaxNode? syntax)
    {
        PrimaryConstructorBaseTypeSyntax? list = (syntax as TypeDeclarationSyntax)?.BaseList?.Types.OfType<PrimaryConstructorBaseTypeSyntax>().FirstOrDefault();
        return list is null ? null : ModelOf(list.SyntaxTree).GetOperation(list, Cancellation);
    }

    private void Initialize(ObjectValue created, INamedTypeSymbol type)
    {
        foreach (ISymbol member in type.GetMembers().Where(member => !member.IsStatic && !member.IsImplicitlyDeclared))
        {
            if (Initializer(member) is IOperation initializer)
                created.Set(member.Name, EvaluateNamed(initializer, member.Name));
            else if (member is IFieldSymbol field)
                created.Set(field.Name, DefaultOf(field.Type));
            else if (member is IPropertySymbol property && IsAutomatic(property))
                created.Set(property.Name, DefaultOf(property.Type));
        }
    }

    private IOperation? Initializer(ISymbol member)
    {
        SyntaxNode? syntax = member.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax(Cancellation);
        EqualsValueClauseSyntax? clause = syntax switch
        {
            VariableDeclaratorSyntax field => field.Initializer,
            PropertyDeclarationSyntax property => property.Initializer,
            _ => null,
        };
        return clause is null ? null : (ModelOf(clause.SyntaxTree).GetOperation(clause, Cancellation) as ISymbolInitializerOperation)?.Value;
    }

    private static bool IsAutomatic(IPropertySymbol property) =>
        property.ContainingType.GetMembers().OfType<IFieldSymbol>().Any(field => SymbolEqualityComparer.Default.Equals(field.AssociatedSymbol, property));

    /// <summary>The method that runs when a virtual one is called on an object of a type.</summary>
    private static IMethodSymbol Override(INamedTypeSymbol type, IMethodSymbol method)
    {
        for (INamedTypeSymbol? level = type; level is not null; level = level.BaseType)
        {
            IMethodSymbol? found = level.GetMembers(method.Name).OfType<IMethodSymbol>().FirstOrDefault(candidate =>
                !candidate.IsStatic && candidate.Parameters.Length == method.Parameters.Length
                && candidate.Parameters.Zip(method.Parameters, (a, b) => a.Type.ToDisplayString() == b.Type.ToDisplayString()).All(same => same));
            if (found is not null)
                return found;
        }

        return method;
    }

    public static bool IsLayer(INamedTypeSymbol? type) => type is not null && (FullName(type) == "OptGen.Layer" || IsLayer(type.BaseType));

    public static bool IsWeightTransform(INamedTypeSymbol? type) => type is not null && (FullName(type) == "OptGen.WeightTransform" || IsWeightTransform(type.BaseType));

    /// <summary>The <c>Forward</c> methods of a layer's class, the most derived first; that of <c>Layer</c> itself only says how one looks.</summary>
    public static IEnumerable<IMethodSymbol> Forwards(INamedTypeSymbol? type) => type is null || FullName(type) == "OptGen.Layer"
        ? []
        : type.GetMembers("Forward").OfType<IMethodSymbol>().Where(method => !method.IsStatic && !method.IsAbstract).Concat(Forwards(type.BaseType));
}
