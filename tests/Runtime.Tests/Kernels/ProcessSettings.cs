namespace OptGen.Runtime.Tests.Kernels;

/// <summary>Tests that change settings of the whole process.</summary>
[CollectionDefinition(nameof(ProcessSettings), DisableParallelization = true)]
public sealed class ProcessSettings;
