using System.Reflection;
using OptGen.Generator.Graph;
using OptGen.Generator.Specs;
using OptGen.Generator.Tests.Harness;
using OptGen.Generator.Tests.Oracle;

namespace OptGen.Generator.Tests.Backends;

/// <summary>Loops over the steps of a scan, forward and backward, against the interpreter.</summary>
[Collection(RuntimeSettings.Name)]
public sealed class ScanProgramTests
{
    [Fact]
    public void Recurrent_cells_agree_with_the_interpreter_at_every_width_and_for_part_batches()
    {
        (int Batch, int Steps, int Features, int Units, bool Backwards)[] cases =
            [(3, 1, 2, 3, false), (4, 2, 3, 5, true), (5, 7, 4, 17, false), (2, 33, 3, 16, true), (9, 6, 8, 33, false), (1, 5, 16, 8, true)];
        RecurrentCell[] cells = [.. cases.Select(each => new RecurrentCell(each.Batch, each.Steps, each.Features, each.Units, each.Backwards))];
        GradientProgram[] programs = [.. cells.Select((cell, i) => new GradientProgram("Cell" + i, cell.WithGradients, cases[i].Batch, "double"))];
        Assembly assembly = BackendTests.Compile(programs);
        for (int i = 0; i < cells.Length; i++)
        {
            Dictionary<BufferRef, double[]> content = cells[i].Content(i);
            foreach (int rows in new[] { cases[i].Batch, Math.Max(1, cases[i].Batch - 1), 1 }.Distinct())
            {
                double[] expected = programs[i].RunOracle(content, rows);
                BackendTests.Same(expected, programs[i].RunLoops(assembly, content, rows), 1e-11, $"{cases[i]}, {rows} rows, plain loops");
                foreach (int width in BackendTests.Widths)
                    BackendTests.Same(expected, BackendTests.AtWidth(width, () => programs[i].RunCpu(assembly, content, rows)), 1e-11, $"{cases[i]}, {rows} rows, {width} bits");
            }
        }
    }
}
