using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using OptGen.Generator.Diagnostics;
using OptGen.Generator.Frontend;
using OptGen.Generator.Graph;
using OptGen.Generator.Specs;
using OptGen.Generator.Tests.Optimizers;

namespace OptGen.Generator.Tests.Frontend;

/// <summary>A user's source with a model in it, and what the reader makes of it.</summary>
internal static class ModelSource
{
    /// <summary>What is read of the class <c>Net</c>.</summary>
    public static ReadResult<ModelSpec> Read(string source, params MetadataReference[] references)
    {
        CSharpCompilation compilation = OptimizerSource.Compile(source, references);
        INamedTypeSymbol type = compilation.GetTypeByMetadataName("Net") ?? throw new ArgumentException("There is no class Net.", nameof(source));
        return ModelReader.Read(type, compilation, TestContext.Current.CancellationToken);
    }

    /// <summary>The specifications of models, given as the source of each by its class's name, without mistakes. They are compiled together.</summary>
    public static IReadOnlyDictionary<string, ModelSpec> ReadAll(IReadOnlyDictionary<string, string> sources)
    {
        CSharpCompilation compilation = OptimizerSource.CompileFiles(sources.Values);
        return sources.Keys.ToDictionary(name => name, name =>
        {
            INamedTypeSymbol type = compilation.GetTypeByMetadataName(name) ?? throw new ArgumentException($"There is no class {name}.", nameof(sources));
            return Valid(ModelReader.Read(type, compilation, TestContext.Current.CancellationToken), name);
        });
    }

    /// <summary>The specification of a model without mistakes, whose graph has been verified.</summary>
    public static ModelSpec ReadValid(string source) => Valid(Read(source), "Net");

    private static ModelSpec Valid(ReadResult<ModelSpec> result, string name)
    {
        Assert.True(result.Diagnostics.Count == 0, $"{name}: {string.Join("; ", result.Diagnostics.Select(diagnostic => diagnostic.ToDiagnostic().ToString()))}");
        ModelSpec spec = Assert.IsType<ModelSpec>(result.Value);
        GraphVerifier.Verify(spec.Graph);
        return spec;
    }

    /// <summary>The graph of a model whose forward pass over 4 numbers per row has this body; other members may be given.</summary>
    public static TensorGraph Forward(string body, string members = "", string types = "") =>
        DeadCode.Run(ReadValid(ForwardSource(body, members, types)).Graph);

    public static string ForwardSource(string body, string members = "", string types = "") => $$"""
        {{types}}
        [Model(Batch = 8)]
        public partial class Net
        {
            {{members}}
            [Forward]
            private static Tensor Forward([Shape(4)] Tensor x)
            {
                {{body}}
            }
        }
        """;

    /// <summary>The graph as text, one tensor a line, without names.</summary>
    public static string[] Describe(TensorGraph graph) => [.. graph.Nodes.Select(node => $"{Describe(node.Op)}({string.Join(", ", node.Inputs)}) {node.Shape}"),
        .. graph.Outputs.Select(output => $"{output.Target.Kind} = {output.Node}")];

    private static string Describe(GraphOp op) => op switch
    {
        SourceOp source => $"{source.Buffer.Kind} {source.Buffer.Index}",
        MapOp map => "map " + string.Join("; ", map.Body.Nodes.Select(node => $"{node.Op} {node.A} {node.B} {node.C} {node.Value}")),
        ReduceOp reduce => $"{reduce.Kind} {reduce.Axes}",
        ContractOp => "contract",
        IotaOp iota => $"iota {iota.Axis}",
        TransposeOp transpose => $"transpose {transpose.Permutation}",
        SliceOp slice => $"slice {slice.Starts} {slice.Steps}",
        PadOp pad => $"pad {pad.Starts} {pad.Steps}",
        _ => op.GetType().Name,
    };
}
