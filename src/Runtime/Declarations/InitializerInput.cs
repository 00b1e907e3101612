namespace OptGen;

/// <summary>What an initializer may use.</summary>
public readonly ref partial struct InitializerInput
{
    /// <summary>Sizes of the parameter's axes; those of a kernel are [.., inputs, outputs], with the axes of a window first.</summary>
    public required ReadOnlySpan<int> Shape { get; init; }

    /// <summary>Number of inputs that one output sums over.</summary>
    public required int FanIn { get; init; }

    /// <summary>Number of outputs that one input reaches.</summary>
    public required int FanOut { get; init; }

    /// <summary>The factor that the declaration gives.</summary>
    public required double Gain { get; init; }

    /// <summary>Seed of the model.</summary>
    public required int Seed { get; init; }

    /// <summary>Number of the parameter in its model, so that parameters draw different numbers.</summary>
    public required int Stream { get; init; }

    /// <summary>Number of the element in its parameter.</summary>
    public long Index { get; init; }

    /// <summary>The input of another element.</summary>
    public InitializerInput At(long index) => this with { Index = index };
}
