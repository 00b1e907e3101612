using OptGen.Generator.Graph;
using OptGen.Generator.Lowering;
using OptGen.Generator.Specs;

namespace OptGen.Generator.Tests.Oracle;

/// <summary>Trains a model in double precision by interpreting the graphs of its programs: what emitted code is to do, in slow motion.</summary>
internal sealed class InterpretedTraining
{
    private readonly OptimizerSpec _optimizer;
    private readonly ModelSpec _model;
    private readonly TensorGraph _gradient;
    private readonly TensorGraph? _trainStep;
    private readonly TensorGraph _update;

    public InterpretedTraining(OptimizerSpec optimizer)
    {
        _optimizer = optimizer;
        _model = optimizer.Model!;
        (_gradient, _trainStep, _update) = (ModelPrograms.Gradient(_model), OptimizerPrograms.TrainStep(optimizer), OptimizerPrograms.Update(optimizer));
        Hypers = [.. optimizer.Hypers.Select(hyper => hyper.Default)];
        for (int p = 0; p < _model.Parameters.Count; p++)
        {
            Content[new BufferRef(BufferKind.Parameter, p)] = new double[_model.Parameters[p].Shape.Count];
            for (int slot = 0; slot < optimizer.States.Count; slot++)
                Content[new BufferRef(BufferKind.State, p, slot)] = new double[_model.Parameters[p].Shape.Count];
        }
    }

    /// <summary>Parameters, states and inputs.</summary>
    public Dictionary<BufferRef, double[]> Content { get; } = [];

    public double[] Hypers { get; }

    public int StepCount { get; private set; }

    /// <summary>One step of the fused program.</summary>
    public double TrainStep(int rows)
    {
        StepCount++;
        Dictionary<BufferRef, double[]> results = new GraphInterpreter(_model.Batch, rows).Run(_trainStep!, WithUniforms(Content, []));
        return Store(results);
    }

    /// <summary>The same step as gradient, reductions, and update of one parameter after the other.</summary>
    public double GradientAndUpdate(int rows)
    {
        StepCount++;
        Dictionary<BufferRef, double[]> gradients = new GraphInterpreter(_model.Batch, rows).Run(_gradient, Content);
        double[] flat = [.. ParameterLayout.Of(_model).Order.SelectMany(p => gradients[new BufferRef(BufferKind.Gradient, p)])];
        List<double> sums = [];
        for (int transform = 0; transform < _optimizer.Transforms.Count; transform++)
        {
            if (_optimizer.Transforms[transform].Reduction is null)
            {
                sums.Add(double.NaN);
                continue;
            }

            Dictionary<BufferRef, double[]> content = new() { [new BufferRef(BufferKind.Gradient)] = flat };
            UniformPlan plan = UniformPlan.OfReduction(_optimizer, transform);
            AddSet(content, plan, 0, sums);
            sums.Add(new GraphInterpreter(1, flat.Length).Run(OptimizerPrograms.Reduction(_optimizer, transform), content)[new BufferRef(BufferKind.Loss)][0]);
        }

        UniformPlan updatePlan = UniformPlan.OfUpdate(_optimizer);
        for (int p = 0; p < _model.Parameters.Count; p++)
        {
            Dictionary<BufferRef, double[]> content = new()
            {
                [new BufferRef(BufferKind.Parameter)] = Content[new BufferRef(BufferKind.Parameter, p)],
                [new BufferRef(BufferKind.Gradient)] = gradients[new BufferRef(BufferKind.Gradient, p)],
            };
            for (int slot = 0; slot < _optimizer.States.Count; slot++)
                content[new BufferRef(BufferKind.State, 0, slot)] = Content[new BufferRef(BufferKind.State, p, slot)];
            bool decays = Decay.AppliesTo(_optimizer, _model.Parameters[p]);
            double[] set = Set(updatePlan, sums, decays);
            for (int k = 0; k < set.Length; k++)
                content[new BufferRef(BufferKind.Uniform, updatePlan.IndexOf(0, k))] = [set[k]];
            foreach ((BufferRef target, double[] values) in new GraphInterpreter(1, _model.Parameters[p].Shape.Count).Run(_update, content))
                Content[target with { Index = p }] = values;
        }

        return gradients[new BufferRef(BufferKind.Loss)][0];
    }

    private double Store(Dictionary<BufferRef, double[]> results)
    {
        foreach ((BufferRef target, double[] values) in results)
        {
            if (target.Kind is BufferKind.Parameter or BufferKind.State)
                Content[target] = values;
        }

        return results[new BufferRef(BufferKind.Loss)][0];
    }

    private Dictionary<BufferRef, double[]> WithUniforms(Dictionary<BufferRef, double[]> content, IReadOnlyList<double> sums)
    {
        Dictionary<BufferRef, double[]> all = new(content);
        UniformPlan plan = UniformPlan.OfUpdate(_optimizer);
        for (int set = 0; set < plan.SetCount; set++)
            AddSet(all, plan, set, sums);
        return all;
    }

    private void AddSet(Dictionary<BufferRef, double[]> content, UniformPlan plan, int set, IReadOnlyList<double> sums)
    {
        double[] numbers = Set(plan, sums, set == 0);
        for (int k = 0; k < numbers.Length; k++)
            content[new BufferRef(BufferKind.Uniform, plan.IndexOf(set, k))] = [numbers[k]];
    }

    private double[] Set(UniformPlan plan, IReadOnlyList<double> sums, bool decays) =>
        ScalarInterpreter.Evaluate(plan.Host.Function, [.. plan.Host.Inputs.Select(input => input.Kind switch
        {
            UpdateInputKind.Hyper => _optimizer.Hypers[input.Index].Decays && !decays ? 0 : Hypers[input.Index],
            UpdateInputKind.Step => StepCount,
            _ => sums[input.Index],
        })]);
}
