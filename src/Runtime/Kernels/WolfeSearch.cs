namespace OptGen.Kernels;

/// <summary>
/// A search along a line for a length at which the loss has fallen enough, and its slope is small enough: the strong conditions of Wolfe. It is told of one evaluation at a time, and says where the next one is to be.
/// </summary>
/// <remarks>Nocedal and Wright, "Numerical optimization", 2006, algorithms 3.5 and 3.6. A loss that is no number counts as too high.</remarks>
internal readonly ref struct WolfeSearch(Span<double> memory)
{
    // The least share of the decrease that the slope promises, and the largest share of the slope that may remain.
    private const double Decrease = 1e-4, Remaining = 0.9;

    private const int MostEvaluations = 25;

    private const int Resting = 0, Bracketing = 1, Narrowing = 2, Returning = 3;

    private readonly Span<double> _memory = memory;

    /// <summary>Where the loss is evaluated next; once the search has ended, where it did.</summary>
    public double Length => Current;

    /// <summary>Whether the search that has ended found no better place than its start.</summary>
    public bool IsBack => Phase == Returning && Current == 0;

    private ref double Phase => ref _memory[0];

    private ref double Current => ref _memory[1];

    /// <summary>Evaluations of this search, less the first one.</summary>
    private ref double Evaluations => ref _memory[2];

    private ref double LossAtStart => ref _memory[3];

    private ref double SlopeAtStart => ref _memory[4];

    /// <summary>Whether the last length was near an end of the bracket.</summary>
    private ref double WasNearEnd => ref _memory[5];

    /// <summary>Lengths, losses and slopes: while the bracket is looked for, those before the last evaluation; then its lower and its upper end, of which the lower one is that of the lesser loss.</summary>
    private Span<double> Low => _memory.Slice(6, 3);

    private Span<double> High => _memory.Slice(9, 3);

    /// <summary>Begins to search, where the loss falls by a slope.</summary>
    public void Begin(double loss, double slope, double length)
    {
        Phase = Bracketing;
        Current = length;
        Evaluations = 0;
        (LossAtStart, SlopeAtStart) = (loss, slope);
        Set(Low, 0, loss, slope);
    }

    /// <summary>Stays where it is.</summary>
    public void Rest()
    {
        Phase = Resting;
        Current = 0;
    }

    /// <summary>Whether the loss must be evaluated at another length, <see cref="Length"/>.</summary>
    /// <param name="loss">The loss at the current length.</param>
    /// <param name="slope">Its slope there.</param>
    /// <param name="largest">The largest element of the direction.</param>
    /// <param name="tolerance">The least width of a bracket, as the largest change of a parameter.</param>
    public bool GoesOn(double loss, double slope, double largest, double tolerance)
    {
        if (Phase is Resting or Returning)
            return false;
        if (double.IsNaN(loss) || !double.IsFinite(slope))
            loss = double.PositiveInfinity;
        bool isTooHigh = loss > LossAtStart + (Decrease * Current * SlopeAtStart), isFlat = Math.Abs(slope) <= -Remaining * SlopeAtStart;
        if (Phase == Bracketing)
        {
            if (Evaluations >= MostEvaluations)
            {
                // Nothing was found on the way: the start is the other end.
                Set(Low, 0, LossAtStart, SlopeAtStart);
                Enclose(loss, slope);
            }
            else if (isTooHigh || (Evaluations > 1 && loss >= Low[1]) || (!isFlat && slope >= 0))
            {
                Enclose(loss, slope);
            }
            else if (isFlat)
            {
                return false;
            }
            else
            {
                double length = Interpolate(Low, [Current, loss, slope], Current + (0.01 * (Current - Low[0])), Current * 10);
                Set(Low, Current, loss, slope);
                Current = length;
                Evaluations++;
                return true;
            }
        }
        else
        {
            if (isTooHigh || loss >= Low[1])
            {
                Set(High, Current, loss, slope);
                Sort();
            }
            else
            {
                if (isFlat)
                    return false;
                if (slope * (High[0] - Low[0]) >= 0)
                    Low.CopyTo(High);
                Set(Low, Current, loss, slope);
            }
        }

        return Narrows(largest, tolerance);
    }

    /// <summary>The last length and the one before hold a minimum between them.</summary>
    private void Enclose(double loss, double slope)
    {
        Phase = Narrowing;
        WasNearEnd = 0;
        Set(High, Current, loss, slope);
        Sort();
    }

    private void Sort()
    {
        if (Low[1] <= High[1])
            return;
        for (int i = 0; i < 3; i++)
            (Low[i], High[i]) = (High[i], Low[i]);
    }

    /// <summary>Chooses a length inside the bracket; false where the search ends at the last one.</summary>
    private bool Narrows(double largest, double tolerance)
    {
        double from = Math.Min(Low[0], High[0]), to = Math.Max(Low[0], High[0]);
        if (Evaluations >= MostEvaluations || (to - from) * largest < tolerance)
        {
            if (Current == Low[0])
                return false;
            Phase = Returning;
            Current = Low[0];
            return true;
        }

        double length = Interpolate(Low, High, from, to), margin = 0.1 * (to - from);
        bool isNearEnd = Math.Min(to - length, length - from) < margin;
        if (isNearEnd && (WasNearEnd != 0 || length >= to || length <= from))
        {
            length = Math.Abs(length - to) < Math.Abs(length - from) ? to - margin : from + margin;
            isNearEnd = false;
        }

        WasNearEnd = isNearEnd ? 1 : 0;
        Current = length;
        Evaluations++;
        return true;
    }

    /// <summary>Where the cubic through two losses with their slopes is least.</summary>
    private static double Interpolate(ReadOnlySpan<double> one, ReadOnlySpan<double> other, double least, double most)
    {
        ReadOnlySpan<double> a = one[0] <= other[0] ? one : other, b = one[0] <= other[0] ? other : one;
        double mean = a[2] + b[2] - (3 * (a[1] - b[1]) / (a[0] - b[0])), square = (mean * mean) - (a[2] * b[2]);
        double root = Math.Sqrt(square), length = b[0] - ((b[0] - a[0]) * ((b[2] + root - mean) / (b[2] - a[2] + (2 * root))));
        return double.IsFinite(length) ? Math.Min(Math.Max(length, least), most) : (least + most) / 2;
    }

    private static void Set(Span<double> end, double length, double loss, double slope) => (end[0], end[1], end[2]) = (length, loss, slope);
}
