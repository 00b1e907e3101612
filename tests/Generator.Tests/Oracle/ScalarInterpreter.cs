using OptGen.Generator.Scalar;

namespace OptGen.Generator.Tests.Oracle;

/// <summary>Evaluates a <see cref="ScalarFunction"/> in double precision, node by node, as its operations are defined. Truth values are 1 and 0.</summary>
internal static class ScalarInterpreter
{
    /// <summary>The outputs for the given inputs.</summary>
    public static double[] Evaluate(ScalarFunction function, params double[] inputs) => Evaluate(function, inputs, null);

    /// <summary>The same, watched.</summary>
    public static double[] Evaluate(ScalarFunction function, double[] inputs, Observer? observer)
    {
        if (inputs.Length != function.InputCount)
            throw new ArgumentException($"The function has {function.InputCount} inputs, but {inputs.Length} numbers were given.", nameof(inputs));

        double[] values = new double[function.Nodes.Count];
        for (int i = 0; i < values.Length; i++)
        {
            ScalarNode node = function.Nodes[i];
            values[i] = node.Op switch
            {
                ScalarOp.Constant => node.Value,
                ScalarOp.Input => inputs[node.A],
                _ => Apply(node.Op, values[node.A], node.B < 0 ? double.NaN : values[node.B], node.C < 0 ? double.NaN : values[node.C]),
            };
            if (observer is not null)
                values[i] = observer.Seen(node.Op, node.A < 0 || node.Op == ScalarOp.Input ? double.NaN : values[node.A], node.B < 0 ? double.NaN : values[node.B], values[i]);
        }

        double[] outputs = new double[function.Outputs.Count];
        for (int i = 0; i < outputs.Length; i++)
            outputs[i] = values[function.Outputs[i]];
        return outputs;
    }

    /// <summary>The error function from its alternating series near 0, and from the continued fraction of its complement elsewhere.</summary>
    public static double Erf(double x)
    {
        double z = Math.Abs(x);
        if (!(z < 6))
            return double.IsNaN(x) ? x : Math.Sign(x);
        double result = 0;
        if (z < 2)
        {
            double power = z;
            for (int n = 0; n < 60; n++, power *= -z * z / n)
                result += power / ((2 * n) + 1);
            result *= 2 / Math.Sqrt(Math.PI);
        }
        else
        {
            double fraction = z;
            for (int n = 120; n > 0; n--)
                fraction = z + (n / 2.0 / fraction);
            result = 1 - (Math.Exp(-z * z) / (fraction * Math.Sqrt(Math.PI)));
        }

        return Math.CopySign(result, x);
    }

    /// <summary>One operation on one element.</summary>
    public static double Apply(ScalarOp op, double a, double b, double c) => op switch
    {
        ScalarOp.Negate => -a,
        ScalarOp.Abs => Math.Abs(a),
        ScalarOp.Sign => double.IsNaN(a) ? a : Math.Sign(a),
        ScalarOp.Floor => Math.Floor(a),
        ScalarOp.Sqrt => Math.Sqrt(a),
        ScalarOp.Cbrt => Math.Cbrt(a),
        ScalarOp.Exp => Math.Exp(a),
        ScalarOp.Log => Math.Log(a),
        ScalarOp.Tanh => Math.Tanh(a),
        ScalarOp.Sigmoid => a >= 0 ? 1 / (1 + Math.Exp(-a)) : Math.Exp(a) / (1 + Math.Exp(a)),
        ScalarOp.Erf => Erf(a),
        ScalarOp.Sin => Math.Sin(a),
        ScalarOp.Cos => Math.Cos(a),
        ScalarOp.Add => a + b,
        ScalarOp.Subtract => a - b,
        ScalarOp.Multiply => a * b,
        ScalarOp.Divide or ScalarOp.DivideEstimate or ScalarOp.DivideByNormal => a / b,
        ScalarOp.Min => Math.Min(a, b),
        ScalarOp.Max => Math.Max(a, b),
        ScalarOp.Pow => Math.Pow(a, b),
        ScalarOp.CopySign => Math.CopySign(a, b),
        ScalarOp.FusedMultiplyAdd => Math.FusedMultiplyAdd(a, b, c),
        ScalarOp.FlushSubnormal => b != 0 && double.IsSubnormal(a) ? 0 : a,
        ScalarOp.Select => a != 0 ? b : c,
        ScalarOp.Less => a < b ? 1 : 0,
        ScalarOp.LessOrEqual => a <= b ? 1 : 0,
        ScalarOp.Equal => a == b ? 1 : 0,
        ScalarOp.And => a != 0 && b != 0 ? 1 : 0,
        ScalarOp.Or => a != 0 || b != 0 ? 1 : 0,
        ScalarOp.Not => a != 0 ? 0 : 1,
        _ => throw new InvalidOperationException($"{op} is no operation on values."),
    };
}
