using System.CommandLine;
using Digits;
using Spectre.Console;

Option<int> epochs = new("--epochs")
{
    Description = "Passes over the training images, 1 to 10000.",
    DefaultValueFactory = _ => 30,
};
epochs.Validators.Add(result =>
{
    // A value that is no number has been reported by the parser already.
    if (result.Tokens is [{ Value: var text }] && int.TryParse(text, out int value) && value is < 1 or > 10_000)
        result.AddError($"--epochs must be from 1 to 10000, but is {text}.");
});
Option<int> seed = new("--seed")
{
    Description = "Seed of the split, the order of the images and the initial weights.",
    DefaultValueFactory = _ => 42,
};

RootCommand command = new("Trains a classifier of handwritten digits with code that OptGen generated at build time.") { epochs, seed };
command.SetAction(arguments =>
{
    Training training = new(DigitData.Load(), arguments.GetValue(epochs), arguments.GetValue(seed));
    IReport report = Console.IsOutputRedirected ? new PlainReport(Console.Out) : new LiveReport(AnsiConsole.Console);
    report.Run(training, arguments.GetValue(epochs));
});
return command.Parse(args).Invoke();
