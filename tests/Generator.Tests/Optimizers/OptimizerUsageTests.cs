using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using OptGen.Generator.Frontend;

namespace OptGen.Generator.Tests.Optimizers;

public class OptimizerUsageTests
{
    [Theory]
    [InlineData("OPTG044", "[[|AdamW|]] public class C;", "[AdamW] has no effect on 'C'")]
    [InlineData("OPTG044", "[[|Group(\"*\", Decay = true)|]] public class C;", "[Group] has no effect on 'C'")]
    [InlineData("OPTG044", "[[|CosineDecay(Total = 3)|]] public class C;", "[CosineDecay] has no effect on 'C'")]
    [InlineData("OPTG044", "[[|Schedule|]] public class C;", "[Schedule] has no effect on 'C'")]
    [InlineData("OPTG045", "public class C { [[|Schedule|]] public double R(double initial, int step) => 1; }", "[Schedule] has no effect on 'R'")]
    [InlineData("OPTG045", "public class C { [[|Hyper|]] public float Rate { get; set; } }", "[Hyper] has no effect on 'Rate'")]
    [InlineData("OPTG045", "public class C { [[|Update|]] public void U(ref float w, float g) { } }", "[Update] has no effect on 'U'")]
    [InlineData("OPTG045", "public class C { public void U([[|State|]] ref float m) { } }", "[State] has no effect on 'm'")]
    [InlineData("OPTG045", "public class C { [[|Apply|]] public float A(float g) => g; }", "to a method of a transform")]
    [InlineData("OPTG044", "[[|Ema(0.9f)|]] public class C;", "[Ema] has no effect on 'C'")]
    [InlineData("OPTG044", "[[|Sam(0.1f)|]] public class C;", "[Sam] has no effect on 'C'")]
    [InlineData("OPTG044", "[[|LayerwiseDecay(0.9)|]] public class C;", "[LayerwiseDecay] has no effect on 'C'")]
    [InlineData("OPTG045", "public class C { [[|Reduce|]] public float R(float g) => g; }", "to a method of an optimizer class, an update rule or a transform")]
    [InlineData("OPTG045", "public class C { [[|Whole(\"N.C.M\")|]] public float R(float g) => g; }", "to a method of an optimizer class, an update rule or a transform")]
    [InlineData("OPTG045", "public class C { public void U([[|Input|]] float m) { } }", "[Input] has no effect on 'm'")]
    [InlineData("OPTG045", "public class C { public void U([[|Loss|]] float m) { } }", "[Loss] has no effect on 'm'")]
    [InlineData("OPTG045", "[Optimizer, AdamW] public partial class C { [[|Bounds(AtLeast = 0)|]] public float Rate { get; set; } }", "to a property marked [Hyper] that is a number")]
    [InlineData("OPTG045", "[Optimizer, AdamW] public partial class C { [Hyper, [|Bounds(AtLeast = 0)|]] public bool Fast { get; set; } }", "to a property marked [Hyper] that is a number")]
    public async Task An_attribute_that_nothing_reads_is_reported(string id, string text, string message)
    {
        (string source, _, int start) = OptimizerSource.Marked(text);
        Diagnostic found = Assert.Single(await OptimizerSource.Analyze<OptimizerUsageAnalyzer>(source));

        Assert.Equal((id, start), (found.Id, found.Location.SourceSpan.Start));
        Assert.Contains(message, found.GetMessage(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Attributes_in_their_places_are_not_reported()
    {
        Assert.Empty(await OptimizerSource.Analyze<OptimizerUsageAnalyzer>("""
            public sealed class Descent : UpdateRule
            {
                [Hyper, Bounds(AtLeast = 0)] public float LearningRate { get; set; }
                [Reduce] public float Sum(float g) => g;
                [Update] public void Update(ref float w, float g, [State] ref float m, [Input] float h) => w -= LearningRate * (h * g - Sum(g));
            }

            public sealed class Average : ParameterTransform
            {
                [Hyper] public int Every { get; set; } = 1;
                [Reduce(Over.Tensor)] public float Sum(float g) => g;
                [Apply] public void Follow(ref float w, [State] ref float mean, [Input] float share) => mean = share * w + Sum(w);
            }

            public sealed class Ascent : Perturbation
            {
                [Hyper] public float Radius { get; set; } = 1;
                [Apply] public void Move(ref float w, float g) => w += Radius * g;
            }

            [Optimizer, Ascent, ClipGlobalNorm(1f), Descent, Average, CosineDecay(Total = 9)]
            public partial class O
            {
                [Reduce] private float Sum(float g) => g;
                [Schedule(From = 9)] private double Rate(double initial, int step) => initial / (step + 1);
            }
            """));
    }
}
