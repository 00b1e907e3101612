namespace CustomOptimizer;

/// <summary>A bent valley: f(x, y) = (1 − x)² + 100(y − x²)². Into it is easy, along it is slow. The minimum is 0 at (1, 1).</summary>
internal static class Rosenbrock
{
    public static readonly (float X, float Y) Start = (-1.2f, 1);

    public static double Value(double x, double y) => (1 - x) * (1 - x) + 100 * (y - x * x) * (y - x * x);

    /// <summary>The gradient at any number of points (x, y), which lie one after the other.</summary>
    public static void Gradient(ReadOnlySpan<float> points, Span<float> gradient)
    {
        for (int i = 0; i < points.Length; i += 2)
        {
            double x = points[i], y = points[i + 1], across = y - x * x;
            gradient[i] = (float)(-2 * (1 - x) - 400 * x * across);
            gradient[i + 1] = (float)(200 * across);
        }
    }
}
