namespace OptGen.Generator.Scalar;

/// <summary>
/// Local identities that hold for every operand, NaN and infinities included, with two exceptions: the sign of a zero or a NaN may change (<c>x + 0</c> gives x), and
/// a result may be rounded once less (<c>pow(x, 2)</c> is x·x). So x·0, x − x and x / x stay as they are.
/// </summary>
internal static class Simplify
{
    /// <summary>The value number of something equal and simpler, or null.</summary>
    public static int? TryLocal(ScalarBuilder builder, ScalarOp op, int a, int b, int c)
    {
        if (Fold(builder, op, a, b, c) is int folded)
            return folded;
        // One order of operands, so that equal values are found equal.
        if (op is ScalarOp.Add or ScalarOp.Multiply or ScalarOp.Min or ScalarOp.Max or ScalarOp.Equal or ScalarOp.And or ScalarOp.Or && a > b)
            return builder.Apply(op, b, a);
        return op switch
        {
            ScalarOp.Negate => Negate(builder, a),
            ScalarOp.Abs => builder[a].Op switch
            {
                ScalarOp.Negate or ScalarOp.Abs or ScalarOp.CopySign => builder[a].Op == ScalarOp.Abs ? a : builder.Apply(ScalarOp.Abs, builder[a].A),
                ScalarOp.Exp or ScalarOp.Sqrt or ScalarOp.Sigmoid => a,
                _ => null,
            },
            ScalarOp.Floor => builder[a].Op is ScalarOp.Floor or ScalarOp.Sign ? a : null,
            ScalarOp.Sign => builder[a].Op is ScalarOp.Sign ? a : null,
            ScalarOp.Add => Add(builder, a, b),
            ScalarOp.Subtract => Subtract(builder, a, b),
            ScalarOp.Multiply => Multiply(builder, a, b),
            ScalarOp.Divide => Divide(builder, a, b),
            ScalarOp.Min or ScalarOp.Max => a == b ? a : null,
            ScalarOp.Pow => Power(builder, a, b),
            ScalarOp.CopySign => builder[b].Op != ScalarOp.Constant ? null
                : ScalarMath.IsNegative(builder[b].Value) ? builder.Apply(ScalarOp.Negate, builder.Apply(ScalarOp.Abs, a)) : builder.Apply(ScalarOp.Abs, a),
            ScalarOp.FusedMultiplyAdd => builder.IsConstant(a, 1) ? builder.Apply(ScalarOp.Add, b, c)
                : builder.IsConstant(b, 1) ? builder.Apply(ScalarOp.Add, a, c)
                : builder.IsConstant(c, 0) ? builder.Apply(ScalarOp.Multiply, a, b)
                : a > b ? builder.Apply(op, b, a, c)
                : null,
            ScalarOp.Select => Select(builder, a, b, c),
            ScalarOp.And or ScalarOp.Or => Logic(builder, op, a, b),
            ScalarOp.Not => TruthOf(builder, a) is bool known ? Truth(builder, !known) : builder[a].Op == ScalarOp.Not ? builder[a].A : null,
            ScalarOp.Less => a == b ? Truth(builder, false)
                : builder.IsConstant(a, 0) && builder[b].Op == ScalarOp.Select && builder.IsConstant(builder[b].B, 1) && builder.IsConstant(builder[b].C, 0) ? builder[b].A
                : null,
            _ => null,
        };
    }

    /// <summary>A truth value that is known: comparisons of constants are written <c>0 &lt; 1</c> and <c>1 &lt; 0</c>.</summary>
    public static bool? TruthOf(ScalarBuilder builder, int value)
    {
        ScalarNode node = builder[value];
        return node.Op == ScalarOp.Less && builder[node.A].Op == ScalarOp.Constant && builder[node.B].Op == ScalarOp.Constant
            ? builder[node.A].Value < builder[node.B].Value
            : null;
    }

    private static int? Fold(ScalarBuilder builder, ScalarOp op, int a, int b, int c)
    {
        bool Known(int operand) => operand < 0 || builder[operand].Op == ScalarOp.Constant;
        double Value(int operand) => operand < 0 ? 0 : builder[operand].Value;
        if (op is ScalarOp.Select or ScalarOp.And or ScalarOp.Or or ScalarOp.Not || !Known(a) || !Known(b) || !Known(c))
            return null;
        if (!op.IsTruth())
            return builder.Constant(ScalarMath.Number(op, Value(a), Value(b), Value(c)));
        bool canonical = op == ScalarOp.Less && ((builder.IsConstant(a, 0) && builder.IsConstant(b, 1)) || (builder.IsConstant(a, 1) && builder.IsConstant(b, 0)));
        return canonical
            ? null
            : Truth(builder, ScalarMath.Truth(op, Value(a), Value(b)));
    }

