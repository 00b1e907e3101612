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
        if (text.Perturbation is { } perturbation)
            WritePerturbation(file, text, perturbation);
        writer.Blank();
        writer.Line($"/// <summary>All passes of a step, over the memory to which the addresses point.</summary>");
        using (writer.Block("private void RunPasses()"))
        {
            if (text.Perturbation is not null)
            {
                writer.Line("InputCheck.Perturbed(_isPerturbed, expected: true);");
                writer.Line("_isPerturbed = false;");
            }

            for (int part = 0; part < sequence.Reductions.Count; part++)
            {
                bool isLast = part >= sequence.Holds.Count;
                for (int number = 0; number <= sequence.Reductions[part].Count; number++)
                {
                    foreach (OnceStep call in sequence.Calls.Where(call => isLast && call.After == number))
                        writer.Line($"Run{text.Optimizer.Calls[call.Call].Name}();");
                    if (number < sequence.Reductions[part].Count)
                        writer.Line($"{sequence.Reductions[part][number].Name}();");
                }

                if (isLast)
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

            foreach (PlacedPass placed in sequence.Placed)
                writer.Line($"{placed.Pass.Name}InPlace();");
            writer.Line("Update();");
            if (sequence.Advance is not null)
                writer.Line("AdvanceStates();");
            if (sequence.Holds.Count > 0)
                writer.Line("IsHeld = false;");
            FrozenMembers.WriteCall(writer, text);
            writer.Line("_stepCount++;");
        }

        foreach (HoldPoint hold in sequence.Holds)
        {
            writer.Blank();
            writer.Line("/// <summary>Whether the step ends here.</summary>");
            using (writer.Block($"private bool {hold.Name}Holds()"))
            {
                HostText condition = new(text, hold.Condition, ["holds"], null);
                condition.Declare(writer, Extent.Everything);
                writer.Line($"return {condition.Output(0)} != 0;");
            }

            if (hold.Advance is { } advance)
                WriteAdvance(file, text, hold.Name + "Advance", advance);
        }

        foreach (OnceStep call in sequence.Calls)
            WriteCall(file, text, call);
        foreach (PlacedPass placed in sequence.Placed)
            WritePlaced(file, text, placed);
        FrozenMembers.Write(file, text);
        if (sequence.Advance is { } last)
            WriteAdvance(file, text, "AdvanceStates", last);
    }

    private static void WritePerturbation(ClassFile file, OptimizerText text, UpdateSequence perturbation)
    {
        CodeWriter writer = file.Writer;
        writer.Blank();
        writer.Line("private bool _isPerturbed;");
        writer.Blank();
        writer.Line("/// <summary>The passes that move the parameters, over the memory to which the addresses point.</summary>");
        using (writer.Block("private void RunPerturbation()"))
        {
            writer.Line("InputCheck.Perturbed(_isPerturbed, expected: false);");
            foreach (UpdatePass pass in perturbation.Passes)
                writer.Line($"{pass.Name}();");
            if (perturbation.Advance is not null)
                writer.Line("MoveAdvance();");
            writer.Line("_isPerturbed = true;");
        }

        if (perturbation.Advance is { } advance)
            WriteAdvance(file, text, "MoveAdvance", advance);
    }

    /// <summary>What lets a pass that writes first states write those at a place.</summary>
    private static void WritePlaced(ClassFile file, OptimizerText text, PlacedPass placed)
    {
        CodeWriter writer = file.Writer;
        string arrays = string.Join(" and ", placed.Arrays.Select(first => text.Optimizer.States[first].Array));
        string[] firsts = [.. placed.Arrays.Select(first => ClassFile.Text(first))];
        void Exchange()
        {
            foreach (string first in firsts)
                writer.Line($"(_stateAddresses[{first}], _stateAddresses[{first} + place]) = (_stateAddresses[{first} + place], _stateAddresses[{first}]);");
        }

        writer.Blank();
        writer.Line($"/// <summary>Writes one of {arrays}, if any: it stands where the pass finds the first one.</summary>");
        using CodeWriter.Scope body = writer.Block($"private void {placed.Pass.Name}InPlace()");
        HostText host = new(text, placed.Place, ["chosen"], null, "place");
        host.Declare(writer, Extent.Everything);
        writer.Line($"int place = (int){host.Output(0)};");
        writer.Line($"if (place != {host.Output(0)} || place is < 0 or >= {ClassFile.Text(placed.Count)})");
        writer.Indent();
        writer.Line("return;");
        writer.Unindent();
        Exchange();
        writer.Line($"{placed.Pass.Name}();");
        Exchange();
    }

    /// <summary>The call of code that sees what is the same for all parameters.</summary>
    private static void WriteCall(ClassFile file, OptimizerText text, OnceStep step)
    {
        const int Longest = 140;
        CodeWriter writer = file.Writer;
        OnceSpec call = text.Optimizer.Calls[step.Call];
        writer.Blank();
        writer.Line($"/// <summary>{call.Name}, once per step.</summary>");
        using CodeWriter.Scope body = writer.Block($"private void Run{call.Name}()");
        HostText host = new(text, step.Terms, [], null);
        host.Declare(writer, Extent.Everything);
        if (call.Arguments.Count == 0)
        {
            writer.Line(call.Method + "();");
            return;
        }

        writer.Line(call.Method + "(");
        writer.Indent();
        int term = 0;
        for (int i = 0; i < call.Arguments.Count; i++)
        {
            OnceArgument argument = call.Arguments[i];
            string end = i == call.Arguments.Count - 1 ? ");" : ",";
            if (argument.State >= 0)
            {
                writer.Line(OptimizerText.StateField(text.Optimizer.States[argument.State]) + end);
                continue;
            }

            string[] numbers = [.. Enumerable.Range(term, argument.Count).Select(host.Output)];
            term += argument.Count;
            if (!argument.IsList)
            {
                writer.Line(numbers[0] + end);
                continue;
            }

            string line = "[";
            for (int k = 0; k < numbers.Length; k++)
            {
                string next = numbers[k] + (k == numbers.Length - 1 ? "]" + end : ", ");
                if (line.Length + next.Length > Longest)
                {
                    writer.Line(line.TrimEnd());
                    line = "    ";
                }

                line += next;
            }

            writer.Line(numbers.Length == 0 ? "[]" + end : line);
        }

        writer.Unindent();
    }

    private static void WriteAdvance(ClassFile file, OptimizerText text, string method, StateAdvance advance)
    {
        CodeWriter writer = file.Writer;
        writer.Blank();
        writer.Line("/// <summary>The states that are kept once for all parameters.</summary>");
        using CodeWriter.Scope body = writer.Block($"private void {method}()");
        HostText host = new(text, advance.Function, [.. advance.States.Select(slot => "new" + text.Optimizer.States[slot].Name)], null);
        host.Declare(writer, Extent.Everything);
        for (int k = 0; k < advance.States.Count; k++)
            writer.Line($"{text.State(advance.States[k])} = {host.Output(k)};");
    }
}
