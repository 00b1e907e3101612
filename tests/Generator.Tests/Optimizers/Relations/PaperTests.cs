using OptGen.Generator.Tests.Optimizers.Conformance;
using static OptGen.Generator.Tests.Optimizers.Relations.RelatedRules;

namespace OptGen.Generator.Tests.Optimizers.Relations;

/// <summary>Rules against plain loops after the papers and published code that they come from, with every correction where those have it.</summary>
public class PaperTests
{
    private const int Count = 12;

    [Fact]
    public void AdEMAMix_warms_up_along_half_lives()
    {
        double[] m = new double[Count], n = new double[Count], v = new double[Count];
        double HalfLife(double beta) => (Math.Log(0.5) / Math.Log(beta)) - 1;
        AssertTrace("AdEMAMix", (t, w, g) =>
        {
            double share = Math.Min(1, t / 5.0);
            double slow = Math.Pow(0.5, 1 / (((1 - share) * HalfLife(0.9)) + (share * HalfLife(0.9999)) + 1));
            for (int i = 0; i < Count; i++)
            {
                m[i] = (0.9 * m[i]) + (0.1 * g[i]);
                n[i] = (slow * n[i]) + ((1 - slow) * g[i]);
                v[i] = (0.999 * v[i]) + (0.001 * g[i] * g[i]);
                w[i] -= 1e-3 * ((m[i] / (1 - Math.Pow(0.9, t))) + (5 * share * n[i])) / (Math.Sqrt(v[i] / (1 - Math.Pow(0.999, t))) + 1e-8);
            }
        }, optimizer => optimizer["Warmup"] = 5);
    }

    [Fact]
    public void Adopt_divides_by_what_was_known_before_and_waits_for_one_gradient()
    {
        double[] m = new double[Count], v = new double[Count];
        AssertTrace("Adopt", (t, w, g) =>
        {
            for (int i = 0; i < Count; i++)
            {
                if (t == 1)
                {
                    v[i] = g[i] * g[i];
                    continue;
                }

                double bound = Math.Pow(t - 1, 0.25);
                m[i] = (0.9 * m[i]) + (0.1 * Math.Clamp(g[i] / Math.Max(Math.Sqrt(v[i]), 1e-6), -bound, bound));
                w[i] -= 1e-3 * m[i];
                v[i] = (0.99 * v[i]) + (0.01 * g[i] * g[i]);
            }
        }, optimizer => optimizer["Beta2"] = 0.99);
    }

    [Fact]
    public void AcProp_divides_by_the_surprise_of_the_steps_before()
    {
        double[] m = new double[Count], s = new double[Count];
        AssertTrace("AcProp", (t, w, g) =>
        {
            for (int i = 0; i < Count; i++)
            {
                w[i] -= 1e-3 * g[i] / (t == 1 ? 1 : Math.Sqrt(s[i] / (1 - Math.Pow(0.999, t - 1))) + 1e-16);
                m[i] = (0.9 * m[i]) + (0.1 * g[i]);
                s[i] = (0.999 * s[i]) + (0.001 * Math.Pow(g[i] - m[i], 2)) + 1e-16;
            }
        });
    }

    [Fact]
    public void LaProp_takes_the_mean_of_divided_gradients()
    {
        double[] m = new double[Count], v = new double[Count];
        AssertTrace("LaProp", (t, w, g) =>
        {
            for (int i = 0; i < Count; i++)
            {
                v[i] = (0.999 * v[i]) + (0.001 * g[i] * g[i]);
                m[i] = (0.9 * m[i]) + (0.1 * g[i] / (Math.Sqrt(v[i] / (1 - Math.Pow(0.999, t))) + 1e-15));
                w[i] -= 4e-4 / (1 - Math.Pow(0.9, t)) * m[i];
            }
        });
    }

    [Fact]
    public void MadGrad_averages_towards_the_dual_average()
    {
        double[] s = new double[Count], v = new double[Count];
        double[]? start = null;
        AssertTrace("MadGrad", (t, w, g) =>
        {
            start ??= [.. w];
            double weight = (0.01 + 1e-6) * Math.Sqrt(t);
            for (int i = 0; i < Count; i++)
            {
                s[i] += weight * g[i];
                v[i] += weight * g[i] * g[i];
                w[i] = (0.9 * w[i]) + (0.1 * (start[i] - (s[i] / (Math.Cbrt(v[i]) + 1e-6))));
            }
        });
    }

