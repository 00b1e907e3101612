using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using CharLm;
using Samples;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
Console.OutputEncoding = new UTF8Encoding(false);
Option<int> steps = Options.WholeNumber("--steps", "Training steps.", 1_000, 10, 1_000_000);
Option<int> length = Options.WholeNumber("--length", "Characters to write at the end.", 800, 1, 100_000);
Option<int> seed = Options.WholeNumber("--seed", "Seed of the passages, the initial weights and the writing.", 42, 0, int.MaxValue);

RootCommand command = new("Trains a small transformer on this project's documentation, with code that OptGen generated at build time, and lets it write.") { steps, length, seed };
command.SetAction(arguments => Run(arguments.GetValue(steps), arguments.GetValue(length), arguments.GetValue(seed)));
return command.Parse(args).Invoke();

static void Run(int steps, int length, int seed)
{
    const int Reports = 10;
    Corpus corpus = Corpus.Load();
    Training training = new(corpus, steps, seed);
    Console.WriteLine($"{CharNet.ParameterCount:N0} parameters, {corpus.Training.Length:N0} characters to train on, {corpus.HeldOut.Length:N0} held out");

    long start = Stopwatch.GetTimestamp();
    double sum = 0;
    for (int step = 1, first = 1; step <= steps; step++)
    {
        sum += training.Step();
        if (step * Reports / steps == (step - 1) * Reports / steps)
            continue;
        Console.WriteLine($"step {step}/{steps}  loss {sum / (step - first + 1):F3} bits per character  {Stopwatch.GetElapsedTime(start).TotalSeconds:F1} s");
        (sum, first) = (0, step + 1);
    }

    TimeSpan time = Stopwatch.GetElapsedTime(start);
    Console.WriteLine($"Unigram entropy: {corpus.UnigramEntropy():F3} bits per character");
    Console.WriteLine($"Loss on held-out pages: {training.HeldOutLoss():F3} bits per character");
    Console.WriteLine($"Milliseconds per step: {time.TotalMilliseconds / steps:F2}");
    Console.WriteLine($"Bytes allocated per step: {(double)training.AllocatedBytes / (steps - 1):0.##}");
    Console.WriteLine("Generated code: samples/CharLm/Generated");
    Console.WriteLine();
    Console.WriteLine(new Writer(training.Model, corpus.Vocabulary, seed).Continue("# ", length, temperature: 0.7));
}
