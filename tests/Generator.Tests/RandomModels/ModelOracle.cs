using OptGen.Generator.Graph;
using OptGen.Generator.Lowering;
using OptGen.Generator.Specs;
using OptGen.Generator.Tests.Optimizers;
using OptGen.Generator.Tests.Oracle;
using OptGen.Kernels;

namespace OptGen.Generator.Tests.RandomModels;

/// <summary>
/// What a model is to compute, by interpretation of its graph as it was read, without the passes that follow: loss, gradients and statistics of training, predictions and loss without it, and the
/// steps of its optimizer, whose stages run one after the other on the interpreted gradients.
/// </summary>
internal sealed class ModelOracle
{
    private readonly ModelSpec _spec;
    private readonly TensorGraph _loss;
    private readonly TensorGraph _gradient;
    private readonly TensorGraph _inference;
    private readonly OptimizerSpec _optimizer;
    private readonly ParameterLayout _layout;

    public ModelOracle(ModelSpec spec, OptimizerSpec optimizer)
    {
        (_spec, _optimizer, _layout) = (spec, optimizer, ParameterLayout.Of(spec));
        GraphBuilder gradient = ModelPrograms.LossAndGradients(spec, out int[] gradients);
        for (int p = 0; p < gradients.Length; p++)
            gradient.Output(gradients[p], new BufferRef(BufferKind.Gradient, p));
        _gradient = gradient.Build();
        _loss = Only(spec.Graph, BufferKind.Loss);
        _inference = Only(spec.Inference ?? spec.Graph, BufferKind.Loss, BufferKind.Prediction);
        Names = ["loss", .. spec.Parameters.Select(parameter => $"gradient of {parameter.Name}"), .. KeptBuffers().Select(buffer => $"{spec.Buffers[buffer].Name} after the step")];
    }

    /// <summary>What the results of <see cref="Train"/> are.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>The numbers of the buffers that a training pass changes.</summary>
    public int[] KeptBuffers() => [.. _gradient.Outputs.Where(output => output.Target.Kind == BufferKind.Kept).Select(output => output.Target.Index).Order()];

    /// <summary>The loss, the gradient of each parameter, then the buffers that changed.</summary>
    public double[][] Train(ModelContent content, int rows, Observer? observer = null)
    {
        Dictionary<BufferRef, double[]> results = Run(_gradient, content, rows, observer);
        return [results[new BufferRef(BufferKind.Loss)], .. _spec.Parameters.Select((_, p) => results[new BufferRef(BufferKind.Gradient, p)]), .. KeptBuffers().Select(buffer => results[new BufferRef(BufferKind.Kept, buffer)])];
    }

    /// <summary>The loss alone, as training computes it.</summary>
    public double Loss(ModelContent content, int rows, Observer? observer = null) => Run(_loss, content, rows, observer)[new BufferRef(BufferKind.Loss)][0];

    /// <summary>The loss as it is without training, then the outputs.</summary>
    public double[][] Infer(ModelContent content, int rows, Observer? observer = null)
    {
        Dictionary<BufferRef, double[]> results = Run(_inference, content, rows, observer);
        return [results[new BufferRef(BufferKind.Loss)], .. _spec.Outputs.Select((_, output) => results[new BufferRef(BufferKind.Prediction, output)])];
    }

    /// <summary>The optimizer before its first step.</summary>
    public RuleRunner Optimizer(ModelContent content) => new(_optimizer, [.. _layout.Order.SelectMany(p => content.Parameters[p])], [.. _layout.Order.Select(p => Matrix(_spec.Parameters[p].Shape))])
    {
        Decays = [.. _layout.Order.Select(p => _spec.Parameters[p].Kind == Specs.ParameterKind.Weight)],
    };