    [Fact]
    public void Mars_is_AdamW_of_corrected_gradients_of_bounded_length()
    {
        double[] m = new double[Count], v = new double[Count];
        double[]? last = null;
        AssertTrace("Mars", (t, w, g) =>
        {
            double[] c = [.. g.Zip(last ?? g, (now, before) => now + (0.025 * (0.9 / 0.1) * (now - before)))];
            last = [.. g];
            double length = Math.Sqrt(c.Sum(x => x * x));
            Assert.True(length > 1);
            for (int i = 0; i < Count; i++)
            {
                double u = c[i] / length;
                m[i] = (0.9 * m[i]) + (0.1 * u);
                v[i] = (0.99 * v[i]) + (0.01 * u * u);
                w[i] -= 3e-3 * (m[i] / (1 - Math.Pow(0.9, t))) / (Math.Sqrt(v[i] / (1 - Math.Pow(0.99, t))) + 1e-8);
            }
        });
    }

    [Fact]
    public void RmsPropTF_begins_at_one_and_keeps_whole_steps()
    {
        double[] v = [.. Enumerable.Repeat(1.0, Count)], m = new double[Count];
        AssertTrace("RmsPropTF(Momentum = 0.8f, Epsilon = 1e-3f)", (t, w, g) =>
        {
            for (int i = 0; i < Count; i++)
            {
                v[i] += 0.1 * ((g[i] * g[i]) - v[i]);
                m[i] = (0.8 * m[i]) + (0.01 * g[i] / Math.Sqrt(v[i] + 1e-3));
                w[i] -= m[i];
            }
        });
    }

    [Fact]
    public void Sm3_bounds_sums_of_squares_by_rows_and_columns()
    {
        double[] rows = new double[3], columns = new double[4], m = new double[Count];
        AssertTrace("Sm3", (t, w, g) =>
        {
            double[] v = [.. Enumerable.Range(0, Count).Select(i => Math.Min(rows[i / 4], columns[i % 4]) + (g[i] * g[i]))];
            for (int r = 0; r < 3; r++)
                rows[r] = v.Where((_, i) => i / 4 == r).Max();
            for (int c = 0; c < 4; c++)
                columns[c] = v.Where((_, i) => i % 4 == c).Max();
            for (int i = 0; i < Count; i++)
            {
                m[i] = (0.9 * m[i]) + (0.1 * g[i] / Math.Sqrt(v[i] + 1e-8));
                w[i] -= 0.1 * m[i];
            }
        });
    }

    [Fact]
    public void Sm3_of_one_row_is_AdaGrad()
    {
        CompiledOptimizer sm3 = Create("Sm3", (1, 9)), adaGrad = Create("AdaGrad", (1, 9));
        (sm3["Momentum"], sm3["LearningRate"], sm3["Epsilon"]) = (0, 0.05, 1e-30);
        (adaGrad["LearningRate"], adaGrad["Epsilon"]) = (0.05, 1e-30);
        Random random = new(5);
        double[] w = RuleTable.Numbers(random, 9), u = [.. w];
        for (int step = 0; step < 20; step++)
        {
            double[] g = RuleTable.Numbers(random, 9);
            sm3.Step<double>(w, g);
            adaGrad.Step<double>(u, g);
            Assert.All(u.Zip(w), pair => Assert.Equal(pair.First, pair.Second, 1e-13));
        }
    }

    [Fact]
    public void DoG_steps_by_distance_over_gradients()
    {
        double distance = 0, squares = 0;
        double[]? start = null;
        AssertTrace("DoG", (t, w, g) =>
        {
            if (start is null)
                (start, distance) = ([.. w], 0.01 * (1 + Norm(w)));
            distance = Math.Max(distance, Norm([.. w.Zip(start, (now, first) => now - first)]));
            squares += Math.Pow(Norm(g), 2);
            for (int i = 0; i < Count; i++)
                w[i] -= distance / Math.Sqrt(squares + 1e-8) * g[i];
        }, optimizer => optimizer["InitialShare"] = 0.01);
    }

