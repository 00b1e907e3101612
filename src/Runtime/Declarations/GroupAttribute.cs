namespace OptGen;

/// <summary>Overrides what the update rule does to the parameters whose names match a pattern. Of several that match one parameter, the last counts.</summary>
/// <param name="pattern">A parameter's name, such as <c>Hidden.Kernel</c>; <c>*</c> stands for any characters.</param>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = true, Inherited = false)]
public sealed class GroupAttribute(string pattern) : Attribute
{
    /// <summary>The names that the group covers.</summary>
    public string Pattern { get; } = pattern;

    /// <summary>Whether weight decay applies; where it is not given, the kind of each parameter decides.</summary>
    public bool Decay { get; set; }
}
