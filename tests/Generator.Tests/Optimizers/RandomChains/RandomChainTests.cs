using System.Globalization;
using OptGen.Generator.Tests.Harness;
using static System.FormattableString;

namespace OptGen.Generator.Tests.Optimizers.RandomChains;

/// <summary>
/// Chains of transforms, schedules and groups composed at random, through the whole generator and one compilation, against plain loops in double precision: parameters and second sets of weights
/// after every call, over steps that are skipped, accumulated or perturbed, with hyperparameters that change and a resumed run.
/// </summary>
[Collection(RuntimeSettings.Name)]
public class RandomChainTests
{
    private const int Chains = 120;

    // Single elements for a third of the chains: a method is compiled anew for each width, which takes far longer than running it.

    /// <summary>Other chains with each number: the variable OPTGEN_RANDOM_SEED.</summary>
    private static readonly int s_seed = Variable("OPTGEN_RANDOM_SEED") ?? 1;

    /// <summary>All of them, or the one that the variable OPTGEN_RANDOM_CHAIN names.</summary>
    private static readonly RandomChain[] s_chains = [.. (Variable("OPTGEN_RANDOM_CHAIN") is int only ? [only] : Enumerable.Range(0, Chains)).Select(number => new RandomChain((100_000 * s_seed) + number, number))];

    private static readonly Lazy<RandomChainProgram> s_program = new(() => RandomChainProgram.Of(s_chains));

    [Theory]
    [InlineData(512)]
    [InlineData(0)]
    public void Parameters_and_averages_are_those_of_plain_loops(int width) => Each(width, run => run.Follow(), chain => width > 0 || chain.Number % 3 == 0);

    [Fact]
    public void Two_threads_and_a_second_run_give_the_same_bits_without_a_byte_allocated() => Each(512, run =>
    {
        double[][] alone = run.Record(run.Create());
        ChainInstance again = run.Create();
        int threads = OptGenRuntime.MaxThreads;
        try
        {
            OptGenRuntime.MaxThreads = 2;
            run.Require("a run with two threads", alone, run.Record(again));
            again.Settings.Reset();
            run.Require("a second run", alone, run.Record(again, out long allocated));
            run.Require(allocated == 0, $"a second run allocated {allocated} bytes");
        }
        finally
        {
            OptGenRuntime.MaxThreads = threads;
        }
    });

    [Fact]
    public void A_resumed_run_has_the_bits_of_one_that_was_not_interrupted() => Each(512, run => run.Require("a resumed run", run.Record(run.Create()), run.Resumed()));

    [Fact]
    public void A_list_of_tensors_gives_the_bits_of_one_span() => Each(
        512,
        run => run.Require("a list of tensors", run.Record(run.Create()), run.Record(run.Create(), (instance, g) => instance.StepTensors(g))),
        chain => !chain.IsBound && !chain.Declaration.Has(nameof(Sam)));

    private static void Each(int width, Action<ChainRun> check, Func<RandomChain, bool>? concerns = null) => VectorWidths.At(width, () =>
    {
        List<string> failures = [];
        foreach (RandomChain chain in s_chains.Where(concerns ?? (_ => true)))
        {
            ChainRun run = new(s_program.Value, chain);
            check(run);
            if (run.Failure is { } failure)
                failures.Add(Invariant($"Chain {chain.Number} of seed {s_seed}, {(width == 0 ? "one lane" : width + " bits")}: {failure}\n{chain.Source}"));
        }

        Assert.True(failures.Count == 0, $"{failures.Count} chains differ.\n" + string.Join("\n", failures.OrderBy(failure => failure.Length).Take(5)));
    });

    private static int? Variable(string name) => int.TryParse(Environment.GetEnvironmentVariable(name), CultureInfo.InvariantCulture, out int value) ? value : null;
}
