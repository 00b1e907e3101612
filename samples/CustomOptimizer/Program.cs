using System.CommandLine;
using System.Globalization;
using CustomOptimizer;
using Spectre.Console;

Option<FileInfo> output = new("--output")
{
    Description = "The page that is written.",
    DefaultValueFactory = _ => new FileInfo("rosenbrock.html"),
};
Option<int> steps = new("--steps")
{
    Description = "Steps from the start. 10 to 100000.",
    DefaultValueFactory = _ => 600,
    CustomParser = result =>
    {
        string text = result.Tokens[^1].Value;
        if (!int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int value) || value is < 10 or > 100_000)
            result.AddError($"--steps takes a whole number from 10 to 100000, not \"{text}\".");
        return value;
    },
};

RootCommand command = new("Holds an invented update rule, compiled by OptGen, against AdamW on Rosenbrock's valley, and draws both paths.") { output, steps };
command.SetAction(arguments =>
{
    Score[] scores = [.. Contest.Contenders.Select(contender => Contest.Hold(contender, arguments.GetValue(steps)))];
    FileInfo page = arguments.GetRequiredValue(output);
    page.Directory!.Create();
    File.WriteAllText(page.FullName, Page.Write(scores, arguments.GetValue(steps), Contest.Trust(scores[0].Best.Rate, arguments.GetValue(steps))));
    if (Console.IsOutputRedirected)
        Report.Plain(Console.Out, scores, page);
    else
        Report.Table(AnsiConsole.Console, scores, page);
});
return command.Parse(args).Invoke();
