using OptGen.Generator.Specs;

namespace OptGen.Generator.Scalar;

/// <summary>
/// Symbolic derivatives of scalar functions. A term that is exactly zero is never written, so no 0·g can turn an infinity into a NaN. At a kink the
/// derivative is that of the branch taken; at a tie, <c>min</c> and <c>max</c> share it between two variable operands and give it to a constant one.
/// </summary>
internal static class Differentiate
{
    /// <summary>∂f/∂input of the function's only output, over the same inputs.</summary>
    public static ScalarFunction Partial(ScalarFunction function, int input)
    {
        ScalarBuilder builder = new();
        int[] inputs = Enumerable.Range(0, function.InputCount).Select(builder.Input).ToArray();
        int output = builder.Inline(function, inputs)[0];
        return builder.Build(function.InputCount, Partial(builder, output, inputs[input]));
    }

    /// <summary>
    /// ∂f/∂input over the same inputs and, as one more, the function's value y. Where y can stand for inputs it does: 1 − y² for tanh, y &gt; 0 for x &gt; 0
    /// in a rectifier; so that what the function was computed from need not be kept. <see cref="Reads"/> says which inputs are left.
    /// </summary>
    public static ScalarFunction InTermsOfOutput(ScalarFunction function, int input) =>
        InTermsOfOutput(function, function.InputCount + 1, (builder, each) => each == input ? builder.Constant(1) : null);

    /// <summary>
    /// How the function's value moves when its inputs do: Σ ∂f/∂input·tangent, over the same inputs, then its value y, which stands for inputs as in
    /// <see cref="InTermsOfOutput(ScalarFunction, int)"/>, then the tangents of the inputs <paramref name="moved"/>.
    /// </summary>
    public static ScalarFunction Tangent(ScalarFunction function, IReadOnlyList<int> moved) =>
        InTermsOfOutput(function, function.InputCount + 1 + moved.Count, (builder, each) =>
            moved.TakeWhile(input => input != each).Count() is int place && place < moved.Count ? builder.Input(function.InputCount + 1 + place) : null);

    private static ScalarFunction InTermsOfOutput(ScalarFunction function, int inputCount, Func<ScalarBuilder, int, int?> tangent)
    {
        int count = function.InputCount;
        ScalarBuilder builder = new();
        int[] inputs = Enumerable.Range(0, count).Select(builder.Input).ToArray();
        int output = builder.Inline(function, inputs)[0];
        int derivative = Along(builder, output, value => value < count ? tangent(builder, value) : null);
        ScalarFunction direct = builder.Build(inputCount, derivative);
        if (builder[output].Op is ScalarOp.Constant or ScalarOp.Input)
            return direct;

        int y = builder.Input(count);
        Dictionary<int, int> replaced = new() { [output] = y };
        if (SignCondition(builder, output) is int condition)
        {
            int zero = builder.Constant(0);
            replaced[condition] = builder[condition].Op == ScalarOp.Less
                ? builder.Apply(ScalarOp.Less, zero, y)
                : builder.Apply(ScalarOp.LessOrEqual, y, zero);
        }

        ScalarFunction viaOutput = builder.Build(inputCount, Substitute(builder, derivative, replaced));
        return Reads(viaOutput).Count(read => read < count) < Reads(direct).Count(read => read < count) ? viaOutput : direct;
    }

    /// <summary>The numbers of the inputs that a function reads, in ascending order.</summary>
    public static IEnumerable<int> Reads(ScalarFunction function) =>
        function.Nodes.Where(node => node.Op == ScalarOp.Input).Select(node => node.A).OrderBy(number => number);

    /// <summary>The value number of ∂output/∂input within a builder; both are value numbers.</summary>
    public static int Partial(ScalarBuilder builder, int output, int input) => Along(builder, output, value => value == input ? builder.Constant(1) : null);

    /// <summary>The derivative of a value along the tangents of values that it is computed from; null is an exact zero.</summary>
    private static int Along(ScalarBuilder builder, int output, Func<int, int?> tangent)
    {
        // Forward over the values in their order.
        int?[] derivatives = new int?[output + 1];
        for (int i = 0; i <= output; i++)
            derivatives[i] = tangent(i) ?? Derivative(builder, i, derivatives);
        return derivatives[output] ?? builder.Constant(0);
    }

