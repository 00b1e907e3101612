using OptGen.Generator.Autodiff;
using OptGen.Generator.Graph;
using OptGen.Generator.Lowering;
using OptGen.Generator.Scalar;
using OptGen.Generator.Specs;

namespace OptGen.Generator.Tests.Planning;

/// <summary>Loss and gradients of a deep network: a first convolution, blocks of two convolutions around which the input is added, a last matrix product.</summary>
internal sealed class ResidualNetwork
{
    private readonly GraphBuilder _graph = new();
    private readonly List<int> _parameters = [];
    private readonly int _batch;

    public ResidualNetwork(int batch, int size, int channels, int blocks)
    {
        _batch = batch;
        int x = _graph.Source(new BufferRef(BufferKind.Input), Shape.OfBatch(batch, size, size, 3), "x");
        int value = Relu(Convolution(x, channels, "stem"), "stemRelu");
        for (int block = 0; block < blocks; block++)
        {
            string name = "block" + block;
            int inner = Relu(Convolution(value, channels, name + "First"), name + "Inner");
            int sum = _graph.Map(ScalarOp.Add, Convolution(inner, channels, name + "Second"), value, name + "Sum");
            value = Relu(sum, name + "Output");
        }

        int flat = _graph.Reshape(value, Shape.OfBatch(batch, size * size * channels), "flat");
        int head = _graph.MatMul(flat, Parameter(Shape.Of(size * size * channels, 4), "headKernel"), "head");
        int total = _graph.Reduce(ReduceKind.Sum, _graph.Map(ScalarOp.Multiply, head, head, "squared"), [0, 1], "total");
        int loss = _graph.Map(ScalarOp.Multiply, _graph.Reshape(total, Shape.Scalar), _graph.Uniform(Uniforms.InverseRows, "inverseRows"), "loss");
        _graph.Output(loss, new BufferRef(BufferKind.Loss));
        int[] gradients = ReverseMode.Gradients(_graph, loss, [.. _parameters]);
        for (int p = 0; p < gradients.Length; p++)
            _graph.Output(gradients[p], new BufferRef(BufferKind.Gradient, p));
        Graph = ModelPrograms.Finish(_graph.Build());
    }

    public TensorGraph Graph { get; }

    private int Convolution(int x, int channels, string name)
    {
        Shape shape = _graph[x].Shape;
        int kernel = Parameter(Shape.Of(3, 3, shape[3], channels), name + "Kernel");
        AffineIndex Position(int output, int tap) => new([new AffineTerm(output, 1), new AffineTerm(tap, 1)], -1);
        ContractOp op = new(
            [new(_batch, true), new(shape[1], false), new(shape[2], false), new(channels, false), new(3, false), new(3, false), new(shape[3], false)],
            4,
            [AffineIndex.Of(0), Position(1, 4), Position(2, 5), AffineIndex.Of(6)],
            [AffineIndex.Of(4), AffineIndex.Of(5), AffineIndex.Of(6), AffineIndex.Of(3)]);
        return _graph.Map(ScalarOp.Add, _graph.Contract(op, x, kernel, name + "Product"), Parameter(Shape.Of(channels), name + "Bias"), name);
    }

    private int Parameter(Shape shape, string name)
    {
        _parameters.Add(_graph.Source(new BufferRef(BufferKind.Parameter, _parameters.Count), shape, name));
        return _parameters[^1];
    }

    private int Relu(int x, string name)
    {
        ScalarBuilder scalar = new();
        return _graph.Map(scalar.Build(1, scalar.Apply(ScalarOp.Max, scalar.Input(0), scalar.Constant(0))), [x], name);
    }
}
