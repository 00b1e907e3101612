using System.CommandLine;
using OptGen.Bench;

Option<FileInfo?> json = new("--json") { Description = "File to write the figures to." };
Option<string[]> models = new("--models") { Description = "Which of A to E; all if not given.", AllowMultipleArgumentsPerToken = true };
models.AcceptOnlyFromAmong([.. TrainWorkloads.Names]);
Option<int> repetitions = new("--repetitions") { Description = "Blocks of about 20 ms for each contender.", DefaultValueFactory = _ => 101 };
Option<bool> alone = new("--alone") { Description = "Without the peers." };

Command train = new("train", "Whole training steps, against PyTorch where a Python has it.") { models, repetitions, alone, json };
train.SetAction(arguments =>
{
    Comparison.Run(
        "GFLOP/s",
        TrainWorkloads.Of(arguments.GetValue(models) ?? []),
        arguments.GetValue(alone) ? [] : [PeerProcess.Torch()],
        Math.Max(1, arguments.GetValue(repetitions)),
        arguments.GetValue(json));
});

Option<string[]> rules = new("--rules") { Description = "Which rules, by the beginnings of their names; all if not given.", AllowMultipleArgumentsPerToken = true };
Option<int[]> sizes = new("--sizes") { Description = "Numbers of parameters; if not given, 1e3 to 1e7 for AdamW and two of them for the others.", AllowMultipleArgumentsPerToken = true };
Option<bool> largest = new("--largest") { Description = "AdamW with 1e8 parameters, too: takes six gigabytes of memory with the peers." };

Option<int> rounds = new("--repetitions") { Description = "Blocks of about 20 ms, at least one step, for each contender.", DefaultValueFactory = _ => 31 };
Command optimizers = new("optimizers", "The update of every rule, against the memory's bandwidth; AdamW against C where there is a gcc and against PyTorch, too.")
{
    rules, sizes, largest, rounds, alone, json,
};
optimizers.SetAction(arguments =>
{
    string[] chosen = arguments.GetValue(rules) ?? [];
    int[] chosenSizes = arguments.GetValue(sizes) ?? [];
    UpdateCase[] cases = [.. UpdateCases.All
        .Where(update => chosen.Length == 0 || chosen.Any(name => update.Name.StartsWith(name, StringComparison.OrdinalIgnoreCase)))
        .OrderBy(update => update.Name == UpdateCases.AdamW ? 0 : 1)];
    int[] ofAdamW = [1_000, 10_000, 100_000, 1_000_000, 10_000_000, .. arguments.GetValue(largest) ? [100_000_000] : Array.Empty<int>()];
    int[] ofOthers = [10_000, 10_000_000];
    bool without = arguments.GetValue(alone);
    CompiledC? c = without ? null : CompiledC.TryCreate();
    using PeerProcess? torch = without ? null : PeerProcess.Torch();
    using PeerProcess? torchOfTwo = without ? null : PeerProcess.Torch(threads: 2);
    new UpdateComparison(c, torch, torchOfTwo, Math.Max(1, arguments.GetValue(rounds))).Run(
        cases,
        update => chosenSizes.Length > 0 ? chosenSizes : update.Name == UpdateCases.AdamW ? ofAdamW : ofOthers,
        arguments.GetValue(json));
});

return new RootCommand("Measures OptGen and holds it against its peers.") { train, optimizers }.Parse(args).Invoke();
