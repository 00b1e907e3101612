namespace OptGen.Kernels;

/// <summary>
/// What the rule <see cref="Lbfgs"/> does once per step, with numbers that are the same for all parameters: the two loops of L-BFGS over a table of products, so that the pairs themselves are read only where products
/// are summed, and where the direction is put together. A pair stays in its place until it is the oldest, and its place is taken by the newest.
/// </summary>
/// <remarks>
/// <c>table</c> keeps, behind the search's numbers, s·y of each pair with each newer one, and y·y. <c>plan</c> is what elements do: where the newest pair is put (−1 for nowhere), the length behind and that ahead, 1 for a new
/// direction, and the factors of the gradient, of each s and of each y in it. <c>pairs</c> holds s·g, y·g, s·Δ and y·Δ of each place, where Δ is the gradient less the one at the start of the last step; <c>own</c>, for the last
/// direction d: d·g, d·Δ, Δ·g, Δ·Δ, g·g and Σ|g|.
/// </remarks>
public static class LimitedMemory
{
    private const int DirectionByGradient = 0, DirectionByDelta = 1, DeltaByGradient = 2, DeltaByDelta = 3, SquaredGradient = 4, AbsoluteGradient = 5;

    private const int Count = 0, Next = 1, HasBegun = 2, FirstOfSearch = 3, FirstOfTable = 24;

    private const int Place = 0, Behind = 1, Ahead = 2, Turns = 3, OfGradient = 4, FirstOfPairs = 5;

    /// <summary>Plans a step in a new direction.</summary>
    /// <param name="table">What is kept from step to step.</param>
    /// <param name="plan">Becomes what elements do; the length ahead is a factor on the learning rate.</param>
    /// <param name="pairs">Products of what each place holds.</param>
    /// <param name="own">Products of the last direction and of gradients.</param>
    /// <param name="minCurvature">What s·y must exceed.</param>
    /// <param name="tolerance">What the decrease to first order must exceed.</param>
    public static void Turn(Span<double> table, Span<double> plan, ReadOnlySpan<double> pairs, ReadOnlySpan<double> own, double minCurvature, double tolerance)
    {
        plan[Ahead] = FirstLength(table, own);
        if (Direct(table, plan, pairs, own, 1, minCurvature) > -tolerance)
            Stay(plan);
    }

    /// <summary>Plans a step to another length along the last direction or, where that will do, in a new direction.</summary>
    /// <param name="table">What is kept from step to step.</param>
    /// <param name="plan">Becomes what elements do; the length ahead is one along the direction.</param>
    /// <param name="pairs">Products of what each place holds.</param>
    /// <param name="own">Products of the last direction and of gradients.</param>
    /// <param name="minCurvature">What s·y must exceed.</param>
    /// <param name="tolerance">What the decrease to first order must exceed.</param>
    /// <param name="loss">The loss where the parameters are.</param>
    /// <param name="largest">The largest element of the last direction.</param>
    /// <param name="rate">The first length that is tried.</param>
    public static void Search(
        Span<double> table, Span<double> plan, ReadOnlySpan<double> pairs, ReadOnlySpan<double> own, double minCurvature, double tolerance, double loss, double largest, double rate)
    {
        WolfeSearch search = new(table[FirstOfSearch..FirstOfTable]);
        if (search.GoesOn(loss, own[DirectionByGradient], largest, tolerance))
        {
            plan[Place] = -1;
            plan[Turns] = 0;
            plan[Ahead] = search.Length;
            return;
        }

        // A search that leads back to where it began has no use for what it knew: it goes on downhill.
        if (search.IsBack)
            table[..FirstOfSearch].Clear();
        double length = rate * FirstLength(table, own), slope = Direct(table, plan, pairs, own, search.Length, minCurvature);
        if (slope > -tolerance)
        {
            Stay(plan);
            search.Rest();
            return;
        }

        search.Begin(loss, slope, length);
        plan[Ahead] = length;
    }

    /// <summary>Keeps the last pair, puts the direction together, and gives its slope.</summary>
    private static double Direct(Span<double> table, Span<double> plan, ReadOnlySpan<double> pairs, ReadOnlySpan<double> own, double length, double minCurvature)
    {
        int places = pairs.Length / 4;
        Span<double> stepByChange = table.Slice(FirstOfTable, places * places), changeByChange = table.Slice(FirstOfTable + (places * places), places * places);
        Span<double> byGradient = stackalloc double[2 * places], factors = stackalloc double[places];
        Span<double> ofSteps = plan.Slice(FirstOfPairs, places), ofChanges = plan.Slice(FirstOfPairs + places, places);
        for (int i = 0; i < places; i++)
            (byGradient[i], byGradient[places + i]) = (pairs[4 * i], pairs[(4 * i) + 1]);
        table[HasBegun] = 1;
        plan[Place] = -1;
        plan[Behind] = length;
        plan[Turns] = 1;
        double curvature = length * own[DirectionByDelta];
        if (curvature > minCurvature)
        {
            int place = (int)table[Next];
            for (int i = 0; i < places; i++)
            {
                stepByChange[(i * places) + place] = pairs[(4 * i) + 2];
                changeByChange[(i * places) + place] = changeByChange[(place * places) + i] = pairs[(4 * i) + 3];
            }

            stepByChange[(place * places) + place] = curvature;
            changeByChange[(place * places) + place] = own[DeltaByDelta];
            byGradient[place] = length * own[DirectionByGradient];
            byGradient[places + place] = own[DeltaByGradient];
            plan[Place] = place;
            table[Next] = (place + 1) % places;
            table[Count] = Math.Min(table[Count] + 1, places);
        }

        // The places from the newest pair to the oldest.
        int count = (int)table[Count], next = (int)table[Next];
        Span<int> order = stackalloc int[count];
        for (int k = 0; k < count; k++)
            order[k] = (next - 1 - k + (2 * places)) % places;

        ofSteps.Clear();
        ofChanges.Clear();
        for (int k = 0; k < count; k++)
        {
            int i = order[k];
            double sum = byGradient[i];
            foreach (int newer in order[..k])
                sum -= factors[newer] * stepByChange[(i * places) + newer];
            factors[i] = sum / stepByChange[(i * places) + i];
        }

        double scale = count > 0 ? stepByChange[(order[0] * places) + order[0]] / changeByChange[(order[0] * places) + order[0]] : 1;
        for (int k = count - 1; k >= 0; k--)
        {
            int i = order[k];
            double sum = byGradient[places + i];
            foreach (int other in order)
                sum -= factors[other] * changeByChange[(i * places) + other];
            sum *= scale;
            foreach (int older in order[(k + 1)..])
                sum -= ofSteps[older] * stepByChange[(older * places) + i];
            ofSteps[i] = (sum / stepByChange[(i * places) + i]) - factors[i];
            ofChanges[i] = scale * factors[i];
        }

        plan[OfGradient] = -scale;
        double slope = -scale * own[SquaredGradient];
        foreach (int i in order)
            slope += (ofSteps[i] * byGradient[i]) + (ofChanges[i] * byGradient[places + i]);
        return slope;
    }

    /// <summary>The first step knows nothing of the curvature, so it is short.</summary>
    private static double FirstLength(ReadOnlySpan<double> table, ReadOnlySpan<double> own) => table[HasBegun] == 0 ? Math.Min(1, 1 / own[AbsoluteGradient]) : 1;

    private static void Stay(Span<double> plan)
    {
        plan[Ahead] = 0;
        plan[OfGradient..].Clear();
    }
}
