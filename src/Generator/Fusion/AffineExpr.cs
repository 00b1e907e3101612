namespace OptGen.Generator.Fusion;

/// <summary>Σ factor·axis + offset over the axes of one iteration domain.</summary>
internal sealed class AffineExpr(int[] factors, int offset)
{
    public int[] Factors { get; } = factors;

    public int Offset { get; } = offset;

    public static AffineExpr Zero(int axes) => new(new int[axes], 0);

    public static AffineExpr Axis(int axes, int axis)
    {
        int[] factors = new int[axes];
        factors[axis] = 1;
        return new AffineExpr(factors, 0);
    }

    /// <summary>The one axis that this is, or −1.</summary>
    public int AsAxis
    {
        get
        {
            int found = -1;
            for (int axis = 0; axis < Factors.Length; axis++)
            {
                if (Factors[axis] == 0)
                    continue;
                if (Factors[axis] != 1 || found >= 0)
                    return -1;
                found = axis;
            }

            return Offset == 0 ? found : -1;
        }
    }

    public bool IsZero => Offset == 0 && Factors.All(factor => factor == 0);

    public AffineExpr Plus(AffineExpr other) => new(Factors.Zip(other.Factors, (a, b) => a + b).ToArray(), Offset + other.Offset);

    public AffineExpr Plus(int constant) => new(Factors, Offset + constant);

    public AffineExpr Times(int factor) => new(Factors.Select(value => value * factor).ToArray(), Offset * factor);

    /// <summary>The same expression over another domain, whose axis map[i] is this domain's axis i; an axis without one (−1) is always 0.</summary>
    public AffineExpr Remap(int[] map, int axes)
    {
        int[] factors = new int[axes];
        for (int axis = 0; axis < Factors.Length; axis++)
        {
            if (map[axis] >= 0)
                factors[map[axis]] += Factors[axis];
        }

        return new AffineExpr(factors, Offset);
    }

    /// <summary>Smallest and largest value over a domain.</summary>
    public (int Min, int Max) Range(IReadOnlyList<int> extents)
    {
        int min = Offset, max = Offset;
        for (int axis = 0; axis < Factors.Length; axis++)
        {
            int reach = Factors[axis] * (extents[axis] - 1);
            min += Math.Min(0, reach);
            max += Math.Max(0, reach);
        }

        return (min, max);
    }
}
