using OptGen.Generator.Graph;
using OptGen.Generator.Scalar;
using OptGen.Generator.Specs;

namespace OptGen.Generator.Lowering;

/// <summary>The graphs of an optimizer's programs. Parameters and states are written in place.</summary>
internal static class OptimizerPrograms
{
    /// <summary>
    /// Loss, gradients and update in one, for an optimizer with a model; null when there is no loss, when the update needs more of the gradients than one at a
    /// time, or when it keeps states in blocks, which are complete only in the order of memory.
    /// </summary>
    public static TensorGraph? TrainStep(OptimizerSpec optimizer, UpdateSequence sequence)
    {
        if (optimizer.Model is not { HasLoss: true } model || !sequence.IsFusible(optimizer) || optimizer.Perturbation is not null
            || optimizer.States.Any(state => state.Format.IsBlockwise()))
            return null;
        ParameterGroups groups = ParameterGroups.Of(optimizer);
        GraphBuilder graph = ModelPrograms.LossAndGradients(model, out int[] gradients);
        int[] parameters = ModelPrograms.Parameters(graph, model);
        UniformSets sets = UniformSets.Of(sequence.Update, groups);
        for (int p = 0; p < parameters.Length; p++)
        {
            if (!groups.Groups[groups.OfParameter[p]].Frozen)
                AddPass(graph, optimizer, sequence.Update, sets, groups.OfParameter[p], p, parameters[p], gradients[p]);
        }

        return ModelPrograms.FinishGradient(model, graph);
    }

    /// <summary>One pass over flat buffers with the uniforms of one group: the batch is 1, and the rows are the elements.</summary>
    public static TensorGraph Pass(OptimizerSpec optimizer, UpdatePass pass)
    {
        GraphBuilder graph = new();
        int parameter = graph.Source(new BufferRef(BufferKind.Parameter), Shape.OfBatch(1), "parameters");
        int gradient = graph.Source(new BufferRef(BufferKind.Gradient), Shape.OfBatch(1), "gradients");
        AddPass(graph, optimizer, pass, UniformSets.OfOne(pass), 0, 0, parameter, gradient);
        return ModelPrograms.Finish(graph.Build());
    }

    /// <summary>Adds a pass over one parameter.</summary>
    private static void AddPass(GraphBuilder graph, OptimizerSpec optimizer, UpdatePass pass, UniformSets sets, int group, int number, int parameter, int gradient)
    {
        Shape shape = graph[parameter].Shape;
        string name = graph[parameter].Name;
        string StateName(int slot) => name == "parameters" ? optimizer.States[slot].Name : name + Capitalized(optimizer.States[slot].Name);
        List<int> inputs =
        [
            .. pass.ElementInputs.Select(input => input.Kind switch
            {
                UpdateInputKind.Parameter => parameter,
                UpdateInputKind.Gradient => gradient,
                UpdateInputKind.Random => graph.Random(shape, input.Index),
                UpdateInputKind.Reduced => graph.Source(new BufferRef(BufferKind.State, number, optimizer.Reductions[input.Index].Buffer), shape, StateName(optimizer.Reductions[input.Index].Buffer)),
                _ => graph.Source(new BufferRef(BufferKind.State, number, input.Index), shape, StateName(input.Index)),
            }),
            .. pass.UniformValues.Select(passed => graph.Uniform(sets.IndexOf(group, passed), sets.NameOf(group, passed))),
        ];

        int[] nodes = new int[pass.Outputs.Count];
        foreach (PassBody part in PassBody.Of(pass))
        {
            PassOutput output = pass.Outputs[part.Output];
            string result = output.Kind switch
            {
                PassOutputKind.Parameter => "new" + Capitalized(name),
                PassOutputKind.State => "new" + Capitalized(StateName(output.Index)),
                _ => Uncapitalized(optimizer.Reductions[output.Index].Name) + "Term",
            };
            nodes[part.Output] = graph.Map(part.Function, [.. part.Inputs.Select(input => input >= 0 ? inputs[input] : nodes[~input])], shape, result);
        }

        for (int k = 0; k < nodes.Length; k++)
        {
            PassOutput output = pass.Outputs[k];
            if (output.Kind == PassOutputKind.Term && optimizer.Reductions[output.Index].Kind == ReductionKind.Whole)
            {
                graph.Output(nodes[k], new BufferRef(BufferKind.State, number, optimizer.Reductions[output.Index].Buffer));
                continue;
            }

            if (output.Kind == PassOutputKind.Term)
            {
                AddTerm(graph, optimizer.Reductions[output.Index], k, nodes[k]);
                continue;
            }

            BufferRef target = output.Kind == PassOutputKind.Parameter ? new BufferRef(BufferKind.Parameter, number) : new BufferRef(BufferKind.State, number, output.Index);
            bool unchanged = graph[nodes[k]].Op is SourceOp source && source.Buffer == target;
            if (!unchanged)
                graph.Output(nodes[k], target);
        }
    }

    /// <summary>The number of the run that a term adds to.</summary>
    private static void AddTerm(GraphBuilder graph, ReductionSpec reduction, int output, int term)
    {
        bool isMax = reduction.Kind == ReductionKind.Max;
        string name = Uncapitalized(reduction.Name);
        int sum = graph.Reshape(graph.Reduce(isMax ? ReduceKind.Max : ReduceKind.Sum, term, [0], name), Shape.Scalar, name);
        graph.Output(sum, new BufferRef(BufferKind.Sum, 0, output));
    }

    private static string Capitalized(string name) => char.ToUpperInvariant(name[0]) + name.Substring(1);

    private static string Uncapitalized(string name) => char.ToLowerInvariant(name[0]) + name.Substring(1);
}
