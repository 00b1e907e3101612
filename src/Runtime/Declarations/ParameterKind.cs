namespace OptGen;

/// <summary>What a parameter is for; decides, among other things, whether weight decay applies to it.</summary>
public enum ParameterKind
{
    /// <summary>A factor of the data, such as a kernel. Weight decay applies.</summary>
    Weight,

    /// <summary>Added to the data.</summary>
    Bias,

    /// <summary>A factor per channel, such as that of a normalization.</summary>
    Gain,

    /// <summary>A table that is looked up.</summary>
    Embedding,

    /// <summary>Not a parameter: what a model keeps without training it, such as a running mean.</summary>
    Buffer,
}