    /// <summary>
    /// A derivative times a factor. Where a branch of the derivative is exactly zero the product is zero too, whatever the factor; a fraction takes the factor into
    /// its numerator.
    /// </summary>
    public static int Times(ScalarBuilder builder, int derivative, int factor)
    {
        ScalarNode node = builder[derivative];
        bool IsZero(int value) => builder.IsConstant(value, 0);
        if (IsZero(derivative))
            return derivative;
        if (node.Op == ScalarOp.Select && (IsZero(node.B) || IsZero(node.C)))
            return builder.Apply(ScalarOp.Select, node.A, Times(builder, node.B, factor), Times(builder, node.C, factor));
        return node.Op == ScalarOp.Divide && builder[node.A].Op == ScalarOp.Constant
            ? builder.Apply(ScalarOp.Divide, builder.Apply(ScalarOp.Multiply, node.A, factor), node.B)
            : builder.Apply(ScalarOp.Multiply, derivative, factor);
    }

    private static int? Derivative(ScalarBuilder builder, int value, int?[] derivatives)
    {
        ScalarNode node = builder[value];
        int arity = node.Op.Arity();
        if (arity == 0 || node.Op.IsTruth())
            return null;
        int? da = node.Op == ScalarOp.Select ? null : derivatives[node.A];
        int? db = arity > 1 ? derivatives[node.B] : null, dc = arity > 2 ? derivatives[node.C] : null;
        if (da is null && db is null && dc is null)
            return null;

        int Apply(ScalarOp op, int a, int b) => builder.Apply(op, a, b);
        int Number(double number) => builder.Constant(number);
        int? Scale(int? derivative, Func<int> factor) => derivative is int d ? Times(builder, d, factor()) : null;
        int Else(int? derivative) => derivative ?? Number(0);
        return node.Op switch
        {
            ScalarOp.Negate => builder.Apply(ScalarOp.Negate, da!.Value),
            ScalarOp.Abs => Scale(da, () => builder.Apply(ScalarOp.Sign, node.A)),
            ScalarOp.Sign or ScalarOp.Floor => null,
            ScalarOp.Sqrt => Apply(ScalarOp.Divide, Apply(ScalarOp.Multiply, Number(0.5), da!.Value), value),
            ScalarOp.Cbrt => Apply(ScalarOp.Divide, da!.Value, Apply(ScalarOp.Multiply, Number(3), Apply(ScalarOp.Multiply, value, value))),
            ScalarOp.Exp => Scale(da, () => value),
            ScalarOp.Log => Apply(ScalarOp.Divide, da!.Value, node.A),
            ScalarOp.Tanh => Scale(da, () => Apply(ScalarOp.Subtract, Number(1), Apply(ScalarOp.Multiply, value, value))),
            ScalarOp.Sigmoid => Scale(da, () => Apply(ScalarOp.Multiply, value, Apply(ScalarOp.Subtract, Number(1), value))),
            ScalarOp.Erf => Scale(da, () => Apply(
                ScalarOp.Multiply, Number(2 / Math.Sqrt(Math.PI)), builder.Apply(ScalarOp.Exp, builder.Apply(ScalarOp.Negate, Apply(ScalarOp.Multiply, node.A, node.A))))),
            ScalarOp.Sin => Scale(da, () => builder.Apply(ScalarOp.Cos, node.A)),
            ScalarOp.Cos => Scale(da, () => builder.Apply(ScalarOp.Negate, builder.Apply(ScalarOp.Sin, node.A))),
            ScalarOp.Add => Sum(builder, da, db),
            ScalarOp.Subtract => Sum(builder, da, db is int d ? builder.Apply(ScalarOp.Negate, d) : null),
            ScalarOp.Multiply => Sum(builder, Scale(da, () => node.B), Scale(db, () => node.A)),
            ScalarOp.FusedMultiplyAdd => Sum(builder, Sum(builder, Scale(da, () => node.B), Scale(db, () => node.A)), dc),
            ScalarOp.Divide or ScalarOp.DivideEstimate or ScalarOp.DivideByNormal => Apply(node.Op, Sum(builder, da, db is int d ? builder.Apply(ScalarOp.Negate, Apply(ScalarOp.Multiply, value, d)) : null)!.Value, node.B),
            ScalarOp.Pow => Sum(
                builder,
                Scale(da, () => Apply(ScalarOp.Multiply, node.B, Apply(ScalarOp.Pow, node.A, Apply(ScalarOp.Subtract, node.B, Number(1))))),
                Scale(db, () => Apply(ScalarOp.Multiply, value, builder.Apply(ScalarOp.Log, node.A)))),
            ScalarOp.Min => Extremum(builder, node.A, node.B, da, db, Apply(ScalarOp.Less, node.A, node.B), Apply(ScalarOp.Less, node.B, node.A)),
            ScalarOp.Max => Extremum(builder, node.A, node.B, da, db, Apply(ScalarOp.Less, node.B, node.A), Apply(ScalarOp.Less, node.A, node.B)),
            ScalarOp.CopySign => Scale(da, () => Apply(ScalarOp.Multiply, builder.Apply(ScalarOp.Sign, node.A), Apply(ScalarOp.CopySign, Number(1), node.B))),
            ScalarOp.FlushSubnormal => da,
            ScalarOp.Select => builder.Apply(ScalarOp.Select, node.A, Else(db), Else(dc)),
            _ => throw new InvalidOperationException($"{node.Op} has no derivative"),
        };
    }

