using OptGen.Generator.Graph;
using OptGen.Generator.Scalar;
using OptGen.Generator.Specs;

namespace OptGen.Generator.Tests.Frontend;

/// <summary>Each construct of the language gives the same graph as the plain way to write it.</summary>
public class EvaluatorTests
{
    private const string Gate = "public class Gate(float scale) : Layer { public float Shift { get; init; } = 1f; public override Tensor Forward(Tensor x) => x * scale + Shift; } ";

    /// <summary>A body, the plain body, and members of the class, if any.</summary>
    public static TheoryData<string, string, string> Known => new()
    {
        { "for (int i = 0; i < 3; i++) x = x * 2f; return x;", "return x * 2f * 2f * 2f;", "" },
        { "int i = 3; while (i-- > 1) { x = x * 2f; } return x;", "return x * 2f * 2f;", "" },
        { "int i = 0; do { x = x * 2f; i += 1; } while (i < 2); return x;", "return x * 2f * 2f;", "" },
        { "foreach (float f in new[] { 2f, 3f }) { if (f > 2) continue; x = x * f; } return x;", "return x * 2f;", "" },
        { "for (int i = 0; ; i++) { if (i == 2) break; x = x * 2f; } return x;", "return x * 2f * 2f;", "" },
        { "if (x.Shape[^1] == 4 && x.Rank == 1) return x * 2f; else return x;", "return x * 2f;", "" },
        { "return x.Shape.Length > 1 ? x : x * 2f;", "return x * 2f;", "" },
        { "Tensor y; switch (x.Shape[0]) { case 1: y = x; break; case 4: y = x * 2f; break; default: y = x * 3f; break; } return y;", "return x * 2f;", "" },
        { "return x * (x.Shape[0] switch { 1 => 5f, > 3 and < 9 => 2f, _ => 3f });", "return x * 2f;", "" },
        { "(Tensor a, float b) = (x, 2f); return a * b;", "return x * 2f;", "" },
        { "(Tensor Value, float Factor) pair = (x, 2f); return pair.Value * pair.Factor;", "return x * 2f;", "" },
        { "return Pair(x).Second * Pair(x).Item1;", "return x * 2f;", "private static (float, Tensor Second) Pair(Tensor x) => (2f, x);" },
        { "int[] sizes = [2, .. new[] { 2 }]; return Reshape(x, sizes) * sizes.Length;", "return Reshape(x, 2, 2) * 2f;", "" },
        { "int[] sizes = [1, 2, 2]; return Reshape(x, sizes[1..]);", "return Reshape(x, 2, 2);", "" },
        { "int[] a = new int[2]; a[0] = 2; a[1] += 2; return Reshape(x, a);", "return Reshape(x, 2, 2);", "" },
        { "return Reshape(x, 2, -1);", "return Reshape(x, 2, 2);", "" },
        { "return Twice(x);", "return x * 2f;", "private static Tensor Twice(Tensor x) => x * 2f;" },
        { "Tensor Local(Tensor t) => t * scale; const float scale = 2f; return Local(x);", "return x * 2f;", "" },
        { "Set(out Tensor y, x); return y;", "return x * 2f;", "private static void Set(out Tensor y, Tensor x) => y = x * 2f;" },
        { "float f = 1; Grow(ref f); return x * f;", "return x * 2f;", "private static void Grow(ref float f) => f += 1;" },
        { "Func<Tensor, Tensor> twice = t => t * 2f; return twice(x);", "return x * 2f;", "" },
        { "return Apply(x, Twice);", "return x * 2f;", "private static Tensor Apply(Tensor x, Func<Tensor, Tensor> f) => f(x); private static Tensor Twice(Tensor x) => x * 2f;" },
        { "return Scale(factor: 2f, x: x);", "return x * 2f;", "private static Tensor Scale(Tensor x, float factor = 3f) => x * factor;" },
        { "return Scale(x);", "return x * 3f;", "private static Tensor Scale(Tensor x, float factor = 3f) => x * factor;" },
        { "return x * Factor;", "return x * 2f;", "private const float Factor = 4f / 2;" },
        { "return x * s_factors[1];", "return x * 2f;", "private static readonly float[] s_factors = [1f, 2f];" },
        { "return x * Factor;", "return x * 2f;", "private static float Factor => 4f / 2;" },
        { "return x * (7 / 2) * (7 % 4) * (1 << 2);", "return x * 3f * 3f * 4f;", "" },
        { "return x * MathF.Sqrt(4f) * Math.Max(1, 3) * (int)2.9f;", "return x * 2f * 3f * 2f;", "" },
        { "string name = $\"{nameof(x)}{1}\"; return x * name.Length;", "return x * 2f;", "" },
        { "bool flag = false; flag |= true; return flag ^ false ? x * 2f : x;", "return x * 2f;", "" },
        { "Tensor? none = null; return none ?? x * 2f;", "return x * 2f;", "" },
        { "return -x + 1f - x;", "return (-x) + 1f - x;", "" },
    };

