using OptGen.Generator.Fusion;

namespace OptGen.Generator.Backends.Cpu;

/// <summary>A loop that takes several vectors at a time, ahead of the one that takes the rest vector by vector.</summary>
/// <param name="point">Prints the body of one of the vectors.</param>
internal sealed class SeveralVectors(CodeWriter writer, BodyPrinter body, Kernel kernel, Action<int> point)
{
    /// <summary>So many at a time.</summary>
    public const int Count = 4;

    public void Print(int axis, string to, Action<IEnumerable<string>>? prefetch)
    {
        string index = kernel.Axes[axis].Name, step = $"{CpuText.Text(Count)} * V.Count";
        using (writer.Block($"for (; {index} + {step} <= {to}; {index} += {step})"))
        {
            prefetch?.Invoke(Enumerable.Range(0, Count).Select(copy => copy == 0 ? index : $"{index} + {After(copy)}"));
            for (int copy = 0; copy < Count; copy++)
            {
                string own = copy == 0 ? index : body.Fresh(index + CpuText.Text(copy + 1));
                if (copy > 0)
                {
                    writer.Line($"nint {own} = {index} + {After(copy)};");
                    body.Rename(axis, own);
                }

                point(copy);
            }
        }

        body.Rename(axis, index);
    }

    private static string After(int copy) => copy == 1 ? "V.Count" : CpuText.Text(copy) + " * V.Count";
}
