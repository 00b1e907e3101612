using System.Text;
using OptGen.Generator.Scalar;
using OptGen.Generator.Specs;

namespace OptGen.Generator.Graph;

/// <summary>Prints a graph as a table, for headers of emitted files and for finding faults.</summary>
internal static class GraphPrinter
{
    private static readonly string[] s_titles = ["", "tensor", "shape", "operation", "FLOPs"];

    /// <summary>One line for each tensor, without a line end after the last.</summary>
    public static string Table(TensorGraph graph)
    {
        List<string[]> rows = [s_titles];
        for (int i = 0; i < graph.Nodes.Count; i++)
        {
            GraphNode node = graph.Nodes[i];
            rows.Add([$"%{i}", NameOf(graph, i), node.Shape.ToString(), Describe(graph, node), Flops(graph, node) is > 0 and long flops ? flops.ToString() : ""]);
        }

        int[] widths = Enumerable.Range(0, s_titles.Length).Select(column => rows.Max(row => row[column].Length)).ToArray();
        StringBuilder text = new();
        foreach (string[] row in rows)
            text.Append(string.Join("  ", row.Select((cell, column) => cell.PadRight(widths[column]))).TrimEnd()).Append('\n');
        foreach (GraphOutput output in graph.Outputs)
            text.Append($"{NameOf(graph, output.Node)} → {Target(output.Target)}\n");
        return text.ToString().TrimEnd('\n');
    }

    /// <summary>What a node computes, in the names of its inputs.</summary>
    public static string Describe(TensorGraph graph, GraphNode node)
    {
        string[] inputs = node.Inputs.Select(input => NameOf(graph, input)).ToArray();
        return node.Op switch
        {
            SourceOp source => Target(source.Buffer),
            IotaOp iota => $"index along axis {iota.Axis}",
            MapOp map => ScalarPrinter.Print(map.Body, inputs),
            ReduceOp reduce => $"{reduce.Kind.ToString().ToLowerInvariant()} of {inputs[0]} over {(reduce.Axes.Count == 1 ? "axis" : "axes")} {string.Join(", ", reduce.Axes)}",
            ContractOp contract => $"Σ {Indexed(inputs[0], contract.Left)}·{Indexed(inputs[1], contract.Right)} → [{string.Join(", ", Enumerable.Range(0, contract.OutputRank).Select(Loop))}]",
            ReshapeOp => $"{inputs[0]} in another shape",
            TransposeOp transpose => $"axes {string.Join(", ", transpose.Permutation)} of {inputs[0]}",
            SliceOp slice => $"{inputs[0]} from {slice.Starts} in steps of {slice.Steps}",
            PadOp pad => $"{inputs[0]} at {pad.Starts} in steps of {pad.Steps} among zeros",
            ConcatOp concat => $"{string.Join(", ", inputs)} one after the other along axis {concat.Axis}",
            ViewOp view => $"{Indexed(inputs[0], view.Index)} → [{string.Join(", ", Enumerable.Range(0, node.Shape.Rank).Select(Loop))}]{(view.Outside == 0 ? "" : $", {view.Outside.ToString(System.Globalization.CultureInfo.InvariantCulture)} outside")}",
            GatherOp => $"rows {inputs[1]} of {inputs[0]}",
            ScatterOp => $"{inputs[0]} added to rows {inputs[1]} of zeros",
            RandomOp random => $"random numbers, stream {random.Stream}",
            ScanOp scan => $"{NameOf(scan.Loop.Body, scan.Result)} of {scan.Loop.Steps} steps over {string.Join(", ", inputs)}",
            StopGradientOp => $"{inputs[0]}, held constant",
            _ => node.Op.GetType().Name,
        };
    }

    /// <summary>Floating-point operations of a full batch.</summary>
    public static long Flops(TensorGraph graph, GraphNode node) => node.Op switch
    {
        MapOp map => (long)node.Shape.Count * map.Body.Nodes.Sum(value => value.Op.Flops()),
        ReduceOp => graph.Nodes[node.Inputs[0]].Shape.Count,
        ContractOp contract => contract.Loops.Aggregate(2L, (product, loop) => product * loop.Extent),
        ScanOp scan => scan.Loop.Steps * scan.Loop.Body.Nodes.Sum(inner => Flops(scan.Loop.Body, inner)),
        _ => 0,
    };

    private static string NameOf(TensorGraph graph, int node) => graph.Nodes[node].Name.Length > 0 ? graph.Nodes[node].Name : $"%{node}";

    private static string Target(BufferRef buffer) => buffer.Kind switch
    {
        BufferKind.Loss => "loss",
        BufferKind.Sum => $"sum {buffer.Slot}",
        BufferKind.Line => $"line {buffer.Slot}",
        BufferKind.State => $"state {buffer.Slot} of parameter {buffer.Index}",
        BufferKind.Gradient => $"gradient of parameter {buffer.Index}",
        _ => $"{buffer.Kind.ToString().ToLowerInvariant()} {buffer.Index}",
    };

    private static string Loop(int loop) => loop < 18 ? ((char)('i' + loop)).ToString() : $"i{loop}";

    private static string Indexed(string name, EquatableArray<AffineIndex> index) => $"{name}[{string.Join(", ", index.Select(Position))}]";

    private static string Position(AffineIndex index)
    {
        string sum = string.Join(" + ", index.Terms.Select(term => term.Factor == 1 ? Loop(term.Loop) : $"{term.Factor}·{Loop(term.Loop)}"));
        if (index.Terms.Count == 0 || index.Offset != 0)
            sum = index.Terms.Count == 0 ? $"{index.Offset}" : $"{sum} {(index.Offset < 0 ? '−' : '+')} {Math.Abs(index.Offset)}";
        sum = sum.Replace("+ -", "− ");
        return index.Divisor == 1 ? sum : $"({sum})/{index.Divisor}";
    }
}
