namespace OptGen.Generator.Tests.Optimizers.Relations;

/// <summary>L-BFGS as a loop that calls a function, with the pairs as lists of vectors, and the strong search as the textbook has it. It ends after a number of evaluations.</summary>
internal sealed class LbfgsReference(int history, double rate, bool searches)
{
    private sealed class EnoughException : Exception;

    private sealed record Point(double Length, double Loss, double[] Gradient, double Slope);

    public delegate double Evaluation(double[] w, double[] gradient);

    public void Minimize(double[] w, int evaluations, Evaluation evaluate)
    {
        int left = evaluations;
        double Evaluate(double[] at, double[] gradient)
        {
            if (left-- == 0)
                throw new EnoughException();
            return evaluate(at, gradient);
        }

        try
        {
            Run(w, Evaluate);
        }
        catch (EnoughException)
        {
            // As many as were asked for.
        }
    }

    private void Run(double[] w, Evaluation evaluate)
    {
        List<(double[] Step, double[] Change)> pairs = [];
        double[] gradient = new double[w.Length];
        double loss = evaluate(w, gradient), scale = 1, length = 0;
        double[] direction = new double[w.Length], previous = new double[w.Length];
        for (int iteration = 0; ; iteration++)
        {
            double[] change = [.. gradient.Zip(previous, (now, before) => now - before)], step = [.. direction.Select(d => d * length)];
            if (iteration > 0 && Dot(change, step) > 1e-10)
            {
                if (pairs.Count == history)
                    pairs.RemoveAt(0);
                pairs.Add((step, change));
                scale = Dot(change, step) / Dot(change, change);
            }

            double[] q = [.. gradient.Select(g => -g)], alphas = new double[pairs.Count];
            for (int i = pairs.Count - 1; i >= 0; i--)
            {
                alphas[i] = Dot(pairs[i].Step, q) / Dot(pairs[i].Change, pairs[i].Step);
                Add(q, pairs[i].Change, -alphas[i]);
            }

            direction = [.. q.Select(x => x * scale)];
            for (int i = 0; i < pairs.Count; i++)
                Add(direction, pairs[i].Step, alphas[i] - (Dot(pairs[i].Change, direction) / Dot(pairs[i].Change, pairs[i].Step)));
            gradient.CopyTo(previous, 0);
            length = iteration == 0 ? Math.Min(1, 1 / gradient.Sum(Math.Abs)) * rate : rate;
            double slope = Dot(gradient, direction);
            if (slope > -1e-9)
            {
                // Nothing moves any more.
                length = 0;
                loss = evaluate(w, gradient);
                continue;
            }

            if (searches)
            {
                (loss, double[] found, length) = Search(w, direction, length, loss, gradient, slope, evaluate);
                Add(w, direction, length);
                found.CopyTo(gradient, 0);
            }
            else
            {
                Add(w, direction, length);
                loss = evaluate(w, gradient);
            }
        }
    }

    private static (double Loss, double[] Gradient, double Length) Search(double[] w, double[] direction, double length, double loss, double[] gradient, double slope, Evaluation evaluate)
    {
        const double C1 = 1e-4, C2 = 0.9, Tolerance = 1e-9;
        const int Most = 25;
        Point At(double t)
        {
            double[] there = [.. w.Zip(direction, (x, d) => x + (t * d))], g = new double[w.Length];
            double value = evaluate(there, g);
            return new Point(t, value, g, Dot(g, direction));
        }

        double largest = direction.Max(Math.Abs);
        Point start = new(0, loss, [.. gradient], slope), before = start, now = At(length);
        Point[] bracket = [];
        bool isDone = false;
        int count = 0;
        while (count < Most)
        {
            if (now.Loss > loss + (C1 * now.Length * slope) || (count > 1 && now.Loss >= before.Loss))
            {
                bracket = [before, now];
                break;
            }

            if (Math.Abs(now.Slope) <= -C2 * slope)
            {
                bracket = [now, now];
                isDone = true;
                break;
            }

            if (now.Slope >= 0)
            {
                bracket = [before, now];
                break;
            }

            double next = Cubic(before, now, now.Length + (0.01 * (now.Length - before.Length)), now.Length * 10);
            before = now;
            now = At(next);
            count++;
        }

        if (count == Most)
            bracket = [start, now];
        (int low, int high) = bracket[0].Loss <= bracket[1].Loss ? (0, 1) : (1, 0);
        bool isSlow = false;
        while (!isDone && count < Most)
        {
            double from = Math.Min(bracket[0].Length, bracket[1].Length), to = Math.Max(bracket[0].Length, bracket[1].Length);
            if ((to - from) * largest < Tolerance)
                break;
            double t = Cubic(bracket[0], bracket[1], from, to), margin = 0.1 * (to - from);
            if (Math.Min(to - t, t - from) < margin)
            {
                if (isSlow || t >= to || t <= from)
                {
                    t = Math.Abs(t - to) < Math.Abs(t - from) ? to - margin : from + margin;
                    isSlow = false;
                }
                else
                {
                    isSlow = true;
                }
            }
            else
            {
                isSlow = false;
            }

            Point point = At(t);
            count++;
            if (point.Loss > loss + (C1 * t * slope) || point.Loss >= bracket[low].Loss)
            {
                bracket[high] = point;
                (low, high) = bracket[0].Loss <= bracket[1].Loss ? (0, 1) : (1, 0);
            }
            else
            {
                isDone = Math.Abs(point.Slope) <= -C2 * slope;
                if (!isDone && point.Slope * (bracket[high].Length - bracket[low].Length) >= 0)
                    bracket[high] = bracket[low];
                bracket[low] = point;
            }
        }

        return (bracket[low].Loss, bracket[low].Gradient, bracket[low].Length);
    }

    private static double Cubic(Point one, Point other, double least, double most)
    {
        double d1 = one.Slope + other.Slope - (3 * (one.Loss - other.Loss) / (one.Length - other.Length)), square = (d1 * d1) - (one.Slope * other.Slope);
        if (square < 0)
            return (least + most) / 2;
        double d2 = Math.Sqrt(square);
        double at = one.Length <= other.Length
            ? other.Length - ((other.Length - one.Length) * ((other.Slope + d2 - d1) / (other.Slope - one.Slope + (2 * d2))))
            : one.Length - ((one.Length - other.Length) * ((one.Slope + d2 - d1) / (one.Slope - other.Slope + (2 * d2))));
        return Math.Min(Math.Max(at, least), most);
    }

    private static double Dot(double[] a, double[] b) => a.Zip(b, (x, y) => x * y).Sum();

    private static void Add(double[] to, double[] what, double factor)
    {
        for (int i = 0; i < to.Length; i++)
            to[i] += factor * what[i];
    }
}
