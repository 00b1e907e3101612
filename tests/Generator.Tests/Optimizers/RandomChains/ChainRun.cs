using static System.FormattableString;

namespace OptGen.Generator.Tests.Optimizers.RandomChains;

/// <summary>
/// What a random chain is put through, the same for each of its instances: gradients of which a tensor's are zero, one that is not finite where the chain skips such steps, or where it lies in what is
/// frozen, and two changes of hyperparameters.
/// </summary>
internal sealed class ChainRun
{
    private const int SavedAfter = 3;

    private readonly RandomChainProgram _program;
    private readonly ReferenceTensor[] _tensors;
    private readonly RandomChain _chain;
    private readonly double[] _initial;
    private readonly double[][] _gradients, _ascents;
    private readonly bool[] _pruned;
    private readonly Dictionary<int, (string Hyper, double Value)> _changes = [];
    private readonly ChainReference _known;

    public ChainRun(RandomChainProgram program, RandomChain chain)
    {
        (_program, _chain) = (program, chain);

        // Without a model there are no kinds: everything decays.
        _tensors = [.. program.Tensors.Select(tensor => chain.IsBound ? tensor : tensor with { Kind = ParameterKind.Weight })];
        Random random = new(chain.Seed);
        int length = _tensors.Sum(tensor => tensor.Length);
        double[] Numbers(double size) => [.. Enumerable.Range(0, length).Select(_ => (double)(float)(size * ((2 * random.NextDouble()) - 1)))];
        double size = chain.Declaration.Has(nameof(Unscale)) ? 65_536 : 1;
        int batches = chain.Declaration.Links.SelectMany(link => link.Values).Where(given => given.Hyper == "MicroBatches").Select(given => (int)given.Value).FirstOrDefault(1);
        int calls = batches == 1 ? 7 : 4 * batches;
        _initial = Numbers(1);
        _gradients = [.. Enumerable.Range(0, calls).Select(_ => Numbers(size))];
        _ascents = [.. Enumerable.Range(0, calls).Select(_ => Numbers(size))];
        _pruned = [.. Enumerable.Range(0, length).Select(_ => random.Next(3) == 0)];
        _known = new ChainReference(chain.Declaration, _tensors, _initial);

        ReferenceTensor zero = _tensors[random.Next(_tensors.Length)];
        Array.Clear(_gradients[1], zero.Offset, zero.Length);
        bool skips = chain.Declaration.Has(nameof(SkipNonFinite)) || chain.Declaration.Has(nameof(Unscale));
        foreach (ReferenceTensor tensor in _tensors)
        {
            if (_known.IsFrozen(tensor))
                _gradients[4][tensor.Offset + (tensor.Length / 2)] = _ascents[4][tensor.Offset] = double.NaN;
        }

        ReferenceTensor[] moving = [.. _tensors.Where(tensor => !_known.IsFrozen(tensor))];
        if (skips)
        {
            ReferenceTensor tensor = moving[random.Next(moving.Length)];
            _gradients[2][tensor.Offset + random.Next(tensor.Length)] = random.Next(2) == 0 ? double.NaN : double.NegativeInfinity;
            if (random.Next(2) == 0)
                _ascents[2][tensor.Offset] = double.PositiveInfinity;
        }

        // Of each matrix, rows come and go; every update has some.
        for (int call = 0; call < calls && chain.Declaration.Has(nameof(SkipAbsentRows)); call++)
        {
            foreach (ReferenceTensor tensor in _tensors)
            {
                for (int row = 0; row < tensor.Rows; row++)
                {
                    if ((row + (call / batches)) % 3 == 0)
                        Array.Clear(_gradients[call], tensor.Offset + (row * tensor.Columns), tensor.Columns);
                }
            }
        }

        (string Hyper, double Value)[] hypers = [.. chain.Declaration.Links.SelectMany(link => link.Values)];
        foreach (int call in new[] { 1, 5 })
        {
            (string hyper, double value) = hypers[random.Next(hypers.Length)];
            _changes[call] = (hyper, ChainLink.IsInteger(hyper) || hyper == "Threshold" ? value + call : Math.Round(value * (1 - (0.05 * call)), 5));
        }
    }

