using System.Numerics;

namespace OptGen.Generator.Tests.Optimizers.RandomChains;

/// <summary>A compiled optimizer with the parameters that it changes. Numbers cross the border in double precision.</summary>
internal abstract class ChainInstance(object optimizer)
{
    private readonly object _instance = optimizer;

    public CompiledOptimizer Settings { get; } = new(optimizer);

    public abstract double[] Parameters { get; set; }

    /// <summary>Bytes that steps and perturbations have allocated on this thread.</summary>
    public long Allocated { get; protected set; }

    public abstract void Perturb(double[] gradients);

    public abstract void Step(double[] gradients);

    /// <summary>A step over a memory for each tensor.</summary>
    public abstract void StepTensors(double[] gradients);

    public abstract double[] State(string name);

    /// <summary>A state in fewer bits, decoded, and how many codes it has room for.</summary>
    public double[] Narrow(string name, out int codes)
    {
        if (_instance.GetType().GetProperty(name)!.PropertyType == typeof(Blockwise8))
        {
            Blockwise8 state = (Blockwise8)_instance.GetType().GetProperty(name)!.GetValue(_instance)!;
            codes = state.Codes.Length;
            return [.. Enumerable.Range(0, state.Length).Select(i => (double)state[i])];
        }

        BFloat16[] numbers = Settings.Memory<BFloat16>(name).ToArray();
        codes = numbers.Length;
        return [.. numbers.Select(number => (double)number)];
    }

    /// <summary>Sets an input of the optimizer.</summary>
    public abstract void Fill(string name, Func<int, double> value);
}

/// <inheritdoc/>
internal sealed class ChainInstance<T> : ChainInstance
    where T : unmanaged, INumber<T>
{
    private readonly object _optimizer;
    private readonly View? _parameters, _gradients;
    private readonly Action? _boundStep, _boundPerturb;
    private readonly SpanStep? _step, _perturb;
    private readonly T[] _own, _given;
    private readonly int[] _lengths;

    public ChainInstance(object optimizer, object? model, double[] initial, int[] lengths)
        : base(optimizer)
    {
        (_optimizer, _lengths, _own, _given) = (optimizer, lengths, new T[initial.Length], new T[initial.Length]);
        Type type = optimizer.GetType();
        bool perturbs = type.GetMethod("Perturb") is not null;
        if (model is null)
        {
            _step = type.GetMethod("Step", [typeof(Span<T>), typeof(ReadOnlySpan<T>)])!.CreateDelegate<SpanStep>(optimizer);
            _perturb = perturbs ? type.GetMethod("Perturb")!.CreateDelegate<SpanStep>(optimizer) : null;
        }
        else
        {
            _parameters = model.GetType().GetProperty("Parameters")!.GetMethod!.CreateDelegate<View>(model);
            _gradients = model.GetType().GetProperty("Gradients")!.GetMethod!.CreateDelegate<View>(model);
            _boundStep = type.GetMethod("Step")!.CreateDelegate<Action>(optimizer);
            _boundPerturb = perturbs ? type.GetMethod("Perturb")!.CreateDelegate<Action>(optimizer) : null;
        }

        Parameters = initial;
    }

    private delegate Span<T> View();

    private delegate void SpanStep(Span<T> parameters, ReadOnlySpan<T> gradients);

    public override double[] Parameters
    {
        get => Wide(Memory);
        set => Narrow(value, Memory);
    }

    private Span<T> Memory => _parameters is null ? _own : _parameters();

    public override void Perturb(double[] gradients) => Run(gradients, _boundPerturb, _perturb);

    public override void Step(double[] gradients) => Run(gradients, _boundStep, _step);

    public override void StepTensors(double[] gradients)
    {
        Narrow(gradients, _given);
        int offset = 0;
        Memory<T>[] parameters = new Memory<T>[_lengths.Length];
        ReadOnlyMemory<T>[] parts = new ReadOnlyMemory<T>[_lengths.Length];
        for (int t = 0; t < _lengths.Length; offset += _lengths[t], t++)
            (parameters[t], parts[t]) = (_own.AsMemory(offset, _lengths[t]), _given.AsMemory(offset, _lengths[t]));
        Settings.StepTensors(parameters, parts);
    }

    public override double[] State(string name) => Wide(_optimizer.GetType().GetProperty(name)!.GetMethod!.CreateDelegate<View>(_optimizer)());

    public override void Fill(string name, Func<int, double> value)
    {
        Span<T> input = _optimizer.GetType().GetProperty(name)!.GetMethod!.CreateDelegate<View>(_optimizer)();
        for (int i = 0; i < input.Length; i++)
            input[i] = T.CreateChecked(value(i));
    }

    private void Run(double[] gradients, Action? bound, SpanStep? unbound)
    {
        Narrow(gradients, _gradients is null ? _given : _gradients());
        long before = GC.GetAllocatedBytesForCurrentThread();
        if (bound is not null)
            bound();
        else
            unbound!(_own, _given);
        Allocated += GC.GetAllocatedBytesForCurrentThread() - before;
    }

    private static double[] Wide(ReadOnlySpan<T> values)
    {
        double[] wide = new double[values.Length];
        for (int i = 0; i < wide.Length; i++)
            wide[i] = double.CreateChecked(values[i]);
        return wide;
    }

    private static void Narrow(double[] values, Span<T> narrow)
    {
        for (int i = 0; i < values.Length; i++)
            narrow[i] = T.CreateTruncating(values[i]);
    }
}
