namespace OptGen;

/// <summary>
/// Quasi-Newton steps from the last few steps and the changes of the gradient that they made, for losses whose gradient is exact: full batches.
/// <code>
/// s = the last step        y = g − the gradient before it        kept where s·y &gt; <c>MinCurvature</c>, the last <c>History</c> of them
/// q = g        from the newest to the oldest: αᵢ = sᵢ·q / sᵢ·yᵢ        q = q − αᵢyᵢ
/// r = (s·y / y·y)·q        from the oldest to the newest: r = r + (αᵢ − yᵢ·r / sᵢ·yᵢ)·sᵢ
/// w = w − ηr        the first time η·min(1, 1/Σ|g|)
/// </code>
/// Products are over all parameters. No step is taken where the slope, −g·r, is above −<c>ToleranceChange</c>. With a line search, η is the first length that is tried along −r, each step of the optimizer is one evaluation of
/// the loss and its gradient, and <c>Step</c> takes the loss as a further argument: a step either tries another length, or goes on in a new direction from where it is.
/// </summary>
/// <remarks>
/// Liu and Nocedal, "On the limited memory BFGS method for large scale optimization", 1989; r from products alone after Chen, Wang and Zhou, "Large-scale L-BFGS using MapReduce", 2014; the search after Nocedal and Wright,
/// "Numerical optimization", 2006, algorithms 3.5 and 3.6.
/// </remarks>
/// <example><c>[Lbfgs(LineSearch = LineSearch.StrongWolfe)]</c></example>
public sealed class Lbfgs : UpdateRule
{
    /// <summary>Length η of a step as a share of r, or the first one that is tried; 1 by default.</summary>
    [Hyper, Bounds(AtLeast = 0)]
    public float LearningRate { get; set; } = 1f;

    /// <summary>What s·y must exceed for the pair to be kept, 1e-10 by default.</summary>
    [Hyper, Bounds(AtLeast = 0)]
    public float MinCurvature { get; set; } = 1e-10f;

    /// <summary>The least decrease of the loss, to first order, that a direction must promise; and the least width of a line search, as the largest change of a parameter. 1e-9 by default.</summary>
    [Hyper, Bounds(AtLeast = 0)]
    public float ToleranceChange { get; set; } = 1e-9f;

    /// <summary>Pairs that are kept, two numbers each for every parameter. An option, fixed where the attribute is written, at most 64; 10 by default.</summary>
    public int History { get; set; } = 10;

    /// <summary>How the length of a step is found. An option, fixed where the attribute is written; none by default: the learning rate is the length.</summary>
    public LineSearch LineSearch { get; set; } = LineSearch.None;

    // Sizes of the tables of LimitedMemory.
    private int TableCount => 2 * History * History + 24;

    private int PlanCount => 2 * History + 5;

    /// <summary>s·g of a pair.</summary>
    [Reduce(Over.Everything)]
    public float StepByGradient(float product) => product;

    /// <summary>y·g of a pair.</summary>
    [Reduce(Over.Everything)]
    public float ChangeByGradient(float product) => product;

    /// <summary>s·y of a pair and the newest change.</summary>
    [Reduce(Over.Everything)]
    public float StepByChange(float product) => product;

    /// <summary>y·y of a pair and the newest change.</summary>
    [Reduce(Over.Everything)]
    public float ChangeByChange(float product) => product;

    /// <summary>Sum over all parameters.</summary>
    [Reduce(Over.Everything)]
    public float Sum(float x) => x;

    /// <summary>The largest of all parameters.</summary>
    [Reduce(Over.Everything, Reduction.Max)]
    public float Largest(float x) => MathF.Abs(x);

    /// <summary>Plans a step in a new direction.</summary>
    [Once("OptGen.Kernels.LimitedMemory.Turn")]
    public static void Turn(float[] table, float[] plan, float[] pairs, float[] own, float minCurvature, float tolerance)
    {
    }

    /// <summary>Plans a step in a new direction, or to another length along the last one.</summary>
    [Once("OptGen.Kernels.LimitedMemory.Search")]
    public static void Search(float[] table, float[] plan, float[] pairs, float[] own, float minCurvature, float tolerance, float loss, float largest, float rate)
    {
    }

    /// <summary>Updates one parameter. Pairs in fewer bits have other products than those that were summed, so they are exact.</summary>
    [Update]
    public void Update(
        ref float w,
        float g,
        [Loss] float loss,
        [State(Copies = nameof(History), Exact = true)] float[] steps,
        [State(Copies = nameof(History), Exact = true)] float[] changes,
        [State(Exact = true)] ref float previous,
        [State(Exact = true)] ref float direction,
        [State(Exact = true)] ref float origin,
        [State(Over.Everything, Copies = nameof(TableCount))] float[] table,
        [State(Over.Everything, Copies = nameof(PlanCount))] float[] plan)
    {
        float change = g - previous;
        float[] pairs = new float[4 * History];
        for (int i = 0; i < History; i++)
        {
            pairs[4 * i] = StepByGradient(steps[i] * g);
            pairs[4 * i + 1] = ChangeByGradient(changes[i] * g);
            pairs[4 * i + 2] = StepByChange(steps[i] * change);
            pairs[4 * i + 3] = ChangeByChange(changes[i] * change);
        }

        float[] own = [Sum(direction * g), Sum(direction * change), Sum(change * g), Sum(change * change), Sum(g * g), Sum(MathF.Abs(g))];
        if (LineSearch == LineSearch.None)
            Turn(table, plan, pairs, own, MinCurvature, ToleranceChange);
        else
            Search(table, plan, pairs, own, MinCurvature, ToleranceChange, loss, Largest(direction), LearningRate);

        // The plan: where the newest pair is put, the length behind and that ahead, whether the direction is new, and what it is made of.
        float place = plan[0], behind = plan[1], ahead = plan[2], next = plan[4] * g;
        bool turns = plan[3] != 0;
        for (int i = 0; i < History; i++)
        {
            steps[i] = place == i ? behind * direction : steps[i];
            changes[i] = place == i ? change : changes[i];
            next += plan[5 + i] * steps[i] + plan[5 + History + i] * changes[i];
        }

        if (LineSearch == LineSearch.None)
        {
            // The step itself, so that η may be another one for each parameter, and change.
            direction = LearningRate * ahead * next;
            previous = g;
            w += direction;
        }
        else
        {
            if (turns)
            {
                direction = next;
                previous = g;
                origin = w;
            }

            w = origin + ahead * direction;
        }
    }
}
