using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using OptGen.Generator.Frontend;
using OptGen.Generator.Tests.Optimizers;

namespace OptGen.Generator.Tests.Frontend;

/// <summary>The library as the generator carries it.</summary>
public class LibraryTests
{
    [Fact]
    public void The_library_compiles_by_itself()
    {
        CSharpCompilation library = LibraryCompilation.For(OptimizerSource.Compile("")).Compilation;

        Assert.Empty(library.GetDiagnostics(TestContext.Current.CancellationToken).Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error));
    }

    [Fact]
    public void The_library_is_compiled_once_for_a_framework() =>
        Assert.Same(LibraryCompilation.For(OptimizerSource.Compile("class A;")), LibraryCompilation.For(OptimizerSource.Compile("class B;")));

    [Fact]
    public void The_compiler_knows_exactly_the_primitives_that_are_declared()
    {
        CSharpCompilation library = LibraryCompilation.For(OptimizerSource.Compile("")).Compilation;
        IEnumerable<(string, int)> declared = library.SyntaxTrees
            .SelectMany(tree => tree.GetRoot(TestContext.Current.CancellationToken).DescendantNodes().OfType<MethodDeclarationSyntax>())
            .Where(method => method.AttributeLists.SelectMany(list => list.Attributes).Any(attribute => attribute.Name.ToString() == "Primitive"))
            .Select(method => ($"OptGen.{((TypeDeclarationSyntax)method.Parent!).Identifier.ValueText}.{method.Identifier.ValueText}", method.ParameterList.Parameters.Count))
            .Where(method => !method.Item1.StartsWith("OptGen.ScalarMath.", StringComparison.Ordinal));

        Assert.Equal(Evaluator.PrimitiveNames.Order(), declared.Distinct().Order());
    }
}
