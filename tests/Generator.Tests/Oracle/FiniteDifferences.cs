using OptGen.Generator.Autodiff;
using OptGen.Generator.Graph;
using OptGen.Generator.Specs;

namespace OptGen.Generator.Tests.Oracle;

/// <summary>Holds the gradient that is derived from a graph against differences of its loss.</summary>
internal static class FiniteDifferences
{
    private const double Step = 1e-5;

    /// <summary>Fails when the gradient of the loss for one of the sources is not what the loss does when that source is moved.</summary>
    public static void Check(GraphBuilder builder, int loss, int[] wrt, Dictionary<BufferRef, double[]> content, int batch, int rows, string what)
    {
        builder.ClearOutputs();
        builder.Output(loss, new BufferRef(BufferKind.Loss));
        TensorGraph forward = DeadCode.Run(builder.Build());
        GraphVerifier.Verify(forward);
        int[] gradients = ReverseMode.Gradients(builder, loss, wrt);
        for (int i = 0; i < wrt.Length; i++)
            builder.Output(gradients[i], new BufferRef(BufferKind.Gradient, i));
        TensorGraph graph = DeadCode.Run(DropStopGradients.Run(builder.Build()));
        GraphVerifier.Verify(graph);

        GraphInterpreter interpreter = new(batch, rows);
        Dictionary<BufferRef, double[]> results = interpreter.Run(graph, content);
        double Loss() => interpreter.Run(forward, content)[new BufferRef(BufferKind.Loss)][0];
        Assert.Equal(Loss(), results[new BufferRef(BufferKind.Loss)][0]);
        for (int i = 0; i < wrt.Length; i++)
        {
            double[] gradient = results[new BufferRef(BufferKind.Gradient, i)];
            double[] values = content[((SourceOp)builder[wrt[i]].Op).Buffer];
            double scale = gradient.Select(Math.Abs).Max();
            for (int k = 0; k < gradient.Length; k++)
            {
                double at = values[k];
                values[k] = at + Step;
                double above = Loss();
                values[k] = at - Step;
                double below = Loss();
                values[k] = at;
                double expected = (above - below) / (2 * Step);
                Assert.True(Math.Abs(gradient[k] - expected) <= 2e-6 * (1 + scale), $"{what}: gradient {i}[{k}] of shape {builder[wrt[i]].Shape} is {gradient[k]}, not {expected}");
            }
        }
    }
}
