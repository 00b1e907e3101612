using OptGen.Generator.Graph;
using OptGen.Generator.Specs;

namespace OptGen.Generator.Fusion;

/// <summary>
/// Turns a loop round along which a window is read backwards, as the gradient of a convolution does: what is read forwards may be joined with the loop inside it
/// and copied in runs. Only inner loops are turned: what they add or store does not depend on their order.
/// </summary>
internal static class FlipAxes
{
    public static Kernel Run(Kernel kernel)
    {
        for (int axis = kernel.OuterCount; axis < kernel.Axes.Count; axis++)
        {
            bool backwards = kernel.Stages.SelectMany(stage => stage.Operands).OfType<LoadOperand>().Any(load => load.Guards.Count > 0 && load.Strides[axis] < 0);
            if (backwards && !kernel.Axes[axis].Batched)
                kernel = Flip(kernel, axis);
        }

        return kernel;
    }

    private static Kernel Flip(Kernel kernel, int axis)
    {
        int last = kernel.Axes[axis].Extent - 1;
        return kernel with
        {
            Stages = kernel.Stages.Select(stage => stage with
            {
                Operands = stage.Operands.Select(Operand).ToEquatableArray(),
                Sinks = stage.Sinks.Select(sink => sink is StoreSink store ? store with { Strides = Negate(store.Strides), Offset = store.Offset + (last * store.Strides[axis]) } : sink)
                    .ToEquatableArray(),
            }).ToEquatableArray(),
        };

        Operand Operand(Operand operand) => operand switch
        {
            LoadOperand load => load with
            {
                Strides = Negate(load.Strides),
                Offset = load.Offset + (last * load.Strides[axis]),
                Guards = load.Guards.Select(guard => guard with { Terms = Turn(guard.Terms), Offset = guard.Offset + Shift(guard.Terms) }).ToEquatableArray(),
                Divided = load.Divided.Select(term => term with { Terms = Turn(term.Terms), Offset = term.Offset + Shift(term.Terms) }).ToEquatableArray(),
            },
            IotaOperand iota => iota with { Factors = Negate(iota.Factors), Offset = iota.Offset + (last * iota.Factors[axis]) },
            _ => operand,
        };

        EquatableArray<int> Negate(EquatableArray<int> strides) => strides.Select((stride, i) => i == axis ? -stride : stride).ToEquatableArray();

        EquatableArray<AffineTerm> Turn(EquatableArray<AffineTerm> terms) =>
            terms.Select(term => term.Loop == axis ? term with { Factor = -term.Factor } : term).ToEquatableArray();

        int Shift(EquatableArray<AffineTerm> terms) => terms.Where(term => term.Loop == axis).Sum(term => term.Factor * last);
    }
}
