using OptGen.Generator.Graph;
using OptGen.Generator.Scalar;
using OptGen.Generator.Specs;

namespace OptGen.Generator.Fusion;

/// <summary>The loop in which the kernels of a body run.</summary>
/// <param name="Loop">Its number.</param>
/// <param name="Tensors">The tensor of each source and output of the body.</param>
/// <param name="Strides">How nodes of the body lie in memory that are steps of larger tensors.</param>
internal sealed record ScanFrame(int Loop, Dictionary<BufferRef, int> Tensors, Dictionary<int, int[]> Strides);

/// <summary>
/// Turns a scan into a loop of kernels. A carry has two places, of which a step reads one and writes the other; what a step gets of a sequence, or adds to a result, lies
/// where it does in the whole tensor.
/// </summary>
internal sealed class ScanKernels(TensorGraph graph, GraphNode scan, KernelParts parts, Func<int, int> tensorOf)
{
    private readonly ScanLoop _loop = ((ScanOp)scan.Op).Loop;

    /// <summary>The kernels that begin the loop, then those of a step.</summary>
    /// <param name="results">Nodes of the body, and the tensors of the program that take what the steps make of them.</param>
    public IReadOnlyList<Kernel> Build(IReadOnlyList<(int Node, int Tensor)> results)
    {
        TensorGraph body = Fuse.Prepare(DropStopGradients.Run(DeadCode.Run(_loop.Body with { Outputs = Outputs(results) })));
        body = ScanCopies.Run(body);
        int number = parts.Loops.Count;
        parts.Loops.Add(new KernelLoop(_loop.Steps, _loop.Backwards));
        ScanFrame frame = new(number, [], []);
        List<Kernel> kernels = [];
        for (int node = 0; node < body.Nodes.Count; node++)
        {
            if (body.Nodes[node].Op is not SourceOp { Buffer: var buffer })
                continue;
            switch (buffer.Kind)
            {
                case BufferKind.Carry:
                    kernels.Add(Begin(frame, buffer, body.Nodes[node]));
                    break;
                case BufferKind.Sequence:
                    frame.Tensors[buffer] = AtStep(frame, node, body.Nodes[node].Shape, buffer, tensorOf(scan.Inputs[_loop.Carries + buffer.Index]));
                    break;
                case BufferKind.Captured:
                    frame.Tensors[buffer] = tensorOf(scan.Inputs[_loop.Carries + _loop.Sequences + buffer.Index]);
                    break;
            }
        }

        foreach (GraphOutput output in body.Outputs.Where(output => output.Target.Kind == BufferKind.Stacked))
            frame.Tensors[output.Target] = AtStep(frame, output.Node, body.Nodes[output.Node].Shape, output.Target, results[output.Target.Index].Tensor);
        kernels.AddRange(new KernelBuilder(body, parts, frame).Build());
        return kernels;
    }

    /// <summary>The results, and what is handed on to steps that need it.</summary>
    private EquatableArray<GraphOutput> Outputs(IReadOnlyList<(int Node, int Tensor)> results)
    {
        bool[] live = new bool[_loop.Body.Nodes.Count];
        bool[] carried = new bool[_loop.Carries];
        foreach ((int node, _) in results)
            live[node] = true;
        for (bool changes = true; changes;)
        {
            changes = false;
            for (int node = live.Length - 1; node >= 0; node--)
            {
                if (!live[node])
                    continue;
                foreach (int input in _loop.Body.Nodes[node].Inputs)
                    live[input] = true;
                if (_loop.Body.Nodes[node].Op is SourceOp { Buffer: { Kind: BufferKind.Carry, Index: int carry } } && !carried[carry])
                    live[_loop.Body.Outputs[carry].Node] = carried[carry] = changes = true;
            }
        }

        return _loop.Body.Outputs.Where(output => carried[output.Target.Index])
            .Concat(results.Select((result, i) => new GraphOutput(result.Node, new BufferRef(BufferKind.Stacked, i)))).ToEquatableArray();
    }

    /// <summary>Makes the places of a carry; the kernel that puts its first value there.</summary>
    private Kernel Begin(ScanFrame frame, BufferRef buffer, GraphNode carry)
    {
        string name = carry.Name.Length == 0 ? "carry" : carry.Name;
        Shape shape = carry.Shape;
        int places = Add(new TensorBuffer(parts.TensorNames.Of(name + "Carried"), Shape.Of([2, .. shape.Dims]), null));
        int before = _loop.Backwards ? 1 : 0;
        BufferRef next = new(BufferKind.Next, buffer.Index);
        frame.Tensors[buffer] = Add(new TensorBuffer(parts.TensorNames.Of(name + "Before"), shape, buffer) { View = new StepView(places, shape.Count, true, before) });
        frame.Tensors[next] = Add(new TensorBuffer(parts.TensorNames.Of(name + "After"), shape, next) { View = new StepView(places, shape.Count, true, 1 - before) });

        int first = _loop.Backwards ? _loop.Steps & 1 : 0;
        int[] axes = [.. Enumerable.Range(0, shape.Rank).Where(axis => shape[axis] > 1 || (axis == 0 && shape.Batched))];
        int[] strides = shape.Strides();
        EquatableArray<int> own = axes.Select(axis => strides[axis]).ToEquatableArray();
        GraphNode initial = graph.Nodes[scan.Inputs[buffer.Index]];
        bool isConstant = initial is { Op: MapOp, Inputs.Count: 0 };
        EquatableArray<Operand> operands = isConstant ? [] : [new LoadOperand(tensorOf(scan.Inputs[buffer.Index]), own, 0, [], [])];
        ScalarFunction value = isConstant ? ((MapOp)initial.Op).Body : Compose.Identity;
        Kernel kernel = new(
            parts.KernelNames.Of(name + "Begin"),
            "",
            axes.Select((axis, i) => new Axis(AxisNames.Of(i), shape[axis], axis == 0 && shape.Batched)).ToEquatableArray(),
            axes.Length,
            [new Stage([], operands, value, [new StoreSink(places, own, first * shape.Count)])]);
        return kernel with { Summary = KernelFormula.Of(kernel, parts.Tensors) };
    }

    /// <summary>What a step sees of a tensor that has an axis for the steps.</summary>
    private int AtStep(ScanFrame frame, int node, Shape shape, BufferRef buffer, int whole)
    {
        if (parts.Tensors[whole].HasStepsFirst)
            return Add(new TensorBuffer(parts.TensorNames.Of(parts.Tensors[whole].Name + "AtStep"), shape, buffer) { View = new StepView(whole, shape.Count, false, 0) });
        int axis = ScanLoop.AxisOf(shape);
        int[] strides = ScanLoop.Over(shape, _loop.Steps).Strides();
        frame.Strides[node] = [.. strides.Where((_, i) => i != axis)];
        return Add(new TensorBuffer(parts.TensorNames.Of(parts.Tensors[whole].Name + "AtStep"), shape, buffer) { View = new StepView(whole, strides[axis], false, 0) });
    }

    private int Add(TensorBuffer tensor)
    {
        parts.Tensors.Add(tensor);
        return parts.Tensors.Count - 1;
    }
}
