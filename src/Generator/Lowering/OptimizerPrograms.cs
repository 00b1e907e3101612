using OptGen.Generator.Graph;
using OptGen.Generator.Scalar;
using OptGen.Generator.Specs;

namespace OptGen.Generator.Lowering;

/// <summary>The graphs of an optimizer's programs. Parameters and states are written in place.</summary>
internal static class OptimizerPrograms
{
    /// <summary>
    /// Loss, gradients and update in one, for an optimizer with a model; null when there is no loss or when a transform needs all gradients before the first update.
    /// </summary>
    public static TensorGraph? TrainStep(OptimizerSpec optimizer)
    {
        if (optimizer.Model is not { HasLoss: true } model || optimizer.Transforms.Any(transform => transform.Reduction is not null))
            return null;
        UniformPlan plan = UniformPlan.OfUpdate(optimizer);
        GraphBuilder graph = ModelPrograms.LossAndGradients(model, out int[] gradients);
        int[] parameters = ModelPrograms.Parameters(graph, model);
        for (int p = 0; p < parameters.Length; p++)
            AddUpdate(graph, optimizer, plan, plan.SetOf(optimizer, model.Parameters[p]), p, parameters[p], gradients[p]);
        return ModelPrograms.Finish(graph.Build());
    }

    /// <summary>The update over flat buffers with the uniforms of set 0: the batch is 1, and the rows are the elements.</summary>
    public static TensorGraph Update(OptimizerSpec optimizer)
    {
        GraphBuilder graph = new();
        int parameter = graph.Source(new BufferRef(BufferKind.Parameter), Shape.OfBatch(1), "parameters");
        int gradient = graph.Source(new BufferRef(BufferKind.Gradient), Shape.OfBatch(1), "gradients");
        AddUpdate(graph, optimizer, UniformPlan.OfUpdate(optimizer), 0, 0, parameter, gradient);
        return ModelPrograms.Finish(graph.Build());
    }

    /// <summary>The sum that transform number <paramref name="transform"/> takes over flat gradients, as the program's loss; batch and rows as in <see cref="Update"/>.</summary>
    public static TensorGraph Reduction(OptimizerSpec optimizer, int transform)
    {
        GraphBuilder graph = new();
        UniformPlan plan = UniformPlan.OfReduction(optimizer, transform);
        int gradient = graph.Source(new BufferRef(BufferKind.Gradient), Shape.OfBatch(1), "gradients");
        int[] inputs = [.. plan.ElementInputs.Select(_ => gradient), .. UniformSources(graph, plan, 0)];
        int term = graph.Map(plan.Element, inputs, Shape.OfBatch(1), "term");
        int sum = graph.Reshape(graph.Reduce(ReduceKind.Sum, term, [0], "sum"), Shape.Scalar, "sum");
        graph.Output(sum, new BufferRef(BufferKind.Loss));
        return ModelPrograms.Finish(graph.Build());
    }

    /// <summary>
    /// Adds the update of one parameter. A result that is part of a later one (a new moment, say) is a tensor of its own there, so that nothing is
    /// computed twice and what is overwritten in place is not read again.
    /// </summary>
    private static void AddUpdate(GraphBuilder graph, OptimizerSpec optimizer, UniformPlan plan, int set, int number, int parameter, int gradient)
    {
        Shape shape = graph[parameter].Shape;
        string name = graph[parameter].Name;
        string StateName(int slot) => name == "parameters" ? optimizer.States[slot].Name : name + char.ToUpperInvariant(optimizer.States[slot].Name[0]) + optimizer.States[slot].Name.Substring(1);
        List<int> inputs = plan.ElementInputs.Select(input => input.Kind switch
        {
            UpdateInputKind.Parameter => parameter,
            UpdateInputKind.Gradient => gradient,
            _ => graph.Source(new BufferRef(BufferKind.State, number, input.Index), shape, StateName(input.Index)),
        }).Concat(UniformSources(graph, plan, set)).ToList();

        // In the order of their values, an output comes after those that it is computed from.
        ScalarFunction element = plan.Element;
        int[] nodes = new int[element.Outputs.Count];
        List<int> done = [];
        foreach (int k in Enumerable.Range(0, nodes.Length).OrderBy(k => element.Outputs[k]))
        {
            ScalarFunction body = Compose.DropUnread(Compose.Cut(element, element.Outputs[k], done), out int[] kept);
            if (k > 0)
                body = FlushSubnormal.Run(body, optimizer.Precision);
            string result = "new" + (k == 0 ? Capitalized(name) : Capitalized(StateName(k - 1)));
            nodes[k] = graph.Map(body, kept.Select(input => input < element.InputCount ? inputs[input] : nodes[DoneBy(input)]).ToArray(), shape, result);
            if (!done.Contains(element.Outputs[k]) && element.Nodes[element.Outputs[k]].Op is not (ScalarOp.Input or ScalarOp.Constant))
                done.Add(element.Outputs[k]);
        }

        int DoneBy(int input) => Enumerable.Range(0, nodes.Length).First(k => element.Outputs[k] == done[input - element.InputCount]);

        for (int k = 0; k < nodes.Length; k++)
        {
            BufferRef target = k == 0 ? new BufferRef(BufferKind.Parameter, number) : new BufferRef(BufferKind.State, number, k - 1);
            bool unchanged = graph[nodes[k]].Op is SourceOp source && source.Buffer == target;
            if (!unchanged)
                graph.Output(nodes[k], target);
        }
    }

    /// <summary>The uniforms of a set; what is the same in both sets is taken from set 0.</summary>
    private static IEnumerable<int> UniformSources(GraphBuilder graph, UniformPlan plan, int set)
    {
        for (int k = 0; k < plan.SetSize; k++)
        {
            bool own = set > 0 && plan.DependsOnDecay[k];
            yield return graph.Uniform(plan.IndexOf(own ? set : 0, k), own ? plan.Names[k] + "WithoutDecay" : plan.Names[k]);
        }
    }

    private static string Capitalized(string name) => char.ToUpperInvariant(name[0]) + name.Substring(1);
}
