using System.Numerics;

namespace OptGen;

/// <summary>
/// Detects gradients that explode or vanish. It looks at the gradients that a call of <c>Gradient</c> found, parameter by parameter, and allocates nothing after it was made.
/// <list type="bullet">
/// <item>The gradients explode where their norm ‖g‖ is not a finite number, or exceeds <see cref="ExplosionFactor"/> times its running mean over the checks before (memory
/// <see cref="Memory"/>, corrected for its start).</item>
/// <item>The gradient of a parameter vanishes where its root mean square is below <see cref="VanishingRatio"/> times the largest root mean square of all parameters of its kind: it is too
/// small beside those of other layers, whatever the scale of the loss. A parameter whose gradient is 0 throughout counts.</item>
/// </list>
/// </summary>
/// <remarks>
/// Pascanu, Mikolov and Bengio, "On the difficulty of training recurrent neural networks", 2013. Against explosion help <see cref="ClipGlobalNorm"/> and a smaller learning rate; against
/// vanishing, activations that don't saturate, residual joins, normalization and initializers that fit the activation.
/// </remarks>
/// <example>
/// <code>
/// var monitor = new GradientMonitor(DigitNet.Layout);
/// model.Gradient(pixels, labels);
/// if (monitor.Check&lt;float&gt;(model.Gradients) is { IsFine: false } found)
///     Console.WriteLine(found.IsExploding ? $"‖g‖ = {found.Norm}" : $"{found.Vanishing} parameters get no gradient, {monitor.FirstVanishing} first");
/// </code>
/// </example>
public sealed class GradientMonitor
{
    private readonly ParameterInfo[] _layout;
    private readonly double[] _scales;
    private readonly int _length;
    private double _mean;
    private long _checks;

    /// <summary>Watches the gradients of a model.</summary>
    /// <param name="layout">The model's <c>Layout</c>.</param>
    public GradientMonitor(ReadOnlySpan<ParameterInfo> layout)
    {
        _layout = layout.ToArray();
        _scales = new double[_layout.Length];
        foreach (ParameterInfo parameter in _layout)
            _length = Math.Max(_length, parameter.Offset + parameter.Length);
    }

    /// <summary>How many times its running mean the norm must be to count as exploding; 100 by default.</summary>
    public double ExplosionFactor { get; init; } = 100;

    /// <summary>Which share of the largest root mean square the gradient of a parameter must fall below to count as vanishing; 1e-6 by default.</summary>
    public double VanishingRatio { get; init; } = 1e-6;

    /// <summary>Memory of the norm's running mean, 0.99 by default: of about the last hundred checks.</summary>
    public double Memory { get; init; } = 0.99;

    /// <summary>The root mean square of each parameter's gradient at the last check, in the order of the layout.</summary>
    public ReadOnlySpan<double> RootMeanSquares => _scales;

    /// <summary>The first parameter, in the order of the layout, whose gradient vanished at the last check; null where none did.</summary>
    public ParameterInfo? FirstVanishing { get; private set; }

    /// <summary>Looks at the gradients of a batch. A norm that explodes does not enter the running mean.</summary>
    /// <typeparam name="T"><c>float</c> or <c>double</c>.</typeparam>
    /// <exception cref="ArgumentException">There are more or fewer gradients than the layout has parameters. Nothing is changed.</exception>
    public GradientState Check<T>(ReadOnlySpan<T> gradients)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        InputCheck.SameLength(gradients.Length, _length, nameof(gradients));
        double total = 0;
        for (int i = 0; i < _layout.Length; i++)
        {
            double squares = 0;
            foreach (T gradient in gradients.Slice(_layout[i].Offset, _layout[i].Length))
                squares += double.CreateTruncating(gradient) * double.CreateTruncating(gradient);
            _scales[i] = Math.Sqrt(squares / _layout[i].Length);
            total += squares;
        }

        int vanishing = 0;
        FirstVanishing = null;
        for (int i = 0; i < _layout.Length; i++)
        {
            if (!(_scales[i] <= VanishingRatio * Largest(_layout[i].Kind)))
                continue;
            vanishing++;
            FirstVanishing ??= _layout[i];
        }

        double norm = Math.Sqrt(total);
        bool explodes = !double.IsFinite(norm) || (_checks > 0 && norm > ExplosionFactor * _mean / (1 - Math.Pow(Memory, _checks)));
        if (!explodes)
        {
            _mean = (Memory * _mean) + ((1 - Memory) * norm);
            _checks++;
        }

        return new GradientState(norm, explodes, vanishing);
    }

    private double Largest(ParameterKind kind)
    {
        double largest = 0;
        for (int i = 0; i < _layout.Length; i++)
        {
            if (_layout[i].Kind == kind)
                largest = Math.Max(largest, _scales[i]);
        }

        return largest;
    }
}

/// <summary>What a <see cref="GradientMonitor"/> saw.</summary>
/// <param name="Norm">The norm of all gradients together.</param>
/// <param name="IsExploding">Whether it is not finite, or far above what it was.</param>
/// <param name="Vanishing">How many parameters' gradients are next to nothing beside those of others.</param>
public readonly record struct GradientState(double Norm, bool IsExploding, int Vanishing)
{
    /// <summary>Whether nothing is wrong.</summary>
    public bool IsFine => !IsExploding && Vanishing == 0;
}
