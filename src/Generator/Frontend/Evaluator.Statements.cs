using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;
using OptGen.Generator.Diagnostics;

namespace OptGen.Generator.Frontend;

/// <summary>How a statement ended.</summary>
internal enum Completion
{
    Normal,
    Break,
    Continue,
    Return,
}

// Statements.
internal sealed partial class Evaluator
{
    private Completion Execute(IEnumerable<IOperation> statements)
    {
        foreach (IOperation statement in statements)
        {
            Completion completion = Execute(statement);
            if (completion != Completion.Normal)
                return completion;
        }

        return Completion.Normal;
    }

    private Completion Execute(IOperation statement)
    {
        Tick(statement);
        switch (statement)
        {
            case IBlockOperation block:
                return Execute(block.Operations);
            case IEmptyOperation or ILocalFunctionOperation:
                return Completion.Normal;
            case IExpressionStatementOperation expression:
                Evaluate(expression.Operation, discard: true);
                return Completion.Normal;
            case IVariableDeclarationGroupOperation group:
                foreach (IVariableDeclarationOperation declaration in group.Declarations)
                    foreach (IVariableDeclaratorOperation declarator in declaration.Declarators)
                        Declare(declarator, declarator.GetVariableInitializer());
                return Completion.Normal;
            case IReturnOperation { Kind: OperationKind.Return } result:
                return Return(result);
            case IConditionalOperation conditional:
                return If(conditional);
            case IForLoopOperation loop:
                return For(loop);
            case IWhileLoopOperation loop:
                return While(loop);
            case IForEachLoopOperation loop:
                return ForEach(loop);
            case ISwitchOperation choice:
                return Switch(choice);
            case IBranchOperation { BranchKind: BranchKind.Break }:
                return Completion.Break;
            case IBranchOperation { BranchKind: BranchKind.Continue }:
                return Completion.Continue;
            case IThrowOperation raised:
                throw Raise(raised);
            case IInvalidOperation:
                throw Invalid(statement);
            default:
                throw UnsupportedStatement(statement);
        }
    }

    private void Declare(IVariableDeclaratorOperation declarator, IVariableInitializerOperation? initializer)
    {
        Variable variable = new(null, _frame!.Depth);
        if (initializer is not null)
        {
            if (declarator.Symbol.RefKind != RefKind.None)
                variable = Place(initializer.Value);
            else
                variable.Value = EvaluateNamed(initializer.Value, declarator.Symbol.Name);
        }

        _frame.Declare(declarator.Symbol, variable);
    }

    private Completion Return(IReturnOperation operation)
    {
        Frame frame = _frame!;
        if (operation.ReturnedValue is not null)
        {
            Value value = Evaluate(operation.ReturnedValue, discard: true) ?? Value.Null;
            if (frame.Returned.Value is TruthValue returned && frame.Result.Value is Value earlier)
                value = Choose(returned, earlier, value, operation.Syntax);
            Write(frame.Result, value);
        }

        Write(frame.Returned, Value.True);
        return Completion.Return;
    }

    private Completion If(IConditionalOperation conditional)
    {
        Value condition = Evaluate(conditional.Condition);
        if (condition is TruthValue truth)
        {
            return Branch(
                truth,
                () => Execute(conditional.WhenTrue),
                () => conditional.WhenFalse is null ? Completion.Normal : Execute(conditional.WhenFalse),
                conditional.Syntax);
        }

        if (KnownFlag(condition, conditional.Condition))
            return Execute(conditional.WhenTrue);
        return conditional.WhenFalse is null ? Completion.Normal : Execute(conditional.WhenFalse);
    }

    private Completion For(IForLoopOperation loop)
    {
        Execute(loop.Before);
        while (loop.Condition is null || LoopCondition(loop.Condition))
        {
            Completion completion = Execute(loop.Body);
            if (completion == Completion.Break)
                break;
            if (completion == Completion.Return)
                return completion;
            Execute(loop.AtLoopBottom);
        }

        return Completion.Normal;
    }

