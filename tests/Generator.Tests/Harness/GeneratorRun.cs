using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using OptGen.Generator.Emit;

namespace OptGen.Generator.Tests.Harness;

/// <summary>What the generator makes of a user's source: files, diagnostics, and the compilation of both together.</summary>
internal sealed class GeneratorRun
{
    private const string Usings = "using System;\nusing OptGen;\nusing static OptGen.Ops;\n";

    private static readonly CSharpParseOptions s_parse = new(LanguageVersion.Preview, DocumentationMode.Diagnose);

    private static readonly CSharpParseOptions s_parseLean = new CSharpParseOptions(LanguageVersion.Preview, DocumentationMode.None).WithFeatures([new("run-nullable-analysis", "never")]);

    private static readonly CSharpCompilationOptions s_compile = new(
        OutputKind.DynamicallyLinkedLibrary,
        optimizationLevel: OptimizationLevel.Release,
        warningLevel: 9999,
        nullableContextOptions: NullableContextOptions.Enable);

    private static readonly ImmutableArray<MetadataReference> s_references =
    [
        .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(path => Path.GetFileName(path).StartsWith("System.", StringComparison.Ordinal) || path.EndsWith("OptGen.Runtime.dll", StringComparison.Ordinal))
            .Select(path => MetadataReference.CreateFromFile(path)),
    ];

    private readonly GeneratorDriver _driver;

    private GeneratorRun(CSharpCompilation input, GeneratorDriver driver)
    {
        Input = input;
        _driver = driver.RunGeneratorsAndUpdateCompilation(input, out Compilation output, out _);
        Output = output;
    }

    public CSharpCompilation Input { get; }

    /// <summary>The user's source together with the generated files.</summary>
    public Compilation Output { get; }

    public GeneratorRunResult Result => _driver.GetRunResult().Results[0];

    /// <summary>The generated files by their names.</summary>
    public IReadOnlyDictionary<string, string> Files => Result.GeneratedSources.ToDictionary(source => source.HintName, source => source.SourceText.ToString());

    public ImmutableArray<Diagnostic> Diagnostics => Result.Diagnostics;

    /// <summary>Runs the generator over sources, each a file of its own that begins with the usual <c>using</c> directives.</summary>
    public static GeneratorRun Of(params string[] sources) => Of("User", [], sources);

    /// <summary>Runs it over the sources of a project of that name, which refers to others.</summary>
    public static GeneratorRun Of(string name, MetadataReference[] references, params string[] sources) => Of(s_parse, name, references, sources);

    /// <summary>Runs it over so much code that what the compiler would say about nullability and documentation is left to other tests.</summary>
    public static GeneratorRun Lean(params string[] sources) => Of(s_parseLean, "User", [], sources);

    /// <summary>Runs it over sources of a project with settings of its own; they stand as they are.</summary>
    public static GeneratorRun Of(CSharpParseOptions parse, CSharpCompilationOptions compile, params string[] sources)
    {
        CSharpCompilation compilation = CSharpCompilation.Create("User", sources.Select((source, i) => CSharpSyntaxTree.ParseText(source, parse, $"User{i}.cs")), s_references, compile);
        return new GeneratorRun(compilation, CSharpGeneratorDriver.Create([new OptGenGenerator().AsSourceGenerator()], parseOptions: parse));
    }

    /// <summary>Runs it and checks that neither it nor the compiler has anything to say about the result.</summary>
    public static GeneratorRun Clean(params string[] sources)
    {
        GeneratorRun run = Of(sources);
        run.AssertClean();
        return run;
    }

    /// <summary>Compiles files that some stages wrote, without a generator.</summary>
    public static CSharpCompilation Compile(IEnumerable<SourceFile> files, params string[] sources) => CSharpCompilation.Create(
        "User",
        [
            .. sources.Select(Parse),
            .. files.Select(file => CSharpSyntaxTree.ParseText(file.Text, s_parse, file.HintName)),
        ],
        s_references,
        s_compile);

    /// <summary>Runs the same driver, with all that it has cached, over edited sources.</summary>
    public GeneratorRun Edit(params string[] sources) => new(
        Input.RemoveAllSyntaxTrees().AddSyntaxTrees(sources.Select((source, i) => Input.SyntaxTrees[i].ToString() == Usings + source ? Input.SyntaxTrees[i] : Parse(source, i))),
        _driver);

    /// <summary>Runs the same driver over the same sources with other references than those of the framework.</summary>
    public GeneratorRun Refer(params MetadataReference[] references) => new(Input.WithReferences(s_references.AddRange(references)), _driver);

    /// <summary>The reasons for which a named step of the generator gave each of its outputs.</summary>
    public IncrementalStepRunReason[] Reasons(string step) =>
        [.. Result.TrackedSteps[step].SelectMany(run => run.Outputs).Select(output => output.Reason)];

    public void AssertClean()
    {
        AssertGenerated();
        AssertClean(Output);
    }

    /// <summary>The assembly of a clean run. What the compiler has to say is heard while it emits: to ask for it first would bind every method twice.</summary>
    public byte[] Image()
    {
        AssertGenerated();
        using MemoryStream image = new();
        AssertClean(Output.Emit(image).Diagnostics);
        return image.ToArray();
    }

    /// <summary>Neither errors nor warnings, whatever their level; the sources of tests alone need no documentation.</summary>
    public static void AssertClean(Compilation compilation) => AssertClean(compilation.GetDiagnostics());

    private void AssertGenerated()
    {
        Assert.Null(Result.Exception);
        Assert.True(Diagnostics.Length == 0, string.Join("\n", Diagnostics.Select(diagnostic => diagnostic.ToString())));
    }

    private static void AssertClean(ImmutableArray<Diagnostic> diagnostics)
    {
        string[] said = [.. diagnostics
            .Where(diagnostic => diagnostic.Severity >= DiagnosticSeverity.Info && !(diagnostic.Id == "CS1591" && diagnostic.Location.SourceTree!.FilePath.StartsWith("User", StringComparison.Ordinal)))
            .Select(diagnostic => $"{diagnostic}\n    {diagnostic.Location.SourceTree?.GetText().Lines[diagnostic.Location.GetLineSpan().StartLinePosition.Line]}")];
        Assert.True(said.Length == 0, string.Join("\n", said.Take(20)));
    }

    private static GeneratorRun Of(CSharpParseOptions parse, string name, MetadataReference[] references, string[] sources)
    {
        CSharpCompilation compilation = CSharpCompilation.Create(name, sources.Select((source, number) => Parse(source, number, parse)), s_references.AddRange(references), s_compile);
        GeneratorDriverOptions options = new(IncrementalGeneratorOutputKind.None, trackIncrementalGeneratorSteps: true);
        return new GeneratorRun(compilation, CSharpGeneratorDriver.Create([new OptGenGenerator().AsSourceGenerator()], parseOptions: parse, driverOptions: options));
    }

    private static SyntaxTree Parse(string source, int number) => Parse(source, number, s_parse);

    private static SyntaxTree Parse(string source, int number, CSharpParseOptions parse) => CSharpSyntaxTree.ParseText(
        source.StartsWith("global using", StringComparison.Ordinal) ? source : Usings + source,
        parse,
        number == 0 ? "User.cs" : $"User{number}.cs");
}
