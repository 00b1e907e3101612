using OptGen.Generator.Backends;
using OptGen.Generator.Lowering;
using OptGen.Generator.Specs;

namespace OptGen.Generator.Emit;

/// <summary>Writes the method that runs the passes of a step in their order, and what decides whether the step goes on.</summary>
internal static class SequenceMembers
{
    public static void Write(ClassFile file, OptimizerText text)
    {
        CodeWriter writer = file.Writer;
        UpdateSequence sequence = text.Sequence;
        writer.Blank();
        writer.Line($"/// <summary>All passes of a step, over the memory to which the addresses point.</summary>");
        using (writer.Block("private void RunPasses()"))
        {
            for (int part = 0; part < sequence.Reductions.Count; part++)
            {
                foreach (UpdatePass pass in sequence.Reductions[part])
                    writer.Line($"{pass.Name}();");
                if (part >= sequence.Holds.Count)
                    continue;
                HoldPoint hold = sequence.Holds[part];
                using CodeWriter.Scope held = writer.Block($"if ({hold.Name}Holds())");
                if (hold.Pass is not null)
                    writer.Line($"{hold.Pass.Name}();");
                if (hold.Advance is not null)
                    writer.Line($"{hold.Name}Advance();");
                writer.Line("IsHeld = true;");
                writer.Line("return;");
            }

            writer.Line("Update();");
            if (sequence.Advance is not null)
                writer.Line("AdvanceStates();");
            if (sequence.Holds.Count > 0)
                writer.Line("IsHeld = false;");
            writer.Line("_stepCount++;");
        }

        foreach (HoldPoint hold in sequence.Holds)
        {
            writer.Blank();
            writer.Line("/// <summary>Whether the step ends here.</summary>");
            using (writer.Block($"private bool {hold.Name}Holds()"))
            {
                HostText condition = new(text, hold.Condition, ["holds"]);
                condition.Declare(writer, Extent.Everything);
                writer.Line($"return {condition.Output(0)} != 0;");
            }

            if (hold.Advance is { } advance)
                WriteAdvance(file, text, hold.Name + "Advance", advance);
        }

        if (sequence.Advance is { } last)
            WriteAdvance(file, text, "AdvanceStates", last);
    }

    private static void WriteAdvance(ClassFile file, OptimizerText text, string method, StateAdvance advance)
    {
        CodeWriter writer = file.Writer;
        writer.Blank();
        writer.Line("/// <summary>The states that are kept once for all parameters.</summary>");
        using CodeWriter.Scope body = writer.Block($"private void {method}()");
        HostText host = new(text, advance.Function, [.. advance.States.Select(slot => "new" + text.Optimizer.States[slot].Name)]);
        host.Declare(writer, Extent.Everything);
        for (int k = 0; k < advance.States.Count; k++)
            writer.Line($"{text.State(advance.States[k])} = {host.Output(k)};");
    }
}
