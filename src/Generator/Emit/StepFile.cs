using OptGen.Generator.Backends;
using OptGen.Generator.Lowering;
using OptGen.Generator.Planning;
using OptGen.Generator.Specs;

namespace OptGen.Generator.Emit;

/// <summary>Writes an optimizer: its hyperparameters and states, the passes of its update over flat buffers and, with a model, the whole training step.</summary>
internal static class StepFile
{
    public static SourceFile Write(OptimizerSpec optimizer)
    {
        OptimizerText text = new(optimizer);
        Program? trainStep = ProgramCompiler.TrainStep(text);
        UpdatePass[] passes = [.. text.Passes];
        Program[] programs =
        [
            .. trainStep is null ? [] : new[] { trainStep },
            .. passes.SelectMany(pass => pass.Lines.Select(line => ProgramCompiler.Line(text, pass, line)).Concat(pass.Outputs.Count > 0 ? [ProgramCompiler.Pass(text, pass)] : [])),
        ];
        ClassFile file = new(optimizer.Class, "Step", Summary(text, trainStep is not null), programs);
        PassMembers[] members = [.. passes.Select(pass => new PassMembers(file, text, pass))];

        if (trainStep is not null)
            file.Writer.Line("private TrainStepProgram? _trainStep;");
        foreach (PassMembers member in members)
            member.Declare();
        if (members.Any(member => member.UsesLastPower))
            file.Writer.Line($"private LastPower {HostText.LastPower};");
        ConstructionMembers.Write(file, text, members);
        HyperMembers.Write(file, optimizer);
        StateMembers.Write(file, text);
        CheckpointMembers.Write(file, optimizer);
        if (optimizer.Model is { HasLoss: true })
            TrainStepMember.Write(file, text, trainStep, members);
        StepMembers.Write(file, text);
        SequenceMembers.Write(file, text);
        foreach (PassMembers member in members)
            member.Write();
        foreach (Program program in programs)
            file.Declare(program);
        return file.Finish();
    }

    private static string Summary(OptimizerText text, bool isFused)
    {
        OptimizerSpec optimizer = text.Optimizer;
        string chain = string.Join(", ", (optimizer.Perturbation is { } moves ? new[] { moves } : []).Concat(optimizer.Stages).Select(stage => stage.Name));
        string how = optimizer.Model is not { HasLoss: true } ? ""
            : isFused ? ", fused into the backward pass"
            : $". {NotFused(text)}, so the update is not fused into the backward pass";
        return $"{chain}{how}.\n\n{StateBytes.Describe(optimizer)}";
    }

    private static string NotFused(OptimizerText text)
    {
        StageSpec? held = text.Optimizer.Stages.FirstOrDefault(stage => stage.Holds);
        StageSpec? reducing = text.Optimizer.Stages.FirstOrDefault(stage => stage.Reductions.Count > 0);
        StateSpec? blocks = text.Optimizer.States.FirstOrDefault(state => state.Format.IsBlockwise());
        if (text.Perturbation is not null)
            return $"{text.Optimizer.Perturbation!.Name} takes a second gradient";
        return held is not null ? $"{held.Name} may end a step early"
            : reducing is not null ? $"{reducing.Name} needs more than one gradient before the first update"
            : text.Optimizer.Stages.FirstOrDefault(stage => stage.ReadsLoss) is { } reader ? $"{reader.Name} reads the loss, which is known after the forward pass"
            : blocks is not null ? $"{blocks.Name} is kept {blocks.Format.Describe()}, which need the parameters in the order of memory"
            : $"{text.Optimizer.Rule.Name} keeps states for whole tensors, rows or columns";
    }
}
