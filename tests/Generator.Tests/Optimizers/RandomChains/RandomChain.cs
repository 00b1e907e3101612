using static System.FormattableString;

namespace OptGen.Generator.Tests.Optimizers.RandomChains;

/// <summary>An optimizer composed at random of one number: a legal chain of transforms around a rule, with schedules and groups. The same seed gives the same one.</summary>
internal sealed class RandomChain
{
    private static readonly string[][] s_before =
    [
        [nameof(SkipNonFinite), nameof(Unscale)], [nameof(ClipExample)], [nameof(Accumulate)], [nameof(ClipValue), nameof(ClipTensorNorm), nameof(ClipGlobalNorm), nameof(ClipAdaptive)], [nameof(SkipAbsentRows)],
        [nameof(Centralize), nameof(GradientNoise), nameof(PrivacyNoise), nameof(L2)],
    ];

    private static readonly string[][] s_after =
    [
        [nameof(Cautious), nameof(DecoupledDecay), nameof(ProjectGrowth), nameof(Mechanic)], [nameof(Lookahead), nameof(Ema), nameof(Swa)], [nameof(L1), nameof(WeightMask)],
    ];

    /// <summary>Rules for chains whose states are kept in fewer bits.</summary>
    private static readonly string[] s_narrow = [nameof(Sgd), nameof(AdamW), nameof(Lion), nameof(Lamb)];

    private static readonly string[] s_rules = [nameof(Sgd), nameof(Sgd), nameof(AdamW), nameof(AdamW), nameof(Lion), nameof(Lamb), nameof(Prodigy), nameof(DoG), nameof(Adafactor)];

    /// <summary>Hyperparameters on which states that are kept once depend: they have one value for all parameters.</summary>
    private static readonly string[] s_shared = ["Interval", "Backoff", "MicroBatches", "InitialDistance", "InitialShare", "Coefficient", "MechanicDecay", "MechanicEpsilon", "InitialFactor"];

    /// <summary>What groups cover. The first one shares a parameter with each of the next three.</summary>
    private static readonly (string Text, Func<ReferenceTensor, bool> Covers)[] s_covers =
    [
        ("\"First.*\"", tensor => tensor.Name.StartsWith("First.", StringComparison.Ordinal)),
        ("\"*.A\"", tensor => tensor.Name.EndsWith(".A", StringComparison.Ordinal)),
        ("ParameterKind.Bias", tensor => tensor.Kind == ParameterKind.Bias),
        ("ParameterKind.Gain", tensor => tensor.Kind == ParameterKind.Gain),
        ("\"Third.K\"", tensor => tensor.Name == "Third.K"),
        ("ParameterKind.Embedding", tensor => tensor.Kind == ParameterKind.Embedding),
    ];

    private readonly Random _random;

    // The noise is in proportion to what two other transforms say.
    private readonly bool _isPrivate;

    public RandomChain(int seed, int number)
    {
        (Seed, Number, _random) = (seed, number, new Random(seed));
        IsBound = number % 2 == 0;
        IsDouble = number % 5 != 0 && number % 4 != 1;
        Storage = number % 4 == 1 ? new[] { NarrowStates.BFloat16, NarrowStates.Stochastic, NarrowStates.Blockwise8 }[number / 4 % 3] : "";
        _isPrivate = !IsBound && Chance(0.2);
        string[] rules = Storage.Length > 0 ? s_narrow : s_rules;
        ChainLink rule = Link(rules[_random.Next(rules.Length)]);

        // Without momentum there is no state.
        while (Storage.Length > 0 && rule.Name == nameof(OptGen.Sgd) && !rule.Values.Any(given => given.Hyper == "Momentum"))
            rule = Link(rule.Name);
        List<ChainLink> links = [.. s_before.SelectMany(Some).Select(Link), rule, .. s_after.SelectMany(Some).Select(Link)];

        // Adafactor has a threshold of its own.
        links.RemoveAll(link => link.Name == nameof(ProjectGrowth) && rule.Name == nameof(Adafactor));
        if (Chance(0.2))
            links.Insert(0, Link(nameof(Sam)));
        ChainGroup[] groups = IsBound ? Groups(links, rule) : [];
        double? layerDecay = IsBound && rule.Name != nameof(Prodigy) && Chance(0.25) ? Digits(0.5, 0.9) : null;
        Declaration = new ChainDeclaration([.. links], Schedules(links, rule), groups, layerDecay);
    }

