namespace OptGen.Generator.Tests.Optimizers.RandomChains;

/// <summary>The update rules.</summary>
internal sealed partial class ChainReference
{
    /// <summary>Runs an update rule; false for a link that is none of those that the reference knows.</summary>
    private bool Updated(ChainLink link, double[][] g)
    {
        Action<double[][], ChainLink>? rule = link.Name switch
        {
            nameof(OptGen.Sgd) => Sgd,
            nameof(OptGen.AdamW) => (g, _) => Adam(g, isLamb: false),
            nameof(OptGen.Lamb) => (g, _) => Adam(g, isLamb: true),
            nameof(OptGen.Lion) => (g, _) => Lion(g),
            nameof(OptGen.Prodigy) => (g, _) => Prodigy(g),
            nameof(OptGen.DoG) => (g, _) => DoG(g),
            nameof(OptGen.Adafactor) => (g, _) => Adafactor(g),
            _ => null,
        };
        rule?.Invoke(g, link);
        return rule is not null;
    }

    private double Decay(int t) => Given("WeightDecay") ? H("WeightDecay", t) : 0;

    private void Sgd(double[][] g, ChainLink link)
    {
        double[][] velocity = State("velocity");
        bool nesterov = link.Options == "Nesterov = true";
        for (int t = 0; t < _w.Length; t++)
        {
            double momentum = Given("Momentum") ? H("Momentum", t) : 0, dampening = Given("Dampening") ? H("Dampening", t) : 0;
            for (int i = 0; i < _w[t].Length; i++)
            {
                double d = g[t][i] + (Decay(t) * _w[t][i]);
                if (Given("Momentum"))
                {
                    velocity[t][i] = Steps == 0 ? d : (momentum * velocity[t][i]) + ((1 - dampening) * d);
                    d = nesterov ? d + (momentum * velocity[t][i]) : velocity[t][i];
                }

                _w[t][i] -= H("LearningRate", t) * d;
            }
        }
    }

    private void Adam(double[][] g, bool isLamb)
    {
        double[][] mean = State("mean"), square = State("square");
        for (int t = 0; t < _w.Length; t++)
        {
            double b1 = H("Beta1", t), b2 = H("Beta2", t), rate = H("LearningRate", t);
            double[] step = new double[_w[t].Length];
            for (int i = 0; i < step.Length; i++)
            {
                mean[t][i] = (b1 * mean[t][i]) + ((1 - b1) * g[t][i]);
                square[t][i] = (b2 * square[t][i]) + ((1 - b2) * g[t][i] * g[t][i]);
                step[i] = mean[t][i] / (1 - Math.Pow(b1, Steps + 1)) / (Math.Sqrt(square[t][i] / (1 - Math.Pow(b2, Steps + 1))) + H("Epsilon", t)) + (Decay(t) * _w[t][i]);
            }

            double size = Math.Sqrt(SumOfSquares(_w[t])), length = Math.Sqrt(SumOfSquares(step));
            double trust = isLamb && Decay(t) > 0 && size > 0 && length > 0 ? size / length : 1;
            for (int i = 0; i < step.Length; i++)
                _w[t][i] -= rate * trust * step[i];
        }
    }

    private void Lion(double[][] g)
    {
        double[][] mean = State("mean");
        for (int t = 0; t < _w.Length; t++)
        {
            double b1 = H("Beta1", t), b2 = H("Beta2", t);
            for (int i = 0; i < _w[t].Length; i++)
            {
                int sign = Math.Sign((b1 * mean[t][i]) + ((1 - b1) * g[t][i]));
                mean[t][i] = (b2 * mean[t][i]) + ((1 - b2) * g[t][i]);
                _w[t][i] -= H("LearningRate", t) * (sign + (Decay(t) * _w[t][i]));
            }
        }
    }

