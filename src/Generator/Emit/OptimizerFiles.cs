using OptGen.Generator.Specs;

namespace OptGen.Generator.Emit;

/// <summary>The files that make an optimizer.</summary>
internal static class OptimizerFiles
{
    public static IEnumerable<SourceFile> Write(OptimizerSpec optimizer)
    {
        yield return StepFile.Write(optimizer);
    }
}
