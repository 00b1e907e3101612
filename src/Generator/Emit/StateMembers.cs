using OptGen.Generator.Backends;
using OptGen.Generator.Specs;

namespace OptGen.Generator.Emit;

/// <summary>Writes the views of an optimizer's states, and what forgets them.</summary>
internal static class StateMembers
{
    public static void Write(ClassFile file, OptimizerText text)
    {
        CodeWriter writer = file.Writer;
        OptimizerSpec optimizer = text.Optimizer;
        foreach (StateSpec state in optimizer.States.Where(state => !state.IsScratch))
        {
            string format = state.Format.Describe();
            file.Document(ClassFile.Xml(state.Summary + (format.Length == 0 ? "" : $" Kept {format}.")));
            string name = Identifier.Pascal(state.Name), field = OptimizerText.StateField(state);
            writer.Line(
                state.Count > 0 ? $"public Span<double> {name} => {field};"
                : state.Over == Extent.Everything ? $"public double {state.Name} {{ get; set; }}{(state.Initial == 0 ? "" : $" = {ClassFile.Number(state.Initial, "double")};")}"
                : state.Format.IsBlockwise() ? $"public Blockwise8 {name} => {field};"
                : $"public Span<{text.StateElement(state)}> {name} => {field}.Span;");
        }

        if (optimizer.Stages.Any(stage => stage.Holds))
        {
            file.Document("Whether the last step ended early, so that no parameter changed: because gradients are still being accumulated, or were not finite.");
            writer.Line("public bool IsHeld { get; private set; }");
        }

        if (optimizer.Streams > 0)
        {
            file.Document("Chooses the random numbers: the same seed, step and element give the same ones.");
            writer.Line("public int Seed { get; set; }");
        }

        file.Document("Forgets all steps: states are as they were at first and <see cref=\"StepCount\"/> is 0. Parameters, hyperparameters and inputs stay.");
        using CodeWriter.Scope method = writer.Block("public void Reset()");
        foreach (StateSpec state in optimizer.States.Where(state => !state.IsInput && !state.IsScratch))
            writer.Line(Start(state, text.Element));
        HyperMembers.WriteReset(writer, optimizer);
        if (text.Perturbation is not null)
            writer.Line("_isPerturbed = false;");
        writer.Line("_stepCount = 0;");
    }

    /// <summary>The statement that gives a state its first value.</summary>
    public static string Start(StateSpec state, string element)
    {
        if (state.Count > 0)
            return $"Array.Fill({OptimizerText.StateField(state)}, {ClassFile.Number(state.Initial, "double")});";
        if (state.Over == Extent.Everything)
            return $"{state.Name} = {ClassFile.Number(state.Initial, "double")};";
        string memory = OptimizerText.StateField(state) + (state.Format.IsBlockwise() ? "" : ".Span");
        bool converts = state.Format is StateFormat.BFloat16 or StateFormat.StochasticBFloat16;
        return state.Initial == 0 ? $"{memory}.Clear();" : $"{memory}.Fill({(converts ? "(BFloat16)" : "")}{ClassFile.Number(state.Initial, element)});";
    }
}