    /// <summary>An optimizer over spans in double precision whose chain is given.</summary>
    public RandomChain(int number, ChainDeclaration declaration) => (Seed, Number, IsDouble, Declaration, _random) = (number, number, true, declaration, new Random(number));

    public int Seed { get; }

    public int Number { get; }

    /// <summary>Whether it is the optimizer of a model; else it takes spans.</summary>
    public bool IsBound { get; }

    public bool IsDouble { get; }

    public ChainDeclaration Declaration { get; }

    /// <summary>The attribute that says how the rule's states are kept; empty for the element type.</summary>
    public string Storage { get; } = "";

    public string Name => Invariant($"O{Number}");

    /// <summary>The class.</summary>
    public string Source
    {
        get
        {
            string mark = IsBound ? IsDouble ? "Optimizer<Net>" : "Optimizer<SingleNet>" : IsDouble ? "Optimizer(Precision = Precision.Double)" : "Optimizer";
            return $"[{mark}, {Declaration.Attributes}{Storage}] public partial class {Name} {{ {Declaration.Members} }}";
        }
    }

    /// <summary>A link of the chain with random hyperparameters.</summary>
    public static ChainLink Link(string name, Random random)
    {
        double Between(double least, double most) => Math.Round(least + (random.NextDouble() * (most - least)), 3);
        (string, double)[] Optional(params (string, double)[] values) => [.. values.Where(_ => random.NextDouble() < 0.6)];
        (string, double)[] Moments() => [("Beta1", Between(0.5, 0.95)), ("Beta2", Between(0.8, 0.99))];
        (string, double) decay = ("WeightDecay", Between(0.05, 0.5));
        return name switch
        {
            nameof(Sam) => new(name, "Radius", [("Radius", Between(0.05, 0.5))]),
            nameof(SkipNonFinite) or nameof(SkipAbsentRows) or nameof(Centralize) or nameof(Cautious) or nameof(WeightMask) => new(name, "", []),
            nameof(Unscale) => new(name, "", [("Interval", random.Next(2, 5)), ("Backoff", Between(0.25, 0.75))]),
            nameof(Accumulate) => new(name, "MicroBatches", [("MicroBatches", random.Next(2, 4))]),
            nameof(ClipValue) => new(name, "Limit", [("Limit", Between(0.2, 0.9))]),
            nameof(ClipTensorNorm) => new(name, "MaxTensorNorm", [("MaxTensorNorm", Between(0.3, 4))]),
            nameof(ClipGlobalNorm) => new(name, "MaxNorm", [("MaxNorm", Between(1, 12))]),
            nameof(ClipAdaptive) => new(name, "Share", [("Share", Between(0.1, 0.9)), ("LeastNorm", Between(0.01, 0.5))]),
            nameof(GradientNoise) => new(name, "NoiseVariance", [("NoiseVariance", Between(0.01, 0.2)), ("NoiseDecay", Between(0.2, 1))]),
            nameof(ClipExample) => new(name, "ExampleNorm", [("ExampleNorm", Between(1, 12))]),
            nameof(PrivacyNoise) => new(name, "NoiseMultiplier", [("NoiseMultiplier", Between(0.1, 1))]),
            nameof(L2) => new(name, "L2Penalty", [("L2Penalty", Between(0.01, 0.4))]),
            nameof(DecoupledDecay) => new(name, "DecoupledStrength", [("DecoupledStrength", Between(0.1, 0.9))]),
            nameof(ProjectGrowth) => new(name, "", [("Threshold", Between(0.1, 3))]),
            nameof(Mechanic) => new(name, "", [("MechanicDecay", Between(0.01, 0.2)), ("MechanicEpsilon", Between(0.001, 0.01)), ("InitialFactor", Between(0.02, 0.2))]),
            nameof(ClipUpdate) => new(name, "MaxShare", [("MaxShare", Between(0.05, 2))]),
            nameof(Lookahead) => new(name, "", [("LookaheadSteps", random.Next(2, 4)), ("LookaheadShare", Between(0.2, 0.8))]),
            nameof(Ema) => new(name, "AverageDecay", [("AverageDecay", Between(0.3, 0.9))]),
            nameof(Swa) => new(name, "", [("AverageStart", random.Next(1, 4)), ("AverageEvery", random.Next(1, 3))]),
            nameof(L1) => new(name, "L1Penalty", [("L1Penalty", Between(0.05, 0.5))]),
            nameof(Sgd) => Sgd([("LearningRate", Between(0.02, 0.2)), .. Optional(("Momentum", Between(0.3, 0.95)), ("Dampening", Between(0.1, 0.5)), decay)], random),
            nameof(AdamW) => new(name, "", [("LearningRate", Between(0.01, 0.1)), .. Moments(), ("Epsilon", Between(0.001, 0.01)), decay]),
            nameof(Lamb) => new(name, "", [("LearningRate", Between(0.01, 0.1)), .. Moments(), ("Epsilon", Between(0.001, 0.01)), decay]),
            nameof(Lion) => new(name, "", [("LearningRate", Between(0.01, 0.05)), .. Moments(), decay]),
            nameof(Prodigy) => new(name, "", [("LearningRate", Between(0.5, 1.5)), .. Moments(), ("Epsilon", Between(0.001, 0.01)), ("Coefficient", Between(0.5, 2)), ("InitialDistance", Between(0.01, 0.1)), .. Optional(decay)]),
            nameof(DoG) => new(name, "", [("LearningRate", Between(0.5, 1.5)), ("InitialShare", Between(0.01, 0.1)), ("Epsilon", Between(0.001, 0.01)), .. Optional(decay)]),
            nameof(Adafactor) => new(name, "", [("LearningRate", Between(0.05, 0.9)), ("Decay", Between(0.5, 1)), ("Epsilon1", Between(0.001, 0.01)), ("Epsilon2", Between(0.01, 0.3)), ("Threshold", Between(1, 1.5)), .. Optional(decay)]),
            _ => throw new ArgumentException($"Chains of [{name}] need a line here, and in the reference.", nameof(name)),
        };
    }

