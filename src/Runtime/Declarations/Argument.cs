namespace OptGen;

/// <summary>What the library asks of arguments. A number that is none (NaN) passes nowhere.</summary>
internal static class Argument
{
    /// <summary>Refuses a number below 0.</summary>
    public static void NotNegative(float value, string name)
    {
        if (!(value >= 0))
            throw new ArgumentException($"'{name}' is {value}, but must not be negative", name);
    }

    /// <summary>Refuses 0 and what is below.</summary>
    public static void Positive(float value, string name)
    {
        if (!(value > 0))
            throw new ArgumentException($"'{name}' is {value}, but must be positive", name);
    }

    /// <summary>Refuses what is no share of a whole.</summary>
    public static void Share(float value, string name)
    {
        if (!(value >= 0 && value <= 1))
            throw new ArgumentException($"'{name}' is {value}, but must lie between 0 and 1", name);
    }

    /// <summary>The number of an axis counted from the first one; refuses one that is not there.</summary>
    public static int Axis(Tensor x, int axis, string name = "axis")
    {
        if (axis < -x.Rank || axis >= x.Rank)
            throw new ArgumentException($"axis {axis} does not exist in a tensor of {x.Rank} axes", name);
        return axis < 0 ? x.Rank + axis : axis;
    }

    /// <summary>Refuses groups into which channels do not fall.</summary>
    public static void Groups(int inputs, int channels, int groups, string name)
    {
        if (groups <= 0 || inputs % groups != 0 || channels % groups != 0)
            throw new ArgumentException($"{inputs} input and {channels} output channels do not fall into {groups} groups", name);
    }
}
