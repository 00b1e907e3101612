using System.CommandLine;
using OptGen.Bench;

Option<FileInfo?> json = new("--json") { Description = "File to write the figures to." };
Option<string[]> models = new("--models") { Description = "Which of A, B and C; all if not given.", AllowMultipleArgumentsPerToken = true };
models.AcceptOnlyFromAmong("A", "B", "C");
Option<int> repetitions = new("--repetitions") { Description = "Blocks of about 20 ms for each contender.", DefaultValueFactory = _ => 101 };
Option<bool> alone = new("--alone") { Description = "Without the peers." };

Command train = new("train", "Whole training steps, against PyTorch where a Python has it.") { models, repetitions, alone, json };
train.SetAction(arguments =>
{
    string[] chosen = arguments.GetValue(models) ?? [];
    Comparison.Run(
        "GFLOP/s",
        TrainWorkloads.All().Where(workload => chosen.Length == 0 || chosen.Contains(workload.Name)),
        arguments.GetValue(alone) ? [] : [PeerProcess.Torch()],
        Math.Max(1, arguments.GetValue(repetitions)),
        arguments.GetValue(json));
});

Command update = new("update", "AdamW alone, against C where there is a gcc and against PyTorch.") { repetitions, alone, json };
update.SetAction(arguments => Comparison.Run(
    "GB/s",
    UpdateWorkloads.All(),
    arguments.GetValue(alone) ? [] : [PeerProcess.C(), PeerProcess.Torch()],
    Math.Max(1, arguments.GetValue(repetitions)),
    arguments.GetValue(json)));

return new RootCommand("Measures OptGen and holds it against its peers.") { train, update }.Parse(args).Invoke();
