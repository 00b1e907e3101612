using System.Diagnostics;
using OptGen.Profile;

// Which generic methods does a fresh compiler compile just in time while the generator runs? The compiler is run once with the generator as IL, and what the JIT compiled is written down as a
// profile (.mibc), from which the precompiler takes the instantiations that nothing in the generator names: those of the framework's collections over types of Roslyn, say.
//
//   OptGen.Profile <compiler> <profile> <folders of assemblies, separated by ;> <arguments of the compiler>…
//   OptGen.Profile --run <compiler> <list of methods> <arguments of the compiler>…
if (args[0] == "--run")
    return CompilerRun.Run(args[1], args[2], args[3..]);

string profile = args[1], printed = profile + ".printed.txt", loaded = profile + ".loaded.txt";
File.Delete(printed);
ProcessStartInfo start = new(Environment.ProcessPath!);
if (Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet")
    start.ArgumentList.Add(typeof(CompilerRun).Assembly.Location);
foreach (string argument in (string[])["--run", args[0], loaded, .. args[3..]])
    start.ArgumentList.Add(argument);
start.Environment["DOTNET_JitStdOutFile"] = printed;
start.Environment["DOTNET_JitDisasmSummary"] = "1";
using Process run = Process.Start(start)!;
run.WaitForExit();
if (run.ExitCode != 0)
    return run.ExitCode;

Definitions definitions = new(args[2].Split(';', StringSplitOptions.RemoveEmptyEntries));
ProfileFile file = new(definitions);
IEnumerable<JittedMethod> methods = File.ReadLines(printed).Select(JittedMethod.Printed).Concat(File.ReadLines(loaded).Select(JittedMethod.Loaded)).OfType<JittedMethod>();
foreach (JittedMethod method in methods.DistinctBy(method => method.ToString()))
    file.Add(method);
file.Write(profile);
Console.WriteLine($"{file.Count} instantiations of generic methods");
return file.Count > 0 ? 0 : 1;
