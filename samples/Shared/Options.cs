using System.CommandLine;
using System.Globalization;

namespace Samples;

/// <summary>Options of the samples' command lines.</summary>
internal static class Options
{
    /// <summary>An option that takes a whole number within bounds, and says so when it gets something else.</summary>
    public static Option<int> WholeNumber(string name, string description, int initial, int least, int most) => new(name)
    {
        Description = $"{description} {least} to {most}.",
        DefaultValueFactory = _ => initial,
        CustomParser = result =>
        {
            string text = result.Tokens[^1].Value;
            if (!int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int value) || value < least || value > most)
                result.AddError($"{name} takes a whole number from {least} to {most}, not \"{text}\".");
            return value;
        },
    };
}
