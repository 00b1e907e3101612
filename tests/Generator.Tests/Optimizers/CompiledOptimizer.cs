using System.Globalization;
using System.Reflection;

namespace OptGen.Generator.Tests.Optimizers;

/// <summary>The members of a compiled optimizer over spans, whatever its class.</summary>
internal sealed class CompiledOptimizer(object optimizer)
{
    private readonly Dictionary<Type, Delegate> _steps = [];
    private readonly bool _takesLoss = optimizer.GetType().GetMethods().Any(method => method.Name == "Step" && method.GetParameters() is [.., { Name: "loss" }]);

    private delegate void SpanStep<T>(Span<T> parameters, ReadOnlySpan<T> gradients);

    private delegate void MemoryStep<T>(Memory<T> parameters, ReadOnlyMemory<T> gradients);

    private delegate void TensorStep<T>(ReadOnlySpan<Memory<T>> parameters, ReadOnlySpan<ReadOnlyMemory<T>> gradients);

    private delegate void SpanLossStep<T>(Span<T> parameters, ReadOnlySpan<T> gradients, double loss);

    private delegate void MemoryLossStep<T>(Memory<T> parameters, ReadOnlyMemory<T> gradients, double loss);

    private delegate void TensorLossStep<T>(ReadOnlySpan<Memory<T>> parameters, ReadOnlySpan<ReadOnlyMemory<T>> gradients, double loss);

    private delegate Span<T> View<T>();

    /// <summary>What a step is told of the loss, where it takes it.</summary>
    public double Loss { get; set; } = RuleRunner.DefaultLoss;

    public int StepCount
    {
        get => (int)this["StepCount"];
        set => this["StepCount"] = value;
    }

    public int ParameterCount => (int)this["ParameterCount"];

    /// <summary>A hyperparameter, the number of steps, or a state that is kept once.</summary>
    public double this[string property]
    {
        get => Convert.ToDouble(Property(property).GetValue(optimizer), CultureInfo.InvariantCulture);
        set => Property(property).SetValue(optimizer, Convert.ChangeType(value, Property(property).PropertyType, CultureInfo.InvariantCulture));
    }

    public bool Has(string property) => optimizer.GetType().GetProperty(property) is not null;

    /// <summary>Sets a property where there is one.</summary>
    public void Try(string property, double value)
    {
        if (Has(property))
            this[property] = value;
    }

    public void Step<T>(Span<T> parameters, ReadOnlySpan<T> gradients)
    {
        if (_takesLoss)
            Method<SpanLossStep<T>>("Step")(parameters, gradients, Loss);
        else
            Method<SpanStep<T>>("Step")(parameters, gradients);
    }

    public void StepMemory<T>(Memory<T> parameters, ReadOnlyMemory<T> gradients)
    {
        if (_takesLoss)
            Method<MemoryLossStep<T>>("Step")(parameters, gradients, Loss);
        else
            Method<MemoryStep<T>>("Step")(parameters, gradients);
    }

    public void StepTensors<T>(Memory<T>[] parameters, ReadOnlyMemory<T>[] gradients)
    {
        if (_takesLoss)
            Method<TensorLossStep<T>>("Step")(parameters, gradients, Loss);
        else
            Method<TensorStep<T>>("Step")(parameters, gradients);
    }

    /// <summary>A state or an input as the optimizer's own memory.</summary>
    public Span<T> Memory<T>(string name) => Property(name).GetMethod!.CreateDelegate<View<T>>(optimizer)();

    /// <summary>A copy of a state, whatever shares its numbers.</summary>
    public double[] State(string name) => Property(name).PropertyType == typeof(double) ? [this[name]] : Memory<double>(name).ToArray();

    public byte[] Save()
    {
        using MemoryStream stream = new();
        Method<Action<Stream>>("SaveState")(stream);
        return stream.ToArray();
    }

    public void Load(byte[] file)
    {
        using MemoryStream stream = new(file);
        Method<Action<Stream>>("LoadState")(stream);
    }

    public void Reset() => Method<Action>("Reset")();

    private PropertyInfo Property(string name) =>
        optimizer.GetType().GetProperty(name) ?? throw new ArgumentException($"{optimizer.GetType().Name} has no {name}.", nameof(name));

    private TDelegate Method<TDelegate>(string name)
        where TDelegate : Delegate
    {
        if (_steps.TryGetValue(typeof(TDelegate), out Delegate? known))
            return (TDelegate)known;
        Type[] parameters = [.. typeof(TDelegate).GetMethod("Invoke")!.GetParameters().Select(parameter => parameter.ParameterType)];
        TDelegate method = optimizer.GetType().GetMethod(name, parameters)!.CreateDelegate<TDelegate>(optimizer);

        // Delegates of one type may stand for several methods; only those of steps are called often.
        if (name == "Step")
            _steps.Add(typeof(TDelegate), method);
        return method;
    }
}
