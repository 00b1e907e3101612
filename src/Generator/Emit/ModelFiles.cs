using OptGen.Generator.Specs;

namespace OptGen.Generator.Emit;

/// <summary>The files that make a model.</summary>
internal static class ModelFiles
{
    public static IEnumerable<SourceFile> Write(ModelSpec model)
    {
        yield return ParametersFile.Write(model);
        yield return ForwardFile.Write(model);
        if (model.HasLoss)
            yield return BackwardFile.Write(model);
        if (model.HasStatistics)
            yield return StatisticsFile.Write(model);
    }
}