    /// <summary>What is there after a step with the results of <see cref="Train"/>.</summary>
    public ModelContent Step(RuleRunner optimizer, ModelContent content, double[][] trained)
    {
        optimizer.Step([.. _layout.Order.SelectMany(p => trained[1 + p])]);
        double[][] buffers = [.. content.Buffers];
        int next = 1 + _spec.Parameters.Count;
        foreach (int buffer in KeptBuffers())
            buffers[buffer] = trained[next++];
        return content with
        {
            Parameters = [.. _spec.Parameters.Select((parameter, p) => optimizer.Parameters.AsSpan(_layout.Offsets[p], parameter.Shape.Count).ToArray())],
            Buffers = buffers,
            RandomStep = content.RandomStep + 1,
        };
    }

    /// <summary>Columns lie along the last axis, all other axes together are rows.</summary>
    private static (int Rows, int Columns) Matrix(Shape shape) => shape.Rank < 2 ? (1, shape.Count) : (shape.Count / shape[shape.Rank - 1], shape[shape.Rank - 1]);

    private Dictionary<BufferRef, double[]> Run(TensorGraph graph, ModelContent content, int rows, Observer? observer)
    {
        Dictionary<BufferRef, double[]> sources = [];
        void Add(BufferKind kind, double[][] tensors)
        {
            for (int i = 0; i < tensors.Length; i++)
                sources[new BufferRef(kind, i)] = tensors[i];
        }

        Add(BufferKind.Input, content.Inputs);
        Add(BufferKind.Parameter, content.Parameters);
        Add(BufferKind.Kept, content.Buffers);
        return new GraphInterpreter(_spec.Batch, rows) { RandomKey = content.Key, Observer = observer }.Run(graph, sources);
    }

    private static TensorGraph Only(TensorGraph graph, params BufferKind[] kinds) => graph with { Outputs = graph.Outputs.Where(output => kinds.Contains(output.Target.Kind)).ToEquatableArray() };
}

/// <summary>The content of everything that a model reads: inputs with targets (full batches), parameters and buffers, in the order of its specification.</summary>
/// <param name="RandomStep">How many passes have drawn random numbers before this one.</param>
internal sealed record ModelContent(double[][] Inputs, double[][] Parameters, double[][] Buffers, long RandomStep)
{
    /// <summary>The seed of the random numbers that training draws.</summary>
    public const int RandomSeed = 1;

    /// <summary>The key of the pass's random numbers.</summary>
    public uint Key => StepRandom.Key(RandomSeed, RandomStep);

    /// <summary>The numbers of one input, one row after the other, up to some row.</summary>
    public double[][] Rows(int rows, int batch) => [.. Inputs.Select(input => input[..(input.Length / batch * rows)])];

    public static ModelContent Draw(ModelSpec spec, int seed)
    {
        Random random = new(seed);
        bool isDouble = spec.Precision == Specs.Precision.Double;
        double Number(double size) => size * ((2 * random.NextDouble()) - 1) is double value && isDouble ? value : (float)(size * ((2 * random.NextDouble()) - 1));
        double[] Numbers(int count, Func<double> each) => [.. Enumerable.Range(0, count).Select(_ => each())];
        return new ModelContent(
            [.. spec.Inputs.Select(input => Numbers(input.Shape.Count, () => input.Classes > 0 ? random.Next(input.Classes) : input.IsTarget ? (float)(0.5 + Number(0.45)) : Number(1)))],
            [.. spec.Parameters.Select(parameter =>
            {
                int outputs = parameter.Shape.Rank == 0 ? 1 : parameter.Shape[parameter.Shape.Rank - 1];
                double size = parameter.Shape.Rank > 1 && parameter.Kind == Specs.ParameterKind.Weight ? Math.Sqrt(3.0 * outputs / parameter.Shape.Count) : 0.5;
                double middle = parameter.Kind == Specs.ParameterKind.Gain ? 1 : 0;
                return Numbers(parameter.Shape.Count, () => isDouble ? middle + Number(size) : (float)(middle + Number(size)));
            })],
            [.. spec.Buffers.Select(buffer =>
            {
                // Near where training begins, but no two alike: averages may be read in the place of others.
                int element = 0;
                return Numbers(buffer.Shape.Count, () => (float)(buffer.Initial[buffer.Initial.Count == 1 ? 0 : element++] + Number(0.5)));
            })],
            random.Next(1000));
    }
}