    private static ChainLink Sgd((string Hyper, double Value)[] values, Random random)
    {
        // What a momentum alone needs would be without effect.
        bool hasMomentum = values.Any(given => given.Hyper == "Momentum");
        return new ChainLink(nameof(OptGen.Sgd), "", [.. values.Where(given => hasMomentum || given.Hyper != "Dampening")], hasMomentum && random.Next(3) == 0 ? "Nesterov = true" : "");
    }

    private ChainLink Link(string name) => Link(name, _random);

    private bool Chance(double share) => _random.NextDouble() < share;

    private double Digits(double least, double most) => Math.Round(least + (_random.NextDouble() * (most - least)), 2);

    /// <summary>A few of the transforms that have one place in the chain, in any order. Both that skip steps are one too many.</summary>
    private string[] Some(string[] place)
    {
        string[] chosen = [.. place.Where(name => (_isPrivate && name is (nameof(ClipExample) or nameof(Accumulate) or nameof(PrivacyNoise))) || (name != nameof(PrivacyNoise) && Chance(name is nameof(GradientNoise) ? 0.1 : 0.3) && !(name == nameof(GradientNoise) && IsBound) && !(name == nameof(Unscale) && IsBound)))];
        _random.Shuffle(chosen);
        return place == s_before[0] ? [.. chosen.Take(1)] : chosen;
    }