    [Fact]
    public void DoWG_weighs_gradients_by_the_distance()
    {
        double distance = 1e-2, squares = 0;
        double[]? start = null;
        AssertTrace("DoWG", (t, w, g) =>
        {
            start ??= [.. w];
            distance = Math.Max(distance, Math.Pow(Norm([.. w.Zip(start, (now, first) => now - first)]), 2));
            squares += distance * Math.Pow(Norm(g), 2);
            for (int i = 0; i < Count; i++)
                w[i] -= distance / (Math.Sqrt(squares) + 1e-4) * g[i];
        }, optimizer => optimizer["InitialSquaredDistance"] = 1e-2);
    }

    [Fact]
    public void DAdaptAdamW_estimates_the_distance_from_below()
    {
        double[] m = new double[Count], v = new double[Count], s = new double[Count];
        double distance = 1e-2, numerator = 0, memory = Math.Sqrt(0.999);
        double last = distance;
        AssertTrace("DAdaptAdamW", (t, w, g) =>
        {
            double rate = distance * Math.Sqrt(1 - Math.Pow(0.999, t)) / (1 - Math.Pow(0.9, t));
            double progress = Enumerable.Range(0, Count).Sum(i => g[i] * s[i] / (Math.Sqrt(v[i]) + 1e-8));
            for (int i = 0; i < Count; i++)
            {
                m[i] = (0.9 * m[i]) + (0.1 * rate * g[i]);
                v[i] = (0.999 * v[i]) + (0.001 * g[i] * g[i]);
                s[i] = (memory * s[i]) + ((1 - memory) * rate * g[i]);
                w[i] -= m[i] / (Math.Sqrt(v[i]) + 1e-8);
            }

            numerator = (memory * numerator) + ((1 - memory) * rate * progress);
            last = distance;
            distance = Math.Max(distance, numerator / ((1 - memory) * s.Sum(Math.Abs)));
        }, optimizer => optimizer["InitialDistance"] = 1e-2, g => Math.Abs(g));
        Assert.True(distance > last, "the estimate grows while gradients agree");
    }

    [Fact]
    public void Cocob_bets_what_it_has_won()
    {
        double[] theta = new double[Count], largest = [.. Enumerable.Repeat(1e-8, Count)], reach = new double[Count], reward = new double[Count];
        double[]? start = null;
        AssertTrace("Cocob", (t, w, g) =>
        {
            start ??= [.. w];
            for (int i = 0; i < Count; i++)
            {
                largest[i] = Math.Max(largest[i], Math.Abs(g[i]));
                reach[i] += Math.Abs(g[i]);
                reward[i] = Math.Max(reward[i] - (g[i] * (w[i] - start[i])), 0);
                theta[i] -= g[i];
                w[i] = start[i] + (theta[i] / (largest[i] * Math.Max(reach[i] + largest[i], 100 * largest[i])) * (largest[i] + reward[i]));
            }
        });
    }

    [Fact]
    public void AdaHessian_divides_by_the_curvature_to_a_power()
    {
        double[] m = new double[Count], v = new double[Count];
        AssertTrace("AdaHessian(HessianPower = 0.5f)", (t, w, g) =>
        {
            for (int i = 0; i < Count; i++)
            {
                m[i] = (0.9 * m[i]) + (0.1 * g[i]);
                v[i] = (0.999 * v[i]) + (0.001 * 16);
                w[i] -= 0.1 * (m[i] / (1 - Math.Pow(0.9, t))) / (Math.Pow(v[i] / (1 - Math.Pow(0.999, t)), 0.25) + 1e-8);
            }
        }, optimizer => optimizer.Memory<double>("Hessian").Fill(4));
    }

    private static double Norm(double[] x) => Math.Sqrt(x.Sum(value => value * value));

    /// <summary>Holds each of 20 steps of a rule on a matrix against a loop that updates parameters in place.</summary>
    private static void AssertTrace(string rule, Action<int, double[], double[]> loop, Action<CompiledOptimizer>? set = null, Func<double, double>? gradient = null)
    {
        CompiledOptimizer optimizer = Create(rule, (3, 4));
        set?.Invoke(optimizer);
        Random random = new(9);
        double[] w = RuleTable.Numbers(random, Count), expected = [.. w];
        for (int t = 1; t <= 20; t++)
        {
            double[] g = [.. RuleTable.Numbers(random, Count, 2).Select(value => gradient?.Invoke(value) ?? value)];
            optimizer.Step<double>(w, g);
            loop(t, expected, g);
            Assert.All(expected.Zip(w), pair => Assert.Equal(pair.First, pair.Second, 1e-11));
        }
    }
}
