using System.Globalization;
using OptGen.Generator.Tests.Harness;

namespace OptGen.Generator.Tests.Optimizers.Groups;

/// <summary>
/// Optimizers of one small model in double precision that has parameters of every kind, compiled in one program: <c>First.Kernel</c> [3, 5], <c>First.Bias</c>,
/// <c>Scaled.Gain</c>, <c>Scaled.Table</c> and <c>Result.Kernel</c> [5, 2], <c>Result.Bias</c>.
/// </summary>
internal sealed class BoundOptimizers(string[] declarations)
{
    private const string Model = """
        public sealed class Scale : Layer
        {
            public override Tensor Forward(Tensor x)
            {
                Tensor gain = Parameter([x.Shape[^1]], ParameterKind.Gain, Init.One);
                Tensor table = Parameter([x.Shape[^1]], ParameterKind.Embedding, Init.One);
                return x * gain + table;
            }
        }

        [Model(Batch = 4, Precision = Precision.Double)]
        public partial class Net
        {
            [Dense(5)] private static partial Tensor First(Tensor x);
            [Scale] private static partial Tensor Scaled(Tensor x);
            [Dense(2)] private static partial Tensor Result(Tensor x);

            [Forward] private static Tensor Forward([Shape(3)] Tensor x) => Result(Tanh(Scaled(First(x))));
            [Loss] private static Tensor Loss(Tensor result, [Shape(2)] Tensor target) => MeanSquaredError(result, target);
        }
        """;

    private readonly Lazy<LoadedProgram> _program = new(() => LoadedProgram.Of(Source(declarations)));

    public BoundOptimizer Create(string declaration, int seed)
    {
        object model = _program.Value.Method<Func<int, object>>("Model")(seed);
        return new BoundOptimizer(model, _program.Value.Method<Func<int, object, object>>("Optimizer")(Array.IndexOf(declarations, declaration), model));
    }

    private static string Source(string[] declarations)
    {
        IEnumerable<string> classes = declarations.Select((declaration, i) => string.Create(CultureInfo.InvariantCulture, $"[Optimizer<Net>] {declaration} public partial class O{i};\n"));
        IEnumerable<string> cases = declarations.Select((_, i) => string.Create(CultureInfo.InvariantCulture, $"        {i} => new O{i}((Net)model),\n"));
        return $$"""
            {{Model}}
            {{string.Concat(classes)}}
            public static class Probe
            {
                public static object Model(int seed) => new Net(seed);

                public static object Optimizer(int number, object model) => number switch
                {
            {{string.Concat(cases)}}        _ => throw new ArgumentOutOfRangeException(nameof(number)),
                };
            }
            """;
    }
}

/// <summary>A compiled model with a compiled optimizer.</summary>
internal sealed class BoundOptimizer(object model, object optimizer)
{
    private readonly View _parameters = model.GetType().GetProperty("Parameters")!.GetMethod!.CreateDelegate<View>(model);
    private readonly View _gradients = model.GetType().GetProperty("Gradients")!.GetMethod!.CreateDelegate<View>(model);
    private readonly Pass _gradient = model.GetType().GetMethod("Gradient")!.CreateDelegate<Pass>(model);
    private readonly Pass _trainStep = optimizer.GetType().GetMethod("TrainStep")!.CreateDelegate<Pass>(optimizer);
    private readonly Action _step = optimizer.GetType().GetMethod("Step")!.CreateDelegate<Action>(optimizer);

    private delegate Span<double> View();

    private delegate ReadOnlySpan<ParameterInfo> Table();

    private delegate double Pass(ReadOnlySpan<double> x, ReadOnlySpan<double> target);

    /// <summary>Its hyperparameters and states.</summary>
    public CompiledOptimizer Settings { get; } = new(optimizer);

    public Span<double> Parameters => _parameters();

    public Span<double> Gradients => _gradients();

    public ParameterInfo[] Layout => model.GetType().GetProperty("Layout")!.GetMethod!.CreateDelegate<Table>()().ToArray();

    /// <summary>The loss and the gradients, then the step.</summary>
    public double GradientAndStep(double[] x, double[] target)
    {
        double loss = _gradient(x, target);
        _step();
        return loss;
    }

    /// <summary>The loss, then the step by the gradient where a perturbation has moved the parameters.</summary>
    public double PerturbAndStep(double[] x, double[] target)
    {
        double loss = _gradient(x, target);
        optimizer.GetType().GetMethod("Perturb")!.CreateDelegate<Action>(optimizer)();
        _gradient(x, target);
        _step();
        return loss;
    }

    public void Step() => _step();

    public double TrainStep(double[] x, double[] target) => _trainStep(x, target);
}