    private Completion While(IWhileLoopOperation loop)
    {
        if (loop.Condition is null)
            throw Unsupported(loop);
        bool first = !loop.ConditionIsTop;
        while (first || LoopCondition(loop.Condition) != loop.ConditionIsUntil)
        {
            first = false;
            Completion completion = Execute(loop.Body);
            if (completion == Completion.Break)
                break;
            if (completion == Completion.Return)
                return completion;
        }

        return Completion.Normal;
    }

    private Completion ForEach(IForEachLoopOperation loop)
    {
        ArrayValue items = AsArray(Evaluate(loop.Collection), loop.Collection);
        foreach (Variable item in items.Items)
        {
            Variable variable = new(item.Value, _frame!.Depth);
            switch (loop.LoopControlVariable)
            {
                case IVariableDeclaratorOperation declarator:
                    _frame.Declare(declarator.Symbol, variable);
                    break;
                default:
                    Deconstruct(loop.LoopControlVariable, variable.Value ?? Value.Null);
                    break;
            }

            Completion completion = Execute(loop.Body);
            if (completion == Completion.Break)
                break;
            if (completion == Completion.Return)
                return completion;
        }

        return Completion.Normal;
    }

    private Completion Switch(ISwitchOperation choice)
    {
        Value value = Evaluate(choice.Value);
        ISwitchCaseOperation? chosen = null;
        foreach (ISwitchCaseOperation section in choice.Cases)
        {
            if (section.Clauses.Any(clause => clause is not IDefaultCaseClauseOperation && Matches(clause, value)))
            {
                chosen = section;
                break;
            }
        }

        chosen ??= choice.Cases.FirstOrDefault(section => section.Clauses.Any(clause => clause is IDefaultCaseClauseOperation));
        Completion completion = chosen is null ? Completion.Normal : Execute(chosen.Body);
        return completion == Completion.Break ? Completion.Normal : completion;
    }

    private bool Matches(ICaseClauseOperation clause, Value value) => clause switch
    {
        ISingleValueCaseClauseOperation single => KnownFlag(Equal(value, Evaluate(single.Value), single), single),
        IPatternCaseClauseOperation pattern =>
            KnownFlag(Match(pattern.Pattern, value), pattern) && (pattern.Guard is null || KnownFlag(Evaluate(pattern.Guard), pattern.Guard)),
        _ => throw Unsupported(clause),
    };

    /// <summary>A loop runs while it is read, so how often must be known then.</summary>
    private bool LoopCondition(IOperation condition)
    {
        Value value = Evaluate(condition);
        if (value is TruthValue)
            throw Fault(DiagnosticDescriptors.ElementDependent, condition.Syntax, $"how often a loop runs ('{Excerpt(condition.Syntax)}')");
        return KnownFlag(value, condition);
    }

    private bool KnownFlag(Value value, IOperation operation) =>
        value is KnownValue { Data: bool flag } ? flag : throw Unknown(operation);

    /// <summary>What <c>throw new ArgumentException(…)</c> says, as a diagnostic.</summary>
    private EvaluationFault Raise(IThrowOperation raised)
    {
        IOperation? exception = raised.Exception;
        while (exception is IConversionOperation conversion)
            exception = conversion.Operand;
        if (exception is not IObjectCreationOperation creation)
            throw UnsupportedStatement(raised);
        string? message = null, parameter = null;
        foreach (IArgumentOperation argument in creation.Arguments)
        {
            if (argument.ArgumentKind == ArgumentKind.DefaultValue || argument.Parameter?.Type.SpecialType != SpecialType.System_String)
                continue;
            string? text = (Evaluate(argument.Value) as KnownValue)?.Data as string;
            if (argument.Parameter.Name == "paramName")
                parameter = text;
            else
                message ??= text;
        }

        message ??= $"{parameter ?? "the argument"} is refused by {creation.Type?.Name}";
        return Refuse(raised.Syntax, parameter, parameter is null ? message + GivenTensors() : message);
    }
}
