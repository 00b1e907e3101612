using System.Runtime.ExceptionServices;

namespace OptGen.Kernels;

/// <summary>
/// Threads that stay alive between kernels and share out their parts. A worker without work spins for a few microseconds, since the next kernel of a program
/// follows soon, and then sleeps. The caller takes parts too, so it waits only for parts that a worker has begun. A run allocates nothing, apart from
/// starting threads the first time they are needed.
/// </summary>
public static class WorkerTeam
{
    /// <summary>Most parts that one run can have.</summary>
    public const int MaxParts = ushort.MaxValue;

    private const int SpinsBeforeSleep = 2_000;
    private const int SpinsBeforeYield = 200;

    private static readonly Lock s_owner = new();
    private static readonly object s_sleep = new();
    private static Thread[] s_workers = [];

    // The run in progress. A worker may act on these only after it has claimed a part of the run.
    private static IParallelProgram? s_program;
    private static int s_kernel;
    private static ExceptionDispatchInfo? s_error;

    // Number of the run (upper 32 bits), its parts (16), the next part to claim (16): in one word, so that claiming a part proves that its run is still in
    // progress.
    private static long s_claim;
    private static int s_finished;
    private static int s_helpers;
    private static int s_sleeping;

    /// <summary>
    /// Executes every part of <paramref name="kernel"/> once, on at most <see cref="OptGenRuntime.MaxThreads"/> threads, and returns when all are done.
    /// While another thread uses the team, or when called from within a part, the parts run one after another on the caller.
    /// </summary>
    /// <remarks>An exception that a part throws is thrown here; the other parts may or may not have run then.</remarks>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="parts"/> is below 1 or above <see cref="MaxParts"/>.</exception>
    public static void Run(IParallelProgram program, int kernel, int parts)
    {
        ArgumentNullException.ThrowIfNull(program);
        ArgumentOutOfRangeException.ThrowIfLessThan(parts, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(parts, MaxParts);

        int helpers = Math.Min(parts, OptGenRuntime.MaxThreads) - 1;
        if (helpers == 0 || s_owner.IsHeldByCurrentThread || !s_owner.TryEnter())
        {
            for (int part = 0; part < parts; part++)
                program.Execute(kernel, part, parts);
            return;
        }

        try
        {
            RunShared(program, kernel, parts, helpers);
        }
        finally
        {
            s_owner.Exit();
        }
    }

    private static void RunShared(IParallelProgram program, int kernel, int parts, int helpers)
    {
        if (s_workers.Length < helpers)
            StartWorkers(helpers);

        s_program = program;
        s_kernel = kernel;
        s_finished = 0;
        Volatile.Write(ref s_helpers, helpers);
        long run = (s_claim >>> 32) + 1;

        // The exchange is a full fence: either a worker that is about to sleep sees the run, or this thread sees that it sleeps.
        Interlocked.Exchange(ref s_claim, (run << 32) | ((long)parts << 16));
        if (Volatile.Read(ref s_sleeping) > 0)
        {
            lock (s_sleep)
                Monitor.PulseAll(s_sleep);
        }

        while (ExecuteNextPart())
        {
        }

        for (int spins = 0; Volatile.Read(ref s_finished) != parts; spins++)
        {
            if (spins < SpinsBeforeYield)
                Thread.SpinWait(1);
            else
                Thread.Yield();
        }

        s_program = null;
        ExceptionDispatchInfo? error = s_error;
        s_error = null;
        error?.Throw();
    }

    private static bool ExecuteNextPart()
    {
        while (true)
        {
            long claim = Volatile.Read(ref s_claim);
            int parts = (int)(claim >>> 16) & MaxParts;
            int part = (int)claim & MaxParts;
            if (part >= parts)
                return false;

            IParallelProgram? program = s_program;
            int kernel = s_kernel;
            if (Interlocked.CompareExchange(ref s_claim, claim + 1, claim) != claim)
                continue;

            try
            {
                program!.Execute(kernel, part, parts);
            }
            catch (Exception error)
            {
                // An exception must reach the caller of Run, whichever thread it happens on; the first one is kept.
                Interlocked.CompareExchange(ref s_error, ExceptionDispatchInfo.Capture(error), null);
            }

            Interlocked.Increment(ref s_finished);
            return true;
        }
    }

    private static void StartWorkers(int count)
    {
        var workers = new Thread[count];
        s_workers.CopyTo(workers, 0);
        for (int i = s_workers.Length; i < count; i++)
        {
            workers[i] = new Thread(Work) { IsBackground = true, Name = $"OptGen worker {i + 1}" };
            workers[i].UnsafeStart(i);
        }

        s_workers = workers;
    }

    private static void Work(object? argument)
    {
        int index = (int)argument!;
        int spins = 0;
        while (true)
        {
            if (HasWork(index) && ExecuteNextPart())
            {
                spins = 0;
            }
            else if (++spins < SpinsBeforeSleep)
            {
                Thread.SpinWait(1);
            }
            else
            {
                Sleep(index);
                spins = 0;
            }
        }
    }

    private static void Sleep(int index)
    {
        lock (s_sleep)
        {
            Interlocked.Increment(ref s_sleeping);
            while (!HasWork(index))
                Monitor.Wait(s_sleep);
            Interlocked.Decrement(ref s_sleeping);
        }
    }

    private static bool HasWork(int index)
    {
        long claim = Volatile.Read(ref s_claim);
        return index < Volatile.Read(ref s_helpers) && ((int)claim & MaxParts) < ((int)(claim >>> 16) & MaxParts);
    }
}