    [Theory]
    [MemberData(nameof(Known))]
    public void Code_over_known_values_runs(string body, string plain, string members) =>
        Assert.Equal(ModelSource.Describe(ModelSource.Forward(plain)), ModelSource.Describe(ModelSource.Forward(body, members)));

    /// <summary>The body of a function of one element, and what it must give at some points.</summary>
    public static TheoryData<string, Func<double, double>> Elements => new()
    {
        { "return a > 1 ? a : 0;", a => a > 1 ? a : 0 },
        { "if (a > 1) a = 2 * a; else if (a < -1) { a = -a; } return a;", a => a > 1 ? 2 * a : a < -1 ? -a : a },
        { "if (a > 1) return 5; if (a < -1) return a; a += 1; return a * a;", a => a > 1 ? 5 : a < -1 ? a : (a + 1) * (a + 1) },
        { "if (a > 0) { if (a > 1) return 1; a = 3; } return a;", a => a > 0 ? a > 1 ? 1 : 3 : a },
        { "float s = 0; for (int i = 1; i <= 3; i++) { if (a <= i) s += a; if (a < -i) return s; } return s;", Skipping },
        { "float b = 0; Add(ref b, a); return b;", a => a > 0 ? 2 * a : a },
        { "return a is > -1 and < 1 ? 1 : 0;", a => a is > -1 and < 1 ? 1 : 0 },
        { "return a switch { > 1 => 2, < -1 => a, float v when v > 0 => 3, _ => 4 };", a => a > 1 ? 2 : a < -1 ? a : a > 0 ? 3 : 4 },
        { "return a switch { > 1 => 2, < -1 => a, _ when a > 0 => 3, _ => 4 };", a => a > 1 ? 2 : a < -1 ? a : a > 0 ? 3 : 4 },
        { "float[] c = [1, 2]; if (a > 0) c[1] += a; return c[0] + c[1];", a => a > 0 ? 3 + a : 3 },
        { "bool far = a > 1 || a < -1; bool near = !far && a != 0; return near ? 1 : far ? 2 : 3;", a => a is > 1 or < -1 ? 2 : a != 0 ? 1 : 3 },
        { "return (int)(a * 1.5f) + (float)(int)a;", a => (int)(a * 1.5) + (int)a },
        { "return MathF.Abs(a) + MathF.Sign(a) + MathF.Floor(a) + MathF.Ceiling(a) + float.Max(a, 1);", a => Math.Abs(a) + Math.Sign(a) + Math.Floor(a) + Math.Ceiling(a) + Math.Max(a, 1) },
        { "return MathF.Exp(a) + MathF.Log(MathF.Sqrt(a * a + 1)) + MathF.Tanh(a) + MathF.Pow(a, 2);", a => Math.Exp(a) + Math.Log(Math.Sqrt((a * a) + 1)) + Math.Tanh(a) + Math.Pow(a, 2) },
        { "return Math.Clamp(a, -1, 1) + MathF.CopySign(2, a) + MathF.FusedMultiplyAdd(a, a, 1) + ScalarMath.Sigmoid(a);",
            a => Math.Clamp(a, -1, 1) + Math.CopySign(2, a) + (a * a) + 1 + (1 / (1 + Math.Exp(-a))) },
        { "(float b, float c) = a > 0 ? (a, 1f) : (-a, 2f); return b * c;", a => a > 0 ? a : -a * 2 },
        { "float Local(float v) => v > 0 ? v * k : v; return Local(a); ", a => a > 0 ? a * 3 : a },
    };

