namespace OptGen;

/// <summary>
/// Marks a partial class as an optimizer over any spans: <c>optimizer.Step(parameters, gradients)</c>. The class also carries its update rule, either as an
/// attribute such as <c>[AdamW]</c> or as a method marked <see cref="UpdateAttribute"/>, and optionally gradient transforms and schedules.
/// </summary>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class OptimizerAttribute : Attribute
{
    /// <summary>Element type of the parameters, gradients and states.</summary>
    public Precision Precision { get; set; } = Precision.Single;

    /// <summary>
    /// Whether every quotient of the update is rounded correctly; false by default. Otherwise quotients in single precision may err by 1.5 units in the last place where
    /// that is faster, on processors with AVX-512, and an infinite one may be NaN.
    /// </summary>
    public bool ExactDivision { get; set; }
}

/// <summary>
/// Marks a partial class as the optimizer of the model <typeparamref name="TModel"/>: besides <c>Step()</c> it gets <c>TrainStep(…)</c>, which fuses the
/// forward pass, the backward pass and the update. The precision is the model's.
/// </summary>
/// <typeparam name="TModel">A class of the same project that is marked <c>[Model]</c>.</typeparam>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class OptimizerAttribute<TModel> : Attribute
    where TModel : class
{
    /// <inheritdoc cref="OptimizerAttribute.ExactDivision"/>
    public bool ExactDivision { get; set; }
}
