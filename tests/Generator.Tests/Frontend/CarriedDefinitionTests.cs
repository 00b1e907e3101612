using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using OptGen.Generator.Frontend;
using OptGen.Generator.Tests.Harness;

namespace OptGen.Generator.Tests.Frontend;

/// <summary>Definitions of one project, used in another: their source travels in attributes of the assembly.</summary>
public class CarriedDefinitionTests
{
    private const string Blocks = """
        namespace Blocks
        {
            /// <summary>Adds what two layers make of the input.</summary>
            public sealed class Residual(int width) : Layer
            {
                public override Tensor Forward(Tensor x)
                {
                    Tensor inner = new Dense(width) { Init = Widths.Start }.Forward(x);
                    return x + new Scaled { Power = Widths.Power }.Forward(Bends.Twist(inner));
                }
            }

            internal sealed class Scaled : Layer
            {
                public int Power { get; init; } = 1;

                public override Tensor Forward(Tensor x) => x * Parameter([x.Shape[^1]], ParameterKind.Gain, Init.One) * MathF.Pow(0.5f, Power);
            }

            internal static class Widths
            {
                public const Init Start = Init.HeNormal;
                public static readonly int Power = Half(4);
                public static string Secret => "stays at home";

                private static int Half(int n) => n / 2;
            }

            public static partial class Bends
            {
                private const float Slope = 0.25f;

                public static Tensor Twist(Tensor x) => Map(x, Twist);

                [Elementwise]
                public static float Twist(float x) => x.Soften() + Slope * x;

                public static Tensor Distance(Tensor y, Tensor t) => Mean(Twist(y - t) * (y - t));

                private static float Soften(this float x) => x / (1 + MathF.Abs(x));

                private static void Unrelated() => Console.WriteLine("stays at home");
            }

            /// <summary>Follows the sign.</summary>
            public sealed class Signs : UpdateRule
            {
                /// <summary>How far a step goes.</summary>
                [Hyper] public float LearningRate { get; set; } = 0.25f;

                [Update] public void Update(ref float w, float g, [State] ref float m)
                {
                    m = Mixing.Mix(m, g);
                    w -= LearningRate * MathF.Sign(m);
                }
            }

            internal static class Mixing
            {
                public static float Mix(float a, float b) => 0.5f * (a + b);
            }

            public sealed class Halve : GradientTransform
            {
                [Apply] public float Apply(float g) => Mixing.Mix(g, 0);
            }

            public sealed class Stairs(int height) : Schedule
            {
                public override double Value(double initial, int step) => initial / (1 + step / height);

                protected override void Check() => ArgumentOutOfRangeException.ThrowIfNegativeOrZero(height);
            }
        }
        """;

    private const string User = """
        using Blocks;

        [Model(Batch = 8)]
        public partial class Net
        {
            [Residual(4)] private static partial Tensor First(Tensor x);
            [Dense(2)] private static partial Tensor Last(Tensor x);

            [Forward] private static Tensor Forward([Shape(4)] Tensor x) => Map(Last(Bends.Twist(First(x))), Bends.Twist);
            [Loss] private static Tensor Loss(Tensor y, [Shape(2)] Tensor t) => Bends.Distance(y, t);
        }

        [Optimizer<Net>]
        [Halve]
        [Signs(LearningRate = 0.5f)]
        [Stairs(3)]
        public partial class Steps;
        """;

    private static readonly string[] s_userFiles = ["Net.Backward.g.cs", "Net.Forward.g.cs", "Net.Parameters.g.cs", "Steps.Step.g.cs"];

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Definitions_of_another_project_compile_to_what_those_of_the_own_do(bool isCompilation)
    {
        MetadataReference blocks = Reference(Library("Blocks", Blocks), isCompilation);
        GeneratorRun run = GeneratorRun.Of("User", [blocks], User);

        run.AssertClean();
        IReadOnlyDictionary<string, string> own = GeneratorRun.Of(User, Blocks).Files;
        Assert.Equal(s_userFiles, run.Files.Keys.Order(StringComparer.Ordinal));
        Assert.All(s_userFiles, file => Assert.Equal(own[file], run.Files[file]));
    }

