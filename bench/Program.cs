using System.CommandLine;
using OptGen.Bench;

Option<FileInfo?> json = new("--json") { Description = "File to write the figures to." };
Option<string[]> models = new("--models") { Description = "Which of A, B and C; all if not given.", AllowMultipleArgumentsPerToken = true };
models.AcceptOnlyFromAmong("A", "B", "C");
Option<int> repetitions = new("--repetitions") { Description = "Blocks of about 20 ms for each contender.", DefaultValueFactory = _ => 101 };
Option<bool> alone = new("--alone") { Description = "Without the peers." };

Command train = new("train", "Whole training steps, against PyTorch where a Python has it.") { models, repetitions, alone, json };
train.SetAction(arguments => TrainBenchmark.Run(
    arguments.GetValue(models) ?? [], Math.Max(1, arguments.GetValue(repetitions)), !arguments.GetValue(alone), arguments.GetValue(json)));

return new RootCommand("Measures OptGen and holds it against its peers.") { train }.Parse(args).Invoke();
