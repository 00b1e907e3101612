using OptGen.Generator.Diagnostics;
using OptGen.Generator.Emit;
using OptGen.Generator.Specs;

namespace OptGen.Generator.Tests.Pipeline;

/// <summary>A fault of a stage becomes the diagnostic OPTG000; a cancelled run stays cancelled.</summary>
public class FaultBarrierTests
{
    private static readonly ClassSpec s_class = new("Tests", [], "Net", "public");

    [Fact]
    public void A_fault_becomes_a_diagnostic_that_names_the_class_and_the_place()
    {
        CompiledFiles result = FaultBarrier.Compile(s_class, () => throw new InvalidOperationException("no such\nshape"), CancellationToken.None);

        Assert.Empty(result.Files);
        DiagnosticSpec fault = Assert.Single(result.Faults);
        Assert.Equal("OPTG000", fault.Id);
        string message = fault.ToDiagnostic().GetMessage();
        Assert.StartsWith("OptGen failed on 'Net': InvalidOperationException, no such shape (at OptGen.", message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', message);
    }

    [Fact]
    public void Files_before_the_fault_are_not_emitted()
    {
        static IEnumerable<SourceFile> Write()
        {
            yield return new SourceFile("Net", "First", "");
            throw new NotSupportedException();
        }

        Assert.Empty(FaultBarrier.Compile(s_class, Write, CancellationToken.None).Files);
    }

    [Fact]
    public void A_cancelled_run_is_no_fault()
    {
        Assert.Throws<OperationCanceledException>(() => FaultBarrier.Compile(s_class, () => throw new OperationCanceledException(), CancellationToken.None));
        Assert.Throws<OperationCanceledException>(() => FaultBarrier.Compile(s_class, () => [], new CancellationToken(canceled: true)));
    }
}
