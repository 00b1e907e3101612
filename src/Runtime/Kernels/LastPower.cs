namespace OptGen.Kernels;

/// <summary>
/// The power that was last taken, for generated code: the passes of a step that need the same one take it once. <see cref="Math.Pow"/> takes some 35 ns, which a step of few
/// parameters would notice.
/// </summary>
public struct LastPower
{
    private double _x;
    private double _y;
    private double _power;
    private bool _isTaken;

    /// <summary><paramref name="x"/> to the power of <paramref name="y"/>.</summary>
    public double Of(double x, double y)
    {
        if (!_isTaken || x != _x || y != _y)
            (_x, _y, _power, _isTaken) = (x, y, Math.Pow(x, y), true);
        return _power;
    }
}
