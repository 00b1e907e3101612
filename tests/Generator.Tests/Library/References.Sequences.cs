namespace OptGen.Generator.Tests.Library;

/// <summary>Recurrent layers above each other over a sequence.</summary>
/// <param name="Gates">1 for a plain layer, 3 for a GRU, 4 for an LSTM.</param>
internal sealed record RecurrentSpec(int Gates, int Units, int Steps, int Features)
{
    public int Layers { get; init; } = 1;

    public bool IsBidirectional { get; init; }

    public bool IsBackwards { get; init; }

    public bool IsRectified { get; init; }

    public bool IsLast { get; init; }

    public int Projection { get; init; }

    /// <summary>Number of the input that holds the hidden states before the first step, that of cell states after it; 0 for zeros.</summary>
    public int Initial { get; init; }

    public bool GivesCells { get; init; }
}

// Sequences by their definitions: PyTorch's documentation of RNN, GRU, LSTM, MultiheadAttention and Embedding.
internal static partial class References
{
    public static double[][] Recurrent(Call call, RecurrentSpec at)
    {
        int directions = at.IsBidirectional ? 2 : 1, shown = at.Projection > 0 ? at.Projection : at.Units;
        List<double> states = [], cells = [];
        for (int row = 0; row < call.Rows; row++)
        {
            double[][] x = [.. Enumerable.Range(0, at.Steps).Select(t => call.X.AsSpan(((row * at.Steps) + t) * at.Features, at.Features).ToArray())], held = [];
            for (int layer = 0; layer < at.Layers; layer++)
            {
                double[][] y = [.. x.Select(_ => new double[directions * shown])];
                held = [.. x.Select(_ => new double[directions * at.Units])];
                for (int direction = 0; direction < directions; direction++)
                    Run(x, layer, direction, y, held, row);
                x = y;
            }

            if (at.IsLast)
            {
                for (int direction = 0; direction < directions; direction++)
                    states.AddRange(x[direction == 1 || at.IsBackwards ? 0 : at.Steps - 1].AsSpan(direction * shown, shown));
            }
            else
            {
                states.AddRange(x.SelectMany(state => state));
                cells.AddRange(held.SelectMany(cell => cell));
            }
        }

        return at.GivesCells ? [[.. states], [.. cells]] : [[.. states]];

        void Run(double[][] x, int layer, int direction, double[][] y, double[][] held, int row)
        {
            string suffix = (layer == 0 ? "" : $"{layer + 1}") + (direction == 1 ? "Reverse" : "");
            int number = (layer * directions) + direction, count = at.Layers * directions;
            double[] hidden = State(at.Initial, shown), cell = State(at.Initial == 0 || at.Gates < 4 ? 0 : at.Initial + 1, at.Units);
            for (int turn = 0; turn < at.Steps; turn++)
            {
                int t = direction == 1 || at.IsBackwards ? at.Steps - 1 - turn : turn;
                double[] input = Times(x[t], "InputKernel", "InputBias"), recurrent = Times(hidden, "RecurrentKernel", "RecurrentBias"), next = new double[at.Units];
                for (int unit = 0; unit < at.Units; unit++)
                {
                    double Both(int gate) => input[(gate * at.Units) + unit] + recurrent[(gate * at.Units) + unit];
                    if (at.Gates == 1)
                    {
                        next[unit] = at.IsRectified ? Math.Max(0, Both(0)) : Math.Tanh(Both(0));
                    }
                    else if (at.Gates == 3)
                    {
                        double proposed = Math.Tanh(input[(2 * at.Units) + unit] + (Logistic(Both(0)) * recurrent[(2 * at.Units) + unit])), keep = Logistic(Both(1));
                        next[unit] = ((1 - keep) * proposed) + (keep * hidden[unit]);
                    }
                    else
                    {
                        cell[unit] = (Logistic(Both(1)) * cell[unit]) + (Logistic(Both(0)) * Math.Tanh(Both(2)));
                        next[unit] = Logistic(Both(3)) * Math.Tanh(cell[unit]);
                    }
                }

                hidden = at.Projection > 0 ? Product(next, call["OutputKernel" + suffix], at.Projection) : next;
                hidden.CopyTo(y[t], direction * shown);
                cell.CopyTo(held[t], direction * at.Units);
            }

            double[] State(int from, int size) => from == 0 ? new double[size] : call.Inputs[from].AsSpan(((row * count) + number) * size, size).ToArray();

            double[] Times(double[] vector, string kernel, string bias)
            {
                double[] product = Product(vector, call[kernel + suffix], at.Gates * at.Units);
                return call.Parameters.TryGetValue("Layer." + bias + suffix, out double[]? added) ? [.. product.Zip(added, (a, b) => a + b)] : product;
            }
        }
    }

    /// <summary>Attention to a memory of another width, with masks of visible steps or numbers that are added to the scores.</summary>
    public static double[][] WideAttention(Call call, int steps, int seen, int features, int width, int heads, bool isAdded = false)
    {
        int size = features / heads;
        double[] bias = call["InputBias"];
        List<double> y = [];
        for (int row = 0; row < call.Rows; row++)
        {
            double[][] q = Project(call.X, steps, features, "QueryKernel", 0), k = Project(call.Inputs[1], seen, width, "KeyKernel", 1), v = Project(call.Inputs[1], seen, width, "ValueKernel", 2);
            for (int t = 0; t < steps; t++)
            {
                double[] context = new double[features];
                for (int head = 0; head < heads; head++)
                {
                    double[] power = [.. Enumerable.Range(0, seen).Select(s => Math.Exp(
                        (Enumerable.Range(head * size, size).Sum(d => q[t][d] * k[s][d]) / Math.Sqrt(size)) + (isAdded ? call.Inputs[2][(((row * steps) + t) * seen) + s] : 0)))];
                    for (int d = head * size; d < (head + 1) * size; d++)
                        context[d] = Enumerable.Range(0, seen).Sum(s => power[s] * v[s][d]) / power.Sum();
                }

                y.AddRange(Product(context, call["OutputKernel"], features).Zip(call["OutputBias"], (a, b) => a + b));
            }

            double[][] Project(double[] x, int length, int inputs, string kernel, int part) => [.. Enumerable.Range(0, length).Select(t =>
                Product(x.AsSpan(((row * length) + t) * inputs, inputs).ToArray(), call[kernel], features).Select((value, j) => value + bias[(part * features) + j]).ToArray())];
        }

        return [[.. y]];
    }

    /// <summary>Rows of a table for four symbols each, of which one is always 0.</summary>
    public static double[][] Embedding(Call call, int size, int padding) =>
        [[.. call.X.Take(call.Rows * 4).SelectMany(symbol => (int)symbol == padding ? new double[size] : call["Table"].AsSpan((int)symbol * size, size).ToArray())]];

    private static double Logistic(double x) => 1 / (1 + Math.Exp(-x));

    private static double[] Product(double[] vector, double[] kernel, int columns) =>
        [.. Enumerable.Range(0, columns).Select(j => vector.Select((value, i) => value * kernel[(i * columns) + j]).Sum())];
}
