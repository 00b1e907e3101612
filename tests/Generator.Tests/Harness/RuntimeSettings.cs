namespace OptGen.Generator.Tests.Harness;

/// <summary>Tests that change the number of threads or the vector width, which the whole process shares: one after the other, with nothing beside them.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public class RuntimeSettings
{
    public const string Name = "Runtime settings";
}
