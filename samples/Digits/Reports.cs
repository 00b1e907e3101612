using System.Globalization;
using Spectre.Console;

namespace Digits;

/// <summary>Runs the training and shows how it goes.</summary>
internal interface IReport
{
    void Run(Training training, int epochs);
}

/// <summary>One line an epoch, losses with all their digits, for files and other programs.</summary>
internal sealed class PlainReport(TextWriter output) : IReport
{
    public void Run(Training training, int epochs)
    {
        output.WriteLine(Summary.Start(training));
        EpochResult last = default;
        for (int i = 0; i < epochs; i++)
        {
            last = training.NextEpoch();
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"epoch {last.Epoch}/{epochs} loss {last.Loss:R} test accuracy {last.TestAccuracy:P2}"));
        }

        foreach ((string name, string value) in Summary.Of(training, last))
            output.WriteLine($"{name}: {value}");
    }
}

/// <summary>A progress bar below the lines of the epochs, then a table.</summary>
internal sealed class LiveReport(IAnsiConsole console) : IReport
{
    public void Run(Training training, int epochs)
    {
        console.MarkupLineInterpolated($"[bold]OptGen[/] · {Summary.Start(training)}");
        EpochResult last = default;
        console.Progress()
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new ElapsedTimeColumn())
            .Start(context =>
            {
                ProgressTask task = context.AddTask("Training", maxValue: epochs);
                for (int i = 0; i < epochs; i++)
                {
                    last = training.NextEpoch();
                    console.MarkupLineInterpolated(
                        CultureInfo.InvariantCulture,
                        $"[grey]epoch[/] {last.Epoch,3}  [grey]loss[/] {last.Loss:F4}  [grey]test accuracy[/] {last.TestAccuracy:P1}");
                    task.Increment(1);
                }
            });

        Table table = new Table().Border(TableBorder.Rounded).HideHeaders().AddColumn("").AddColumn("");
        foreach ((string name, string value) in Summary.Of(training, last))
            table.AddRow(new Text(name), new Text(value));
        console.Write(table);
    }
}

/// <summary>The words of the first line and the closing figures, the same for both reports.</summary>
internal static class Summary
{
    public static string Start(Training training) => string.Create(
        CultureInfo.InvariantCulture,
        $"{DigitNet.ParameterCount:N0} parameters, {training.TrainingCount:N0} training and {training.TestCount:N0} test images");

    public static (string Name, string Value)[] Of(Training training, EpochResult last) =>
    [
        ("Test accuracy", last.TestAccuracy.ToString("P2", CultureInfo.InvariantCulture)),
        ("Samples per second", training.SamplesPerSecond.ToString("N0", CultureInfo.InvariantCulture)),
        ("Bytes allocated per step", training.BytesPerStep.ToString("0.##", CultureInfo.InvariantCulture)),
        ("Generated code", "samples/Digits/Generated"),
    ];
}
