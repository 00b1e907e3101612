using OptGen.Generator.Tests.Harness;

namespace OptGen.Generator.Tests.Library;

/// <summary>
/// Everything in the library at awkward sizes, on one row, a part batch and a full batch: compiled code at every vector width against the interpreter, and every single
/// derivative of parameters and inputs against differences of the compiled loss.
/// </summary>
[Collection(RuntimeSettings.Name)]
public sealed class FiniteDifferenceTests
{
    public static TheoryData<string> Cases => [.. LibraryCases.All.Select(each => each.Name)];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Compiled_code_computes_what_the_interpreter_does_and_its_gradient_is_the_slope_of_its_loss(string name)
    {
        (LibraryProgram Program, int Rows, string What)[] calls = [.. LibraryProgram.Of(name).SelectMany(program => program.RowCounts.Select(rows => (program, rows, $"size {program.Size}, {rows} rows")))];
        T[] Each<T>(Func<(LibraryProgram Program, int Rows, string What), T> of) => [.. calls.AsParallel().AsOrdered().Select(of)];
        double[][][] expected = Each(call => call.Program.Interpret(call.Rows));
        VectorWidths.Each(width =>
        {
            double[][][] actual = Each(call => call.Program.Run(call.Rows));
            for (int c = 0; c < calls.Length; c++)
            {
                for (int i = 0; i < expected[c].Length; i++)
                    Numbers.Close(expected[c][i], actual[c][i], 1e-11, $"{calls[c].What}, {width} bits: {Name(calls[c].Program, i)}");
            }
        });
        double[]?[][] slopes = Each(call => call.Program.Differences(call.Rows));
        for (int c = 0; c < calls.Length; c++)
        {
            for (int i = 0; i < slopes[c].Length; i++)
            {
                if (slopes[c][i] is { } slope)
                    Numbers.Close(slope, expected[c][1 + i], 1e-8, $"{calls[c].What}: {Name(calls[c].Program, 1 + i)}");
            }
        }
    }

    private static string Name(LibraryProgram program, int result) => result == 0 ? "loss" : program.ResultNames[result - 1];
}
