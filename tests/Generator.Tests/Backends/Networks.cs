using OptGen.Generator.Graph;
using OptGen.Generator.Scalar;
using OptGen.Generator.Specs;

namespace OptGen.Generator.Tests.Backends;

/// <summary>Specs written by hand, so that the stages after the front end are tested without it.</summary>
internal static class Networks
{
    /// <summary>A multilayer perceptron with ReLU and softmax cross-entropy.</summary>
    public static ModelSpec Mlp(int batch, params int[] sizes)
    {
        GraphBuilder graph = new();
        List<ParameterSpec> parameters = [];
        int x = graph.Source(new BufferRef(BufferKind.Input, 0), Shape.OfBatch(batch, sizes[0]), "x");
        int value = x;
        for (int layer = 1; layer < sizes.Length; layer++)
        {
            bool last = layer == sizes.Length - 1;
            string name = last ? "Logits" : "Hidden" + layer;
            string camel = last ? "logits" : "hidden" + layer;
            int kernel = graph.Source(new BufferRef(BufferKind.Parameter, parameters.Count), Shape.Of(sizes[layer - 1], sizes[layer]), camel + "Kernel");
            parameters.Add(new ParameterSpec(name + ".Kernel", Shape.Of(sizes[layer - 1], sizes[layer]), Specs.ParameterKind.Weight, "LeCunUniform", 1));
            int bias = graph.Source(new BufferRef(BufferKind.Parameter, parameters.Count), Shape.Of(sizes[layer]), camel + "Bias");
            parameters.Add(new ParameterSpec(name + ".Bias", Shape.Of(sizes[layer]), Specs.ParameterKind.Bias, "Zero", 1));
            value = graph.Map(ScalarOp.Add, graph.MatMul(value, kernel, camel + "Product"), bias, camel);
            if (!last)
                value = graph.Map(Relu(), [value], camel + "Relu");
        }

        int labels = graph.Source(new BufferRef(BufferKind.Input, 1), Shape.OfBatch(batch), "labels");
        int loss = SoftmaxCrossEntropy(graph, value, labels, batch, sizes[^1]);
        graph.Output(value, new BufferRef(BufferKind.Prediction, 0));
        graph.Output(loss, new BufferRef(BufferKind.Loss));
        return new ModelSpec(
            new ClassSpec("Tests", [], "Net", "public"),
            batch,
            Specs.Precision.Single,
            [],
            parameters.ToEquatableArray(),
            [new InputSpec("x", Shape.OfBatch(batch, sizes[0]), 0, false), new InputSpec("labels", Shape.OfBatch(batch), sizes[^1], true)],
            [new OutputSpec("logits", graph[value].Shape)],
            graph.Build());
    }

    /// <summary>AdamW with decoupled decay of the weights.</summary>
    public static OptimizerSpec AdamW(ModelSpec model)
    {
        ScalarBuilder s = new();
        int w = s.Input(0), g = s.Input(1), m = s.Input(2), v = s.Input(3), rate = s.Input(4), beta1 = s.Input(5), beta2 = s.Input(6), epsilon = s.Input(7), decay = s.Input(8), step = s.Input(9);
        int one = s.Constant(1);
        int OneMinus(int value) => s.Apply(ScalarOp.Subtract, one, value);
        int Mix(int beta, int old, int value) => s.Apply(ScalarOp.Add, s.Apply(ScalarOp.Multiply, beta, old), s.Apply(ScalarOp.Multiply, OneMinus(beta), value));
        int newM = Mix(beta1, m, g), newV = Mix(beta2, v, s.Apply(ScalarOp.Multiply, g, g));
        int correction1 = OneMinus(s.Apply(ScalarOp.Pow, beta1, step)), correction2 = s.Apply(ScalarOp.Sqrt, OneMinus(s.Apply(ScalarOp.Pow, beta2, step)));
        int denominator = s.Apply(ScalarOp.Add, s.Apply(ScalarOp.Divide, s.Apply(ScalarOp.Sqrt, newV), correction2), epsilon);
        int kept = s.Apply(ScalarOp.Multiply, OneMinus(s.Apply(ScalarOp.Multiply, rate, decay)), w);
        int newW = s.Apply(ScalarOp.Subtract, kept, s.Apply(ScalarOp.Divide, s.Apply(ScalarOp.Multiply, s.Apply(ScalarOp.Divide, rate, correction1), newM), denominator));
        BoundFunction update = new(
            s.Build(10, newW, newM, newV),
            [
                new(UpdateInputKind.Parameter, 0), new(UpdateInputKind.Gradient, 0), new(UpdateInputKind.State, 0), new(UpdateInputKind.State, 1),
                new(UpdateInputKind.Hyper, 0), new(UpdateInputKind.Hyper, 1), new(UpdateInputKind.Hyper, 2), new(UpdateInputKind.Hyper, 3), new(UpdateInputKind.Hyper, 4),
                new(UpdateInputKind.Step, 0),
            ]);
        return new OptimizerSpec(
            new ClassSpec("Tests", [], "NetAdamW", "public"),
            model,
            Specs.Precision.Single,
            [new StageSpec(StageKind.Rule, "AdamW", update, [0, 1], [], Holds: false)],
            [],
            [],
            [],
            [
                new HyperSpec("LearningRate", "float", 1e-3, false, false, ""), new HyperSpec("Beta1", "float", 0.9, false, false, ""),
                new HyperSpec("Beta2", "float", 0.999, false, false, ""), new HyperSpec("Epsilon", "float", 1e-8, false, false, ""),
                new HyperSpec("WeightDecay", "float", 1e-2, false, true, ""),
            ],
            [new StateSpec("M", ""), new StateSpec("V", "")]);
    }

    private static int SoftmaxCrossEntropy(GraphBuilder graph, int logits, int labels, int batch, int classes)
    {
        int max = graph.Add(new StopGradientOp(), [graph.Reduce(ReduceKind.Max, logits, [1], "max")], Shape.OfBatch(batch, 1), "max");
        int shifted = graph.Map(ScalarOp.Subtract, logits, max, "shifted");
        int logSum = graph.Map(ScalarOp.Log, graph.Reduce(ReduceKind.Sum, graph.Map(ScalarOp.Exp, shifted, "exponential"), [1], "total"), "logTotal");
        ScalarBuilder s = new();
        ScalarFunction isLabel = s.Build(2, s.Apply(ScalarOp.Select, s.Apply(ScalarOp.Equal, s.Input(0), s.Input(1)), s.Constant(1), s.Constant(0)));
        int oneHot = graph.Map(isLabel, [graph.Iota(Shape.OfBatch(batch, classes), 1), graph.Reshape(labels, Shape.OfBatch(batch, 1), "labelColumn")], "oneHot");
        int correct = graph.Reduce(ReduceKind.Sum, graph.Map(ScalarOp.Multiply, oneHot, shifted, "correct"), [1], "correct");
        int rowLoss = graph.Map(ScalarOp.Subtract, logSum, correct, "rowLoss");
        int total = graph.Reshape(graph.Reduce(ReduceKind.Sum, rowLoss, [0, 1], "lossSum"), Shape.Scalar, "lossSum");
        return graph.Map(ScalarOp.Multiply, total, graph.Uniform(Uniforms.InverseRows, "inverseRows"), "loss");
    }

    private static ScalarFunction Relu()
    {
        ScalarBuilder s = new();
        int x = s.Input(0), zero = s.Constant(0);
        return s.Build(1, s.Apply(ScalarOp.Select, s.Apply(ScalarOp.Less, zero, x), x, zero));
    }
}
