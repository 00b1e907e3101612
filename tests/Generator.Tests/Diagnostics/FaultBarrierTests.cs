using OptGen.Generator.Diagnostics;
using OptGen.Generator.Specs;

namespace OptGen.Generator.Tests.Diagnostics;

public class FaultBarrierTests
{
    [Fact]
    public void A_fault_of_a_stage_becomes_OPTG000_and_no_file()
    {
        CompiledFiles files = FaultBarrier.Compile(
            new ClassSpec("My", [], "Net", "public"), () => throw new InvalidOperationException("No axis\nis left."), TestContext.Current.CancellationToken);

        DiagnosticSpec fault = Assert.Single(files.Faults);
        Assert.Equal("OPTG000", fault.Id);
        Assert.StartsWith("OptGen failed on 'Net': InvalidOperationException, No axis is left", fault.ToDiagnostic().GetMessage(), StringComparison.Ordinal);
        Assert.Empty(files.Files);
    }

    [Fact]
    public void A_cancelled_compilation_is_no_fault()
    {
        ClassSpec owner = new("", [], "Net", "public");
        Assert.Throws<OperationCanceledException>(
            () => FaultBarrier.Compile(owner, () => throw new OperationCanceledException(), TestContext.Current.CancellationToken));
    }
}
