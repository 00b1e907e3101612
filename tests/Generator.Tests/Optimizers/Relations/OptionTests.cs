using OptGen.Generator.Tests.Optimizers.Conformance;

namespace OptGen.Generator.Tests.Optimizers.Relations;

/// <summary>Options by which rules are those of other libraries, against plain loops after the sources of those.</summary>
public partial class OptionTests
{
    private const int Rows = 3, Columns = 4, Count = Rows * Columns;

    private const string Larc = "Lars(Clip = true)";
    private const string NesterovLars = "Lars(Nesterov = true, AlwaysAdapts = true)";
    private const string Lambc = "Lamb(Clip = true)";
    private const string NvLamb = "Lamb(AlwaysAdapts = true)";
    private const string SummingLamb = "Lamb(BiasCorrection = false, GradientAveraging = false)";
    private const string ApexNovoGrad = "NovoGrad(GradientAveraging = true, BiasCorrection = true, DivideMean = true, WeightDecay = 0.01f)";
    private const string LargestNovoGrad = "NovoGrad(LargestNorm = true, FromZero = true, BiasCorrection = true, WeightDecay = 0.01f)";
    private const string BigVision = "Adafactor(RelativeStep = false, ParameterScale = false, Momentum = 0.8f, MaxMemory = 0.7f, WeightDecay = 0.1f)";
    private const string Corrected = "Adam(BiasCorrection = false), DecoupledDecay(0.1f, PeakRate = 0.05f), StepDecay(Every = 5, Factor = 0.5)";
    private const string MostNovoGrad = "NovoGrad(AmsGrad = true, WeightDecay = 0.01f)";
    private const string DampenedLars = "Lars(Dampening = 0.3f)";
    private const string LionMars = "Mars(Lion = true, CorrectsVectors = true, WeightDecay = 0.1f)";
    private const string AdamP = "Adam, ProjectGrowth(LayerView = true, DecayStrength = 0.2f, DecayShare = 0.1f)";
    private const string LateDecay = "Sgd(Momentum = 0.9f, Nesterov = true), DecoupledDecay(0.1f)";
    private const string CorrectedProdigy = "Prodigy(BiasCorrection = true, WeightDecay = 0.1f)";
    private const string Bounded = "Sgd(Momentum = 0.9f), ClipUpdate(0.2f)";

    private static readonly CompiledSet s_set = new([Larc, NesterovLars, Lambc, NvLamb, SummingLamb, ApexNovoGrad, LargestNovoGrad, BigVision, Corrected, MostNovoGrad, DampenedLars, LionMars, AdamP, LateDecay, CorrectedProdigy, Bounded, "AdamW(BiasCorrection = false)",
        "AdaBelief(Rectify = true)", "Muon", "Muon(OutputsInColumns = true)", "Muon(MatchAdamW = true)"]);

    /// <summary>As timm's AdaBelief by default, and that of its authors.</summary>
    [Fact]
    public void A_rectified_AdaBelief_waits_until_it_knows_the_variance()
    {
        double[] m = new double[Count], s = new double[Count];
        int plain = 0;
        AssertTrace("AdaBelief(Rectify = true)", (t, w, g) =>
        {
            double power = Math.Pow(0.9, t), longest = 19, length = longest - (2 * t * power / (1 - power));
            double rectified = Math.Sqrt((1 - power) * (length - 4) / (longest - 4) * (length - 2) / length * longest / (longest - 2));
            plain += length < 5 ? 1 : 0;
            for (int i = 0; i < Count; i++)
            {
                m[i] = (0.9 * m[i]) + (0.1 * g[i]);
                s[i] = (0.9 * s[i]) + (0.1 * Math.Pow(g[i] - m[i], 2)) + 1e-16;
                w[i] -= 1e-3 / (1 - Math.Pow(0.9, t)) * m[i] * (length < 5 ? 1 : rectified / (Math.Sqrt(s[i]) + 1e-16));
            }
        }, optimizer => (optimizer["Beta2"], optimizer["WeightDecay"]) = (0.9, 0));
        Assert.Equal(5, plain);
    }

    /// <summary>As Apex's FusedNovoGrad by default.</summary>
    [Fact]
    public void NovoGrad_divides_and_decays_the_mean()
    {
        double[] m = new double[Count];
        double v = 0;
        AssertTrace(ApexNovoGrad, (t, w, g) =>
        {
            double squares = Norm(g) * Norm(g);
            v = t == 1 ? squares : (0.98 * v) + (0.02 * squares);
            double divisor = (Math.Sqrt(v) / Math.Sqrt(1 - Math.Pow(0.98, t))) + 1e-8;
            for (int i = 0; i < Count; i++)
            {
                m[i] = (0.95 * m[i]) + (0.05 * g[i]);
                w[i] -= 0.1 * ((m[i] / (1 - Math.Pow(0.95, t)) / divisor) + (0.01 * w[i]));
            }
        }, optimizer => optimizer["LearningRate"] = 0.1);
    }

