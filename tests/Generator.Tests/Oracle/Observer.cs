using OptGen.Generator.Scalar;

namespace OptGen.Generator.Tests.Oracle;

/// <summary>
/// Watches an interpretation, or disturbs it: what it decided (signs, comparisons, which element was largest), so that two calls can be known to lie on the same side of
/// every kink; the effect of rounding errors of a given size; the values through which no gradient flows, which a difference quotient must hold still.
/// </summary>
internal sealed class Observer
{
    private readonly Random? _noise;
    private readonly double _error;
    private readonly bool _replays;
    private int _replayed;

    public Observer()
    {
    }

    /// <summary>Gives every rounded result a random relative error of up to that size.</summary>
    public Observer(int seed, double error) => (_noise, _error) = (new Random(seed), error);

    /// <summary>Holds stopped tensors at the values that another call had.</summary>
    public Observer(IReadOnlyList<double[]> stopped) => (Stopped, _replays) = ([.. stopped], true);

    /// <summary>A hash of all decisions in their order.</summary>
    public ulong Decisions { get; private set; } = 14695981039346656037;

    /// <summary>The content of stopped tensors in their order.</summary>
    public List<double[]> Stopped { get; } = [];

    /// <summary>Which of two numbers is larger, or that they are equal, was decided.</summary>
    public void Decide(double a, double b) => Decisions = (Decisions ^ (a < b ? 1u : a > b ? 2u : a == b ? 3u : 4u)) * 1099511628211;

    /// <summary>A result, with its error. Small multiples of 1/1024 count as exact: what is computed of positions, say.</summary>
    public double Rounded(double value) =>
        _noise is null || (Math.Abs(value) < 1e6 && value * 1024 == Math.Floor(value * 1024)) ? value : value * (1 + (_error * ((2 * _noise.NextDouble()) - 1)));

    /// <summary>A tensor that is stopped.</summary>
    public double[] Stop(double[] values)
    {
        if (_replays)
            return Stopped[_replayed++];
        Stopped.Add(values);
        return values;
    }

    /// <summary>The result of one operation on elements, with its error.</summary>
    public double Seen(ScalarOp op, double a, double b, double result)
    {
        switch (op)
        {
            case ScalarOp.Abs or ScalarOp.Sign:
                Decide(a, 0);
                return result;
            case ScalarOp.Floor:
                Decisions = (Decisions ^ (ulong)(long)result) * 1099511628211;
                return result;
            case ScalarOp.CopySign:
                Decide(b, 0);
                return result;
            case ScalarOp.Min or ScalarOp.Max or ScalarOp.Less or ScalarOp.LessOrEqual or ScalarOp.Equal:
                Decide(a, b);
                return result;
            case ScalarOp.FlushSubnormal or ScalarOp.Negate or ScalarOp.Select or ScalarOp.And or ScalarOp.Or or ScalarOp.Not or ScalarOp.Input:
                return result;
            default:
                return Rounded(result);
        }
    }
}