    /// <summary>What went wrong first.</summary>
    public string? Failure { get; private set; }

    private bool IsPerturbed => _chain.Declaration.Has(nameof(Sam));

    public void Require(bool holds, string what) => Failure ??= holds ? null : what;

    public void Require(string what, double[][] expected, double[][] actual)
    {
        for (int row = 0; row < expected.Length; row++)
        {
            int i = Enumerable.Range(0, expected[row].Length).FirstOrDefault(i => BitConverter.DoubleToInt64Bits(expected[row][i]) != BitConverter.DoubleToInt64Bits(actual[row][i]), -1);
            Require(i < 0, Invariant($"{what} differs in row {row}, element {i}: {(i < 0 ? 0 : expected[row][i]):R}, {(i < 0 ? 0 : actual[row][i]):R}"));
        }
    }

    /// <summary>A new instance before its first step.</summary>
    public ChainInstance Create(bool isLoaded = false)
    {
        ChainInstance instance = _program.Create(_chain, isLoaded ? new double[_initial.Length] : _initial);
        if (isLoaded)
            return instance;
        if (_chain.Declaration.Has(nameof(WeightMask)))
            instance.Fill("Mask", i => _pruned[i] ? 0 : 1);
        instance.Settings.Try("Seed", _chain.Number);
        return instance;
    }

    /// <summary>Runs an instance beside the reference.</summary>
    public void Follow()
    {
        ChainInstance instance = Create();
        ChainReference exact = Reference(null);
        NarrowStates? narrow = _chain.Storage.Length > 0 ? new NarrowStates(instance, _chain, _tensors) : null;
        Random random = new(5);
        ChainReference[] rounded = _chain.IsDouble ? [] : [.. Enumerable.Range(0, 3).Select(_ => Reference(value => value * (1 + (((2 * random.NextDouble()) - 1) / (1 << 23)))))];
        for (int call = 0; call < _gradients.Length && Failure is null; call++)
        {
            if (_changes.TryGetValue(call, out (string Hyper, double Value) change))
            {
                instance.Settings[change.Hyper] = change.Value;
                foreach (ChainReference each in rounded.Append(exact))
                    each[change.Hyper] = change.Value;
            }

            Compare(call, "the learning rate", [exact.Current("LearningRate")], [instance.Settings["CurrentLearningRate"]], []);
            if (IsPerturbed)
            {
                instance.Perturb(_ascents[call]);
                foreach (ChainReference each in rounded.Append(exact))
                    each.Perturb(_ascents[call]);
                Compare(call, "the perturbed parameters", exact.Parameters, instance.Parameters, [.. rounded.Select(each => each.Parameters)]);
            }

            instance.Step(_gradients[call]);
            foreach (ChainReference each in rounded.Append(exact))
                each.Step(_gradients[call]);
            Compare(call, "the parameters", exact.Parameters, instance.Parameters, [.. rounded.Select(each => each.Parameters)]);
            if (narrow?.Follow(exact, rounded) is string wrong)
                Require(false, Invariant($"in call {call}, {wrong}"));
            Require(exact.Steps == instance.Settings.StepCount, Invariant($"after call {call} {exact.Steps} steps should be counted, but {instance.Settings.StepCount} are"));
            if (instance.Settings.Has("IsHeld"))
                Require(exact.IsHeld == (instance.Settings["IsHeld"] == 1), Invariant($"after call {call} IsHeld is not {exact.IsHeld}"));
            foreach ((string property, string link) in Seconds().Where(_ => exact.Steps > 0))
                Compare(call, property, exact.Second(link), instance.State(property), [.. rounded.Select(each => each.Second(link))]);
            foreach (string number in new[] { "SkippedSteps", "Scale" }.Where(instance.Settings.Has))
                Compare(call, number, [exact.Number(number)], [instance.Settings[number]], []);
        }

        Require(narrow?.IsFair ?? true, "what is rounded at random drifts");
        if (_chain.Declaration.Has(nameof(WeightMask)) && exact.Steps > 0)
            Require(!_pruned.Where((pruned, i) => pruned && instance.Parameters[i] != 0 && exact.Parameters[i] == 0).Any(), "a masked weight is not exactly 0");
        Require(exact.Steps > 0 && exact.Parameters.Zip(_initial).Any(pair => pair.First != pair.Second), "no parameter has moved");
    }

