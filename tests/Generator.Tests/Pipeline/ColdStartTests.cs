using OptGen.Generator.Diagnostics;
using OptGen.Generator.Emit;
using OptGen.Generator.Frontend;
using OptGen.Generator.Specs;
using OptGen.Generator.Tests.Frontend;
using OptGen.Generator.Tests.Harness;

namespace OptGen.Generator.Tests.Pipeline;

/// <summary>What runs ahead of the driver in a fresh process.</summary>
public sealed class ColdStartTests
{
    private const string Source = "[Model] public partial class Net { [Forward] private static Tensor Forward([Shape(4)] Tensor x) => new Dense(2).Forward(Gelu(x)); }";

    [Theory]
    [InlineData(Source, true)]
    [InlineData("public sealed class Nothing;", false)]
    public void The_library_is_bound_as_far_as_it_is_named(string source, bool isNamed) =>
        Assert.Equal(isNamed, LibraryCompilation.Bind(GeneratorRun.Of(source).Input));

    [Fact]
    public void What_was_begun_and_what_was_not_come_out_the_same()
    {
        ModelSpec model = ModelSource.ReadValid(Source);
        ReadResult<ModelSpec> read = ColdStart.Begin(new ReadResult<ModelSpec>(model, []), spec => spec.Class, ModelFiles.Write);
        Assert.Same(model, read.Value);
        CompiledFiles begun = ColdStart.Finish(model, spec => spec.Class, ModelFiles.Write, TestContext.Current.CancellationToken);
        Assert.Equal(ModelFiles.Write(model).ToEquatableArray(), begun.Files);
        Assert.Empty(begun.Faults);
    }
}
