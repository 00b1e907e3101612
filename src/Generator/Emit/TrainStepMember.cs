using OptGen.Generator.Backends;
using OptGen.Generator.Lowering;
using OptGen.Generator.Planning;
using OptGen.Generator.Specs;

namespace OptGen.Generator.Emit;

/// <summary>Writes the whole training step: as one program or, where a transform needs all gradients first, as the gradient followed by the update.</summary>
internal static class TrainStepMember
{
    public static void Write(ClassFile file, OptimizerText text, Program? fused, PassMembers[] passes)
    {
        ModelSpec model = text.Optimizer.Model!;
        CallSurface calls = new(model);
        CodeWriter writer = file.Writer;
        string modelName = model.Class.FullName;
        file.Document(
            fused is null
                ? "Trains on one batch: the loss, its gradient, then the update of every parameter."
                : "Trains on one batch: the loss, its gradient and the update of every parameter, fused. The model's <c>Gradients</c> are not written.",
            [
                .. calls.Documentation(calls.InputsAndTargets),
                ("returns", "The loss before the update."),
                ("exception ArgumentException", $"The lengths don't match, or there are more rows than <c>{model.Class.Name}.Batch</c>. Nothing is changed."),
            ]);
        using CodeWriter.Scope method = writer.Block($"public {model.Element} TrainStep({calls.Parameters(calls.InputsAndTargets)})");
        if (fused is null)
        {
            bool steps = text.Optimizer.ReadsLoss;
            writer.Line($"{model.Element} loss = Model.Gradient({calls.Arguments(calls.InputsAndTargets)});");
            if (text.Optimizer.Perturbation is { } perturbation)
            {
                writer.Line($"Perturb({(perturbation.ReadsLoss ? "loss" : "")});");

                // The update sees the loss that belongs to its gradient: that of the second pass.
                string again = $"Model.Gradient({calls.Arguments(calls.InputsAndTargets)})";
                writer.Line(steps ? $"Step({again});" : again + ";");
            }

            if (!steps || text.Perturbation is null)
                writer.Line($"Step({(steps ? "loss" : "")});");
            writer.Line("return loss;");
            return;
        }

        calls.CheckBatch(writer, calls.InputsAndTargets, modelName + ".Batch");
        writer.Line("TrainStepProgram program = _trainStep ??= new TrainStepProgram(Model.ParameterAddress, Model.GradientAddress, _stateAddresses);");
        calls.Stage(writer, fused, calls.InputsAndTargets);
        BufferMembers.SetKey(writer, fused, "Model.");
        PassMembers update = passes[passes.Length - 1];
        UniformSets sets = UniformSets.Of(text.Sequence.Update, text.Groups);
        for (int group = 0; group < sets.Count && sets.Size > 0; group++)
        {
            string uniforms = $"program.Uniforms.Slice({ClassFile.Text(sets.Begin(group))}, {ClassFile.Text(sets.Size)})";
            writer.Line(update.SetUniforms(uniforms, "0", ClassFile.Text(group)));
        }

        if (fused.RoundedStates.Any())
            writer.Line("program.SetStep(_stepCount + 1);");
        writer.Line("program.Run(rows);");
        if (text.Sequence.Advance is not null)
            writer.Line("AdvanceStates();");
        FrozenMembers.WriteCall(writer, text);
        writer.Line("_stepCount++;");
        writer.Line("GC.KeepAlive(this); // The program knows addresses only.");
        writer.Line("return program.Loss;");
    }
}
