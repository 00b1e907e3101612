using OptGen.Generator.Specs;

namespace OptGen.Generator.Lowering;

/// <summary>To which parameters the hyperparameters marked as decay apply.</summary>
internal static class Decay
{
    public static bool IsDecayedKind(ParameterKind kind) => kind == ParameterKind.Weight;

    /// <summary>The last group that matches the parameter's name and says something about decay decides; else its kind does.</summary>
    public static bool AppliesTo(OptimizerSpec optimizer, ParameterSpec parameter) =>
        optimizer.Groups.LastOrDefault(group => group.Decay is not null && Matches(group.Pattern, parameter.Name))?.Decay ?? IsDecayedKind(parameter.Kind);

    /// <summary>True when a name fits a pattern, in which <c>*</c> stands for any characters.</summary>
    public static bool Matches(string pattern, string name)
    {
        string[] parts = pattern.Split('*');
        if (parts.Length == 1)
            return pattern == name;
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
