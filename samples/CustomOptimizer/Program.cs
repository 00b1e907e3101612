using System.CommandLine;
using CustomOptimizer;
using Samples;
using Spectre.Console;

Option<FileInfo> output = new("--output")
{
    Description = "The page that is written.",
    DefaultValueFactory = _ => new FileInfo("rosenbrock.html"),
};
Option<int> steps = Options.WholeNumber("--steps", "Steps from the start.", 600, 10, 100_000);

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
