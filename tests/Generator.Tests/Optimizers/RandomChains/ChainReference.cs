namespace OptGen.Generator.Tests.Optimizers.RandomChains;

/// <summary>
/// What an optimizer is to do to its parameters, in plain loops over double precision: the order of a chain, what a held step leaves behind, groups and schedules. It shares no
/// code with the generator or the definitions of the library; each transform and rule has a few lines of its own after its paper.
/// </summary>
internal sealed partial class ChainReference
{
    private readonly ChainDeclaration _chain;
    private readonly ReferenceTensor[] _all;
    private readonly Dictionary<string, double> _hypers = [];
    private readonly Dictionary<string, double[][]> _states = [];
    private readonly Dictionary<string, double> _numbers = [];
    private readonly Func<double, double> _round;

    // What hyperparameters are worth in this step.
    private readonly Dictionary<(string Hyper, int Tensor), double> _current = [];

    // The tensors that change, which are all that a frozen one is no part of, and their numbers.
    private readonly ReferenceTensor[] _tensors;
    private double[][] _w;
    private double[][]? _origin;

    // The elements that the rest of this step leaves out.
    private bool[][]? _absent;

    /// <param name="round">What is done to every number that is kept or handed on: nothing, or an error of single precision.</param>
    public ChainReference(ChainDeclaration chain, ReferenceTensor[] tensors, double[] initial, Func<double, double>? round = null)
    {
        (_chain, _all, _round) = (chain, tensors, round ?? (value => value));
        _tensors = [.. tensors.Where(tensor => !IsFrozen(tensor))];
        Parameters = [.. initial];
        _w = Split(initial);
        foreach ((string hyper, double value) in chain.Links.SelectMany(link => link.Values))
            _hypers[hyper] = value;
    }

    /// <summary>One after the other, as they lie in memory.</summary>
    public double[] Parameters { get; }

    public int Steps { get; private set; }

    public bool IsHeld { get; private set; }

    /// <summary>What the mask of <c>WeightMask</c> holds at zero.</summary>
    public bool[] Pruned { get; init; } = [];

    public int Seed { get; init; }

    public double this[string hyper]
    {
        get => _hypers[hyper];
        set => _hypers[hyper] = value;
    }

    /// <summary>The value of a hyperparameter in the next step, where no group has its own.</summary>
    public double Current(string hyper) => Scheduled(hyper, _hypers[hyper]);

    /// <summary>A number that is kept once.</summary>
    public double Number(string name) => _numbers.GetValueOrDefault(name);

    public bool IsFrozen(ReferenceTensor tensor) => _chain.Groups.Any(group => group.Frozen && group.Covers(tensor));

    /// <summary>A second set of weights. A parameter that never changes is its own average.</summary>
    public double[] Second(string name)
    {
        double[] flat = [.. Parameters];
        if (Steps > 0)
            Join(State(name), flat);
        return flat;
    }

    /// <summary>A state of the rule.</summary>
    public double[] Kept(string name)
    {
        double[] flat = new double[Parameters.Length];
        Join(State(name), flat);
        return flat;
    }

    /// <summary>Goes on with another state of the rule.</summary>
    public void Keep(string name, double[] flat) => _states[name] = Split(flat);

    /// <summary>Moves the parameters to where the gradient of the step is taken.</summary>
    public void Perturb(double[] gradients)
    {
        double[][] g = Split(gradients);
        _current.Clear();
        _origin = [.. _w.Select(tensor => tensor.ToArray())];
        double norm = Math.Sqrt(g.Sum(SumOfSquares));
        for (int t = 0; t < _w.Length; t++)
        {
            for (int i = 0; i < _w[t].Length; i++)
                _w[t][i] = _round(_w[t][i] + (H("Radius", t) * g[t][i] / (norm + 1e-12)));
        }

        if (_chain.Has(nameof(WeightMask)))
            Each(_w, (t, i, w) => Pruned[_tensors[t].Offset + i] ? 0 : w);
        Join(_w, Parameters);
    }

    public void Step(double[] gradients)
    {
        double[][] g = Split(gradients);
        _current.Clear();
        _w = _origin ?? _w;
        _origin = null;
        double[][] before = [.. _w.Select(tensor => tensor.ToArray())];
        IsHeld = false;
        _absent = null;
        foreach (ChainLink link in _chain.Links)
        {
            double[][] found = [.. _w.Select(tensor => tensor.ToArray())];
            Dictionary<string, double[][]> states = _states.ToDictionary(state => state.Key, state => state.Value.Select(tensor => tensor.ToArray()).ToArray());
            bool[][]? absent = link.Name is nameof(L1) or nameof(WeightMask) or nameof(Lookahead) or nameof(Ema) or nameof(Swa) ? null : _absent;
            IsHeld = Run(link, g, before);
            if (absent is not null)
                Return(absent, found, states);
            if (IsHeld)
                break;
            foreach (double[] tensor in g.Concat(_w).Concat(_states.Values.SelectMany(state => state)))
                Round(tensor);
        }

        Join(_w, Parameters);
        Steps += IsHeld ? 0 : 1;
    }

