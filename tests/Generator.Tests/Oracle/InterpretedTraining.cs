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
    private readonly UpdateSequence _sequence;
    private readonly ParameterGroups _groups;

    public InterpretedTraining(OptimizerSpec optimizer)
    {
        _optimizer = optimizer;
        _model = optimizer.Model!;
        (_sequence, _groups) = (UpdateSequence.Of(optimizer), ParameterGroups.Of(optimizer));
        (_gradient, _trainStep) = (ModelPrograms.Gradient(_model), OptimizerPrograms.TrainStep(optimizer, _sequence));
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
        Dictionary<BufferRef, double[]> content = new(Content);
        UniformSets sets = UniformSets.Of(_sequence.Update, _groups);
        for (int group = 0; group < sets.Count; group++)
            AddSet(content, sets, group, [], group);
        Dictionary<BufferRef, double[]> results = new GraphInterpreter(_model.Batch, rows).Run(_trainStep!, content);
        foreach ((BufferRef target, double[] values) in results)
        {
            if (target.Kind is BufferKind.Parameter or BufferKind.State)
                Content[target] = values;
        }

        return results[new BufferRef(BufferKind.Loss)][0];
    }

    /// <summary>The same step as gradient, reductions over everything, and update of one parameter after the other.</summary>
    public double GradientAndUpdate(int rows)
    {
        StepCount++;
        Dictionary<BufferRef, double[]> gradients = new GraphInterpreter(_model.Batch, rows).Run(_gradient, Content);
        double[] sums = new double[_optimizer.Reductions.Count];
        foreach (UpdatePass pass in _sequence.Passes)
        {
            for (int p = 0; p < _model.Parameters.Count; p++)
            {
                Dictionary<BufferRef, double[]> content = new()
                {
                    [new BufferRef(BufferKind.Parameter)] = Content[new BufferRef(BufferKind.Parameter, p)],
                    [new BufferRef(BufferKind.Gradient)] = gradients[new BufferRef(BufferKind.Gradient, p)],
                };
                for (int slot = 0; slot < _optimizer.States.Count; slot++)
                    content[new BufferRef(BufferKind.State, 0, slot)] = Content[new BufferRef(BufferKind.State, p, slot)];
                AddSet(content, UniformSets.OfOne(pass), 0, sums, _groups.OfParameter[p]);
                foreach ((BufferRef target, double[] values) in new GraphInterpreter(1, _model.Parameters[p].Shape.Count).Run(OptimizerPrograms.Pass(_optimizer, pass), content))
                {
                    if (target.Kind == BufferKind.Sum)
                        sums[pass.Outputs[target.Slot].Index] += values[0];
                    else
                        Content[target with { Index = p }] = values;
                }
            }
        }

        return gradients[new BufferRef(BufferKind.Loss)][0];
    }

    /// <summary>Adds the uniforms of a set, with the numbers that a group of parameters has.</summary>
    private void AddSet(Dictionary<BufferRef, double[]> content, UniformSets sets, int set, double[] sums, int group)
    {
        UpdatePass pass = sets.Pass;
        bool decays = _groups.Groups[group].Decays;
        double[] numbers = ScalarInterpreter.Evaluate(pass.Host.Function, [.. pass.Host.Inputs.Select(input => input.Kind switch
        {
            UpdateInputKind.Hyper => _optimizer.Hypers[input.Index].Decays && !decays ? 0 : Hypers[input.Index],
            UpdateInputKind.Step => StepCount,
            _ => sums[input.Index],
        })]);
        for (int passed = 0; passed < pass.PassedCount; passed++)
            content[new BufferRef(BufferKind.Uniform, sets.IndexOf(set, passed))] = [numbers[passed]];
    }
}
