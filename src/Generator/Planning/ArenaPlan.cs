using OptGen.Generator.Fusion;
using OptGen.Generator.Graph;
using OptGen.Generator.Specs;

namespace OptGen.Generator.Planning;

/// <summary>Gives every tensor of a program an offset; tensors that are never live together share memory.</summary>
internal static class ArenaPlan
{
    public static (EquatableArray<Placement> Placements, int Length, int Unshared) Run(KernelList kernels, ProgramOptions options)
    {
        int align = 64 / options.ElementSize;
        Placement[] placements = new Placement[kernels.Tensors.Count];
        (int From, int To)[] lifetimes = Lifetimes(kernels);
        List<int> inArena = [];
        int unshared = 0;
        for (int tensor = 0; tensor < placements.Length; tensor++)
        {
            TensorBuffer buffer = kernels.Tensors[tensor];
            if (buffer.View is not null)
                continue;
            int length = buffer.Shape.Count;
            Home home = buffer.External?.Kind switch
            {
                BufferKind.Parameter or BufferKind.Kept => Home.Parameters,
                BufferKind.Gradient => Home.Gradients,
                BufferKind.State => Home.State,
                BufferKind.Line => Home.Line,
                BufferKind.Sum => Home.Partials,
                _ => Home.Workspace,
            };
            if (home != Home.Workspace)
            {
                BufferRef external = buffer.External!.Value;
                int place = external.Kind == BufferKind.Kept ? options.FirstKept + external.Index : external.Index;
                placements[tensor] = new Placement(home, external.Slot, options.ParameterOffsets[place], length, 0, 0);
                continue;
            }

            (int from, int to) = lifetimes[tensor];
            placements[tensor] = new Placement(home, 0, 0, length, from, to);
            inArena.Add(tensor);
            unshared += RoundUp(length, align);
        }

        int end = 0;
        HashSet<int> placed = [];
        // Large tensors first: small ones fill what is left between them.
        foreach (int tensor in inArena.OrderByDescending(tensor => placements[tensor].Length).ThenBy(tensor => tensor))
        {
            Placement own = placements[tensor];
            int offset = 0;
            foreach (Placement other in placed.Select(other => placements[other])
                .Where(other => other.From <= own.To && own.From <= other.To).OrderBy(other => other.Offset))
            {
                if (offset + own.Length <= other.Offset)
                    break;
                offset = Math.Max(offset, RoundUp(other.Offset + other.Length, align));
            }

            placements[tensor] = own with { Offset = offset };
            placed.Add(tensor);
            end = Math.Max(end, RoundUp(offset + own.Length, align));
        }

        for (int tensor = 0; tensor < placements.Length; tensor++)
        {
            if (kernels.Tensors[tensor].View is StepView view)
                placements[tensor] = placements[view.Tensor] with { Length = kernels.Tensors[tensor].Shape.Count };
        }

        return (placements.ToEquatableArray(), end, unshared);
    }

    /// <summary>The first and the last kernel that touches each tensor; what a caller writes is there before, and what it reads stays after.</summary>
    private static (int From, int To)[] Lifetimes(KernelList kernels)
    {
        (int From, int To)[] lifetimes = [.. kernels.Tensors.Select(tensor => (tensor.External?.Kind == BufferKind.Input ? -1 : int.MaxValue, -1))];
        for (int number = 0; number < kernels.Kernels.Count; number++)
        {
            (int first, int last) = LoopOf(kernels, number);
            foreach (int touched in KernelSharing.Tensors(kernels.Kernels[number]))
            {
                int tensor = kernels.BaseOf(touched);
                (int from, int to) = lifetimes[tensor];

                // What comes from outside of a loop, or from an earlier step, is there in all steps.
                if (tensor != touched)
                    from = Math.Min(from, first);
                lifetimes[tensor] = (Math.Min(from, number), Math.Max(to, tensor != touched || from < first ? last : number));
            }
        }

        for (int tensor = 0; tensor < lifetimes.Length; tensor++)
        {
            if (kernels.Tensors[tensor].External?.Kind is BufferKind.Prediction or BufferKind.Loss)
                lifetimes[tensor].To = kernels.Kernels.Count;
        }

        return lifetimes;
    }

    /// <summary>The first and the last kernel of the loop that runs a kernel; itself, if none does.</summary>
    private static (int First, int Last) LoopOf(KernelList kernels, int number)
    {
        int first = number, last = number, loop = kernels.Kernels[number].Loop;
        while (loop >= 0 && first > 0 && kernels.Kernels[first - 1].Loop == loop)
            first--;
        while (loop >= 0 && last + 1 < kernels.Kernels.Count && kernels.Kernels[last + 1].Loop == loop)
            last++;
        return (first, last);
    }

    private static int RoundUp(int value, int align) => (value + align - 1) / align * align;
}
