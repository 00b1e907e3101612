using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using OptGen.Generator.Specs;
using OptGen.Generator.Tests.Harness;

namespace OptGen.Generator.Tests.Pipeline;

/// <summary>Projects whose settings differ from the default, and whose names are those that emitted code uses.</summary>
public class ProjectSettingsTests
{
    private const string Declarations = """
        using OptGen;
        using static OptGen.Ops;

        namespace App
        {
            [{|Model|}]
            public partial class Net
            {
                [Dense(8)] private static partial Tensor Hidden(Tensor x);
                [Dropout(0.5f)] private static partial Tensor Drop(Tensor x);
                [BatchNorm] private static partial Tensor Norm(Tensor x);
                [Dense(3)] private static partial Tensor Logits(Tensor x);
                [Forward] private static Tensor Forward([Shape(4)] Tensor x) => Logits(Drop(Relu(Norm(Hidden(x)))));
                [Loss] private static Tensor Loss(Tensor logits, [Shape] Labels y) => SoftmaxCrossEntropy(logits, y);
            }

            [{|Optimizer<Net>|}, ClipGlobalNorm(1f), AdamW, Ema(0.99f), WarmupCosine(Warmup = 5, Total = 20), Group("Hidden.*", LearningRateScale = 0.1), StateStorage(Storage.BFloat16)]
            public partial class Bound;

            [{|Optimizer<Net>|}, Sam(0.05f), SkipNonFinite, Lamb]
            public partial class Sharp;

            [{|Optimizer|}, Unscale, Accumulate(2), GradientNoise(0.1f), Muon, Lookahead, ReduceOnPlateau, StateStorage(Storage.Blockwise8)]
            public partial class Unbound;

            [{|Optimizer|}(Precision = Precision.Double), Adafactor]
            public partial class Doubles
            {
                [Schedule] private double Rate(double initial, int step) => initial / (step + 1);
            }

            [{|Optimizer|}]
            public partial class Own
            {
                [Hyper, Bounds(AtLeast = 0)] public float LearningRate { get; set; } = 0.1f;

                [Update] private void Update(ref float w, float g, [State] ref float m, int step)
                {
                    m = step == 1 ? g : 0.9f * m + g;
                    w -= LearningRate * m;
                }
            }
        }
        """;

    private static readonly string s_declarations = Declarations.Replace("{|", "", StringComparison.Ordinal).Replace("|}", "", StringComparison.Ordinal);

    private static readonly CSharpParseOptions s_parse = new(LanguageVersion.Preview, DocumentationMode.Diagnose);

    private static readonly CSharpCompilationOptions s_compile = new(OutputKind.DynamicallyLinkedLibrary, warningLevel: 9999);

    public static TheoryData<string> Settings => ["defaults", "nullable", "warnings for nullable alone", "checked arithmetic", "unsafe", "optimized", "without documentation"];

    [Theory]
    [MemberData(nameof(Settings))]
    public void Emitted_code_compiles_without_a_warning_whatever_the_project_sets(string setting)
    {
        CSharpCompilationOptions compile = setting switch
        {
            "nullable" => s_compile.WithNullableContextOptions(NullableContextOptions.Enable),
            "warnings for nullable alone" => s_compile.WithNullableContextOptions(NullableContextOptions.Warnings),
            "checked arithmetic" => s_compile.WithOverflowChecks(true),
            "unsafe" => s_compile.WithAllowUnsafe(true),
            "optimized" => s_compile.WithOptimizationLevel(OptimizationLevel.Release),
            _ => s_compile,
        };
        GeneratorRun run = GeneratorRun.Of(setting == "without documentation" ? s_parse.WithDocumentationMode(DocumentationMode.None) : s_parse, compile, s_declarations);
        run.AssertClean();
        Assert.True(run.Files.Count >= 8, string.Join(", ", run.Files.Keys));
    }

    /// <summary>Types and namespaces of the user's, next to the classes, named as what emitted code speaks of.</summary>
    [Theory]
    [InlineData("class Memory; class Scratch; class InputCheck; class Partition; class Checkpoint; class Philox;")]
    [InlineData("class Unsafe; class MemoryMarshal; class Segment; class MatrixShape; class Math; class MathF; class GC; class BitConverter; class Array;")]
    [InlineData("class V; class T; class Vector512; class Program; class State; class Group; class Parameter; class Layout;")]
    [InlineData("class GeneratedCode; class GeneratedCodeAttribute : System.Attribute; class ArgumentException : System.Exception; class InvalidOperationException : System.Exception; class Stream;")]
    [InlineData("class Float512; class Float32; class ISimd<A, B>; class AlignedBuffer<A>; class Pinned; class ParameterInfo; class ParameterKind; class UpdateProgram; class Span<A>;")]
    [InlineData("namespace System { class Nothing; } namespace OptGen { class Nothing; } namespace Kernels { class Nothing; } class ArgumentNullException : global::System.Exception; namespace Simd { class Nothing; }")]
    public void Names_of_the_users_that_emitted_code_speaks_of_do_no_harm(string types)
    {
        string more = "namespace App { " + types + " }";
        GeneratorRun run = GeneratorRun.Of(s_parse, s_compile.WithNullableContextOptions(NullableContextOptions.Enable), s_declarations.Replace("using OptGen;", "using global::OptGen;", StringComparison.Ordinal), more);
        run.AssertClean();
    }

