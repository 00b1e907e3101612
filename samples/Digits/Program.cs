using System.CommandLine;
using System.Globalization;
using Digits;
using Spectre.Console;

Option<int> epochs = WholeNumber("--epochs", "Passes over the training images.", 30, 1, 10_000);
Option<int> seed = WholeNumber("--seed", "Seed of the split, the order of the images and the initial weights.", 42, 0, int.MaxValue);

RootCommand command = new("Trains a classifier of handwritten digits with code that OptGen generated at build time.") { epochs, seed };
command.SetAction(arguments =>
{
    Training training = new(DigitData.Load(), arguments.GetValue(epochs), arguments.GetValue(seed));
    IReport report = Console.IsOutputRedirected ? new PlainReport(Console.Out) : new LiveReport(AnsiConsole.Console);
    report.Run(training, arguments.GetValue(epochs));
});
return command.Parse(args).Invoke();

static Option<int> WholeNumber(string name, string description, int initial, int least, int most) => new(name)
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
