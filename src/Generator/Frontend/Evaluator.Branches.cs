using Microsoft.CodeAnalysis;
using OptGen.Generator.Diagnostics;
using OptGen.Generator.Scalar;

namespace OptGen.Generator.Frontend;

// Branches on truth values about an element: both sides run, and what they assigned differently is selected by the condition where they meet. What follows an
// early return is masked: it changes only what outlives the call, and only where the call has not returned.
internal sealed partial class Evaluator
{
    private void Write(Variable variable, Value? value)
    {
        if (_journals.Count > 0 && !_journals.Peek().ContainsKey(variable))
            _journals.Peek().Add(variable, variable.Value);
        variable.Value = value;
    }

    /// <summary>An assignment of the user's.</summary>
    private void Assign(Variable variable, Value value, SyntaxNode node)
    {
        if (variable.Depth > 0 && variable.Depth <= _mappedFrom)
            throw Fault(DiagnosticDescriptors.AssignedFromElement, node, Excerpt(node));
        for (Frame? frame = _frame; frame is not null && frame.Depth > variable.Depth; frame = frame.Caller)
        {
            if (frame.Returned.Value is TruthValue returned && variable.Value is Value before)
                value = Choose(returned, before, value, node);
        }

        Write(variable, value);
    }

    private Completion Branch(TruthValue condition, Func<Completion> whenTrue, Func<Completion> whenFalse, SyntaxNode node)
    {
        (Completion first, Dictionary<Variable, Value?> left) = Isolate(whenTrue);
        (Completion second, Dictionary<Variable, Value?> right) = Isolate(whenFalse);
        if (first is Completion.Break or Completion.Continue || second is Completion.Break or Completion.Continue)
            throw Fault(DiagnosticDescriptors.ElementDependent, node, "whether a loop goes on");
        Merge(condition, left, right, node);
        return _frame!.Returned.Value is KnownValue { Data: true } ? Completion.Return : Completion.Normal;
    }

    private Value Select(TruthValue condition, Func<Value> whenTrue, Func<Value> whenFalse, SyntaxNode node)
    {
        (Value first, Dictionary<Variable, Value?> left) = Isolate(whenTrue);
        (Value second, Dictionary<Variable, Value?> right) = Isolate(whenFalse);
        Merge(condition, left, right, node);
        return Choose(condition, first, second, node);
    }

    /// <summary>Runs a branch, takes back what it wrote, and gives that.</summary>
    private (T Result, Dictionary<Variable, Value?> Written) Isolate<T>(Func<T> branch)
    {
        _journals.Push([]);
        T result = branch();
        Dictionary<Variable, Value?> before = _journals.Pop();
        Dictionary<Variable, Value?> written = [];
        foreach (KeyValuePair<Variable, Value?> entry in before)
        {
            written.Add(entry.Key, entry.Key.Value);
            entry.Key.Value = entry.Value;
        }

        return (result, written);
    }

    private void Merge(TruthValue condition, Dictionary<Variable, Value?> left, Dictionary<Variable, Value?> right, SyntaxNode node)
    {
        foreach (Variable variable in left.Keys.Concat(right.Keys.Where(key => !left.ContainsKey(key))))
        {
            Value? first = left.TryGetValue(variable, out Value? l) ? l : variable.Value;
            Value? second = right.TryGetValue(variable, out Value? r) ? r : variable.Value;
            // A variable without a value on one side is not read after it: C# sees to that.
            Write(variable, first is null ? second : second is null ? first : Choose(condition, first, second, node));
        }
    }

    /// <summary>One of two values, by a truth value about the element.</summary>
    private Value Choose(TruthValue condition, Value first, Value second, SyntaxNode node)
    {
        if (first.Equals(second))
            return first;
        if (first is TupleValue a && second is TupleValue b && a.Items.Count == b.Items.Count)
            return new TupleValue(a.Items.Zip(b.Items, (x, y) => Choose(condition, x, y, node)).ToArray());
        if (IsTruth(first) && IsTruth(second))
        {
            Value whenTrue = And(condition, first), whenFalse = And(Not(condition), second);
            return Or(whenTrue, whenFalse);
        }

        if (IsNumber(first) && IsNumber(second))
            return Element(ScalarOp.Select, condition.Number, Number(first, node), Number(second, node));
        throw Fault(DiagnosticDescriptors.ElementDependent, node, "anything but a number or a flag");
    }

    private static bool IsTruth(Value value) => value is TruthValue or KnownValue { Data: bool };

    private static bool IsNumber(Value value) => value is ElementValue or KnownValue { Data: double or long };

    private Value And(Value a, Value b) => (a, b) switch
    {
        (KnownValue { Data: bool flag }, _) => flag ? b : Value.False,
        (_, KnownValue { Data: bool flag }) => flag ? a : Value.False,
        _ => Truth(ScalarOp.And, ((TruthValue)a).Number, ((TruthValue)b).Number),
    };

    private Value Or(Value a, Value b) => (a, b) switch
    {
        (KnownValue { Data: bool flag }, _) => flag ? Value.True : b,
        (_, KnownValue { Data: bool flag }) => flag ? Value.True : a,
        _ when Complementary(a, b) => Value.True,
        _ => Truth(ScalarOp.Or, ((TruthValue)a).Number, ((TruthValue)b).Number),
    };

    private Value Not(Value a) => a is KnownValue { Data: bool flag } ? Value.Of(!flag) : Truth(ScalarOp.Not, ((TruthValue)a).Number);

    private bool Complementary(Value a, Value b) => a is TruthValue x && b is TruthValue y && (IsNot(x, y) || IsNot(y, x));

    private bool IsNot(TruthValue a, TruthValue b) => Scalar![a.Number] is { Op: ScalarOp.Not, A: int operand } && operand == b.Number;
}
