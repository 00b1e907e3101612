using System.Globalization;

namespace OptGen.Generator.Scalar;

/// <summary>Prints functions as formulas for comments, such as <c>relu(x·w + b)</c>.</summary>
internal static class ScalarPrinter
{
    /// <summary>Past this, an operand that is itself an expression is printed as an ellipsis.</summary>
    private const int LongestFormula = 240;

    // Binding strengths, from the weakest.
    private const int Conditional = 0, Disjunction = 1, Conjunction = 2, Comparison = 3, Sum = 4, Product = 5, Sign = 6, Atom = 7;

    /// <summary>The formula of one output; <paramref name="names"/> are those of the inputs.</summary>
    public static string Print(ScalarFunction function, IReadOnlyList<string> names, int output = 0)
    {
        int budget = LongestFormula;
        return Print(function, names, function.Outputs[output], ref budget).Text;
    }

    /// <summary>A number as short as it can be said exactly.</summary>
    public static string Number(double value) => value.ToString("R", CultureInfo.InvariantCulture);

    private static (string Text, int Strength) Print(ScalarFunction function, IReadOnlyList<string> names, int value, ref int budget)
    {
        ScalarNode node = function.Nodes[value];
        if (node.Op == ScalarOp.Constant)
            return node.Value < 0 ? ("−" + Number(-node.Value), Sign) : (Number(node.Value), Atom);
        if (node.Op == ScalarOp.Input)
            return (names[node.A], Atom);
        if (--budget <= 0)
            return ("…", Atom);
        if (RectifiedBy(function, node) is int rectified)
            return ($"relu({Print(function, names, rectified, ref budget).Text})", Atom);
        if (FlushedBy(function, node) is int flushed)
            return ($"flush({Print(function, names, flushed, ref budget).Text})", Atom);

        switch (node.Op)
        {
            case ScalarOp.Select:
                string condition = Operand(node.A, Disjunction, ref budget), then = Operand(node.B, Disjunction, ref budget);
                return ($"{condition} ? {then} : {Operand(node.C, Conditional, ref budget)}", Conditional);
            case ScalarOp.FusedMultiplyAdd:
                string product = $"{Operand(node.A, Product, ref budget)}·{Operand(node.B, Sign, ref budget)}";
                return ($"{product} + {Operand(node.C, Sum, ref budget)}", Sum);
            case ScalarOp.Negate:
                return ("−" + Operand(node.A, Sign, ref budget), Sign);
            case ScalarOp.Not:
                return ("!" + Operand(node.A, Atom, ref budget), Sign);
            case ScalarOp.Multiply when node.A == node.B:
                return (Operand(node.A, Atom, ref budget) + "²", Sign);
        }

        // A factor that is a number stands first.
        if (node.Op == ScalarOp.Multiply && function.Nodes[node.B].Op == ScalarOp.Constant)
            node = node with { A = node.B, B = node.A };
        (string symbol, int strength) = node.Op switch
        {
            ScalarOp.Add => (" + ", Sum),
            ScalarOp.Subtract => (" − ", Sum),
            ScalarOp.Multiply => ("·", Product),
            ScalarOp.Divide or ScalarOp.DivideEstimate or ScalarOp.DivideByNormal => ("/", Product),
            ScalarOp.Less => (" < ", Comparison),
            ScalarOp.LessOrEqual => (" ≤ ", Comparison),
            ScalarOp.Equal => (" = ", Comparison),
            ScalarOp.And => (" and ", Conjunction),
            ScalarOp.Or => (" or ", Disjunction),
            _ => ("", Atom),
        };
        if (strength != Atom)
        {
            // What is on the right of an operator that does not associate needs parentheses at the same strength.
            bool associates = node.Op is ScalarOp.Add or ScalarOp.Multiply or ScalarOp.And or ScalarOp.Or;
            string left = Operand(node.A, strength, ref budget);
            return (left + symbol + Operand(node.B, associates ? strength : strength + 1, ref budget), strength);
        }

        string call = node.Op == ScalarOp.Sqrt ? "√" : node.Op == ScalarOp.Cbrt ? "∛" : node.Op.ToString().ToLowerInvariant();
        string arguments = Operand(node.A, Conditional, ref budget);
        if (node.Op.Arity() > 1)
            arguments += ", " + Operand(node.B, Conditional, ref budget);
        return ($"{call}({arguments})", Atom);

        string Operand(int operand, int weakest, ref int left)
        {
            (string text, int strength) = Print(function, names, operand, ref left);
            return strength < weakest ? "(" + text + ")" : text;
        }
    }

    private static int? RectifiedBy(ScalarFunction function, ScalarNode node)
    {
        bool IsZero(int value) => function.Nodes[value] is { Op: ScalarOp.Constant, Value: 0 };
        if (node.Op == ScalarOp.Max && (IsZero(node.A) || IsZero(node.B)))
            return IsZero(node.A) ? node.B : node.A;
        if (node.Op != ScalarOp.Select || !IsZero(node.C))
            return null;
        ScalarNode condition = function.Nodes[node.A];
        return condition.Op == ScalarOp.Less && IsZero(condition.A) && condition.B == node.B ? node.B : null;
    }

    /// <summary>The value that is taken for zero when it is very small, or null.</summary>
    private static int? FlushedBy(ScalarFunction function, ScalarNode node)
    {
        if (node.Op != ScalarOp.Select || function.Nodes[node.B] is not { Op: ScalarOp.Constant, Value: 0 })
            return null;
        ScalarNode condition = function.Nodes[node.A];
        return condition.Op == ScalarOp.Less && function.Nodes[condition.A] is { Op: ScalarOp.Abs } size && size.A == node.C
            && function.Nodes[condition.B] is { Op: ScalarOp.Constant, Value: < 1e-30 } ? node.C : null;
    }
}