    [Fact]
    public void Only_what_definitions_use_travels()
    {
        string file = Library("Blocks", Blocks).Files["OptGen.Definitions.g.cs"];

        Assert.Contains("""[assembly: global::OptGen.DefinitionSource("User.cs", """, file, StringComparison.Ordinal);
        Assert.Contains("class Scaled : Layer", file, StringComparison.Ordinal);
        Assert.Contains("int Half(int n)", file, StringComparison.Ordinal);
        Assert.Contains("Soften(this float x)", file, StringComparison.Ordinal);
        Assert.DoesNotContain("stays at home", file, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("internal sealed class Quiet : Layer { public override Tensor Forward(Tensor x) => x; }")]
    [InlineData("public class Outer { internal sealed class Quiet : Layer { public override Tensor Forward(Tensor x) => x; } }")]
    [InlineData("public static class Numbers { public static float Twice(float x) => 2 * x; internal static Tensor Twice(Tensor x) => x + x; }")]
    [InlineData("[Model] public partial class Net { public static Tensor Twice(Tensor x) => x + x; [Forward] private static Tensor Forward([Shape(4)] Tensor x) => Twice(x); }")]
    public void What_no_other_project_can_use_stays(string source) => Assert.DoesNotContain("OptGen.Definitions.g.cs", GeneratorRun.Of(source).Files.Keys);

    [Fact]
    public void A_definition_uses_one_of_a_third_project()
    {
        const string Outer = "using Blocks; public class Twice(int width) : Layer { public override Tensor Forward(Tensor x) => new Residual(width).Forward(new Residual(width).Forward(x)) * Bends.Twist(0.5f); }";
        const string Net = "[Model] public partial class Net { [Twice(4)] private static partial Tensor Body(Tensor x); [Forward] private static Tensor Forward([Shape(4)] Tensor x) => Body(x); }";
        MetadataReference blocks = Reference(Library("Blocks", Blocks), isCompilation: false);
        MetadataReference outer = Reference(Library("Outer", Outer, blocks), isCompilation: false);
        GeneratorRun run = GeneratorRun.Of("User", [outer, blocks], Net);

        run.AssertClean();
        IReadOnlyDictionary<string, string> own = GeneratorRun.Of(Net, Outer, Blocks).Files;
        Assert.All(run.Files, file => Assert.Equal(own[file.Key], file.Value));
    }

    [Fact]
    public void Directives_of_the_file_and_of_the_project_travel_too()
    {
        string[] sources =
        [
            "using static Far.Away.Numbers; using Real = System.Single;\n#if !MISSING\nnamespace Near;\n#endif\npublic static class Functions\n{\n#region Odd\n    [Elementwise]\n#if MISSING\n    public static Real Odd(Real x) => 0;\n#else\n    public static Real Odd(Real x) => CopySign(x, Two) * Two + \"\"\"\"\"\"a\"\"b\"\"\"\"\"\".Length; /* \"\"\"\" */\n#endif\n#endregion\n}",
            "global using static System.MathF;\nnamespace Far.Away { internal static class Numbers { public const float Two = 2; } }",
        ];
        const string Net = "[Model] public partial class Net { [Forward] private static Tensor Forward([Shape(4)] Tensor x) => Map(x, Near.Functions.Odd); }";
        GeneratorRun library = GeneratorRun.Of("Far", [], sources);
        GeneratorRun run = GeneratorRun.Of("User", [Reference(library, isCompilation: false)], Net);

        run.AssertClean();
        IReadOnlyDictionary<string, string> own = GeneratorRun.Of([Net, .. sources]).Files;
        Assert.All(run.Files, file => Assert.Equal(own[file.Key], file.Value));
    }

    [Theory]
    [InlineData("[[|Bare.Plain|]] private static partial Tensor Body(Tensor x);", "Body(x)", "'Plain' is defined in assembly 'Bare', which carries no source of definitions; let that project refer to the package OptGen")]
    [InlineData("", "Bare.Functions.[|Same|](x)", "'Functions.Same' is defined in assembly 'Bare', which carries no source")]
    [InlineData("", "new [|Bare.Plain|]().Forward(x)", "'new Plain' is defined in assembly 'Bare', which carries no source")]
    [InlineData("", "x * Blocks.Open.[|Number|]()", "'Open.Number' is defined in assembly 'Blocks', which carries the source of its public layers")]
    [InlineData("", "Blocks.Open.[|Far|](x)", "'Functions.Same' is defined in assembly 'Bare', which carries no source")]
    [InlineData("", "Blocks.Open.[|Lost|](x)", "'Open.Lost' is defined in assembly 'Blocks', whose source can't be compiled here at 'Missing.Thing.Twice(x)'; refer to the assembly that declares what is missing")]
    [InlineData("", "[|Blocks.Open.Wrong(x)|]", "The shapes in 'Blocks.Open.Wrong(x)' do not fit")]
    [InlineData("[Blocks.Wide([|0|])] private static partial Tensor Body(Tensor x);", "Body(x)", "'width' is 0, but must be positive")]
    public void A_mistake_is_reported_on_its_token(string member, string body, string message)
    {
        const string Bare = "namespace Bare; public sealed class Plain : Layer { public override Tensor Forward(Tensor x) => x; } public static class Functions { public static Tensor Same(Tensor x) => x; }";
        const string Open = """
            namespace Blocks;
            public static class Open
            {
                public static int Number() => 3;
                public static Tensor Far(Tensor x) => Bare.Functions.Same(x);
                public static Tensor Lost(Tensor x) => Missing.Thing.Twice(x);
                public static Tensor Wrong(Tensor x) => x + Reshape(x, 2, 2);
            }

            public sealed class Wide(int width) : Layer
            {
                public override Tensor Forward(Tensor x)
                {
                    ArgumentOutOfRangeException.ThrowIfNegativeOrZero(width);
                    return x;
                }
            }
            """;
        MetadataReference bare = Image(GeneratorRun.Of("Bare", [], Bare).Input);
        MetadataReference missing = Image(GeneratorRun.Of("Missing", [], "namespace Missing; public static class Thing { public static Tensor Twice(Tensor x) => x + x; }").Input);
        MetadataReference blocks = Reference(Library("Blocks", Open, bare, missing), isCompilation: false);
        (string source, string token, int start) = Optimizers.OptimizerSource.Marked($"[Model] public partial class Net {{ {member} [Forward] private static Tensor Forward([Shape(4)] Tensor x) => {body}; }}");
        Diagnostic found = Assert.Single(GeneratorRun.Of("User", [blocks, bare], source).Diagnostics);

        Assert.Contains(message, found.GetMessage(), StringComparison.Ordinal);
        Assert.Equal((start, token.Length), (found.Location.SourceSpan.Start, found.Location.SourceSpan.Length));
    }

    [Theory]
    [InlineData("OPTG039", "[Optimizer, [|Parts.Kind|]] public partial class O;", "Hyperparameter 'Rate' is of type 'string'")]
    [InlineData("OPTG036", "[Optimizer, [|Parts.Kept|]] public partial class O;", "State 'm' is declared 'float'")]
    [InlineData("OPTG034", "[Optimizer, [|Parts.Still|]] public partial class O;", "Update method 'Update' has no 'ref float'")]
    [InlineData("OPTG056", "[Optimizer, [|Parts.Idle|]] public partial class O;", "Update method 'Update' never changes 'w'")]
    [InlineData("OPTG105", "[Optimizer, [|Parts.Low|]] public partial class O;", "'Rate' is 0, but must be more than 0")]
    [InlineData("OPTG106", "[Optimizer, [|Parts.Narrow|]] public partial class O;", "no number is more than 1 and less than 1")]
    [InlineData("OPTG050", "[Optimizer, [|Parts.Nothing|], Sgd] public partial class O;", "Method 'Apply' is marked [Apply], so it must be")]
    [InlineData("OPTG099", "[Optimizer, Sgd, [|Parts.Spread|]] public partial class O;", "State 'mean' is one number for each tensor")]
    [InlineData("OPTG010", "[Model] public partial class Net { [Parts.Loops] private static partial Tensor Body(Tensor x); [Forward] private static Tensor Forward([Shape(4)] Tensor x) => [|Body(x)|]; }", "'try'")]
    public void A_mistake_in_the_form_of_a_definition_is_reported_where_it_is_used_with_its_file(string id, string text, string message)
    {
        const string Parts = """
            namespace Parts;
            public sealed class Kind : UpdateRule { [Hyper] public string Rate { get; set; } = ""; [Update] public void Update(ref float w, float g) => w -= g; }
            public sealed class Kept : UpdateRule { [Update] public void Update(ref float w, float g, [State] float m) => w -= g; }
            public sealed class Still : UpdateRule { [Update] public void Update(float g) { } }
            public sealed class Idle : UpdateRule { [Update] public void Update(ref float w, float g) { } }
            public sealed class Low : UpdateRule { [Hyper, Bounds(Above = 0)] public float Rate { get; set; } [Update] public void Update(ref float w, float g) => w -= Rate * g; }
            public sealed class Narrow : UpdateRule { [Hyper, Bounds(Above = 1, Below = 1)] public float Rate { get; set; } = 1; [Update] public void Update(ref float w, float g) => w -= Rate * g; }
            public sealed class Nothing : GradientTransform { [Apply] public void Apply(float g) { } }
            public sealed class Spread : ParameterTransform { [Apply] public void Apply(ref float w, [State(Over.Tensor)] ref float mean) => mean += w; }
            public sealed class Loops : Layer { public override Tensor Forward(Tensor x) { try { return x; } finally { } } }
            """;
        (string source, string token, int start) = Optimizers.OptimizerSource.Marked(text);
        Diagnostic found = Assert.Single(GeneratorRun.Of("User", [Reference(Library("Parts", Parts), isCompilation: false)], source).Diagnostics);

        Assert.Equal((id, start, token.Length), (found.Id, found.Location.SourceSpan.Start, found.Location.SourceSpan.Length));
        Assert.Equal("User.cs", found.Location.GetLineSpan().Path);
        Assert.Contains(message, found.GetMessage(), StringComparison.Ordinal);
        Assert.EndsWith(" (in User.cs of assembly 'Parts')", found.GetMessage(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("[|Bare|]")]
    [InlineData("Sgd, [|Halved|]")]
    public void Parts_of_an_optimizer_that_carry_no_source_are_reported_on_their_token(string attributes)
    {
        MetadataReference bare = Image(GeneratorRun.Of("Bare", [],
            "public sealed class Bare : UpdateRule { [Hyper] public float LearningRate { get; set; } [Update] public void Update(ref float w, float g) => w -= g; } "
            + "public sealed class Halved : ParameterTransform { [Apply] public float Apply(float w) => w / 2; }").Input);
        (string source, string token, int start) = Optimizers.OptimizerSource.Marked($"[Optimizer, {attributes}] public partial class Steps;");
        Diagnostic found = Assert.Single(GeneratorRun.Of("User", [bare], source).Diagnostics);

        Assert.Equal(("OPTG013", start, token.Length), (found.Id, found.Location.SourceSpan.Start, found.Location.SourceSpan.Length));
    }

    [Fact]
    public void An_unrelated_edit_reads_and_compiles_nothing_again()
    {
        const string Elsewhere = "public static class Elsewhere { public static int Number => 1; }";
        string edited = Elsewhere.Replace("1", "2", StringComparison.Ordinal);
        GeneratorRun library = GeneratorRun.Of("Blocks", [], Blocks, Elsewhere).Edit(Blocks, edited);
        Assert.All(library.Reasons(TrackingNames.ReadDefinition), reason => Assert.Equal(IncrementalStepRunReason.Cached, reason));
        Assert.Equal([IncrementalStepRunReason.Cached], library.Reasons(TrackingNames.WriteDefinitions));

        GeneratorRun user = GeneratorRun.Of("User", [Reference(library, isCompilation: false)], User, Elsewhere);
        CarriedDefinitions before = Carried(user.Input);
        GeneratorRun second = user.Edit(User, edited);
        Assert.Same(before, Carried(second.Input));
        Assert.Equal([IncrementalStepRunReason.Unchanged], second.Reasons(TrackingNames.ReadModel));
        Assert.Equal([IncrementalStepRunReason.Cached], second.Reasons(TrackingNames.CompileModel));
        Assert.Equal([IncrementalStepRunReason.Cached], second.Reasons(TrackingNames.CompileBoundOptimizer));
    }

    [Fact]
    public void An_edited_definition_is_read_again()
    {
        GeneratorRun first = GeneratorRun.Of("User", [Reference(Library("Blocks", Blocks), isCompilation: false)], User);
        GeneratorRun second = first.Refer(Reference(Library("Blocks", Blocks.Replace("Slope = 0.25f", "Slope = 0.125f", StringComparison.Ordinal)), isCompilation: false));

        Assert.Equal([IncrementalStepRunReason.Modified], second.Reasons(TrackingNames.CompileModel));
        Assert.Contains("0.125", second.Files["Net.Forward.g.cs"], StringComparison.Ordinal);
        Assert.DoesNotContain("0.125", first.Files["Net.Forward.g.cs"], StringComparison.Ordinal);
    }

    [Fact]
    public void The_file_is_the_same_wherever_the_project_lies()
    {
        string file = Library("Blocks", Blocks).Files["OptGen.Definitions.g.cs"];
        CSharpCompilation moved = Library("Blocks", Blocks).Input;
        moved = moved.ReplaceSyntaxTree(moved.SyntaxTrees[0], moved.SyntaxTrees[0].WithFilePath("/elsewhere/src/User.cs"));
        GeneratorDriver driver = CSharpGeneratorDriver.Create([new OptGenGenerator().AsSourceGenerator()], parseOptions: (CSharpParseOptions)moved.SyntaxTrees[0].Options)
            .RunGenerators(moved, TestContext.Current.CancellationToken);

        Assert.Equal(file, driver.GetRunResult().GeneratedTrees.Single().ToString());
    }

    private static CarriedDefinitions Carried(CSharpCompilation user) =>
        CarriedDefinitions.Of(user.SourceModule.ReferencedAssemblySymbols.Single(assembly => assembly.Name == "Blocks"), user)!;

    private static GeneratorRun Library(string name, string source, params MetadataReference[] references)
    {
        GeneratorRun run = GeneratorRun.Of(name, references, source);
        run.AssertClean();
        return run;
    }

    private static MetadataReference Reference(GeneratorRun run, bool isCompilation) => isCompilation ? run.Output.ToMetadataReference() : Image(run.Output);

    private static PortableExecutableReference Image(Compilation compilation)
    {
        using MemoryStream image = new();
        Assert.Empty(compilation.Emit(image).Diagnostics.Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error));
        return MetadataReference.CreateFromImage(image.ToArray());
    }
}
