namespace OptGen.Generator.Tests.Optimizers.Relations;

/// <summary>Options of the rules whose step is a share of the tensor's norm.</summary>
public partial class OptionTests
{
    /// <summary>As <c>trust_clip</c> of timm's Lars, and Apex's LARC around SGD.</summary>
    [Fact]
    public void A_clipped_Lars_takes_the_ratio_for_a_rate_that_the_learning_rate_bounds()
    {
        double[] b = new double[Count];
        int bounded = 0;
        AssertTrace(Larc, (t, w, g) =>
        {
            double size = Norm(w), slope = Norm(g), trust = Math.Min(0.02 * size / (slope + (0.1 * size) + 1e-8) / 0.01, 1);
            bounded += trust == 1 ? 1 : 0;
            for (int i = 0; i < Count; i++)
            {
                b[i] = (0.9 * b[i]) + (trust * (g[i] + (0.1 * w[i])));
                w[i] -= 0.01 * b[i];
            }
        }, optimizer => (optimizer["LearningRate"], optimizer["Trust"], optimizer["WeightDecay"]) = (0.01, 0.02, 0.1));
        Assert.InRange(bounded, 3, 37);
    }

    [Fact]
    public void Lars_adapts_without_decay_and_looks_ahead()
    {
        double[] b = new double[Count];
        AssertTrace(NesterovLars, (t, w, g) =>
        {
            double trust = 0.02 * Norm(w) / (Norm(g) + 1e-8);
            for (int i = 0; i < Count; i++)
            {
                b[i] = (0.9 * b[i]) + (trust * g[i]);
                w[i] -= 0.5 * ((trust * g[i]) + (0.9 * b[i]));
            }
        }, optimizer => (optimizer["LearningRate"], optimizer["Trust"], optimizer["WeightDecay"]) = (0.5, 0.02, 0));
    }

    /// <summary>As timm's lambc.</summary>
    [Fact]
    public void A_clipped_Lamb_only_shortens_steps()
    {
        double[] m = new double[Count], v = new double[Count];
        int bounded = 0;
        AssertTrace(Lambc, (t, w, g) =>
        {
            double[] u = Adam(m, v, g, t, 0.9, 0.999, 1e-6);
            u = [.. u.Zip(w, (step, now) => step + (0.3 * now))];
            double ratio = Norm(w) / Norm(u);
            bounded += ratio > 1 ? 1 : 0;
            for (int i = 0; i < Count; i++)
                w[i] -= 0.03 * Math.Min(ratio, 1) * u[i];
        }, optimizer => (optimizer["LearningRate"], optimizer["WeightDecay"]) = (0.03, 0.3), scale: 0.4);
        Assert.InRange(bounded, 3, 37);
    }

    /// <summary>As Apex's FusedLAMB with <c>use_nvlamb</c>, and optax's lamb.</summary>
    [Fact]
    public void Lamb_adapts_without_decay()
    {
        double[] m = new double[Count], v = new double[Count];
        AssertTrace(NvLamb, (t, w, g) =>
        {
            double[] u = Adam(m, v, g, t, 0.9, 0.999, 1e-6);
            double ratio = Norm(w) / Norm(u);
            for (int i = 0; i < Count; i++)
                w[i] -= 0.01 * ratio * u[i];
        }, optimizer => (optimizer["LearningRate"], optimizer["WeightDecay"]) = (0.01, 0));
    }

    /// <summary>As Apex's FusedLAMB without <c>bias_correction</c> and <c>grad_averaging</c>; without decay, whose ratio would hide what scales a whole step.</summary>
    [Fact]
    public void Lamb_sums_gradients_as_they_are()
    {
        double[] m = new double[Count], v = new double[Count];
        AssertTrace(SummingLamb, (t, w, g) =>
        {
            for (int i = 0; i < Count; i++)
            {
                m[i] = (0.9 * m[i]) + g[i];
                v[i] = (0.999 * v[i]) + (0.001 * g[i] * g[i]);
                w[i] -= 1e-3 * m[i] / (Math.Sqrt(v[i]) + 1e-6);
            }
        }, optimizer => optimizer["WeightDecay"] = 0);
    }

    /// <summary>As timm's Lars with <c>dampening</c>.</summary>
    [Fact]
    public void Lars_leaves_out_a_share_of_what_the_momentum_gains()
    {
        double[] b = new double[Count];
        AssertTrace(DampenedLars, (t, w, g) =>
        {
            double size = Norm(w), trust = 0.02 * size / (Norm(g) + (0.1 * size) + 1e-8);
            for (int i = 0; i < Count; i++)
            {
                b[i] = t == 1 ? trust * (g[i] + (0.1 * w[i])) : (0.9 * b[i]) + (0.7 * trust * (g[i] + (0.1 * w[i])));
                w[i] -= 0.5 * b[i];
            }
        }, optimizer => (optimizer["LearningRate"], optimizer["Trust"], optimizer["WeightDecay"]) = (0.5, 0.02, 0.1));
    }
}