    [Theory]
    [MemberData(nameof(Elements))]
    public void Code_over_an_element_becomes_a_function_of_it(string body, Func<double, double> expected)
    {
        TensorGraph graph = ModelSource.Forward(
            "const float k = 3; return Map(x, a => { " + body + " });",
            "private static void Add(ref float sum, float a) { sum += a; if (a <= 0) return; sum += a; }");
        ScalarFunction function = Assert.IsType<MapOp>(graph.Nodes[^1].Op).Body;

        foreach (double a in new[] { -3.5, -2, -1, -0.25, 0, 0.5, 1, 1.5, 2.75 })
            Assert.Equal(expected(a), Oracle.ScalarInterpreter.Evaluate(function, [a])[0], 12);
    }

    [Fact]
    public void A_float_is_the_decimal_that_it_was_written_as()
    {
        MapOp map = Assert.IsType<MapOp>(ModelSource.Forward("return x * 0.01f;").Nodes[^1].Op);

        Assert.Contains(map.Body.Nodes, node => node.Op == ScalarOp.Constant && node.Value == 0.01);
    }

    [Theory]
    [InlineData("MathF.PI / 2", Math.PI / 2)]
    [InlineData("float.Pi", Math.PI)]
    [InlineData("MathF.E", Math.E)]
    [InlineData("MathF.Tau", Math.Tau)]
    public void A_mathematical_constant_is_not_rounded_to_float(string constant, double value)
    {
        MapOp map = Assert.IsType<MapOp>(ModelSource.Forward($"return x * ({constant});").Nodes[^1].Op);

        Assert.Contains(map.Body.Nodes, node => node.Op == ScalarOp.Constant && node.Value == value);
    }

    [Fact]
    public void A_layer_called_twice_shares_its_parameters()
    {
        ModelSpec spec = ModelSource.ReadValid(ModelSource.ForwardSource("return Same(Same(x));", "[Dense(4)] private static partial Tensor Same(Tensor x);"));

        Assert.Equal(["Same.Kernel", "Same.Bias"], spec.Parameters.Select(parameter => parameter.Name));
    }

    [Fact]
    public void A_layer_of_the_users_own_is_read_with_its_arguments()
    {
        TensorGraph graph = ModelSource.Forward("return A(B(x));", "[Gate(2f)] private static partial Tensor A(Tensor x); [Gate(3f, Shift = 4f)] private static partial Tensor B(Tensor x);", Gate);

        Assert.Equal(ModelSource.Describe(ModelSource.Forward("return (x * 3f + 4f) * 2f + 1f;")), ModelSource.Describe(graph));
    }

    [Fact]
    public void Layers_inside_a_layer_have_the_paths_of_their_variables()
    {
        const string Block = """
            public class Block(int width) : Layer
            {
                private readonly Dense _first = new(width) { Bias = false };

                public override Tensor Forward(Tensor x)
                {
                    Dense second = new(x.Shape[^1]);
                    Tensor y = second.Forward(Relu(_first.Forward(x)));
                    for (int i = 0; i < 2; i++)
                        y = y * Parameter([1], ParameterKind.Gain, Init.One);
                    return x + new Dense(4).Forward(y);
                }
            }
            """;
        const string Members = "[Block(3)] private static partial Tensor One(Tensor x); [Block(2)] private static partial Tensor Two(Tensor x);";
        string[] names = [.. ModelSource.ReadValid(ModelSource.ForwardSource("return Two(One(One(x)));", Members, Block)).Parameters.Select(parameter => parameter.Name)];

        Assert.Equal(
            [
                "One.First.Kernel", "One.Second.Kernel", "One.Second.Bias", "One.Gain", "One.Gain2", "One.Dense.Kernel", "One.Dense.Bias",
                "Two.First.Kernel", "Two.Second.Kernel", "Two.Second.Bias", "Two.Gain", "Two.Gain2", "Two.Dense.Kernel", "Two.Dense.Bias",
            ],
            names);
    }