    /// <summary>As Apex's FusedNovoGrad with <c>norm_type=0</c>, <c>init_zero</c> and <c>reg_inside_moment</c>, without <c>grad_averaging</c>.</summary>
    [Fact]
    public void NovoGrad_takes_the_largest_gradient_for_the_norm()
    {
        double[] m = new double[Count];
        double v = 0;
        AssertTrace(LargestNovoGrad, (t, w, g) =>
        {
            v = (0.98 * v) + (0.02 * g.Max(Math.Abs));
            double divisor = (v / Math.Sqrt(1 - Math.Pow(0.98, t))) + 1e-8;
            for (int i = 0; i < Count; i++)
            {
                m[i] = (0.95 * m[i]) + (g[i] / divisor) + (0.01 * w[i]);
                w[i] -= 0.02 * m[i] / (1 - Math.Pow(0.95, t));
            }
        }, optimizer => optimizer["LearningRate"] = 0.02);
    }

    /// <summary>As timm's NvNovoGrad with <c>amsgrad</c>.</summary>
    [Fact]
    public void NovoGrad_divides_by_the_largest_norm_so_far()
    {
        double[] m = new double[Count];
        double v = 0, most = 0;
        int held = 0;
        AssertTrace(MostNovoGrad, (t, w, g) =>
        {
            double squares = Norm(g) * Norm(g);
            v = t == 1 ? squares : (0.98 * v) + (0.02 * squares);
            held += v < most ? 1 : 0;
            most = Math.Max(most, v);
            for (int i = 0; i < Count; i++)
            {
                m[i] = (0.95 * m[i]) + (g[i] / (Math.Sqrt(most) + 1e-8)) + (0.01 * w[i]);
                w[i] -= 0.02 * m[i];
            }
        }, optimizer => optimizer["LearningRate"] = 0.02, t => t < 20 ? 2 : 0.5);
        Assert.InRange(held, 10, 39);
    }

    /// <summary>As timm's Mars with <c>mars_type="lion"</c> and <c>optimize_1d</c>; here the first correction is bounded too.</summary>
    [Theory]
    [InlineData(Rows, Columns)]
    [InlineData(1, Count)]
    public void Mars_steps_by_the_sign_of_the_mean(int rows, int columns)
    {
        double[] m = new double[Count], last = [];
        AssertTrace(LionMars, (t, w, g) =>
        {
            double[] c = t == 1 ? g : [.. g.Zip(last, (now, before) => now + (0.025 * 0.9 / 0.1 * (now - before)))];
            last = [.. g];
            double bound = Math.Max(1, Norm(c));
            for (int i = 0; i < Count; i++)
            {
                m[i] = (0.9 * m[i]) + (0.1 * c[i] / bound);
                w[i] -= 0.01 * ((0.1 * w[i]) + Math.Sign(m[i]));
            }
        }, optimizer => optimizer["LearningRate"] = 0.01, rows: rows, columns: columns);
    }

    /// <summary>As timm's AdamP: units, or else the whole matrix, and a part of the decay where a step is projected. Units are columns here.</summary>
    [Fact]
    public void ProjectGrowth_looks_at_the_whole_matrix_and_weakens_the_decay()
    {
        double[] m = new double[Count], v = new double[Count];
        int[] projected = new int[3];
        AssertTrace(AdamP, (t, w, g) =>
        {
            double[] u = Adam(m, v, g, t, 0.9, 0.999, 1e-8);
            int[][] units = [.. Enumerable.Range(0, Columns).Select(c => Enumerable.Range(0, Rows).Select(r => (r * Columns) + c).ToArray())];
            int[][][] views = [units, [[.. Enumerable.Range(0, Count)]]];
            int view = Array.FindIndex(views, parts => parts.Max(part => Math.Abs(part.Sum(i => g[i] * w[i])) / Math.Sqrt(part.Sum(i => g[i] * g[i]) * part.Sum(i => w[i] * w[i]))) < 1 / Math.Sqrt(parts[0].Length));
            projected[view + 1]++;
            foreach (int[] part in view < 0 ? [] : views[view])
            {
                double along = part.Sum(i => u[i] * w[i]) / part.Sum(i => w[i] * w[i]);
                foreach (int i in part)
                    u[i] -= along * w[i];
            }

            for (int i = 0; i < Count; i++)
                w[i] = (w[i] * (1 - (0.02 * 0.2 * (view < 0 ? 1 : 0.1)))) - (0.02 * u[i]);
        }, optimizer => (optimizer["LearningRate"], optimizer["Threshold"]) = (0.02, 1));
        Assert.All(projected, steps => Assert.InRange(steps, 2, 36));
    }

