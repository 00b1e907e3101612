using OptGen.Generator.Scalar;

namespace OptGen.Generator.Specs;

/// <summary>A hyperparameter: a number that can be set at run time.</summary>
/// <param name="Name">Property name, such as <c>LearningRate</c>.</param>
/// <param name="Type">C# keyword of its type: <c>float</c>, <c>double</c>, <c>int</c> or <c>bool</c>.</param>
/// <param name="Default">Initial value (0 and 1 for a flag).</param>
/// <param name="IsUsers">True when the user's own class declares the property; false when the generator must.</param>
/// <param name="Decays">True for a strength that applies only to parameters of a decayed kind, such as weight decay.</param>
/// <param name="Summary">One line for the property's documentation.</param>
internal sealed record HyperSpec(string Name, string Type, double Default, bool IsUsers, bool Decays, string Summary)
{
    /// <summary>The values that it may have.</summary>
    public Bounds Bounds { get; init; }
}

/// <summary>How memory holds the numbers of a state.</summary>
internal enum StateFormat
{
    /// <summary>As the optimizer's element type.</summary>
    Element,

    /// <summary>16 bits, rounded to the nearest.</summary>
    BFloat16,

    /// <summary>16 bits, rounded up or down at random so that the expected value is exact.</summary>
    StochasticBFloat16,

    /// <summary>8 bits and a scale for each block of 256, with codes for negative numbers.</summary>
    Signed8,

    /// <summary>8 bits and a scale for each block of 256, without negative numbers.</summary>
    Unsigned8,
}

/// <summary>
/// What shares one number, from the finest to the coarsest: the members of the runtime's <c>Over</c>, in its order. Then those of <c>Pairs</c>, whose numbers no function of one element sees.
/// </summary>
internal enum Extent
{
    Element,
    Row,
    Column,
    Tensor,
    Everything,
    RowPair,
    ColumnPair,
    Direction,
    InDirection,
}

internal static class ExtentNames
{
    /// <summary>Whether there is a matrix of numbers for each tensor, which is not over its elements.</summary>
    public static bool IsPairs(this Extent extent) => extent >= Extent.RowPair;

    /// <summary>The member of the runtime's <c>Pairs</c>.</summary>
    public static string Pairs(this Extent extent) => extent switch
    {
        Extent.RowPair => "OfRows",
        Extent.ColumnPair => "OfColumns",
        Extent.Direction => "OfDirections",
        _ => "InDirections",
    };

    /// <summary>What one number stands for, in words.</summary>
    public static string Describe(this Extent extent) => extent switch
    {
        Extent.Everything => "everything",
        Extent.RowPair => "each pair of rows",
        Extent.ColumnPair => "each pair of columns",
        Extent.Direction => "each direction and place on the shorter axis",
        Extent.InDirection => "each direction and place on the longer axis",
        _ => "each " + extent.ToString().ToLowerInvariant(),
    };
}

/// <summary>A number that an optimizer keeps from step to step.</summary>
/// <param name="Name">In Pascal case, unique in the optimizer.</param>
internal sealed record StateSpec(string Name, string Summary)
{
    /// <summary>What shares one number.</summary>
    public Extent Over { get; init; }

    /// <summary>For a state of pairs: the most rows, or columns, of a tensor that has one; the number of directions.</summary>
    public int AtMost { get; init; } = int.MaxValue;

    /// <summary>For one of the numbers of an array: the name of the array, in Pascal case; empty for none.</summary>
    public string Array { get; init; } = "";

    /// <summary>For a state over everything: how many numbers it is, as one array of the host's; 0 for a single number.</summary>
    public int Count { get; init; }

    /// <summary>For a state of pairs of rows, or of columns: whether longer axes have a number for each place.</summary>
    public bool OrDiagonal { get; init; }

    /// <summary>The value before the first step.</summary>
    public double Initial { get; init; }

    /// <summary>How memory holds the numbers.</summary>
    public StateFormat Format { get; init; }

    /// <summary>True for what is kept only from one pass of a step to the next.</summary>
    public bool IsScratch { get; init; }

    /// <summary>True for what the user fills and the optimizer only reads.</summary>
    public bool IsInput { get; init; }

