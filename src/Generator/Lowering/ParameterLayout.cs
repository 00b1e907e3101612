using OptGen.Generator.Specs;

namespace OptGen.Generator.Lowering;

/// <summary>
/// Where each parameter lies in the flat buffers of parameters, gradients and states: first the kinds to which weight decay applies unless told otherwise, then the
/// others, each in the order of declaration, without gaps.
/// </summary>
/// <param name="Order">Numbers of the parameters as they lie in memory.</param>
/// <param name="Offsets">Position of the first element of each parameter, by its number.</param>
/// <param name="Total">Number of elements.</param>
internal sealed record ParameterLayout(EquatableArray<int> Order, EquatableArray<int> Offsets, int Total)
{
    /// <summary>Where each of a model's buffers begins in the memory of its parameters, which it follows.</summary>
    public static int[] BufferOffsets(ModelSpec model)
    {
        int[] offsets = new int[model.Buffers.Count];
        int next = model.ParameterCount;
        for (int i = 0; i < offsets.Length; i++)
        {
            offsets[i] = next;
            next += model.Buffers[i].Shape.Count;
        }

        return offsets;
    }

    public static ParameterLayout Of(ModelSpec model)
    {
        // OrderBy is stable: declaration order stays within each group.
        int[] order = Enumerable.Range(0, model.Parameters.Count).OrderBy(p => Decay.IsDecayedKind(model.Parameters[p].Kind) ? 0 : 1).ToArray();
        int[] offsets = new int[order.Length];
        int total = 0;
        foreach (int p in order)
        {
            offsets[p] = total;
            total += model.Parameters[p].Shape.Count;
        }

        return new ParameterLayout(order.ToEquatableArray(), offsets.ToEquatableArray(), total);
    }
}
