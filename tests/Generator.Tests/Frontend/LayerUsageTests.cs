using Microsoft.CodeAnalysis;
using OptGen.Generator.Frontend;
using OptGen.Generator.Tests.Optimizers;

namespace OptGen.Generator.Tests.Frontend;

/// <summary>Attributes of layers and functions where nothing reads them.</summary>
public class LayerUsageTests
{
    [Theory]
    [InlineData("OPTG067", "public class C { [[|Elementwise|]] private static Tensor F(Tensor x) => x; }", "[Elementwise] has no effect on 'F', which must take and return numbers of type float")]
    [InlineData("OPTG067", "public class C { [[|Elementwise|]] private float F(float x) => x; }", "must be static")]
    [InlineData("OPTG067", "public class C { [[|Elementwise|]] private static int F(int x) => x; }", "numbers of type float")]
    [InlineData("OPTG067", "public class C { [[|Elementwise|]] private static void F(float x) { } }", "numbers of type float")]
    [InlineData("OPTG067", "public class C { [[|Elementwise|]] private static float F() => 1; }", "numbers of type float")]
    [InlineData("OPTG067", "public class C { [[|Elementwise|]] private static float F(ref float x) => x; }", "must take its parameters by value")]
    [InlineData("OPTG067", "public class C { [[|Elementwise|]] private static float F<T>(float x) => x; }", "must not be generic")]
    [InlineData("OPTG082", "public partial class C { [[|Dense(3)|]] private static partial Tensor F(Tensor x); }", "[Dense] has no effect on 'F': class 'C' is not marked [Model]")]
    [InlineData("OPTG082", "[Model] public partial class C { [[|WeightNorm|]] private static partial Tensor F(Tensor x); }", "[WeightNorm] has no effect on 'F': the method is no layer")]
    public async Task A_mark_that_nothing_reads_is_reported(string id, string text, string message)
    {
        (string source, string token, int start) = OptimizerSource.Marked(text);
        Diagnostic found = Assert.Single(await OptimizerSource.Analyze<LayerUsageAnalyzer>(source));

        Assert.Equal((id, start, token.Length), (found.Id, found.Location.SourceSpan.Start, found.Location.SourceSpan.Length));
        Assert.Contains(message, found.GetMessage(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Marks_in_their_places_are_not_reported() => Assert.Empty(await OptimizerSource.Analyze<LayerUsageAnalyzer>("""
        [Model]
        public partial class C
        {
            [Dense(3), WeightNorm] private static partial Tensor F(Tensor x);
            [Elementwise] private static float Bend(float x, float y) => x * y;
            [Elementwise] private static double Wide(double x) => x;
            private static Tensor Plain(Tensor x) => x;
        }
        """));
}
