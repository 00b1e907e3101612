using OptGen.Generator.Graph;

namespace OptGen.Generator.Autodiff;

/// <summary>Reverse-mode differentiation: adds the gradient of a scalar to the graph as more graph.</summary>
internal static class ReverseMode
{
    /// <summary>The nodes that hold ∂<paramref name="loss"/>/∂wrt[i].</summary>
    public static int[] Gradients(GraphBuilder graph, int loss, int[] wrt) => throw new NotSupportedException();
}
