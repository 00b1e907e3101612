namespace OptGen.Generator.Tests.Optimizers.RandomChains;

/// <summary>The transforms.</summary>
internal sealed partial class ChainReference
{
    /// <summary>Links that can end a step: whether this one does; null for one that is none of them.</summary>
    private bool? Holds(string link, double[][] g)
    {
        switch (link)
        {
            case nameof(SkipNonFinite):
                bool skips = !g.All(tensor => tensor.All(double.IsFinite));
                _numbers["SkippedSteps"] = Number("SkippedSteps") + (skips ? 1 : 0);
                return skips;
            case nameof(Unscale):
                double scale = _numbers.GetValueOrDefault("Scale", 65_536);
                if (!g.All(tensor => tensor.All(double.IsFinite)))
                {
                    (_numbers["Scale"], _numbers["GoodSteps"]) = (scale * H("Backoff", 0), 0);
                    return true;
                }

                Each(g, (_, x) => x / scale);
                bool grows = Number("GoodSteps") + 1 >= H("Interval", 0);
                (_numbers["Scale"], _numbers["GoodSteps"]) = (grows ? 2 * scale : scale, grows ? 0 : Number("GoodSteps") + 1);
                return false;
            case nameof(Accumulate):
                double[][] sum = State("sum of gradients");
                Each(sum, (t, i, x) => x + g[t][i]);
                double count = _numbers["MicroBatch"] = Number("MicroBatch") + 1;
                if (count < H("MicroBatches", 0))
                    return true;
                Each(g, (t, i, _) => sum[t][i] / count);
                Each(sum, (_, _) => 0);
                _numbers["MicroBatch"] = 0;
                return false;
            default:
                return null;
        }
    }

    /// <summary>Transforms of gradients; false for a link that is none.</summary>
    private bool Transformed(string link, double[][] g)
    {
        switch (link)
        {
            case nameof(ClipValue):
                Each(g, (t, x) => Math.Clamp(x, -H("Limit", t), H("Limit", t)));
                break;
            case nameof(ClipTensorNorm):
                double[] norms = [.. g.Select(tensor => Math.Sqrt(SumOfSquares(tensor)))];
                Each(g, (t, x) => x * Math.Min(1, H("MaxTensorNorm", t) / (norms[t] + 1e-6)));
                break;
            case nameof(ClipGlobalNorm):
                double norm = Math.Sqrt(g.Sum(SumOfSquares));
                Each(g, (t, x) => x * Math.Min(1, H("MaxNorm", t) / (norm + 1e-6)));
                break;
            case nameof(ClipAdaptive):
                EachColumn((t, column) =>
                {
                    double size = Math.Max(Math.Sqrt(column.Sum(i => _w[t][i] * _w[t][i])), H("LeastNorm", t)), slope = Math.Sqrt(column.Sum(i => g[t][i] * g[t][i]));
                    double most = H("Share", t) * size;
                    foreach (int i in column)
                        g[t][i] = slope > most ? g[t][i] / slope * most : g[t][i];
                });
                break;
            case nameof(Centralize):
                EachColumn((t, column) =>
                {
                    double mean = column.Length > 1 ? column.Average(i => g[t][i]) : 0;
                    foreach (int i in column)
                        g[t][i] -= mean;
                });
                break;
            case nameof(ClipExample):
                double length = Math.Sqrt(g.Sum(SumOfSquares)), most = H("ExampleNorm", 0);
                Each(g, (_, x) => length > most ? x * most / length : x);
                break;
            case nameof(SkipAbsentRows):
                _absent = [.. _tensors.Select((tensor, t) => Enumerable.Range(0, tensor.Length).Select(i => g[t].AsSpan(i / tensor.Columns * tensor.Columns, tensor.Columns).IndexOfAnyExcept(0.0) < 0).ToArray())];
                break;
            case nameof(PrivacyNoise):
                Each(g, (t, i, x) => x + (H("NoiseMultiplier", t) * H("ExampleNorm", t) / H("MicroBatches", t) * Normal(t, i, link)));
                break;
            case nameof(GradientNoise):
                Each(g, (t, i, x) => x + (Math.Sqrt(H("NoiseVariance", t) / Math.Pow(Steps + 1, H("NoiseDecay", t))) * Normal(t, i, link)));
                break;
            case nameof(L2):
                Each(g, (t, i, x) => x + (H("L2Penalty", t) * _w[t][i]));
                break;
            default:
                return false;
        }

        return true;
    }