    /// <summary>As optax's prodigy.</summary>
    [Fact]
    public void Prodigy_corrects_the_step_for_its_start()
    {
        double[] m = new double[Count], v = new double[Count], s = new double[Count], start = [];
        double d = 0.01, numerator = 0, memory = Math.Sqrt(0.999);
        AssertTrace(CorrectedProdigy, (t, w, g) =>
        {
            if (t == 1)
                start = [.. w];
            double rate = d * Math.Sqrt(1 - Math.Pow(0.999, t)) / (1 - Math.Pow(0.9, t));
            numerator = (memory * numerator) + (d / 0.01 * rate * Enumerable.Range(0, Count).Sum(i => g[i] * (start[i] - w[i])));
            for (int i = 0; i < Count; i++)
            {
                m[i] = (0.9 * m[i]) + (0.1 * d * g[i]);
                v[i] = (0.999 * v[i]) + (0.001 * d * d * g[i] * g[i]);
                s[i] = (memory * s[i]) + (rate * d / 0.01 * g[i]);
            }

            d = Math.Max(d, numerator / s.Sum(Math.Abs));
            for (int i = 0; i < Count; i++)
                w[i] -= rate * ((m[i] / (Math.Sqrt(v[i]) + (d * 1e-8))) + (0.1 * w[i]));
        }, optimizer => optimizer["InitialDistance"] = 0.01, drift: 0.3);
        Assert.InRange(d, 0.011, 10);
    }

    /// <summary>As Apex's FusedSGD with <c>wd_after_momentum</c>.</summary>
    [Fact]
    public void Decay_after_momentum_is_no_part_of_it()
    {
        double[] b = new double[Count];
        AssertTrace(LateDecay, (t, w, g) =>
        {
            for (int i = 0; i < Count; i++)
            {
                b[i] = t == 1 ? g[i] : (0.9 * b[i]) + g[i];
                w[i] -= 0.01 * (g[i] + (0.9 * b[i]) + (0.1 * w[i]));
            }
        });
    }

    /// <summary>As timm's AdafactorBigVision, whose ε is added to squares instead of bounding them.</summary>
    [Fact]
    public void Adafactor_keeps_a_mean_of_steps_of_the_learning_rate()
    {
        double[] m = new double[Count], rows = new double[Rows], columns = new double[Columns];
        AssertTrace(BigVision, (t, w, g) =>
        {
            double memory = Math.Min(0.7, 1 - Math.Pow(t, -0.8));
            for (int r = 0; r < Rows; r++)
                rows[r] += (1 - memory) * (g.Where((_, i) => i / Columns == r).Average(x => x * x) - rows[r]);
            for (int c = 0; c < Columns; c++)
                columns[c] += (1 - memory) * (g.Where((_, i) => i % Columns == c).Average(x => x * x) - columns[c]);
            double mean = rows.Average();
            for (int i = 0; i < Count; i++)
            {
                m[i] = (0.8 * m[i]) + (0.2 * g[i] / Math.Sqrt(rows[i / Columns] / mean) / Math.Sqrt(columns[i % Columns]));
                w[i] = (w[i] * (1 - (0.03 * 0.1))) - (0.03 * m[i]);
            }
        }, optimizer => (optimizer["LearningRate"], optimizer["Threshold"], optimizer["Epsilon1"]) = (0.03, 1e30, 1e-30));
    }

    /// <summary>As timm's <c>corrected_weight_decay</c>: by the squared rate over the highest; and Adam without its corrections.</summary>
    [Fact]
    public void A_corrected_decay_follows_the_square_of_the_rate()
    {
        double[] m = new double[Count], v = new double[Count];
        AssertTrace(Corrected, (t, w, g) =>
        {
            double rate = 0.05 * Math.Pow(0.5, (t - 1) / 5);
            for (int i = 0; i < Count; i++)
            {
                m[i] = (0.9 * m[i]) + (0.1 * g[i]);
                v[i] = (0.999 * v[i]) + (0.001 * g[i] * g[i]);
                w[i] = (w[i] * (1 - (rate * rate / 0.05 * 0.1))) - (rate * m[i] / (Math.Sqrt(v[i]) + 1e-8));
            }
        }, optimizer => optimizer["LearningRate"] = 0.05);
    }

    [Fact]
    public void AdamW_without_corrections_takes_the_means_as_they_are()
    {
        double[] m = new double[Count], v = new double[Count];
        AssertTrace("AdamW(BiasCorrection = false)", (t, w, g) =>
        {
            for (int i = 0; i < Count; i++)
            {
                m[i] = (0.9 * m[i]) + (0.1 * g[i]);
                v[i] = (0.999 * v[i]) + (0.001 * g[i] * g[i]);
                w[i] -= 1e-3 * ((m[i] / (Math.Sqrt(v[i]) + 1e-8)) + (0.01 * w[i]));
            }
        });
    }

