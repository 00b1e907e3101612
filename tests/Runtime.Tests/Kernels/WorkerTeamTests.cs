using OptGen.Kernels;

namespace OptGen.Runtime.Tests.Kernels;

/// <summary>The team and the number of threads belong to the process, so these tests run alone.</summary>
[Collection(nameof(ProcessSettings))]
public sealed class WorkerTeamTests : IDisposable
{
    private readonly int _threads = OptGenRuntime.MaxThreads;

    public void Dispose() => OptGenRuntime.MaxThreads = _threads;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    public void Every_part_runs_exactly_once(int threads)
    {
        OptGenRuntime.MaxThreads = threads;
        var program = new Counting();
        for (int run = 0; run < 5_000; run++)
        {
            int parts = 1 + (run % 13);
            Array.Clear(program.Runs);
            WorkerTeam.Run(program, run, parts);
            for (int part = 0; part < program.Runs.Length; part++)
                Assert.Equal(part < parts ? 1 : 0, program.Runs[part]);
            Assert.Equal((run, parts), (program.Kernel, program.Parts));
        }
    }

    [Fact]
    public void Parts_run_at_the_same_time()
    {
        OptGenRuntime.MaxThreads = 3;

        // Each part waits for the others: on one thread it would never end.
        using var barrier = new Barrier(3);
        for (int run = 0; run < 20; run++)
            WorkerTeam.Run(new Acting((_, _) => Assert.True(barrier.SignalAndWait(TimeSpan.FromSeconds(30)))), 0, 3);
        Assert.Equal(20, barrier.CurrentPhaseNumber);
    }

    [Fact]
    public void No_more_threads_take_part_than_allowed()
    {
        OptGenRuntime.MaxThreads = 4;
        WorkerTeam.Run(new Counting(), 0, 8);
        OptGenRuntime.MaxThreads = 2;
        var threads = new System.Collections.Concurrent.ConcurrentDictionary<int, bool>();
        int atOnce = 0, most = 0;
        for (int run = 0; run < 50; run++)
        {
            WorkerTeam.Run(new Acting((_, _) =>
            {
                int now = Interlocked.Increment(ref atOnce);
                InterlockedMax(ref most, now);
                threads[Environment.CurrentManagedThreadId] = true;
                Thread.SpinWait(2_000);
                Interlocked.Decrement(ref atOnce);
            }), 0, 8);
        }

        Assert.InRange(most, 1, 2);
        Assert.InRange(threads.Count, 1, 2);
    }

    [Fact]
    public void An_exception_reaches_the_caller_and_the_team_goes_on()
    {
        OptGenRuntime.MaxThreads = 4;
        for (int failing = 0; failing < 8; failing++)
        {
            int number = failing;
            var error = Assert.Throws<InvalidOperationException>(
                () => WorkerTeam.Run(new Acting((part, _) => _ = part == number ? throw new InvalidOperationException($"part {part}") : 0), 0, 8));
            Assert.Equal($"part {number}", error.Message);
            var program = new Counting();
            WorkerTeam.Run(program, 0, 8);
            Assert.Equal(8, program.Runs.Sum());
        }
    }

    [Fact]
    public void A_run_within_a_part_is_serial()
    {
        OptGenRuntime.MaxThreads = 2;
        var inner = new Counting();
        int outer = 0;
        WorkerTeam.Run(new Acting((_, _) =>
        {
            int thread = Environment.CurrentManagedThreadId;
            WorkerTeam.Run(new Acting((_, _) => Assert.Equal(thread, Environment.CurrentManagedThreadId)), 0, 3);
            lock (inner)
                WorkerTeam.Run(inner, 0, 3);
            Interlocked.Increment(ref outer);
        }), 0, 4);
        Assert.Equal(4, outer);
        Assert.Equal([4, 4, 4], inner.Runs[..3]);
    }

    [Fact]
    public async Task Callers_at_the_same_time_each_get_all_their_parts()
    {
        OptGenRuntime.MaxThreads = 2;
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() =>
        {
            var program = new Counting();
            for (int run = 1; run <= 2_000; run++)
            {
                WorkerTeam.Run(program, 0, 5);
                Assert.All(program.Runs[..5], count => Assert.Equal(run, count));
            }
        })));
    }

    [Fact]
    public void Workers_that_sleep_wake_for_the_next_run()
    {
        OptGenRuntime.MaxThreads = 2;
        using var barrier = new Barrier(2);
        for (int run = 0; run < 5; run++)
        {
            Thread.Sleep(30);
            WorkerTeam.Run(new Acting((_, _) => Assert.True(barrier.SignalAndWait(TimeSpan.FromSeconds(30)))), 0, 2);
        }

        Assert.Equal(5, barrier.CurrentPhaseNumber);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    public void A_run_allocates_nothing(int threads)
    {
        OptGenRuntime.MaxThreads = threads;
        var program = new Counting();
        for (int run = 0; run < 200; run++)
            WorkerTeam.Run(program, 0, 8);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int run = 0; run < 200; run++)
            WorkerTeam.Run(program, 0, 8);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(400, program.Runs[7]);
    }

    [Fact]
    public void Arguments_are_checked()
    {
        Assert.Throws<ArgumentNullException>("program", () => WorkerTeam.Run(null!, 0, 1));
        Assert.Throws<ArgumentOutOfRangeException>("parts", () => WorkerTeam.Run(new Counting(), 0, 0));
        Assert.Throws<ArgumentOutOfRangeException>("parts", () => WorkerTeam.Run(new Counting(), 0, WorkerTeam.MaxParts + 1));
    }

    private static void InterlockedMax(ref int target, int value)
    {
        for (int seen = Volatile.Read(ref target); seen < value; seen = Volatile.Read(ref target))
            Interlocked.CompareExchange(ref target, value, seen);
    }

    private sealed class Counting : IParallelProgram
    {
        public int[] Runs { get; } = new int[16];

        public int Kernel { get; private set; }

        public int Parts { get; private set; }

        public void Execute(int kernel, int part, int parts)
        {
            Interlocked.Increment(ref Runs[part]);
            if (part == parts - 1)
                (Kernel, Parts) = (kernel, parts);
        }
    }

    private sealed class Acting(Action<int, int> action) : IParallelProgram
    {
        public void Execute(int kernel, int part, int parts) => action(part, parts);
    }
}