    [Fact]
    public void Members_of_the_users_may_be_named_as_what_emitted_code_speaks_of() => GeneratorRun.Of(s_parse, s_compile, """
        using OptGen;
        using static OptGen.Ops;

        [Model]
        public partial class Math
        {
            [Dense(8)] private static partial Tensor Memory(Tensor x);
            [Dense(3)] private static partial Tensor Unsafe(Tensor x);
            [Forward] private static Tensor Forward([Shape(4)] Tensor x) => Unsafe(Relu(Memory(x)));
            [Loss] private static Tensor Loss(Tensor logits, [Shape] Labels y) => SoftmaxCrossEntropy(logits, y);
        }

        [Optimizer<Math>]
        public partial class Partition
        {
            [Hyper] public float LearningRate { get; set; } = 0.1f;

            public int GC => 3;

            [Update] private void Update(ref float w, float g, [State] ref float memory, int step)
            {
                memory = 0.9f * memory + g;
                w -= LearningRate * memory;
            }
        }
        """).AssertClean();

    /// <summary>What emitted files name, in this project and those of the other tests here, is all in the table.</summary>
    [Fact]
    public void Every_type_that_emitted_code_names_is_known()
    {
        GeneratorRun run = GeneratorRun.Of(s_parse, s_compile, s_declarations);
        SortedSet<string> named = new(StringComparer.Ordinal);
        foreach (SyntaxTree tree in run.Output.SyntaxTrees.Except(run.Input.SyntaxTrees))
        {
            SemanticModel model = run.Output.GetSemanticModel(tree);
            foreach (SimpleNameSyntax name in tree.GetRoot(TestContext.Current.CancellationToken).DescendantNodes().OfType<SimpleNameSyntax>().Where(IsFirst))
            {
                ISymbol? symbol = model.GetSymbolInfo(name, TestContext.Current.CancellationToken).Symbol;
                INamedTypeSymbol? type = symbol as INamedTypeSymbol ?? (symbol is IMethodSymbol { MethodKind: MethodKind.Constructor } constructor ? constructor.ContainingType : null);
                if (type is not null && char.IsUpper(name.Identifier.ValueText[0]) && !type.IsTupleType && type.ContainingType is null && !SymbolEqualityComparer.Default.Equals(type.ContainingAssembly, run.Output.Assembly))
                    named.Add(new EmittedType(type.ContainingNamespace.ToDisplayString(), name.Identifier.ValueText, type.Arity).ToString());
            }
        }

        Assert.Equal("", string.Join("\n", named.Except(EmittedTypes.All.Select(type => type.ToString()))));

        static bool IsFirst(SimpleNameSyntax name) => name.Parent switch
        {
            MemberAccessExpressionSyntax access => access.Expression == name,
            QualifiedNameSyntax qualified => qualified.Left == name && !name.Ancestors().OfType<UsingDirectiveSyntax>().Any(),
            AliasQualifiedNameSyntax => false,
            _ => !name.Ancestors().OfType<UsingDirectiveSyntax>().Any(),
        };
    }

    [Theory]
    [InlineData(LanguageVersion.CSharp12, "12.0")]
    [InlineData(LanguageVersion.CSharp13, "13.0")]
    public void An_older_language_is_one_error_on_each_attribute_and_generates_nothing_OPTG074(LanguageVersion version, string name)
    {
        GeneratorRun run = GeneratorRun.Of(s_parse.WithLanguageVersion(version), s_compile, s_declarations);
        string text = Declarations;
        List<(string, int)> marked = [];
        for (int start = text.IndexOf("{|", StringComparison.Ordinal); start >= 0; start = text.IndexOf("{|", StringComparison.Ordinal))
        {
            int end = text.IndexOf("|}", StringComparison.Ordinal);
            string token = text[(start + 2)..end];
            text = text[..start] + token + text[(end + 2)..];
            marked.Add((token, start));
        }

        Assert.Equal(
            marked,
            run.Diagnostics.Select(found => (s_declarations.Substring(found.Location.SourceSpan.Start, found.Location.SourceSpan.Length), found.Location.SourceSpan.Start)).OrderBy(found => found.Start));
        Assert.All(run.Diagnostics, found => Assert.Equal("OPTG074", found.Id));
        Assert.Contains($"is C# 14, but the project is compiled as C# {name}; remove LangVersion", run.Diagnostics[0].GetMessage(), StringComparison.Ordinal);

        // Layer methods get bodies, so that the one error is all that is said.
        Assert.Equal(["App.Net.Layers.g.cs"], run.Files.Keys);
        Assert.DoesNotContain(run.Output.GetDiagnostics(TestContext.Current.CancellationToken), diagnostic => diagnostic.Severity == DiagnosticSeverity.Error);
    }
}
