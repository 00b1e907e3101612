namespace OptGen;

public static partial class Ops
{
    /// <summary>Adds elements before and after those along an axis.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="axis">The axis that grows.</param>
    /// <param name="before">How many elements are added in front.</param>
    /// <param name="after">How many are added behind.</param>
    /// <param name="value">What they are, 0 by default.</param>
    // The number 0 is an enum value to C#, too: here it is a number.
    [System.Runtime.CompilerServices.OverloadResolutionPriority(1)]
    public static Tensor Pad(Tensor x, int axis, int before, int after, float value = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(before);
        ArgumentOutOfRangeException.ThrowIfNegative(after);
        int along = Argument.Axis(x, axis);
        return View(PadFormula(x, along, $"a{along} - {before}", x.Shape[along] + before + after), x, value);
    }

    /// <summary>Adds elements before and after those along an axis that are taken from the tensor itself.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="axis">The axis that grows.</param>
    /// <param name="before">How many elements are added in front.</param>
    /// <param name="after">How many are added behind.</param>
    /// <param name="mode">Which they are.</param>
    public static Tensor Pad(Tensor x, int axis, int before, int after, PadMode mode)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(before);
        ArgumentOutOfRangeException.ThrowIfNegative(after);
        int along = Argument.Axis(x, axis), size = x.Shape[along], most = mode switch
        {
            PadMode.Reflect => size - 1,
            PadMode.Circular => size,
            PadMode.Replicate => int.MaxValue,
            _ => throw new ArgumentException("a tensor is padded by Reflect, Replicate or Circular", nameof(mode)),
        };
        if (before > most || after > most)
            throw new ArgumentException($"{size} elements can't be padded by more than {most} in this way", before > most ? nameof(before) : nameof(after));
        string front = mode switch
        {
            PadMode.Reflect => $"{before} - a{along}",
            PadMode.Circular => $"a{along} + {size - before}",
            _ => "0",
        };
        string back = mode switch
        {
            PadMode.Reflect => $"{size - 2} - a{along}",
            PadMode.Circular => $"a{along}",
            _ => $"{size - 1}",
        };
        Tensor y = x;
        if (before > 0)
            y = Concat(along, View(PadFormula(x, along, front, before), x), y);
        return after > 0 ? Concat(along, y, View(PadFormula(x, along, back, after), x)) : y;
    }

    /// <summary>The formula of a view of another position and size along one axis.</summary>
    private static string PadFormula(Tensor x, int along, string position, int size)
    {
        string positions = "", result = "";
        for (int i = 0; i < x.Rank; i++)
        {
            string comma = i == 0 ? "" : ", ";
            positions += i == along ? $"{comma}{position}" : $"{comma}a{i}";
            result += i == along ? $"{comma}a{i}:{size}" : $"{comma}a{i}";
        }

        return $"[{positions}] -> [{result}]";
    }
}
