using System.CommandLine;
using Digits;
using Samples;
using Spectre.Console;

Option<int> epochs = Options.WholeNumber("--epochs", "Passes over the training images.", 30, 1, 10_000);
Option<int> seed = Options.WholeNumber("--seed", "Seed of the split, the order of the images and the initial weights.", 42, 0, int.MaxValue);

RootCommand command = new("Trains a classifier of handwritten digits with code that OptGen generated at build time.") { epochs, seed };
command.SetAction(arguments =>
{
    Training training = new(DigitData.Load(), arguments.GetValue(epochs), arguments.GetValue(seed));
    IReport report = Console.IsOutputRedirected ? new PlainReport(Console.Out) : new LiveReport(AnsiConsole.Console);
    report.Run(training, arguments.GetValue(epochs));
});
return command.Parse(args).Invoke();