    /// <summary>As bitsandbytes' LARS, which keeps the momentum as it is and bounds what is made of it.</summary>
    [Fact]
    public void ClipUpdate_bounds_a_step_by_a_share_of_the_tensor()
    {
        double[] m = new double[Count];
        int bounded = 0;
        AssertTrace(Bounded, (t, w, g) =>
        {
            for (int i = 0; i < Count; i++)
                m[i] = (t == 1 ? 0 : 0.9 * m[i]) + g[i];
            double limit = 0.2 * Norm(w), length = Norm(m);
            bounded += length > limit ? 1 : 0;
            double scale = length > limit ? limit / length : 1;
            for (int i = 0; i < Count; i++)
                w[i] -= 0.1 * scale * m[i];
        }, optimizer => optimizer["LearningRate"] = 0.1, t => t % 20 < 10 ? 0.02 : 1);
        Assert.InRange(bounded, 3, 37);
    }

    [Fact]
    public void ClipUpdate_lets_a_tensor_of_zeros_begin()
    {
        CompiledOptimizer optimizer = s_set.Create(Bounded, isDouble: true, (1, 2));
        optimizer["LearningRate"] = 0.5;
        double[] w = [0, 0];
        optimizer.Step<double>(w, [3, -4]);
        Assert.Equal([-1.5, 2], w);
        optimizer.Step<double>(w, [3, -4]);

        // The step along 2.85·(−3, 4) is cut to 0.5 · 0.2 · 2.5.
        Assert.Equal(-1.5 - (0.25 * 0.6), w[0], 1e-14);
        Assert.Equal(2 + (0.25 * 0.8), w[1], 1e-14);
    }

    [Theory]
    [InlineData("Muon", 2, 8, 1)]
    [InlineData("Muon", 8, 2, 2)]
    [InlineData("Muon(OutputsInColumns = true)", 2, 8, 2)]
    [InlineData("Muon(OutputsInColumns = true)", 8, 2, 1)]
    [InlineData("Muon(MatchAdamW = true)", 2, 8, 0.2 * 2.8284271247461903)]
    [InlineData("Muon(MatchAdamW = true)", 8, 2, 0.2 * 2.8284271247461903)]
    public void Muon_has_a_factor_for_the_shape_of_a_matrix(string rule, int rows, int columns, double factor)
    {
        double[] step = Step(rule), plain = Step("Muon");
        double usual = Math.Sqrt(Math.Max(1, (double)rows / columns));
        Assert.All(plain.Zip(step), pair => Assert.Equal(pair.First / usual * factor, pair.Second, 1e-13));
        Assert.Contains(plain, move => Math.Abs(move) > 1e-3);

        double[] Step(string chain)
        {
            CompiledOptimizer optimizer = s_set.Create(chain, isDouble: true, (rows, columns));
            optimizer["WeightDecay"] = 0;
            double[] w = new double[16];
            optimizer.Step<double>(w, RuleTable.Numbers(new Random(3), 16));
            return w;
        }
    }

    private static double[] Adam(double[] m, double[] v, double[] g, int t, double beta1, double beta2, double epsilon) =>
    [
        .. Enumerable.Range(0, Count).Select(i =>
        {
            m[i] = (beta1 * m[i]) + ((1 - beta1) * g[i]);
            v[i] = (beta2 * v[i]) + ((1 - beta2) * g[i] * g[i]);
            return m[i] / (1 - Math.Pow(beta1, t)) / (Math.Sqrt(v[i] / (1 - Math.Pow(beta2, t))) + epsilon);
        }),
    ];

    private static double Norm(double[] x) => Math.Sqrt(x.Sum(value => value * value));

    /// <summary>Holds each of 40 steps on a matrix against a loop that updates parameters in place.</summary>
    private static void AssertTrace(string chain, Action<int, double[], double[]> loop, Action<CompiledOptimizer>? set = null, Func<int, double>? size = null, double scale = 1, int rows = Rows, int columns = Columns, double drift = 0)
    {
        CompiledOptimizer optimizer = s_set.Create(chain, isDouble: true, (rows, columns));
        set?.Invoke(optimizer);
        Random random = new(9);
        double[] w = RuleTable.Numbers(random, Count, scale), expected = [.. w];
        for (int t = 1; t <= 40; t++)
        {
            double[] g = [.. RuleTable.Numbers(random, Count, size?.Invoke(t) ?? 2).Select(value => value + drift)];
            optimizer.Step<double>(w, g);
            loop(t, expected, g);
            Assert.All(expected.Zip(w), pair => Assert.Equal(pair.First, pair.Second, 1e-11));
        }
    }
}