    private ChainGroup[] Groups(List<ChainLink> links, ChainLink rule)
    {
        (string Hyper, double Value)[] own = [.. links.SelectMany(link => link.Values).Where(given => !s_shared.Contains(given.Hyper) && !(rule.Name == nameof(Prodigy) && given.Hyper is "LearningRate" or "Beta2"))];
        List<ChainGroup> groups = [];
        for (int count = _random.Next(4); groups.Count < count;)
        {
            int cover = _random.Next(s_covers.Length);
            (string what, Func<ReferenceTensor, bool> covers) = s_covers[cover];
            (string hyper, double value) = own[_random.Next(own.Length)];
            double changed = ChainLink.IsInteger(hyper) ? value + 1 : Math.Round(value * 0.75, 4);
            double scale = Digits(0.2, 2);
            bool decays = Chance(0.5);
            groups.Add((rule.Name == nameof(Prodigy) ? _random.Next(3) : _random.Next(4)) switch
            {
                0 => new(Invariant($"Group({what}, Decay = {(decays ? "true" : "false")})"), covers, Decay: decays),
                1 => new(Invariant($"Group({what}, Frozen = true)"), covers, Frozen: true),
                2 => new(Invariant($"Group({what}, Hyper = \"{hyper}\", Value = {changed}, Name = \"Own{groups.Count}\")"), covers, Hyper: hyper, Value: changed),
                _ => new(Invariant($"Group({what}, LearningRateScale = {scale}, Name = \"Own{groups.Count}\")"), covers, Scale: scale),
            });

            // Of two that cover a parameter the later one holds.
            (string other, Func<ReferenceTensor, bool> alsoCovers) = s_covers[cover == 0 ? 1 : 0];
            if (cover > 3 || Chance(0.4))
                continue;
            if (groups[^1].Scale is not null)
                groups.Add(new(Invariant($"Group({other}, LearningRateScale = {scale + 0.5}, Name = \"Own{groups.Count}\")"), alsoCovers, Scale: scale + 0.5));
            else if (groups[^1].Hyper.Length > 0)
                groups.Add(new(Invariant($"Group({other}, Hyper = \"{hyper}\", Value = {value}, Name = \"Own{groups.Count}\")"), alsoCovers, Hyper: hyper, Value: value));
        }

        return [.. groups];
    }

    private ChainSchedule[] Schedules(List<ChainLink> links, ChainLink rule)
    {
        List<ChainSchedule> schedules = [];
        if (Chance(0.6))
            schedules.AddRange(Pieces("LearningRate", 0));
        string[] others = [.. links.SelectMany(link => link.Values).Select(given => given.Hyper).Where(hyper => !ChainLink.IsInteger(hyper) && hyper is not "LearningRate" and not "Threshold")];
        if (others.Length > 0 && Chance(0.6))
            schedules.AddRange(Pieces(others[_random.Next(others.Length)], 1));
        return [.. schedules];
    }

    /// <summary>What drives a hyperparameter: one schedule, or two that are joined.</summary>
    private ChainSchedule[] Pieces(string drives, int number)
    {
        // Driven down to nothing, some would be divided by.
        static double Cosine(double from, double to, double share) => (from * (1 + Math.Cos(Math.PI * share)) / 2) + (to * (1 - Math.Cos(Math.PI * share)) / 2);
        switch (_random.Next(8))
        {
            case 0:
                return [new("StepDecay(Every = 2, Factor = 0.5", drives, 0, (v, k) => v * Math.Pow(0.5, k / 2))];
            case 1:
                return [new("CosineDecay(Total = 5, Minimum = 0.004", drives, 0, (v, k) => k >= 5 ? 0.004 : Cosine(v, 0.004, k / 5.0))];
            case 2:
                return [new("WarmupCosine(Warmup = 2, Total = 6, Minimum = 0.004", drives, 0, (v, k) => k < 2 ? v * (k + 1) / 2 : k >= 6 ? 0.004 : Cosine(v, 0.004, (k - 2) / 4.0))];
            case 3:
                return
                [
                    new("LinearWarmup(Warmup = 3, Start = 0.25", drives, 0, (v, k) => k >= 3 ? v : v * (0.25 + (0.25 * k))),
                    new("LinearDecay(Total = 3, End = 0.1", drives, 3, (v, k) => k >= 3 ? 0.1 * v : v * (1 - (0.3 * k))),
                ];
            case 4:
                return [new("OneCycleMomentum(Total = 8, Fall = 0.5, Minimum = 0.1", drives, 0, (v, k) => k < 3 ? Cosine(v, 0.1, k / 3.0) : k >= 7 ? v : Cosine(0.1, v, (k - 3) / 4.0))];
            case 5:
                return [new(Invariant($"{number}"), drives, 0, (v, k) => v / (1 + (0.25 * k)))];
            case 6:
                return
                [
                    new("InverseTime(", drives, 2, (v, k) => v / (k + 1)),
                    new(Invariant($"{number}"), drives, 4, (v, k) => v / (1 + (0.25 * k))),
                ];
            default:
                return [new("Cyclic(HalfPeriod = 2, Minimum = 0.004", drives, 0, (v, k) => 0.004 + ((v - 0.004) * (k % 4 <= 2 ? k % 4 / 2.0 : (4 - (k % 4)) / 2.0)))];
        }
    }
}