    private static int Truth(ScalarBuilder builder, bool value)
    {
        int zero = builder.Constant(0), one = builder.Constant(1);
        return value ? builder.Intern(ScalarOp.Less, zero, one) : builder.Intern(ScalarOp.Less, one, zero);
    }

    private static int? Negate(ScalarBuilder builder, int a) => builder[a].Op switch
    {
        ScalarOp.Negate => builder[a].A,
        ScalarOp.Subtract => builder.Apply(ScalarOp.Subtract, builder[a].B, builder[a].A),
        _ => null,
    };

    private static int? Add(ScalarBuilder builder, int a, int b)
    {
        if (builder.IsConstant(a, 0))
            return b;
        if (builder.IsConstant(b, 0))
            return a;
        if (builder[b].Op == ScalarOp.Negate)
            return builder.Apply(ScalarOp.Subtract, a, builder[b].A);
        return builder[a].Op == ScalarOp.Negate ? builder.Apply(ScalarOp.Subtract, b, builder[a].A) : null;
    }

    private static int? Subtract(ScalarBuilder builder, int a, int b)
    {
        if (builder.IsConstant(b, 0))
            return a;
        if (builder.IsConstant(a, 0))
            return builder.Apply(ScalarOp.Negate, b);
        return builder[b].Op == ScalarOp.Negate ? builder.Apply(ScalarOp.Add, a, builder[b].A) : null;
    }

    private static int? Multiply(ScalarBuilder builder, int a, int b)
    {
        if (builder.IsConstant(a, 1))
            return b;
        if (builder.IsConstant(b, 1))
            return a;
        if (builder.IsConstant(a, -1))
            return builder.Apply(ScalarOp.Negate, b);
        if (builder.IsConstant(b, -1))
            return builder.Apply(ScalarOp.Negate, a);
        // Signs move outwards, where a sum absorbs them.
        return SignOut(builder, ScalarOp.Multiply, a, b);
    }

    private static int? Divide(ScalarBuilder builder, int a, int b)
    {
        if (builder.IsConstant(b, 1))
            return a;
        if (builder[b].Op == ScalarOp.Constant && ScalarMath.HasExactReciprocal(builder[b].Value))
            return builder.Apply(ScalarOp.Multiply, a, builder.Constant(1 / builder[b].Value));
        return SignOut(builder, ScalarOp.Divide, a, b);
    }

    private static int? SignOut(ScalarBuilder builder, ScalarOp op, int a, int b)
    {
        bool left = builder[a].Op == ScalarOp.Negate, right = builder[b].Op == ScalarOp.Negate;
        if (!left && !right)
            return null;
        int value = builder.Apply(op, left ? builder[a].A : a, right ? builder[b].A : b);
        return left && right ? value : builder.Apply(ScalarOp.Negate, value);
    }

    private static int? Power(ScalarBuilder builder, int a, int b)
    {
        if (builder[b].Op != ScalarOp.Constant)
            return null;
        return builder[b].Value switch
        {
            0 => builder.Constant(1),
            1 => a,
            2 => builder.Apply(ScalarOp.Multiply, a, a),
            -1 => builder.Apply(ScalarOp.Divide, builder.Constant(1), a),
            _ => null,
        };
    }

    private static int? Select(ScalarBuilder builder, int condition, int then, int otherwise)
    {
        if (TruthOf(builder, condition) is bool known)
            return known ? then : otherwise;
        if (then == otherwise)
            return then;
        return builder[condition].Op == ScalarOp.Not ? builder.Apply(ScalarOp.Select, builder[condition].A, otherwise, then) : null;
    }

    private static int? Logic(ScalarBuilder builder, ScalarOp op, int a, int b)
    {
        if (a == b)
            return a;
        bool neutral = op == ScalarOp.And;
        if (TruthOf(builder, a) is bool left)
            return left == neutral ? b : a;
        return TruthOf(builder, b) is bool right ? right == neutral ? a : b : null;
    }
}