    private static int? Sum(ScalarBuilder builder, int? a, int? b) => a is null ? b : b is null ? a : builder.Apply(ScalarOp.Add, a.Value, b.Value);

    private static int Extremum(ScalarBuilder builder, int a, int b, int? da, int? db, int aWins, int bWins)
    {
        int zero = builder.Constant(0);
        if (builder[b].Op == ScalarOp.Constant)
            return builder.Apply(ScalarOp.Select, aWins, da ?? zero, zero);
        if (builder[a].Op == ScalarOp.Constant)
            return builder.Apply(ScalarOp.Select, bWins, db ?? zero, zero);
        int tie = builder.Apply(ScalarOp.Multiply, builder.Constant(0.5), Sum(builder, da, db)!.Value);
        return builder.Apply(ScalarOp.Select, aWins, da ?? zero, builder.Apply(ScalarOp.Select, bWins, db ?? zero, tie));
    }

    /// <summary>
    /// The condition x &gt; 0 (or x ≤ 0) on which a rectifier y = x &gt; 0 ? x : slope·x branches, if y &gt; 0 (or y ≤ 0) says the same: slope ≥ 0.
    /// </summary>
    private static int? SignCondition(ScalarBuilder builder, int output)
    {
        ScalarNode node = builder[output];
        if (node.Op == ScalarOp.Max)
        {
            int x = builder.IsConstant(node.A, 0) ? node.B : builder.IsConstant(node.B, 0) ? node.A : -1;
            return x < 0 ? null : builder.Apply(ScalarOp.Less, builder.Constant(0), x);
        }

        if (node.Op != ScalarOp.Select)
            return null;
        ScalarNode condition = builder[node.A];
        if (condition.Op == ScalarOp.Less && builder.IsConstant(condition.A, 0) && node.B == condition.B && IsLeak(builder, node.C, condition.B))
            return node.A;
        if (condition.Op == ScalarOp.LessOrEqual && builder.IsConstant(condition.B, 0) && node.C == condition.A && IsLeak(builder, node.B, condition.A))
            return node.A;
        return null;
    }

    private static bool IsLeak(ScalarBuilder builder, int value, int x)
    {
        ScalarNode node = builder[value];
        if (node.Op == ScalarOp.Constant)
            return node.Value == 0;
        int slope = node.Op != ScalarOp.Multiply ? -1 : node.A == x ? node.B : node.B == x ? node.A : -1;
        return slope >= 0 && builder[slope].Op == ScalarOp.Constant && builder[slope].Value >= 0;
    }

    /// <summary>The value with some of the values that it is computed from replaced by others.</summary>
    private static int Substitute(ScalarBuilder builder, int value, Dictionary<int, int> replaced)
    {
        if (replaced.TryGetValue(value, out int known))
            return known;
        ScalarNode node = builder[value];
        int Operand(int operand) => operand < 0 ? -1 : Substitute(builder, operand, replaced);
        int result = node.Op.Arity() == 0 ? value : builder.Apply(node.Op, Operand(node.A), Operand(node.B), Operand(node.C));
        replaced[value] = result;
        return result;
    }
}