    [Fact]
    public void Constructors_and_base_classes_run()
    {
        const string Types = """
            public abstract class Scaled(float factor) : Layer { protected float Factor { get; } = factor; public override Tensor Forward(Tensor x) => x * Factor + Extra(); protected virtual float Extra() => 0; }
            public class Twice : Scaled { private readonly float _extra; public Twice(float extra) : base(2f) { _extra = extra + 1; } protected override float Extra() => _extra; }
            public class Four() : Scaled(4f);
            """;
        const string Members = "[Twice(5f)] private static partial Tensor A(Tensor x); [Four] private static partial Tensor B(Tensor x);";

        Assert.Equal(
            ModelSource.Describe(ModelSource.Forward("return (x * 2f + 6f) * 4f + 0f;")),
            ModelSource.Describe(ModelSource.Forward("return B(A(x));", Members, Types)));
    }

    [Fact]
    public void Tensors_of_different_rank_broadcast_below_the_batch_axis()
    {
        TensorGraph graph = ModelSource.ReadValid("""
            [Model(Batch = 8)]
            public partial class Net
            {
                [Forward] private static Tensor Forward([Shape(2, 3)] Tensor x, [Shape(3)] Tensor y, [Shape] Tensor z) => x * y + z;
            }
            """).Graph;

        Assert.Equal(Shape.OfBatch(8, 2, 3), graph.Nodes[graph.Outputs[0].Node].Shape);
    }

    [Theory]
    [InlineData("Sum(x, 0)", "8 rows × 1 × 6")]
    [InlineData("Max(x, -1)", "8 rows × 4 × 1")]
    [InlineData("Mean(x, 1)", "8 rows × 4 × 1")]
    [InlineData("x - MeanOverBatch(x)", "8 rows × 4 × 6")]
    [InlineData("x - SumOverBatch(x)", "8 rows × 4 × 6")]
    [InlineData("Transpose(x, 1, 0)", "8 rows × 6 × 4")]
    [InlineData("Slice(x, 1, 1, 3, step: 2)", "8 rows × 4 × 3")]
    [InlineData("Concat(-1, x, x, x * 2f)", "8 rows × 4 × 18")]
    [InlineData("StopGradient(x) + Mean(x)", "8 rows × 4 × 6")]
    [InlineData("MatMul(x, Reshape(MeanOverBatch(x), 6, 4))", "8 rows × 4 × 4")]
    [InlineData("Map(x, Sum(x, 0), (a, b) => a / b)", "8 rows × 4 × 6")]
    [InlineData("Sqrt(Abs(Log(Exp(Sigmoid(Tanh(x))))))", "8 rows × 4 × 6")]
    public void Operations_have_their_shapes(string expression, string shape)
    {
        TensorGraph graph = ModelSource.ReadValid($$"""
            [Model(Batch = 8)]
            public partial class Net
            {
                [Forward] private static Tensor Forward([Shape(4, 6)] Tensor x) => {{expression}};
            }
            """).Graph;

        Assert.Equal($"[{shape}]", graph.Nodes[graph.Outputs[0].Node].Shape.ToString());
    }

    [Fact]
    public void A_forward_pass_may_have_several_outputs()
    {
        ModelSpec spec = ModelSource.ReadValid("""
            [Model]
            public partial class Net
            {
                [Forward] private static (Tensor Mean, Tensor Scale) Forward([Shape(4)] Tensor x) => (x * 2f, Exp(x));
                [Loss] private static Tensor Loss(Tensor mean, Tensor scale, [Shape(4)] Tensor y) => MeanSquaredError(mean, y) + Mean(scale);
            }
            """);

        Assert.Equal(["mean", "scale"], spec.Outputs.Select(output => output.Name));
        Assert.Equal(3, spec.Graph.Outputs.Count);
    }

    private static double Skipping(double a)
    {
        double s = 0;
        for (int i = 1; i <= 3; i++)
        {
            if (a <= i)
                s += a;
            if (a < -i)
                return s;
        }

        return s;
    }
}