    /// <summary>Parameters and second sets of weights after every call.</summary>
    public double[][] Record(ChainInstance instance, out long allocated, Action<ChainInstance, double[]>? step = null)
    {
        instance.Parameters = _initial;
        foreach ((string hyper, double value) in _chain.Declaration.Links.SelectMany(link => link.Values))
            instance.Settings[hyper] = value;
        long before = instance.Allocated;
        List<double[]> rows = [];
        for (int call = 0; call < _gradients.Length; call++)
            Call(instance, call, rows, step);
        allocated = instance.Allocated - before;
        return [.. rows];
    }

    public double[][] Record(ChainInstance instance, Action<ChainInstance, double[]>? step = null) => Record(instance, out _, step);

    /// <summary>The same run, which goes on in a new instance after some calls.</summary>
    public double[][] Resumed()
    {
        ChainInstance instance = Create();
        List<double[]> rows = [];
        for (int call = 0; call < _gradients.Length; call++)
        {
            if (call == SavedAfter)
            {
                ChainInstance next = Create(isLoaded: true);
                next.Parameters = instance.Parameters;
                next.Settings.Load(instance.Settings.Save());
                instance = next;
            }

            Call(instance, call, rows, null);
        }

        return [.. rows];
    }

    private void Call(ChainInstance instance, int call, List<double[]> rows, Action<ChainInstance, double[]>? step)
    {
        if (_changes.TryGetValue(call, out (string Hyper, double Value) change))
            instance.Settings[change.Hyper] = change.Value;
        if (IsPerturbed)
        {
            instance.Perturb(_ascents[call]);
            rows.Add(instance.Parameters);
        }

        if (step is null)
            instance.Step(_gradients[call]);
        else
            step(instance, _gradients[call]);
        rows.Add(instance.Parameters);
        rows.AddRange(Seconds().Select(second => instance.State(second.Property)));
    }

    private ChainReference Reference(Func<double, double>? round) => new(_chain.Declaration, _tensors, _initial, round) { Pruned = _pruned, Seed = _chain.Number };

    /// <summary>The second sets of weights: the property, and the transform that keeps it. The second of two averages has the longer name.</summary>
    private IEnumerable<(string Property, string Link)> Seconds()
    {
        string[] averages = [.. _chain.Declaration.Links.Select(link => link.Name).Where(name => name is nameof(Ema) or nameof(Swa))];
        for (int i = 0; i < averages.Length; i++)
            yield return (i == 0 ? "Average" : averages[i] + "Average", averages[i]);
        if (_chain.Declaration.Has(nameof(Lookahead)))
            yield return ("Slow", "Slow");
    }

    private void Compare(int call, string what, double[] expected, double[] actual, double[][] rounded)
    {
        // What single precision makes of a tensor: several times what small errors in all that the reference keeps make of it.
        double[] spread = new double[expected.Length];
        foreach (ReferenceTensor tensor in rounded.Length == 0 ? [] : _tensors)
        {
            double most = Enumerable.Range(tensor.Offset, tensor.Length).Max(i => rounded.Max(other => Math.Abs(other[i] - expected[i])));
            Array.Fill(spread, 8 * most, tensor.Offset, tensor.Length);
        }

        double least = _chain.IsDouble ? 1e-11 : 1e-6;
        for (int i = 0; i < expected.Length && Failure is null; i++)
        {
            bool agrees = double.IsNaN(expected[i]) ? double.IsNaN(actual[i]) : Math.Abs(expected[i] - actual[i]) <= (least * Math.Max(1, Math.Abs(expected[i]))) + spread[i] || expected[i] == actual[i];
            string where = _tensors.LastOrDefault(tensor => tensor.Offset <= i && expected.Length > 1)?.Name ?? "";
            Require(agrees, Invariant($"in call {call}, {what}, element {i} {where}: expected {expected[i]:R} ± {spread[i]:G2}, got {actual[i]:R}"));
        }
    }
}