    /// <summary>True for a state that loses its meaning when it is rounded.</summary>
    public bool IsExact { get; init; }

    /// <summary>True for a state without negative numbers.</summary>
    public bool IsNonNegative { get; init; }

    /// <summary>True for a second set of weights.</summary>
    public bool IsWeights { get; init; }
}

/// <summary>How a reduction makes one number of many; the members of the runtime's <c>Reduction</c>, in its order.</summary>
internal enum ReductionKind
{
    Sum,
    Mean,
    Max,

    /// <summary>All terms of a tensor are changed by code of the host, and each element gets its own back.</summary>
    Whole,
}

/// <summary>A number that is reduced from a function of every element of an extent.</summary>
/// <param name="Name">In Pascal case, unique in the optimizer.</param>
internal sealed record ReductionSpec(string Name, Extent Over, ReductionKind Kind)
{
    /// <summary>For <see cref="ReductionKind.Whole"/>: the full name of the host's method.</summary>
    public string Method { get; init; } = "";

    /// <summary>For <see cref="ReductionKind.Whole"/>: the state that holds the terms.</summary>
    public int Buffer { get; init; } = -1;

    /// <summary>For <see cref="ReductionKind.Whole"/>: the hyperparameter that is 0 where the method is not called; −1 for none.</summary>
    public int When { get; init; } = -1;

    /// <summary>For <see cref="ReductionKind.Whole"/>: what the method takes besides the terms.</summary>
    public EquatableArray<WholeArgument> Arguments { get; init; } = [];

    /// <summary>For <see cref="ReductionKind.Whole"/>: the stream of random numbers that the method draws; −1 for none.</summary>
    public int Stream { get; init; } = -1;
}

/// <summary>What code of the host is handed besides the terms of a tensor: a state of pairs, a hyperparameter, a state of everything, the step number, or a constant.</summary>
/// <param name="Input">What it is; null for a constant.</param>
internal readonly record struct WholeArgument(UpdateInput? Input, double Constant)
{
    /// <summary>Whether it is a state of pairs, which the code may change.</summary>
    public bool IsPairs { get; init; }

    public bool IsState => Input is { Kind: UpdateInputKind.State };
}

/// <summary>What code of the host is handed that runs once per step: an array that is a state, or <paramref name="Count"/> numbers, as a list or one alone.</summary>
/// <param name="State">−1 for numbers.</param>
internal readonly record struct OnceArgument(int State, int Count, bool IsList);

/// <summary>A call of code of the host that runs once per step.</summary>
/// <param name="Name">In Pascal case, unique in the optimizer.</param>
/// <param name="Method">The full name of the host's method.</param>
internal sealed record OnceSpec(string Name, string Method, EquatableArray<OnceArgument> Arguments)
{
    /// <summary>How many numbers the code is handed.</summary>
    public int TermCount => Arguments.Sum(argument => argument.State < 0 ? argument.Count : 0);
}

/// <summary>Number <paramref name="Position"/> of the array that is state <paramref name="State"/>, as call <paramref name="Call"/> leaves it.</summary>
internal readonly record struct OnceResult(int Call, int State, int Position);

/// <summary>What an input of a stage's function stands for.</summary>
internal enum UpdateInputKind
{
    /// <summary>The parameter's element: before the update for a rule and a gradient transform, after it for a parameter transform.</summary>
    Parameter,

    /// <summary>The gradient's element, after the transforms before.</summary>
    Gradient,

    /// <summary>State <see cref="UpdateInput.Index"/>.</summary>
    State,

    /// <summary>Hyperparameter <see cref="UpdateInput.Index"/> of the optimizer.</summary>
    Hyper,

    /// <summary>The number of this update, from 1.</summary>
    Step,

    /// <summary>Reduction <see cref="UpdateInput.Index"/>.</summary>
    Reduced,

    /// <summary>The parameter's element before the update, for a parameter transform.</summary>
    Previous,

    /// <summary>How many rows the tensor has.</summary>
    Rows,

    /// <summary>How many columns the tensor has.</summary>
    Columns,

