using OptGen.Generator.Lowering;
using OptGen.Generator.Specs;

namespace OptGen.Generator.Emit;

/// <summary>The runs of a model's parameters that are updated alike, in the order in which they lie in memory; frozen ones are left out.</summary>
internal static class SegmentTable
{
    /// <summary>A constructor call of the runtime's <c>Segment</c> for each run, with a comment that names its parameters.</summary>
    public static IEnumerable<(string Creation, string Names)> Of(OptimizerSpec optimizer, ParameterGroups groups)
    {
        int firstRow = 0, firstColumn = 0;
        foreach ((int offset, int rows, int columns, int group, string names) in Runs(optimizer, groups))
        {
            yield return ($"new({string.Join(", ", new[] { offset, rows, columns, group, firstRow, firstColumn }.Select(ClassFile.Text))}),", names);
            firstRow += rows;
            firstColumn += columns;
        }
    }

    /// <summary>Where each run begins, its rows and columns, its group and the names of its parameters.</summary>
    public static IEnumerable<(int Offset, int Rows, int Columns, int Group, string Names)> Runs(OptimizerSpec optimizer, ParameterGroups groups)
    {
        ModelSpec model = optimizer.Model!;
        ParameterLayout layout = ParameterLayout.Of(model);
        bool apart = UpdateSequence.NeedsTensors(optimizer);
        List<(int Offset, int Rows, int Columns, int Group, string Names)> runs = [];
        int end = -1;
        foreach (int p in layout.Order)
        {
            ParameterSpec parameter = model.Parameters[p];
            int group = groups.OfParameter[p], length = parameter.Shape.Count;
            if (groups.Groups[group].Frozen)
                continue;
            bool joins = !apart && runs.Count > 0 && runs[runs.Count - 1].Group == group && end == layout.Offsets[p];
            if (joins)
            {
                (int offset, int _, int columns, int _, string names) = runs[runs.Count - 1];
                runs[runs.Count - 1] = (offset, 1, columns + length, group, names.Length < 80 ? $"{names}, {parameter.Name}" : names.TrimEnd('…') + "…");
            }
            else
            {
                int columns = apart && parameter.Shape.Rank > 0 ? parameter.Shape[parameter.Shape.Rank - 1] : length;
                runs.Add((layout.Offsets[p], length / columns, columns, group, parameter.Name));
            }

            end = layout.Offsets[p] + length;
        }

        return runs;
    }
}
