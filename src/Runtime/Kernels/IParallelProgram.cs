namespace OptGen.Kernels;

/// <summary>A compiled program: kernels whose work divides into parts that may run at the same time.</summary>
public interface IParallelProgram
{
    /// <summary>Executes part <paramref name="part"/> of <paramref name="parts"/> of kernel <paramref name="kernel"/>.</summary>
    void Execute(int kernel, int part, int parts);
}