    /// <summary>Transforms of parameters after the rule; false for a link that is none.</summary>
    private bool Followed(string link, double[][] g, double[][] before)
    {
        switch (link)
        {
            case nameof(Cautious):
                for (int t = 0; t < _w.Length; t++)
                {
                    bool[] downhill = [.. Enumerable.Range(0, _w[t].Length).Select(i => (_w[t][i] - before[t][i]) * g[t][i] < 0)];
                    double share = Math.Max(downhill.Count(each => each) / (double)downhill.Length, 1e-3);
                    for (int i = 0; i < _w[t].Length; i++)
                        _w[t][i] = downhill[i] ? before[t][i] + ((_w[t][i] - before[t][i]) / share) : before[t][i];
                }

                break;
            case nameof(DecoupledDecay):
                Each(_w, (t, i, w) => w - (H("LearningRate", t) * H("DecoupledStrength", t) * before[t][i]));
                break;
            case nameof(ProjectGrowth):
                for (int t = 0; t < _w.Length; t++)
                    Project(t, g[t], before[t]);
                break;
            case nameof(ClipUpdate):
                for (int t = 0; t < _w.Length; t++)
                {
                    double limit = H("LearningRate", t) * H("MaxShare", t) * Math.Sqrt(SumOfSquares(before[t]));
                    double length = Math.Sqrt(_w[t].Zip(before[t], (w, b) => (w - b) * (w - b)).Sum());
                    for (int i = 0; i < _w[t].Length && limit > 0 && length > limit; i++)
                        _w[t][i] = before[t][i] + (limit / length * (_w[t][i] - before[t][i]));
                }

                break;
            case nameof(Mechanic):
                Tune(g, before);
                break;
            case nameof(Lookahead):
                double[][] slow = State("Slow");
                Each(slow, (t, i, s) =>
                {
                    double start = Steps == 0 ? before[t][i] : s;
                    return (Steps + 1) % (int)H("LookaheadSteps", t) == 0 ? start + (H("LookaheadShare", t) * (_w[t][i] - start)) : start;
                });
                Each(_w, (t, i, w) => (Steps + 1) % (int)H("LookaheadSteps", t) == 0 ? slow[t][i] : w);
                break;
            case nameof(Ema):
                Each(State("Ema"), (t, i, a) => (H("AverageDecay", t) * (Steps == 0 ? before[t][i] : a)) + ((1 - H("AverageDecay", t)) * _w[t][i]));
                break;
            case nameof(Swa):
                Each(State("Swa"), (t, i, a) =>
                {
                    int since = Steps + 1 - (int)H("AverageStart", t), every = (int)H("AverageEvery", t), counted = since / every;
                    return since < 0 ? _w[t][i] : since % every != 0 ? a : ((a * counted) + _w[t][i]) / (counted + 1);
                });
                break;
            case nameof(L1):
                Each(_w, (t, w) => w > 0 ? Math.Max(w - (H("LearningRate", t) * H("L1Penalty", t)), 0) : Math.Min(w + (H("LearningRate", t) * H("L1Penalty", t)), 0));
                break;
            case nameof(WeightMask):
                Each(_w, (t, i, w) => Pruned[_tensors[t].Offset + i] ? 0 : w);
                break;
            default:
                return false;
        }

        return true;
    }

    private void Project(int t, double[] g, double[] before)
    {
        int[][] columns = [.. Columns(t)];
        double Dot(int[] column, Func<int, double> x, Func<int, double> y) => column.Sum(i => x(i) * y(i));
        double Before(int i) => before[i];
        double Slope(int i) => g[i];
        double cosine = columns.Max(column => Math.Abs(Dot(column, Slope, Before)) / Math.Max(Math.Sqrt(Dot(column, Slope, Slope) * Dot(column, Before, Before)), 1e-16));
        if (columns[0].Length < 2 || cosine >= H("Threshold", t) / Math.Sqrt(columns[0].Length))
            return;
        foreach (int[] column in columns)
        {
            double along = Dot(column, Before, i => _w[t][i] - before[i]) / Math.Max(Dot(column, Before, Before), 1e-16);
            foreach (int i in column)
                _w[t][i] -= along * before[i];
        }
    }

