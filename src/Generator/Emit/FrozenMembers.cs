using OptGen.Generator.Backends;
using OptGen.Generator.Lowering;
using OptGen.Generator.Specs;

namespace OptGen.Generator.Emit;

/// <summary>Writes how frozen parameters come into second sets of weights, which passes over the others don't do: as they are when the first step is taken.</summary>
internal static class FrozenMembers
{
    public static void WriteCall(CodeWriter writer, OptimizerText text)
    {
        if (!IsNeeded(text))
            return;
        writer.Line("if (_stepCount == 0)");
        writer.Indent();
        writer.Line("TakeFrozen();");
        writer.Unindent();
    }

    public static void Write(ClassFile file, OptimizerText text)
    {
        if (!IsNeeded(text))
            return;
        List<(int Offset, int Length, string Names)> runs = Runs(text);
        CodeWriter writer = file.Writer;
        writer.Blank();
        writer.Line("/// <summary>Puts the parameters that never change into the second sets of weights.</summary>");
        using CodeWriter.Scope method = writer.Block("private void TakeFrozen()");
        writer.Line($"ReadOnlySpan<{text.Element}> parameters = Model.Parameters;");
        foreach (StateSpec state in States(text))
        {
            string field = OptimizerText.StateField(state);
            foreach ((int offset, int length, string names) in runs)
            {
                string begin = ClassFile.Text(offset), count = ClassFile.Text(length);
                if (state.Format == StateFormat.Element)
                {
                    writer.Line($"parameters.Slice({begin}, {count}).CopyTo({field}.Span.Slice({begin}, {count})); // {names}");
                    continue;
                }

                using CodeWriter.Scope loop = writer.Block($"for (int i = {begin}; i < {ClassFile.Text(offset + length)}; i++) // {names}");
                writer.Line($"{field}.Span[i] = (BFloat16)parameters[i];");
            }
        }
    }

    /// <summary>Whether there are frozen parameters in a state that is a second set of weights.</summary>
    public static bool AreIn(OptimizerText text, StateSpec state) =>
        state.IsWeights && state.Over == Extent.Element && text.Optimizer.Model is not null && text.Groups.Groups.Any(group => group.Frozen);

    private static bool IsNeeded(OptimizerText text) => States(text).Any();

    /// <summary>States in blocks have no memory for what is frozen, and read it from the model.</summary>
    private static IEnumerable<StateSpec> States(OptimizerText text) => text.Optimizer.States.Where(state => AreIn(text, state) && !state.Format.IsBlockwise());

    /// <summary>Frozen parameters that lie next to each other.</summary>
    private static List<(int Offset, int Length, string Names)> Runs(OptimizerText text)
    {
        ModelSpec model = text.Optimizer.Model!;
        ParameterLayout layout = ParameterLayout.Of(model);
        List<(int Offset, int Length, string Names)> runs = [];
        foreach (int p in layout.Order.Where(p => text.Groups.Groups[text.Groups.OfParameter[p]].Frozen))
        {
            (int length, string name) = (model.Parameters[p].Shape.Count, model.Parameters[p].Name);
            if (runs.Count > 0 && runs[runs.Count - 1] is var last && last.Offset + last.Length == layout.Offsets[p])
                runs[runs.Count - 1] = (last.Offset, last.Length + length, last.Names.Length < 80 ? $"{last.Names}, {name}" : last.Names.TrimEnd('…') + "…");
            else
                runs.Add((layout.Offsets[p], length, name));
        }

        return runs;
    }
}
