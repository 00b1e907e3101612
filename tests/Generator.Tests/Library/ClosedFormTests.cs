using OptGen.Generator.Specs;

namespace OptGen.Generator.Tests.Library;

/// <summary>Values and gradients of compiled code against plain loops after the papers, and differences of those.</summary>
public sealed class ClosedFormTests
{
    public static TheoryData<string> Cases => [.. LibraryCases.All.Where(each => each.Reference is not null).Select(each => each.Name)];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Compiled_code_computes_what_plain_loops_do_with_their_gradients(string name)
    {
        foreach (LibraryProgram program in LibraryProgram.Of(name))
        {
            foreach (int rows in program.RowCounts)
                Check(program, rows);
        }
    }

    private static void Check(LibraryProgram program, int rows)
    {
        ModelSpec spec = program.Spec;
        Func<Call, double[][]> reference = program.Case.Reference!;
        string at = $"size {program.Size}, {rows} rows: ";
        Call origin = Call(program, rows), call = Call(program, rows) with { Origin = origin };
        double[][] expected = reference(call), actual = program.Run(rows);
        string[] names = [.. program.ResultNames];
        if (spec.HasLoss)
        {
            Numbers.Close(expected[0], actual[0], 1e-12, at + "loss");
        }
        else
        {
            Assert.Equal(spec.Outputs.Count, expected.Length);
            for (int i = 0; i < expected.Length; i++)
                Numbers.Close(expected[i], actual[1 + Array.IndexOf(names, $"y{i}")], 1e-12, $"{at}prediction {i}");
        }

        foreach ((string statistic, double[] after) in program.Case.After?.Invoke(origin) ?? [])
            Numbers.Close(after, actual[1 + Array.IndexOf(names, statistic)], 1e-12, at + statistic);

        // Differences take long in plain loops: once for each size.
        if (rows != program.RowCounts[1])
            return;
        double Loss() => spec.HasLoss
            ? reference(call)[0][0]
            : reference(call).Select((output, i) => output.Zip(program.Inputs[spec.Inputs.Count + i], (y, u) => y * u).Sum()).Sum();
        foreach (ParameterSpec parameter in spec.Parameters)
            Slopes(call.Parameters[parameter.Name], parameter.Shape.Count, parameter.Name);
        for (int i = 0; i < spec.Inputs.Count; i++)
        {
            if (spec.Inputs[i].Classes == 0 && program.Case.Domains.ElementAtOrDefault(i) is not (Domain.Sign or Domain.Switch))
                Slopes(call.Inputs[i], spec.Inputs[i].Shape.Count / spec.Batch * rows, spec.Inputs[i].Name);
        }

        void Slopes(double[] values, int count, string of)
        {
            double[] slopes = new double[count];
            for (int k = 0; k < count; k++)
                slopes[k] = Numbers.Slope(ref values[k], Loss);
            Numbers.Close(slopes, actual[1 + Array.IndexOf(names, of + "'")], 1e-8, $"{at}gradient of {of}");
        }
    }

    /// <summary>Everything that the call reads, in arrays of its own.</summary>
    private static Call Call(LibraryProgram program, int rows) => new(
        program.Size,
        rows,
        [.. program.Inputs.Take(program.Spec.Inputs.Count).Select(values => (double[])values.Clone())],
        program.Spec.Parameters.Select((parameter, i) => (parameter.Name, Values: (double[])program.Parameters[i].Clone())).ToDictionary(pair => pair.Name, pair => pair.Values),
        program.Spec.Buffers.Select((buffer, i) => (buffer.Name, Values: (double[])program.Statistics[i].Clone())).ToDictionary(pair => pair.Name, pair => pair.Values))
    {
        IsTraining = program.Case.IsTraining,
    };
}
