using OptGen.Generator.Graph;
using OptGen.Generator.Scalar;

namespace OptGen.Generator.Fusion;

/// <summary>Evaluates one element of a node symbolically: maps that are not computed on their own are inlined, down to the leaves.</summary>
internal sealed class Evaluator(TensorGraph graph, AccessReader reader)
{
    /// <summary>The leaves that computing the node reads.</summary>
    public List<Access> Accesses(int number)
    {
        if (graph.Nodes[number].Op is ScanOp)
            return [.. graph.Nodes[number].Inputs.Select(input => new Access(Materialize.ScanLeaf(graph, reader.Computed, input), [], IsLinear: true))];
        if (graph.Nodes[number].Op is ConcatOp)
            return [.. graph.Nodes[number].Inputs.Select(input => new Access(input, [], IsLinear: true))];
        List<Access> accesses = [];
        ScalarBuilder scratch = new();
        Evaluate(number, scratch, access =>
        {
            accesses.Add(access);
            if (access.Row is not null)
                accesses.Add(access.Row);
            return scratch.Input(accesses.Count - 1);
        });
        if (graph.Nodes[number].Op is ScatterOp)
            accesses.Add(Row(number));
        return accesses;
    }

    /// <summary>What holds the number of the row to which a scatter adds at a point of its domain.</summary>
    public Access Row(int number)
    {
        Domain domain = Domain.Of(graph, number);
        int numbers = graph.Nodes[number].Inputs[1];
        AffineExpr[] at = Enumerable.Range(1, graph.Nodes[numbers].Shape.Rank).Select(axis => AffineExpr.Axis(domain.Axes, axis)).ToArray();
        return reader.Read(numbers, at, domain.Extents);
    }

    /// <summary>The value that the node computes or accumulates at one point of its domain.</summary>
    public int Evaluate(int number, ScalarBuilder scalar, Func<Access, int> load)
    {
        GraphNode node = graph.Nodes[number];
        Domain domain = Domain.Of(graph, number);
        AffineExpr[] point = Enumerable.Range(0, domain.Axes).Select(axis => AffineExpr.Axis(domain.Axes, axis)).ToArray();
        Walk walk = new(this, scalar, load, domain.Extents);
        switch (node.Op)
        {
            case ContractOp contract:
                int left = load(reader.Read(node.Inputs[0], contract.Left, domain.Axes, domain.Extents));
                int right = load(reader.Read(node.Inputs[1], contract.Right, domain.Axes, domain.Extents));
                return scalar.Apply(ScalarOp.Multiply, left, right);
            case ScatterOp:
                return walk.Value(node.Inputs[0], point.Skip(1).ToArray());
            case ReduceOp:
                return walk.Value(node.Inputs[0], point);
            default:
                return walk.Operation(number, point);
        }
    }

    private sealed class Walk(Evaluator owner, ScalarBuilder scalar, Func<Access, int> load, int[] extents)
    {
        public int Value(int number, AffineExpr[] at) =>
            owner.Reader.IsLeaf(number) ? load(owner.Reader.Read(number, at, extents)) : Operation(number, at);

        public int Operation(int number, AffineExpr[] at)
        {
            GraphNode node = owner.Graph.Nodes[number];
            if (node.Op is MapOp map)
            {
                int[] inputs = node.Inputs.Select(input => Value(input, AccessReader.Broadcast(owner.Graph.Nodes[input].Shape, at, extents.Length))).ToArray();
                return scalar.Inline(map.Body, inputs)[0];
            }

            return owner.Reader.Move(number, at, extents.Length) is (int next, AffineExpr[] moved)
                ? Value(next, moved)
                : load(owner.Reader.Irregular(number, at, extents));
        }
    }

    private TensorGraph Graph => graph;

    private AccessReader Reader => reader;
}