    private void Prodigy(double[][] g)
    {
        double[][] start = State("start"), mean = State("mean"), square = State("square"), sum = State("sum");
        if (Steps == 0)
        {
            Each(start, (t, i, _) => _w[t][i]);
            _numbers["Distance"] = H("InitialDistance", 0);
        }

        double d = Number("Distance"), memory = Math.Sqrt(H("Beta2", 0)), weight = d / H("InitialDistance", 0) * d * H("LearningRate", 0), progress = 0, reach = 0;
        for (int t = 0; t < _w.Length; t++)
        {
            double b1 = H("Beta1", t), b2 = H("Beta2", t);
            for (int i = 0; i < _w[t].Length; i++)
            {
                progress += g[t][i] * (start[t][i] - _w[t][i]);
                sum[t][i] = (memory * sum[t][i]) + (weight * g[t][i]);
                reach += Math.Abs(sum[t][i]);
                mean[t][i] = (b1 * mean[t][i]) + ((1 - b1) * d * g[t][i]);
                square[t][i] = (b2 * square[t][i]) + ((1 - b2) * d * d * g[t][i] * g[t][i]);
            }
        }

        _numbers["Numerator"] = (memory * Number("Numerator")) + (weight * progress);
        if (reach > 0)
            _numbers["Distance"] = Math.Max(d, H("Coefficient", 0) * Number("Numerator") / reach);
        for (int t = 0; t < _w.Length; t++)
        {
            double rate = H("LearningRate", t) * d;
            for (int i = 0; i < _w[t].Length; i++)
                _w[t][i] -= (rate * Decay(t) * _w[t][i]) + (rate * mean[t][i] / (Math.Sqrt(square[t][i]) + (Number("Distance") * H("Epsilon", t))));
        }
    }

    private void DoG(double[][] g)
    {
        double[][] start = State("start");
        if (Steps == 0)
        {
            Each(start, (t, i, _) => _w[t][i]);
            _numbers["Distance"] = H("InitialShare", 0) * (1 + Math.Sqrt(_w.Sum(SumOfSquares)));
        }

        double[][] direction = [.. g.Select((tensor, t) => tensor.Select((x, i) => x + (Decay(t) * _w[t][i])).ToArray())];
        double[] travelled = [.. _w.SelectMany((tensor, t) => tensor.Select((w, i) => w - start[t][i]))];
        _numbers["Distance"] = Math.Max(Number("Distance"), Math.Sqrt(SumOfSquares(travelled)));
        _numbers["Squares"] = Number("Squares") + direction.Sum(SumOfSquares);
        Each(_w, (t, i, w) => w - (H("LearningRate", t) * Number("Distance") / Math.Sqrt(Number("Squares") + H("Epsilon", t)) * direction[t][i]));
    }

    private void Adafactor(double[][] g)
    {
        double[][] rows = State("rows"), columns = State("columns");
        for (int t = 0; t < _w.Length; t++)
        {
            (int height, int width, double[] w) = (_tensors[t].Rows, _tensors[t].Columns, _w[t]);
            double fresh = Math.Pow(Steps + 1, -H("Decay", t)), e1 = H("Epsilon1", t);
            for (int row = 0; row < height; row++)
                rows[t][row] = ((1 - fresh) * rows[t][row]) + (fresh * SumOfSquares(g[t][(row * width)..((row + 1) * width)]) / width);
            for (int column = 0; column < width; column++)
                columns[t][column] = ((1 - fresh) * columns[t][column]) + (fresh * Enumerable.Range(0, height).Sum(row => Math.Pow(g[t][(row * width) + column], 2)) / height);
            double mean = rows[t][..height].Average();
            double[] u = [.. g[t].Select((x, i) => x / Math.Sqrt(Math.Max(rows[t][i / width] * columns[t][i % width] / Math.Max(mean, e1), e1 * e1)))];
            double size = Math.Max(H("Epsilon2", t), Math.Sqrt(SumOfSquares(w) / w.Length)), length = Math.Sqrt(SumOfSquares(u) / u.Length);
            double step = size * Math.Min(H("LearningRate", t), 1 / Math.Sqrt(Steps + 1)) / Math.Max(1, length / H("Threshold", t));
            for (int i = 0; i < w.Length; i++)
                w[i] -= (H("LearningRate", t) * Decay(t) * w[i]) + (step * u[i]);
        }
    }
}
