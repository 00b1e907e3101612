using OptGen.Generator.Tests.Harness;
using OptGen.Generator.Tests.Optimizers.Conformance;

namespace OptGen.Generator.Tests.Optimizers;

/// <summary>Optimizers whose states are kept in fewer bits, from the attribute to the path that they take.</summary>
[Collection(RuntimeSettings.Name)]
public class StateStorageTests
{
    // Blocks that are not whole, rows longer and shorter than a block.
    private static readonly (int Rows, int Columns)[] s_shapes = [(7, 40), (2, 300), (1, 19), (1, 1)];

    public static TheoryData<string, string> Rules => Combinations(StorageChains.Rules);

    public static TheoryData<string, string> All => Combinations(StorageChains.All);

    /// <summary>
    /// How far a run may be from that with float states, as a part of the way that this has gone: after 100 steps 5 % with states of 16 bits, 2 % when they are rounded at
    /// random, 30 % with 8 bits (Lion, which steps by signs alone, differs most); after 1,000 steps 1.5 %. Muon, whose steps are as long in directions in which there is
    /// next to no gradient as in others, keeps twice that distance; SimplifiedAdEMAMix, whose step is the sum of a hundred gradients over a mean square of twenty, 5 %.
    /// </summary>
    [Theory]
    [MemberData(nameof(Rules))]
    public void A_rule_goes_down_a_parabola_near_the_path_of_float_states(string rule, string storage)
    {
        double nearby = storage == StorageChains.BFloat16 ? 0.05 : storage == StorageChains.Stochastic ? 0.02 : 0.3;
        Run narrow = new(rule, storage, 0.01f, Parabola), wide = new(rule, StorageChains.Float, 0.01f, Parabola);
        narrow.Go(100);
        wide.Go(100);
        Assert.InRange(narrow.DistanceTo(wide), 0, nearby);
        narrow.Go(900);
        wide.Go(900);
        Assert.InRange(narrow.DistanceTo(wide), 0, rule switch { nameof(Muon) => 0.03, nameof(SimplifiedAdEMAMix) => 0.05, _ => 0.015 });
        Assert.True(narrow.Loss < 0.01 * narrow.FirstLoss, $"{narrow.FirstLoss} → {narrow.Loss}");
    }