    /// <summary>Runs a link of the chain on gradients or parameters; true where the step ends there.</summary>
    private bool Run(ChainLink link, double[][] g, double[][] before)
    {
        if (Holds(link.Name, g) is bool held)
            return held;
        bool known = link.Name == nameof(Sam) || Transformed(link.Name, g) || Updated(link, g) || Followed(link.Name, g, before);
        return known ? false : throw new InvalidOperationException($"The reference has no lines for [{link.Name}].");
    }

    /// <summary>Gives what is left out its parameters and states back. Where a run began is kept for all from the first step on; the sums of a column are nobody's own.</summary>
    private void Return(bool[][] absent, double[][] found, Dictionary<string, double[][]> states)
    {
        Each(_w, (t, i, w) => absent[t][i] ? found[t][i] : w);
        foreach ((string name, double[][] state) in _states.Where(state => state.Value.Length == _w.Length && state.Value[0].Length == _w[0].Length && state.Key is not "columns" && !(Steps == 0 && state.Key is "start" or "start of Mechanic")))
        {
            Each(state, (t, i, x) =>
            {
                int element = name == "rows" ? Math.Min(i * _tensors[t].Columns, absent[t].Length - 1) : i;
                return absent[t][element] ? states.GetValueOrDefault(name)?[t][i] ?? 0 : x;
            });
        }
    }

    /// <summary>A hyperparameter's value for a tensor in this step.</summary>
    private double H(string hyper, int t)
    {
        if (!_current.TryGetValue((hyper, t), out double value))
            _current.Add((hyper, t), value = Of(hyper, t));
        return value;
    }

    private double Of(string hyper, int t)
    {
        ReferenceTensor tensor = _tensors[t];
        ChainGroup[] covering = [.. _chain.Groups.Where(group => group.Covers(tensor))];
        double value = Scheduled(hyper, covering.LastOrDefault(group => group.Hyper == hyper)?.Value ?? _hypers[hyper]);
        if (hyper == "LearningRate")
            value *= (covering.LastOrDefault(group => group.Scale is not null)?.Scale ?? 1) * Math.Pow(_chain.LayerDecay ?? 1, tensor.Depth);
        bool decays = covering.LastOrDefault(group => group.Decay is not null)?.Decay ?? tensor.Kind == ParameterKind.Weight;
        return hyper is "WeightDecay" or "L2Penalty" or "L1Penalty" or "DecoupledStrength" && !decays ? 0 : value;
    }

    private bool Given(string hyper) => _hypers.ContainsKey(hyper);

    private double Scheduled(string hyper, double value)
    {
        ChainSchedule? last = _chain.Schedules.Where(schedule => schedule.Drives == hyper && schedule.From <= Steps).MaxBy(schedule => schedule.From);
        return last is null ? value : last.Value(value, Steps - last.From);
    }

    private double[][] State(string name)
    {
        if (!_states.TryGetValue(name, out double[][]? state))
            _states.Add(name, state = [.. _tensors.Select(tensor => new double[tensor.Length])]);
        return state;
    }

    private double[][] Split(double[] flat) => [.. _tensors.Select(tensor => flat.AsSpan(tensor.Offset, tensor.Length).ToArray())];

    private void Join(double[][] tensors, double[] flat)
    {
        for (int t = 0; t < tensors.Length; t++)
            tensors[t].CopyTo(flat, _tensors[t].Offset);
    }

    private void Round(double[] numbers)
    {
        for (int i = 0; i < numbers.Length; i++)
            numbers[i] = _round(numbers[i]);
    }

    private static double SumOfSquares(double[] numbers)
    {
        double sum = 0;
        foreach (double number in numbers)
            sum += number * number;
        return sum;
    }

    /// <summary>The elements of each column: what leads into one unit.</summary>
    private IEnumerable<int[]> Columns(int t) =>
        Enumerable.Range(0, _tensors[t].Columns).Select(column => Enumerable.Range(0, _tensors[t].Rows).Select(row => (row * _tensors[t].Columns) + column).ToArray());
}
