using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;
using OptGen.Generator.Diagnostics;
using OptGen.Generator.Graph;
using OptGen.Generator.Specs;

namespace OptGen.Generator.Frontend;

// Operations that a formula over positions describes: contractions and views.
internal sealed partial class Evaluator
{
    private TensorValue Contract(IInvocationOperation call, Value[] x)
    {
        GraphBuilder graph = TensorGraph(call);
        int left = Node(x[1], call), right = Node(x[2], call);
        (LoopIndex[] loops, EquatableArray<AffineIndex>[] index, int rank) = Positions(call, x[0], left, right);
        return new TensorValue(graph.Contract(new ContractOp(loops.ToEquatableArray(), rank, index[0], index[1]), left, right, NodeName("contraction")));
    }

    private TensorValue View(IInvocationOperation call, Value[] x)
    {
        GraphBuilder graph = TensorGraph(call);
        int node = Node(x[1], call);
        (LoopIndex[] loops, EquatableArray<AffineIndex>[] index, int rank) = Positions(call, x[0], node);
        if (rank < loops.Length)
            throw FormulaFault(call, x[0], "must name each of its loops in the result, since a view sums over none");
        Shape shape = new(loops.Select(loop => loop.Extent).ToEquatableArray(), loops.Length > 0 && loops[0].Batched);
        return new TensorValue(graph.View(node, index[0], shape, KnownNumber(x[2], call), NodeName("view")));
    }

    /// <summary>The loops of a formula, and the positions of its operands over them, with the rows of the batch put in front.</summary>
    private (LoopIndex[] Loops, EquatableArray<AffineIndex>[] Index, int Rank) Positions(IInvocationOperation call, Value text, params int[] nodes)
    {
        if (text is not KnownValue { Data: string written })
            throw Unknown(call.Arguments[0].Value);
        IndexFormula formula = IndexFormula.Parse(written, nodes.Length, out string fault) ?? throw FormulaFault(call, text, fault);
        int[] sizes = Sizes(call, text, formula, nodes);
        int rows = nodes.Where(node => Model!.Graph[node].Shape.Batched).Select(node => Model!.Graph[node].Shape[0]).DefaultIfEmpty(-1).First();
        if (nodes.Any(node => Model!.Graph[node].Shape is { Batched: true } shape && shape[0] != rows))
            throw Mismatch(call, Model!.Describe(nodes[0]), Model.Describe(nodes[nodes.Length - 1]), "both must have the rows of the batch");
        int lead = rows < 0 ? 0 : 1;
        LoopIndex[] loops = [.. lead == 0 ? [] : new[] { new LoopIndex(rows, true) }, .. sizes.Select(size => new LoopIndex(size, false))];
        EquatableArray<AffineIndex>[] index = formula.Operands.Select((positions, operand) =>
        {
            IEnumerable<AffineIndex> shifted = positions.Select(position => position with { Terms = position.Terms.Select(term => term with { Loop = term.Loop + lead }).ToEquatableArray() });
            return (Model!.Graph[nodes[operand]].Shape.Batched ? new[] { AffineIndex.Of(0) } : []).Concat(shifted).ToEquatableArray();
        }).ToArray();
        return (loops, index, formula.ResultRank + lead);
    }

    /// <summary>The size of each loop: as written, else that of the axes where it stands alone.</summary>
    private int[] Sizes(IInvocationOperation call, Value text, IndexFormula formula, int[] nodes)
    {
        int[] sizes = new int[formula.Names.Count], from = new int[formula.Names.Count];
        foreach (KeyValuePair<int, int> given in formula.Sizes)
            sizes[given.Key] = given.Value;
        for (int operand = 0; operand < nodes.Length; operand++)
        {
            int[] shape = Model!.UserShape(nodes[operand]);
            AffineIndex[] positions = formula.Operands[operand];
            if (positions.Length != shape.Length)
                throw FormulaFault(call, text, $"has {positions.Length} positions for {Model.Describe(nodes[operand])}, which has {shape.Length} axes");
            for (int axis = 0; axis < shape.Length; axis++)
            {
                int loop = positions[axis].AsLoop;
                if (loop < 0 || formula.Sizes.ContainsKey(loop))
                    continue;
                if (sizes[loop] != 0 && sizes[loop] != shape[axis])
                    throw Mismatch(call, Model.Describe(from[loop]), Model.Describe(nodes[operand]), $"both have '{formula.Names[loop]}', whose size must be the same");
                (sizes[loop], from[loop]) = (shape[axis], nodes[operand]);
            }
        }

        int unknown = Array.IndexOf(sizes, 0);
        return unknown < 0 ? sizes : throw FormulaFault(call, text, $"does not say how large '{formula.Names[unknown]}' is; write '{formula.Names[unknown]}:8' in the result");
    }

    private EvaluationFault FormulaFault(IInvocationOperation call, Value text, string fault) =>
        Fault(DiagnosticDescriptors.FormulaForm, call.Arguments[0].Value.Syntax, (text as KnownValue)?.Data as string ?? "", fault);
}
