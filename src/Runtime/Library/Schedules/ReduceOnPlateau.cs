namespace OptGen;

/// <summary>
/// Multiplies the rate by a factor whenever a loss that it is told has stopped falling.
/// <code>
/// max(η_min, η · fⁿ), where n counts how often more than P reports in a row were no better than (1 − t) times the best before them
/// </code>
/// Report the loss, of the validation data say, once per epoch: <c>optimizer.ReduceOnPlateau.Report(loss)</c>. What it remembers besides the step is in
/// <see cref="GetState"/>: save that with the optimizer's state, and a resumed run continues exactly.
/// </summary>
/// <remarks>Smith, "Best practices for applying deep learning to novel applications", 2017; PyTorch's ReduceLROnPlateau with the same arguments.</remarks>
/// <example><c>[ReduceOnPlateau(Patience = 3)]</c> divides the rate by ten after the fourth report in a row without progress.</example>
public sealed class ReduceOnPlateau : Schedule
{
    /// <summary>The factor f, 0.1 by default.</summary>
    public double Factor { get; init; } = 0.1;

    /// <summary>How many reports P in a row may bring no progress; 10 by default.</summary>
    public int Patience { get; init; } = 10;

    /// <summary>The share t by which a report must be better than the best before it to count as progress; 1e-4 by default.</summary>
    public double Threshold { get; init; } = 1e-4;

    /// <summary>How many reports after a reduction are not judged; 0 by default.</summary>
    public int Cooldown { get; init; }

    /// <summary>The lowest rate η_min, 0 by default.</summary>
    public double Minimum { get; init; }

    /// <summary>Whether larger is better, as for an accuracy; false by default.</summary>
    public bool Maximize { get; init; }

    /// <summary>The best that was reported; not a number before the first report.</summary>
    public double Best { get; private set; } = double.NaN;

    /// <summary>How many reports in a row brought no progress.</summary>
    public int BadReports { get; private set; }

    /// <summary>How many of the next reports are not judged.</summary>
    public int CooldownLeft { get; private set; }

    /// <summary>How often the rate was reduced.</summary>
    public int Reductions { get; private set; }

    /// <summary>Tells the loss, once per epoch say. What is not finite counts as no progress.</summary>
    /// <returns>Whether the rate was reduced.</returns>
    public bool Report(double loss)
    {
        double margin = Threshold * Math.Abs(Best);
        bool isBetter = double.IsNaN(Best) || (Maximize ? loss > Best + margin : loss < Best - margin);
        if (double.IsFinite(loss) && isBetter)
        {
            Best = loss;
            BadReports = 0;
        }
        else
        {
            BadReports++;
        }

        if (CooldownLeft > 0)
        {
            CooldownLeft--;
            BadReports = 0;
        }

        if (BadReports <= Patience)
            return false;
        Reductions++;
        CooldownLeft = Cooldown;
        BadReports = 0;
        return true;
    }

    /// <inheritdoc/>
    public override double Value(double initial, int step) => Math.Max(Math.Min(Minimum, initial), initial * Math.Pow(Factor, Reductions));

    /// <inheritdoc/>
    public override void Reset()
    {
        Best = double.NaN;
        BadReports = CooldownLeft = Reductions = 0;
    }

    /// <inheritdoc/>
    public override double[] GetState() => [Best, BadReports, CooldownLeft, Reductions];

    /// <inheritdoc/>
    public override void SetState(ReadOnlySpan<double> state)
    {
        if (state is not [double best, >= 0 and <= int.MaxValue, >= 0 and <= int.MaxValue, >= 0 and <= int.MaxValue])
            throw new ArgumentException("The state of ReduceOnPlateau is the best report, then three counts.", nameof(state));
        Best = best;
        BadReports = (int)state[1];
        CooldownLeft = (int)state[2];
        Reductions = (int)state[3];
    }

    /// <inheritdoc/>
    protected override void Check()
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(Factor);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(Factor, 1.0);
        ArgumentOutOfRangeException.ThrowIfNegative(Patience);
        ArgumentOutOfRangeException.ThrowIfNegative(Threshold);
        ArgumentOutOfRangeException.ThrowIfNegative(Cooldown);
        ArgumentOutOfRangeException.ThrowIfNegative(Minimum);
    }
}
