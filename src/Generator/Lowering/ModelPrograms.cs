using OptGen.Generator.Autodiff;
using OptGen.Generator.Graph;
using OptGen.Generator.Specs;

namespace OptGen.Generator.Lowering;

/// <summary>The graphs of a model's own programs.</summary>
internal static class ModelPrograms
{
    /// <summary>Predictions only.</summary>
    public static TensorGraph Forward(ModelSpec model) => WithOutputs(model, BufferKind.Prediction);

    /// <summary>The loss only.</summary>
    public static TensorGraph Evaluate(ModelSpec model) => WithOutputs(model, BufferKind.Loss);

    /// <summary>The loss and the gradient of every parameter.</summary>
    public static TensorGraph Gradient(ModelSpec model)
    {
        GraphBuilder graph = LossAndGradients(model, out int[] gradients);
        for (int p = 0; p < gradients.Length; p++)
            graph.Output(gradients[p], new BufferRef(BufferKind.Gradient, p));
        return FinishGradient(model, graph);
    }

    /// <summary>The model's graph with the loss as its only output, the gradients added to it, and the node of each parameter's gradient.</summary>
    public static GraphBuilder LossAndGradients(ModelSpec model, out int[] gradients)
    {
        GraphBuilder graph = new(model.Graph);
        GraphOutput loss = model.Graph.Outputs.First(output => output.Target.Kind == BufferKind.Loss);
        graph.ClearOutputs();
        graph.Output(loss.Node, loss.Target);
        foreach (GraphOutput kept in model.Graph.Outputs.Where(output => output.Target.Kind == BufferKind.Kept))
            graph.Output(kept.Node, kept.Target);
        gradients = ReverseMode.Gradients(graph, loss.Node, Parameters(graph, model));
        return graph;
    }

    /// <summary>The node that reads each parameter; one is added for a parameter that the graph doesn't read.</summary>
    public static int[] Parameters(GraphBuilder graph, ModelSpec model) =>
        model.Parameters.Select((parameter, p) => graph.Source(new BufferRef(BufferKind.Parameter, p), parameter.Shape, VariableName(parameter.Name))).ToArray();

    /// <summary><c>hiddenKernel</c> for <c>Hidden.Kernel</c>.</summary>
    public static string VariableName(string path)
    {
        string name = string.Concat(path.Split('.').Where(part => part.Length > 0).Select(part => char.ToUpperInvariant(part[0]) + part.Substring(1)));
        return char.ToLowerInvariant(name[0]) + name.Substring(1);
    }

    /// <summary>The passes after which a graph is ready for fusion.</summary>
    public static TensorGraph Finish(TensorGraph graph)
    {
        TensorGraph result = DeadCode.Run(DropStopGradients.Run(graph));
        GraphVerifier.VerifyInDebug(result);
        return result;
    }

    /// <summary>The same for the model's graph to which <see cref="LossAndGradients"/>, and what follows from it, were added.</summary>
    public static TensorGraph FinishGradient(ModelSpec model, GraphBuilder graph) => Finish(Recompute.Run(graph.Build(), model.Graph.Nodes.Count, model.Recomputed));

    /// <summary>The graph without what only training does.</summary>
    private static TensorGraph Predicting(ModelSpec model) => model.Inference ?? model.Graph;

    private static TensorGraph WithOutputs(ModelSpec model, BufferKind kind) =>
        Finish(Predicting(model) with { Outputs = Predicting(model).Outputs.Where(output => output.Target.Kind == kind).ToEquatableArray() });
}
