using OptGen.Generator.Graph;
using OptGen.Generator.Specs;

namespace OptGen.Generator.Fusion;

/// <summary>Joins neighbouring loops that walk all memory as one longer loop would.</summary>
internal static class CollapseAxes
{
    public static Kernel Run(Kernel kernel)
    {
        for (int axis = 0; axis + 1 < kernel.Axes.Count; axis++)
        {
            while (axis + 1 < kernel.Axes.Count && CanJoin(kernel, axis))
                kernel = Join(kernel, axis);
        }

        return kernel;
    }

    private static bool CanJoin(Kernel kernel, int axis)
    {
        int next = axis + 1;
        bool outer = next < kernel.OuterCount;
        if (kernel.Axes[next].Batched || (!outer && axis < kernel.OuterCount))
            return false;
        int extent = kernel.Axes[next].Extent;
        foreach (Stage stage in kernel.Stages)
        {
            bool hasAxis = stage.Inner.Contains(axis), hasNext = stage.Inner.Contains(next);
            if (!outer && hasAxis != hasNext)
                return false;
            foreach (Operand operand in stage.Operands)
            {
                bool fits = operand switch
                {
                    LoadOperand load => load.Strides[axis] == load.Strides[next] * extent && !load.Guards.Any(guard => Mentions(guard.Terms, axis)),
                    IotaOperand iota => iota.Factors[axis] == iota.Factors[next] * extent,
                    _ => true,
                };
                if (!fits)
                    return false;
            }

            if (stage.Sinks.OfType<StoreSink>().Any(store => store.Strides[axis] != store.Strides[next] * extent))
                return false;
        }

        return true;

        bool Mentions(EquatableArray<AffineTerm> terms, int loop) => terms.Any(term => term.Loop == loop || term.Loop == loop + 1);
    }

    private static Kernel Join(Kernel kernel, int axis)
    {
        int next = axis + 1;
        List<Axis> axes = [.. kernel.Axes];
        axes[axis] = axes[axis] with { Extent = axes[axis].Extent * axes[next].Extent };
        axes.RemoveAt(next);
        return kernel with
        {
            Axes = axes.Select((loop, i) => loop with { Name = AxisNames.Of(i) }).ToEquatableArray(),
            OuterCount = kernel.OuterCount - (next < kernel.OuterCount ? 1 : 0),
            Stages = kernel.Stages.Select(stage => stage with
            {
                Inner = stage.Inner.Where(loop => loop != next).Select(Shift).ToEquatableArray(),
                Operands = stage.Operands.Select(Operand).ToEquatableArray(),
                Sinks = stage.Sinks.Select(sink => sink is StoreSink store ? store with { Strides = Drop(store.Strides) } : sink).ToEquatableArray(),
            }).ToEquatableArray(),
        };

        int Shift(int loop) => loop > next ? loop - 1 : loop;

        // The joined loop steps as the inner one did.
        EquatableArray<int> Drop(EquatableArray<int> strides) => strides.Where((_, i) => i != axis).ToEquatableArray();

        EquatableArray<AffineTerm> Terms(EquatableArray<AffineTerm> terms) => terms.Select(term => term with { Loop = Shift(term.Loop) }).ToEquatableArray();

        Operand Operand(Operand operand) => operand switch
        {
            LoadOperand load => load with
            {
                Strides = Drop(load.Strides),
                Guards = load.Guards.Select(guard => guard with { Terms = Terms(guard.Terms) }).ToEquatableArray(),
                Divided = load.Divided.Select(term => term with { Terms = Terms(term.Terms) }).ToEquatableArray(),
            },
            IotaOperand iota => iota with { Factors = Drop(iota.Factors) },
            _ => operand,
        };
    }
}
