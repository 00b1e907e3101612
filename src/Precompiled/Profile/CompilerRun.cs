using System.Collections.Concurrent;
using System.Diagnostics.Tracing;
using System.Reflection;
using System.Runtime.Loader;

namespace OptGen.Profile;

/// <summary>Runs a compiler in this process and lists the methods that the JIT compiled for it.</summary>
internal static class CompilerRun
{
    public static int Run(string compiler, string list, string[] arguments)
    {
        string folder = Path.GetDirectoryName(compiler)!;
        AssemblyLoadContext.Default.Resolving += (context, name) =>
        {
            string path = Path.Combine(folder, name.Name + ".dll");
            return File.Exists(path) ? context.LoadFromAssemblyPath(path) : null;
        };
        using LoadedMethods methods = new();
        int exit = (int)Assembly.LoadFrom(compiler).EntryPoint!.Invoke(null, [arguments])!;

        // Events come a little later than what they tell of.
        Thread.Sleep(1000);
        File.WriteAllLines(list, methods.Names.Distinct());
        return exit;
    }

    /// <summary>
    /// Type and name of each method that was compiled just in time. An enumeration among the arguments of a generic type has its own name here, where the JIT prints the number that it is;
    /// arguments of a generic method are missing, which the JIT prints.
    /// </summary>
    private sealed class LoadedMethods : EventListener
    {
        private const EventKeywords JitKeyword = (EventKeywords)0x10;

        public ConcurrentQueue<string> Names { get; } = new();

        protected override void OnEventSourceCreated(EventSource eventSource)
        {
            if (eventSource.Name == "Microsoft-Windows-DotNETRuntime")
                EnableEvents(eventSource, EventLevel.Verbose, JitKeyword);
        }

        protected override void OnEventWritten(EventWrittenEventArgs eventData)
        {
            if (eventData.EventName?.StartsWith("MethodLoadVerbose", StringComparison.Ordinal) == true)
                Names.Enqueue($"{eventData.Payload![6]}:{eventData.Payload[7]}");
        }
    }
}
