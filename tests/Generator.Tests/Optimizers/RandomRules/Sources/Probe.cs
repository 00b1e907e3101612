/// <summary>A random rule after compilation, with its own method beside.</summary>
public interface IRule
{
    int States { get; }

    /// <summary>The numbers of all parameters, then those of each state, after each step.</summary>
    double[][] Widened(MatrixShape[] shapes, double[] parameters, double[][] gradients);
}

/// <summary>The method of a rule, for one element.</summary>
public interface IExact
{
    void Scalar(int i, float[] w, float g, float[][] s, int step);
}

/// <summary>The method of a rule on numbers with bounds.</summary>
public interface IBounded
{
    string[] Extents { get; }

    string[] Kinds { get; }

    RunningError Term(int reduction, RunningError w, RunningError g, RunningError[] s);

    void Bounds(ref RunningError w, RunningError g, RunningError[] s, int step, RunningError[] reduced);
}

public static partial class Probe
{
    private delegate Span<T> View<T>();

    /// <summary>A copy of a state. One that the rule never changes is not kept, and is 0.</summary>
    public static double[] State<T>(object optimizer, string name, int count)
        where T : unmanaged => optimizer.GetType().GetProperty(name) is { } property
            ? Array.ConvertAll(property.GetMethod!.CreateDelegate<View<T>>(optimizer)().ToArray(), value => Convert.ToDouble(value, System.Globalization.CultureInfo.InvariantCulture))
            : new double[count];

    public static double[][] Widened(int rule, int vectorBits, MatrixShape[] shapes, double[] parameters, double[][] gradients)
    {
        int widest = OptGenRuntime.VectorBits;
        OptGenRuntime.VectorBits = vectorBits;
        try
        {
            return Create(rule).Widened(shapes, parameters, gradients);
        }
        finally
        {
            OptGenRuntime.VectorBits = widest;
        }
    }

    /// <summary>Rows of the parameters and of each state after each step; NaN where an element has left the range of numbers.</summary>
    public static double[][] Scalar(int rule, double[] parameters, double[][] gradients)
    {
        IRule optimizer = Create(rule);
        int count = parameters.Length, width = optimizer.States + 1;
        double[][] rows = Rows(gradients.Length * width, count);
        float[] w = Array.ConvertAll(parameters, value => (float)value);
        float[][] s = new float[optimizer.States][];
        for (int state = 0; state < s.Length; state++)
            s[state] = new float[count];
        for (int i = 0; i < count; i++)
        {
            bool isLost = false;
            for (int step = 1; step <= gradients.Length; step++)
            {
                try
                {
                    if (!isLost)
                        ((IExact)optimizer).Scalar(i, w, (float)gradients[step - 1][i], s, step);
                }
                catch (ArithmeticException)
                {
                    isLost = true; // The sign of NaN.
                }

                isLost |= !float.IsFinite(w[i]);
                foreach (float[] state in s)
                {
                    isLost |= !float.IsFinite(state[i]);
                    if (MathF.Abs(state[i]) < 1.17549435E-38f)
                        state[i] = 0;
                }

                rows[(step - 1) * width][i] = isLost ? double.NaN : w[i];
                for (int state = 0; state < s.Length; state++)
                    rows[((step - 1) * width) + state + 1][i] = isLost ? double.NaN : s[state][i];
            }
        }

        return rows;
    }

    /// <summary>Rows of values, each followed by a row of bounds, NaN where nothing is certain.</summary>
    public static double[][] Bounds(int rule, bool isDouble, MatrixShape[] shapes, double[] parameters, double[][] gradients)
    {
        IRule optimizer = Create(rule);
        IBounded method = (IBounded)optimizer;
        int count = parameters.Length, width = optimizer.States + 1;
        double[][] rows = Rows(2 * gradients.Length * width, count);
        RunningError[] w = Array.ConvertAll(parameters, value => new RunningError(value));
        RunningError[][] s = new RunningError[count][];
        bool[] isLost = new bool[count];
        RunningError.IsDouble = isDouble;
        for (int i = 0; i < count; i++)
            s[i] = new RunningError[optimizer.States];
        for (int step = 0; step < gradients.Length; step++)
        {
            RunningError[][] reduced = Reduced(method, shapes, w, gradients[step], s, isLost);
            for (int i = 0; i < count; i++)
            {
                RunningError.IsUncertain = isLost[i];
                method.Bounds(ref w[i], new RunningError(gradients[step][i]), s[i], step + 1, reduced[i]);
                isLost[i] = RunningError.IsUncertain;
                Keep(rows, step * width, i, w[i], isLost[i], isDouble);
                for (int state = 0; state < s[i].Length; state++)
                    Keep(rows, (step * width) + state + 1, i, s[i][state], isLost[i], isDouble);
            }
        }

        return rows;
    }

    /// <summary>All reductions for each element. What shares one with an element that is lost is lost as well.</summary>
    private static RunningError[][] Reduced(IBounded method, MatrixShape[] shapes, RunningError[] w, double[] g, RunningError[][] s, bool[] isLost)
    {
        RunningError[][] reduced = new RunningError[w.Length][];
        for (int i = 0; i < reduced.Length; i++)
            reduced[i] = new RunningError[method.Extents.Length];
        for (int reduction = 0; reduction < method.Extents.Length; reduction++)
        {
            System.Collections.Generic.Dictionary<(int, int), System.Collections.Generic.List<int>> together = [];
            int offset = 0;
            for (int tensor = 0; tensor < shapes.Length; offset += shapes[tensor].Rows * shapes[tensor].Columns, tensor++)
            {
                for (int i = 0; i < shapes[tensor].Rows * shapes[tensor].Columns; i++)
                {
                    (int, int) key = method.Extents[reduction] switch
                    {
                        "Over.Everything" => (0, 0),
                        "Over.Tensor" => (tensor, 0),
                        "Over.Row" => (tensor, i / shapes[tensor].Columns),
                        _ => (tensor, i % shapes[tensor].Columns),
                    };
                    if (!together.TryGetValue(key, out System.Collections.Generic.List<int>? own))
                        together.Add(key, own = []);
                    own.Add(offset + i);
                }
            }

            foreach (System.Collections.Generic.List<int> own in together.Values)
            {
                RunningError.IsUncertain = own.Exists(i => isLost[i]);
                RunningError value = RunningError.Reduce(method.Kinds[reduction], own.ConvertAll(i => method.Term(reduction, w[i], new RunningError(g[i]), s[i])));
                foreach (int i in own)
                {
                    reduced[i][reduction] = value;
                    isLost[i] |= RunningError.IsUncertain;
                }
            }
        }

        return reduced;
    }

    private static double[][] Rows(int rows, int count)
    {
        double[][] result = new double[rows][];
        for (int row = 0; row < rows; row++)
            result[row] = new double[count];
        return result;
    }

    private static void Keep(double[][] rows, int row, int i, RunningError number, bool isLost, bool isDouble)
    {
        rows[2 * row][i] = number.Value;
        rows[(2 * row) + 1][i] = isLost ? double.NaN : number.Error + (isDouble ? 2.3e-308 : 1.2e-38);
    }
}