    /// <summary>Mechanic: six factors of the steps, learned by how well the way from the start went along with the gradients.</summary>
    private void Tune(double[][] g, double[][] before)
    {
        double[][] start = State("start of Mechanic"), factors = Once("factors of Mechanic", 6), rewards = Once("rewards of Mechanic", 6), most = Once("bounds of Mechanic", 6), squares = Once("squares of Mechanic", 6);
        double e = H("MechanicEpsilon", 0), initial = H("InitialFactor", 0);
        if (Steps == 0)
        {
            Each(start, (t, i, _) => before[t][i]);
            Array.Fill(factors[0], initial);
        }

        double factor = factors[0].Sum(), along = 0, decayed = 0;
        double decay = H("MechanicDecay", 0) * factor * Math.Sqrt(g.Sum(SumOfSquares)) / (Math.Sqrt(before.Sum(SumOfSquares)) + e);
        for (int t = 0; t < g.Length; t++)
        {
            for (int i = 0; i < g[t].Length; i++)
            {
                double way = (start[t][i] - before[t][i]) / (factor + e);
                along += g[t][i] * way;
                decayed += before[t][i] * way;
            }
        }

        double gain = along + (decay * decayed);
        for (int k = 0; k < 6; k++)
        {
            double memory = 1 - Math.Pow(10, -1 - k);
            rewards[0][k] = (memory * rewards[0][k]) + (Math.Clamp(gain, -most[0][k], most[0][k]) * factors[0][k]);
            most[0][k] = Math.Max(memory * most[0][k], Math.Abs(gain) + e);
            squares[0][k] = (memory * memory * squares[0][k]) + (gain * gain);
            factors[0][k] = ((initial / 6 * most[0][k]) + Math.Max(rewards[0][k], 0)) / (Math.Sqrt(squares[0][k]) + e);
        }

        double learned = factors[0].Sum();
        Each(_w, (t, i, w) => start[t][i] - (learned * (((start[t][i] - before[t][i]) / (factor + e)) - (w - before[t][i]))));
    }

    /// <summary>Numbers that are kept once.</summary>
    private double[][] Once(string name, int count)
    {
        if (!_states.ContainsKey(name))
            _states.Add(name, [new double[count]]);
        return _states[name];
    }

    /// <summary>A normal number for an element: of two uniform ones that Philox draws for the step and the element's row. Each link that adds noise has two streams of its own.</summary>
    private double Normal(int t, int i, string link)
    {
        uint stream = _chain.Links[0..Array.FindIndex(_chain.Links, own => own.Name == link)].Any(before => before.Name is nameof(GradientNoise) or nameof(PrivacyNoise)) ? 2u : 0;
        ReferenceTensor tensor = _tensors[t];
        int column = i % tensor.Columns;
        uint key = Philox4((uint)(tensor.Offset + i - column), (uint)Steps, (uint)Seed);
        return Math.Sqrt(-2 * Math.Log(1 - Philox2(key, stream, (uint)column))) * Math.Cos(2 * Math.PI * Philox2(key, stream + 1, (uint)column));
    }

    /// <summary>The key of a row in a step: the first word of Philox4x32-10 of the row, the step and a 2 that sets training apart.</summary>
    private static uint Philox4(uint row, uint step, uint seed)
    {
        (uint a, uint b, uint c, uint d, uint k, uint l) = (row, step, 0, 2, seed, 0);
        for (int round = 0; round < 10; round++)
        {
            ulong p = 0xD2511F53ul * a, q = 0xCD9E8D57ul * c;
            (a, b, c, d) = ((uint)(q >> 32) ^ b ^ k, (uint)q, (uint)(p >> 32) ^ d ^ l, (uint)p);
            (k, l) = (k + 0x9E3779B9, l + 0xBB67AE85);
        }

        return a;
    }

    /// <summary>A number in [0, 1) of 24 bits, of Philox2x32-10.</summary>
    private static double Philox2(uint key, uint stream, uint place)
    {
        (uint a, uint b) = (place, stream);
        for (int round = 0; round < 10; round++, key += 0x9E3779B9)
        {
            ulong p = 0xD256D193ul * a;
            (a, b) = ((uint)(p >> 32) ^ key ^ b, (uint)p);
        }

        return (a >> 8) / 16_777_216.0;
    }

    private static void Each(double[][] tensors, Func<int, double, double> change) => Each(tensors, (t, _, x) => change(t, x));

    private static void Each(double[][] tensors, Func<int, int, double, double> change)
    {
        for (int t = 0; t < tensors.Length; t++)
        {
            for (int i = 0; i < tensors[t].Length; i++)
                tensors[t][i] = change(t, i, tensors[t][i]);
        }
    }

    private void EachColumn(Action<int, int[]> action)
    {
        for (int t = 0; t < _tensors.Length; t++)
        {
            foreach (int[] column in Columns(t))
                action(t, column);
        }
    }
}
