using OptGen.Generator.Fusion;

namespace OptGen.Generator.Planning;

/// <summary>Chooses along which axis a plain loop nest runs in vectors.</summary>
internal static class NestScheduler
{
    public static NestSchedule Plan(Kernel kernel, ProgramOptions options)
    {
        int best = -1;
        double least = Cost(kernel, -1, options);
        for (int axis = kernel.Axes.Count - 1; axis >= 0; axis--)
        {
            double cost = Cost(kernel, axis, options);
            if (cost < least)
                (best, least) = (axis, cost);
        }

        return new NestSchedule(best);
    }

    /// <summary>Vector instructions, roughly: neighbours load at once, others one by one, and a stage without the axis runs element by element.</summary>
    private static double Cost(Kernel kernel, int axis, ProgramOptions options)
    {
        // A condition or a division that varies between lanes would have to be masked; such an axis runs element by element.
        if (axis >= 0 && kernel.Stages.SelectMany(stage => stage.Operands).OfType<LoadOperand>().Any(load =>
            load.Guards.Any(guard => guard.Terms.Any(term => term.Loop == axis)) || load.Divided.Any(term => term.Terms.Any(part => part.Loop == axis))))
            return double.PositiveInfinity;
        double total = 0;
        foreach (Stage stage in kernel.Stages)
        {
            double points = 1;
            bool vector = axis >= 0 && (axis < kernel.OuterCount || stage.Inner.Contains(axis));
            foreach (int loop in Enumerable.Range(0, kernel.OuterCount).Concat(stage.Inner))
            {
                int extent = kernel.Axes[loop].Extent;
                if (kernel.Axes[loop].Batched && options.Batch == 1)
                    extent *= 4096;
                points *= vector && loop == axis ? Math.Ceiling(extent / (double)options.MaxLanes) : extent;
            }

            double operations = stage.Body.Nodes.Count + stage.Sinks.Count;
            if (vector)
            {
                operations += stage.Operands.OfType<LoadOperand>().Sum(load => Lanes(load.Strides[axis]));
                operations += stage.Sinks.OfType<StoreSink>().Sum(store => Lanes(store.Strides[axis]));
                if (axis >= kernel.OuterCount)
                    total += stage.Sinks.OfType<AccumulateSink>().Count() * 4.0 * points / Math.Ceiling(kernel.Axes[axis].Extent / (double)options.MaxLanes);
            }

            total += points * operations;
        }

        return total;

        double Lanes(int stride) => stride is 0 or 1 ? 0 : options.MaxLanes;
    }
}
