using System.Diagnostics;

namespace OptGen.Samples.Tests;

/// <summary>The digits sample, run as a user runs it: a process with redirected output.</summary>
internal sealed record DigitsProgram(int ExitCode, string[] Lines, string Error)
{
    public static DigitsProgram Run(params string[] arguments)
    {
        ProcessStartInfo start = new("dotnet", [Path.Combine(AppContext.BaseDirectory, "Digits.dll"), .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using Process process = Process.Start(start)!;
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return new(process.ExitCode, output.Split('\n', StringSplitOptions.RemoveEmptyEntries), error.Result);
    }

    public string[] EpochLines => [.. Lines.Where(line => line.StartsWith("epoch ", StringComparison.Ordinal))];

    /// <summary>The value of a line "name: value" of the summary.</summary>
    public string Summary(string name) =>
        Assert.Single(Lines, line => line.StartsWith(name + ": ", StringComparison.Ordinal))[(name.Length + 2)..];
}
