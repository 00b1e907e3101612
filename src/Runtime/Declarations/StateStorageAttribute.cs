namespace OptGen;

/// <summary>How memory holds the numbers of a state. Arithmetic is done in the element type whatever the storage.</summary>
public enum Storage
{
    /// <summary>As the parameters are: 4 or 8 bytes for each number.</summary>
    Element,

    /// <summary>
    /// 2 bytes: the range of <see cref="float"/> with 8 bits of precision (<see cref="OptGen.BFloat16"/>). A running mean whose memory β is longer than about 250 steps, such
    /// as the second moment of Adam with β₂ = 0.999, stands still when it is rounded to the nearest: its changes are smaller than half a unit in the last place. Let it
    /// round at random (<see cref="StateStorageAttribute.Stochastic"/>).
    /// </summary>
    BFloat16,

    /// <summary>1.016 bytes: 8 bits, and the largest magnitude of each 256 neighbours (<see cref="OptGen.Blockwise8"/>).</summary>
    Blockwise8,
}

/// <summary>
/// Says how memory holds states of an optimizer: <c>[StateStorage(Storage.BFloat16)]</c> all of them, <c>[StateStorage("M", Storage.Blockwise8)]</c> one, which goes
/// before. States that are shared by more than an element, inputs, and states that their rule marks <see cref="StateAttribute.Exact"/> are not among "all".
/// </summary>
/// <example>
/// <code>
/// [Optimizer]
/// [AdamW]
/// [StateStorage("M", Storage.BFloat16)]
/// [StateStorage("V", Storage.BFloat16, Stochastic = true)]
/// public partial class SmallAdamW; // 4 bytes of states for each parameter instead of 8
/// </code>
/// </example>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = true, Inherited = false)]
public sealed class StateStorageAttribute : Attribute
{
    /// <summary>For all states.</summary>
    public StateStorageAttribute(Storage storage) => Storage = storage;

    /// <summary>For one state.</summary>
    /// <param name="state">Its name: that of the optimizer's property, such as <c>M</c>.</param>
    /// <param name="storage">How memory holds it.</param>
    public StateStorageAttribute(string state, Storage storage)
    {
        State = state;
        Storage = storage;
    }

    /// <summary>The state's name; null for all.</summary>
    public string? State { get; }

    /// <summary>How memory holds it.</summary>
    public Storage Storage { get; }

    /// <summary>
    /// Whether <see cref="Storage.BFloat16"/> rounds up or down at random, with probabilities such that the expected value is exact; otherwise to the nearest. The random
    /// bits depend on the state, the step and the element alone, so a run can be repeated, resumed, and divided among threads as one likes.
    /// </summary>
    public bool Stochastic { get; set; }
}
