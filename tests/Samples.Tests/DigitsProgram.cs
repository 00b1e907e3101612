namespace OptGen.Samples.Tests;

/// <summary>The digits sample, run as a user runs it: a process with redirected output.</summary>
internal sealed record DigitsProgram(int ExitCode, string[] Lines, string Error)
{
    public static DigitsProgram Run(params string[] arguments)
    {
        Command command = Command.Dotnet(
            AppContext.BaseDirectory, new Dictionary<string, string>(), [Path.Combine(AppContext.BaseDirectory, "Digits.dll"), .. arguments]);
        return new(command.ExitCode, command.Lines, command.Error);
    }

    public string[] EpochLines => [.. Lines.Where(line => line.StartsWith("epoch ", StringComparison.Ordinal))];

    /// <summary>The value of a line "name: value" of the summary.</summary>
    public string Summary(string name) =>
        Assert.Single(Lines, line => line.StartsWith(name + ": ", StringComparison.Ordinal))[(name.Length + 2)..];
}