    /// <summary>A random number of the element, of stream <see cref="UpdateInput.Index"/>.</summary>
    Random,

    /// <summary>The loss whose gradient the step takes, after the transforms before.</summary>
    Loss,

    /// <summary>Result <see cref="UpdateInput.Index"/> of what the host runs once per step.</summary>
    Result,
}

internal readonly record struct UpdateInput(UpdateInputKind Kind, int Index);

/// <summary>A scalar function together with what its inputs stand for.</summary>
internal sealed record BoundFunction(ScalarFunction Function, EquatableArray<UpdateInput> Inputs);

/// <summary>What a stage of an optimizer's chain does.</summary>
internal enum StageKind
{
    /// <summary>Gives a new gradient.</summary>
    GradientTransform,

    /// <summary>The one update rule: gives the new parameter.</summary>
    Rule,

    /// <summary>Gives a new parameter from the updated one.</summary>
    ParameterTransform,

    /// <summary>Gives the parameter at which the gradient for the update is taken.</summary>
    Perturbation,
}

/// <summary>The numbers of a stage's outputs behind its result, its states and its terms.</summary>
internal readonly record struct StageOutputs(int States, int Reductions, bool Holds, bool Skips, bool ChangesLoss)
{
    /// <summary>Says whether the step ends here.</summary>
    public int Hold => 1 + States + Reductions;

    /// <summary>Says where later stages leave elements out.</summary>
    public int Skip => Hold + (Holds ? 1 : 0);

    /// <summary>The new loss.</summary>
    public int Loss => Skip + (Skips ? 1 : 0);

    /// <summary>The first number that a call is handed.</summary>
    public int FirstOfCalls => Loss + (ChangesLoss ? 1 : 0);
}

/// <summary>
/// One stage of an optimizer's chain. The outputs of <paramref name="Body"/> are its result, the new values of the states <paramref name="States"/>, the terms of
/// the reductions <paramref name="Reductions"/>; when it <paramref name="Holds"/>, 1 when the step ends here, else 0; when it <see cref="Skips"/>, 1 where later stages leave an element out, else 0;
/// when it <paramref name="ChangesLoss"/>, the new loss; then the numbers that the <see cref="Calls"/> are handed, one call after the other.
/// </summary>
internal sealed record StageSpec(
    StageKind Kind, string Name, BoundFunction Body, EquatableArray<int> States, EquatableArray<int> Reductions, bool Holds, bool ChangesLoss = false)
{
    /// <summary>Whether it leaves elements out of later stages.</summary>
    public bool Skips { get; init; }

    /// <summary>Whether no earlier stage can leave an element out of this one.</summary>
    public bool SeesAll { get; init; }

    /// <summary>Whether it also runs where a perturbation has moved the parameters.</summary>
    public bool HoldsWhereMoved { get; init; }

    /// <summary>What the host runs once per step, by numbers among the optimizer's calls.</summary>
    public EquatableArray<int> Calls { get; init; } = [];

    /// <summary>Where its outputs stand.</summary>
    public StageOutputs Outputs => new(States.Count, Reductions.Count, Holds, Skips, ChangesLoss);

    public bool ReadsLoss => Body.Inputs.Any(input => input.Kind == UpdateInputKind.Loss);
}

/// <summary>A schedule drives one hyperparameter; it runs on the host, once per step.</summary>
/// <param name="Name">Name of the generated property, or of the user's method.</param>
/// <param name="Type">Fully qualified type; empty for a method.</param>
/// <param name="Creation">The C# expression that creates it, such as <c>new global::OptGen.WarmupCosine { Warmup = 100 }</c>; empty for a method.</param>
/// <param name="Hyper">Index of the driven hyperparameter.</param>
/// <param name="From">The step at which it begins; pieces of one hyperparameter relieve each other there.</param>
/// <param name="KeepsState">True for one that remembers what it was told, besides the step.</param>
internal sealed record ScheduleSpec(string Name, string Type, string Creation, int Hyper, int From, bool KeepsState)
{
    /// <summary>Whether it is a method of the user's optimizer class.</summary>
    public bool IsMethod => Creation.Length == 0;

