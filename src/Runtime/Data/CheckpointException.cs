namespace OptGen.Data;

/// <summary>
/// A file of tensors that can't be used: it is damaged, it ends too early, or it holds something else than what it should be loaded into. Nothing was changed.
/// </summary>
public sealed class CheckpointException : IOException
{
    /// <summary>Says that a file can't be used.</summary>
    public CheckpointException()
        : this("The file can't be used.")
    {
    }

    /// <summary>Says what is wrong.</summary>
    public CheckpointException(string message)
        : base(message)
    {
    }

    /// <summary>Says what is wrong, and what was noticed of it first.</summary>
    public CheckpointException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
