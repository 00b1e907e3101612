namespace OptGen.Generator.Tests.Harness;

/// <summary>
/// Tests that change the number of threads or the vector width, which the whole process shares: one after the other, with nothing beside them. Another process may run beside them, so <c>.ci/run</c>
/// gives those with this trait one of their own.
/// </summary>
[CollectionDefinition(Name, DisableParallelization = true)]
[Trait("Runs", "Alone")]
public class RuntimeSettings
{
    public const string Name = "Runtime settings";
}