    [Theory]
    [MemberData(nameof(Rules))]
    public void A_rule_goes_down_the_valley_of_Rosenbrock(string rule, string storage)
    {
        Run narrow = new(rule, storage, 0.002f, Rosenbrock), wide = new(rule, StorageChains.Float, 0.002f, Rosenbrock);
        narrow.Go(1000);
        wide.Go(1000);
        // Muon takes the elements for one matrix, of which Rosenbrock's valleys know nothing.
        Assert.True(narrow.Loss < (rule == nameof(Muon) ? 0.35 : 0.03) * narrow.FirstLoss, $"{narrow.FirstLoss} → {narrow.Loss}");
        Assert.True(narrow.Loss < (3 * wide.Loss) + 0.01, $"{wide.Loss} with float states, {narrow.Loss}");
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Vector_widths_and_threads_change_no_bit(string chain, string storage)
    {
        // Long enough to be divided.
        (int Rows, int Columns)[] shapes = [(1, 70_001), (3, 300)];
        float[] expected = Steps(chain, storage, shapes, 512, 1);
        foreach (int threads in new[] { 2, 4 })
            Assert.Equal(expected, Steps(chain, storage, shapes, 512, threads));

        // A sum over many elements adds up as many partial sums as a vector has lanes.
        if (OptimizerSource.ReadValid($"[Optimizer, {chain}] public partial class O;", "O").Reductions.Count > 0)
            return;
        foreach (int bits in new[] { 256, 128, 0 })
            Assert.Equal(expected, Steps(chain, storage, shapes, bits, 1));
    }

    [Theory]
    [MemberData(nameof(All))]
    public void A_run_that_is_saved_goes_on_as_if_it_were_not(string chain, string storage)
    {
        Random random = new(8);
        float[][] gradients = [.. Enumerable.Range(0, 7).Select(_ => Numbers(random))];
        StorageChains.Optimizer whole = StorageChains.Create(chain, storage, s_shapes), first = StorageChains.Create(chain, storage, s_shapes), second = StorageChains.Create(chain, storage, s_shapes);
        float[] expected = Numbers(random), actual = [.. expected];
        foreach (float[] g in gradients)
            whole.Step(expected, g);
        foreach (float[] g in gradients[..3])
            first.Step(actual, g);
        using MemoryStream file = new();
        first.Save(file);
        file.Position = 0;
        second.Load(file);
        foreach (float[] g in gradients[3..])
            second.Step(actual, g);
        Assert.Equal(expected, actual);
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Reset_goes_back_to_the_beginning_and_a_step_allocates_nothing(string chain, string storage)
    {
        Random random = new(9);
        StorageChains.Optimizer optimizer = StorageChains.Create(chain, storage, s_shapes);
        float[] start = Numbers(random), g = Numbers(random);
        float[] Go()
        {
            float[] w = [.. start];
            for (int step = 0; step < 4; step++)
                optimizer.Step(w, g);
            return w;
        }

        float[] expected = Go();
        optimizer.Reset();
        Assert.Equal(expected, Go());

        Action<float[], float[]> next = optimizer.Step;
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int step = 0; step < 4; step++)
            next(start, g);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static TheoryData<string, string> Combinations(string[] chains) => [.. chains.SelectMany(chain => StorageChains.Narrow.Select(storage => (chain, storage)))];

    private static float[] Numbers(Random random) => [.. Enumerable.Range(0, s_shapes.Sum(shape => shape.Rows * shape.Columns)).Select(_ => random.NextSingle() - 0.5f)];

    private static float[] Steps(string chain, string storage, (int Rows, int Columns)[] shapes, int bits, int threads)
    {
        (int bitsBefore, int threadsBefore) = (OptGenRuntime.VectorBits, OptGenRuntime.MaxThreads);
        (OptGenRuntime.VectorBits, OptGenRuntime.MaxThreads) = (bits, threads);
        try
        {
            StorageChains.Optimizer optimizer = StorageChains.Create(chain, storage, shapes);
            Random random = new(4);
            float[] w = new float[shapes.Sum(shape => shape.Rows * shape.Columns)], g = new float[w.Length];
            for (int step = 0; step < 3; step++)
            {
                for (int i = 0; i < g.Length; i++)
                    g[i] = random.NextSingle() - 0.4f;
                optimizer.Step(w, g);
            }

            return w;
        }
        finally
        {
            (OptGenRuntime.VectorBits, OptGenRuntime.MaxThreads) = (bitsBefore, threadsBefore);
        }
    }

    private static double Parabola(float[] w, float[] g)
    {
        double sum = 0;
        for (int i = 0; i < w.Length; i++)
        {
            float curvature = 0.25f * (1 + (i % 7)), d = w[i] - (0.1f * (i % 11));
            g[i] = curvature * d;
            sum += 0.5 * curvature * d * d;
        }

        return sum / w.Length;
    }

    private static double Rosenbrock(float[] w, float[] g)
    {
        double sum = 0;
        for (int i = 0; i + 1 < w.Length; i += 2)
        {
            float x = w[i], d = w[i + 1] - (x * x);
            sum += (100.0 * d * d) + ((1.0 - x) * (1 - x));
            g[i] = (-400 * x * d) - (2 * (1 - x));
            g[i + 1] = 200 * d;
        }

        return sum / (w.Length / 2);
    }

    /// <summary>A rule on its way down.</summary>
    private sealed class Run
    {
        private readonly StorageChains.Optimizer _optimizer;
        private readonly Func<float[], float[], double> _problem;
        private readonly float[] _start, _w, _g;

        /// <param name="rate">A step size that suits most rules; that of some is a factor on a step of their own.</param>
        public Run(string rule, string storage, float rate, Func<float[], float[], double> problem)
        {
            _problem = problem;
            _optimizer = StorageChains.Create(rule, storage, s_shapes);
            _optimizer.LearningRate = rate * rule switch
            {
                nameof(DAdaptAdamW) => 30,
                _ when RuleTable.FindsItsRate(rule) => 100,
                nameof(Sm3) => 10,
                nameof(SimplifiedAdEMAMix) => problem == Rosenbrock ? 0.01f : 0.003f,

                // These have no bound on their steps where it is steep.
                nameof(OptimisticGradientDescent) or nameof(AdaHessian) => problem == Rosenbrock ? 0.25f : 10,
                nameof(Lars) => 1000,
                nameof(Muon) => 3,
                _ => 1,
            };
            _optimizer.Fill("Hessian", 1);
            _w = [.. Enumerable.Range(0, s_shapes.Sum(shape => shape.Rows * shape.Columns)).Select(i => -1 + (0.5f * (i % 5)))];
            _start = [.. _w];
            _g = new float[_w.Length];
            FirstLoss = problem(_w, _g);
        }

        public double FirstLoss { get; }

        public double Loss => _problem(_w, _g);

        public void Go(int steps)
        {
            for (int step = 0; step < steps; step++)
            {
                // Problems give the mean of what the gradient is of.
                _optimizer.Loss = _problem(_w, _g) * (_problem == Rosenbrock ? _w.Length / 2 : _w.Length);
                _optimizer.Step(_w, _g);
            }
        }

        public double DistanceTo(Run other) => Distance(_w, other._w) / Distance(other._start, other._w);

        private static double Distance(float[] a, float[] b) => Math.Sqrt(a.Zip(b, (x, y) => ((double)x - y) * ((double)x - y)).Sum());
    }
}