    /// <summary>Name of the field that holds it.</summary>
    public string Field => "_" + char.ToLowerInvariant(Name[0]) + Name.Substring(1);

    public static ScheduleSpec OfMethod(string name, int hyper, int from) => new(name, "", "", hyper, from, KeepsState: false);
}

/// <summary>Overrides for the parameters whose names match a pattern with <c>*</c>, or that are of a kind.</summary>
/// <param name="Name">In Pascal case, unique in the optimizer; begins the names of what it adds to the class.</param>
/// <param name="Pattern">Empty for a group by kind.</param>
/// <param name="RateScale">Factor on the learning rate; null where it says nothing about it.</param>
/// <param name="Hyper">Number of the hyperparameter that it gives a value of its own, <paramref name="Value"/>; −1 for none.</param>
internal sealed record GroupSpec(string Name, string Pattern, ParameterKind? Kind, bool? Decay, bool Frozen, double? RateScale, int Hyper, double Value)
{
    /// <summary>True when the group covers a parameter.</summary>
    public bool Covers(ParameterSpec parameter) => Kind is { } kind ? parameter.Kind == kind : Matches(parameter.Name);

    /// <summary>True when a parameter's name fits the pattern.</summary>
    public bool Matches(string name)
    {
        string[] parts = Pattern.Split('*');
        if (parts.Length == 1)
            return Pattern == name;
        if (!name.StartsWith(parts[0], StringComparison.Ordinal))
            return false;
        int position = parts[0].Length;
        for (int i = 1; i < parts.Length - 1; i++)
        {
            int found = name.IndexOf(parts[i], position, StringComparison.Ordinal);
            if (found < 0)
                return false;
            position = found + parts[i].Length;
        }

        string last = parts[parts.Length - 1];
        return name.Length - position >= last.Length && name.EndsWith(last, StringComparison.Ordinal);
    }
}

/// <summary>All that is read of a class marked <c>[Optimizer]</c>; <paramref name="Model"/> is null when it is bound to no model.</summary>
/// <param name="Stages">The chain, in the order in which it runs.</param>
/// <param name="Perturbation">Moves the parameters before the second gradient; null when one gradient is all that a step takes.</param>
/// <param name="Origin">The state that keeps the parameters meanwhile; −1 without a perturbation.</param>
/// <param name="LayerDecay">Number of the hyperparameter by which the learning rate shrinks from layer to layer towards the input; −1 for none.</param>
/// <param name="HasTensorSpans">Whether the project knows <c>System.Numerics.Tensors.TensorSpan</c>.</param>
/// <param name="ExactDivision">Whether quotients are rounded correctly at any cost.</param>
internal sealed record OptimizerSpec(
    ClassSpec Class,
    ModelSpec? Model,
    Precision Precision,
    EquatableArray<StageSpec> Stages,
    EquatableArray<ReductionSpec> Reductions,
    EquatableArray<ScheduleSpec> Schedules,
    EquatableArray<GroupSpec> Groups,
    EquatableArray<HyperSpec> Hypers,
    EquatableArray<StateSpec> States,
    StageSpec? Perturbation = null,
    int Origin = -1,
    int LayerDecay = -1,
    bool HasTensorSpans = false,
    bool ExactDivision = false)
{
    public string Element => Precision == Precision.Double ? "double" : "float";

    /// <summary>What the host runs once per step, in the order of the chain.</summary>
    public EquatableArray<OnceSpec> Calls { get; init; } = [];

    /// <summary>What is read of the arrays that calls leave.</summary>
    public EquatableArray<OnceResult> Results { get; init; } = [];

    /// <summary>Streams of random numbers that the chain draws, for its elements and for whole tensors.</summary>
    public int Streams => Stages.SelectMany(stage => stage.Body.Inputs).Where(input => input.Kind == UpdateInputKind.Random).Select(input => input.Index)
        .Concat(Reductions.Select(reduction => reduction.Stream)).DefaultIfEmpty(-1).Max() + 1;

    /// <summary>Whether the update reads the loss.</summary>
    public bool ReadsLoss => Stages.Any(stage => stage.ReadsLoss);

    public StageSpec Rule => Stages.First(stage => stage.Kind == StageKind.Rule);
}
