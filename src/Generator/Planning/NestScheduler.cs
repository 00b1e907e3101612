using OptGen.Generator.Fusion;

namespace OptGen.Generator.Planning;

/// <summary>Chooses along which axis a plain loop nest runs in vectors.</summary>
internal static class NestScheduler
{
    /// <summary>Vector instructions for a vector of random numbers, roughly.</summary>
    private const int RandomOperations = 100;

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

    /// <summary>
    /// Whether lanes may lie along an axis. A condition or a division that varies between lanes would have to be masked; lanes that pick rows of their own would have
    /// to be gathered, and could not be added where two pick the same.
    /// </summary>
    public static bool CanRunInLanes(Stage stage, int axis)
    {
        foreach (LoadOperand load in stage.Operands.OfType<LoadOperand>())
        {
            if (load.Guards.Any(guard => guard.Terms.Any(term => term.Loop == axis)) || load.Divided.Any(term => term.Terms.Any(part => part.Loop == axis)))
                return false;
        }

        IEnumerable<RowNumber> rows = stage.Operands.OfType<LoadOperand>().Select(load => load.Row).Concat(stage.Sinks.OfType<StoreSink>().Select(store => store.Row)).OfType<RowNumber>();
        return rows.All(row => ((LoadOperand)stage.Operands[row.Operand]).Strides[axis] == 0)
            && !(stage.Inner.Contains(axis) && stage.Sinks.Any(sink => sink is StoreSink { Row: not null }));
    }

    /// <summary>Vector instructions, roughly: neighbours load at once, others one by one, and a stage without the axis runs element by element.</summary>
    private static double Cost(Kernel kernel, int axis, ProgramOptions options)
    {
        if (axis >= 0 && !kernel.Stages.All(stage => CanRunInLanes(stage, axis)))
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

            double operations = stage.Body.Nodes.Count + stage.Sinks.Count + (RandomOperations * stage.Operands.Count(operand => operand is IotaOperand { Stream: not null }));
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
