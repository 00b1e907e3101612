using OptGen.Generator.Graph;
using OptGen.Generator.Specs;
using OptGen.Generator.Tests.Graph;
using OptGen.Generator.Tests.Library;
using OptGen.Generator.Tests.Oracle;

namespace OptGen.Generator.Tests.Autodiff;

/// <summary>Forward mode against reverse mode and against differences, first and second order: each primitive, random compositions, recurrent cells, and the whole library.</summary>
public sealed class TangentTests
{
    public static TheoryData<string> Primitives => [.. PrimitiveCase.Primitives.Select(type => type.Name)];

    public static TheoryData<string> Definitions => [.. LibraryCases.All.Select(each => each.Name)];

    [Theory]
    [MemberData(nameof(Primitives))]
    public void A_primitive_moves_as_its_inputs_do(string name)
    {
        PrimitiveCase nodes = PrimitiveCase.Of(name);
        int loss = nodes.Loss();
        foreach (int rows in new[] { 1, PrimitiveCase.Batch })
            new TangentCheck(nodes.Graph.Build(), loss, [nodes.Input, nodes.Scale, nodes.W], [nodes.Result, loss], nodes.Content(), new(PrimitiveCase.Batch, rows), $"{name}, {rows} rows").Run();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Random_graphs(int group)
    {
        for (int seed = group * 50; seed < (group + 1) * 50; seed++)
        {
            RandomGraph random = new(seed);
            GraphBuilder graph = random.Builder;
            int[] wrt = [graph.Source(new BufferRef(BufferKind.Input), random.InputShape, "x"), .. random.Parameters.Select((shape, p) => graph.Source(new BufferRef(BufferKind.Parameter, p), shape, ""))];
            new TangentCheck(graph.Build(), random.Loss, wrt, random.Tensors, random.Content(), new(random.Batch, random.Rows), $"seed {seed}").Run();
        }
    }

    [Fact]
    public void Random_graphs_that_join_tensors()
    {
        for (int seed = 0; seed < 60; seed++)
        {
            RandomGraph random = new(seed, joins: true);
            GraphBuilder graph = random.Builder;
            int[] wrt = [graph.Source(new BufferRef(BufferKind.Input), random.InputShape, "x"), .. random.Parameters.Select((shape, p) => graph.Source(new BufferRef(BufferKind.Parameter, p), shape, ""))];
            new TangentCheck(graph.Build(), random.Loss, wrt, random.Tensors, random.Content(), new(random.Batch, random.Rows), $"seed {seed}").Run();
        }
    }

    [Theory]
    [InlineData(1, false)]
    [InlineData(2, true)]
    [InlineData(9, false)]
    public void Scans(int steps, bool backwards)
    {
        RecurrentCell cell = new(batch: 3, steps, features: 2, units: 3, backwards);
        foreach (int rows in new[] { 2, 3 })
            new TangentCheck(cell.Builder.Build(), cell.Loss, cell.Sources, [cell.Loss], cell.Content(steps), new(3, rows), $"{steps} steps, {rows} rows").Run();
    }

    [Theory]
    [MemberData(nameof(Definitions))]
    public void The_library(string name)
    {
        LibraryProgram[] programs = [.. LibraryProgram.Of(name)];
        foreach (LibraryProgram program in programs.Length == 1 ? programs : [programs[0], programs[^1]])
        {
            GraphBuilder graph = new(program.Graph);
            int loss = program.LossOf(graph, out int[] predictions);
            int rows = program.RowCounts[program.RowCounts.Length / 2];
            TangentCheck check = new(graph.Build(), loss, program.Moved(graph), predictions, program.Content(), new(program.Case.Batch, rows) { RandomKey = 7 }, $"{name}, size {program.Size}");
            check.Run(differences: !program.Case.StopsGradient);
        }
    }
}
