namespace OptGen;

/// <summary>How a rule that finds a direction finds the length of the step along it.</summary>
public enum LineSearch
{
    /// <summary>It doesn't: the learning rate is the length.</summary>
    None,

    /// <summary>It tries lengths until the loss has fallen enough, and the slope is small enough against that at the start. Each trial is a step of the optimizer.</summary>
    StrongWolfe,
}
