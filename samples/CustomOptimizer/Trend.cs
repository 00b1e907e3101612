using OptGen;

namespace CustomOptimizer;

/// <summary>
/// An invented rule: like Adam, but every parameter has a trust of its own, which grows while its gradient agrees
/// with where it is going and shrinks when it does not. It is written about one parameter; the generator widens it.
/// </summary>
[Optimizer]
public partial class Trend
{
    [Hyper] public float LearningRate { get; set; } = 0.1f;
    [Hyper] public float Beta { get; set; } = 0.9f;
    [Hyper] public float Growth { get; set; } = 1.01f;
    [Hyper] public float Shrink { get; set; } = 0.95f;

    [Update]
    private void Update(ref float w, float g, [State] ref float direction, [State] ref float size, [State] ref float trust, int step)
    {
        if (step == 1)
            trust = 1;
        if (direction * g < 0)
            trust = MathF.Max(trust * Shrink, 1e-6f);
        else
            trust = MathF.Min(trust * Growth, 2);

        direction = Beta * direction + (1 - Beta) * g;
        size = Beta * size + (1 - Beta) * (g * g);
        float correction = 1 - MathF.Pow(Beta, step);
        w -= LearningRate * trust * (direction / correction) / (MathF.Sqrt(size / correction) + 1e-8f);
    }
}
