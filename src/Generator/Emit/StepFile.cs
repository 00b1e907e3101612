using OptGen.Generator.Backends;
using OptGen.Generator.Lowering;
using OptGen.Generator.Planning;
using OptGen.Generator.Specs;

namespace OptGen.Generator.Emit;

/// <summary>Writes an optimizer: its hyperparameters and states, the update over flat buffers and, with a model, the whole training step.</summary>
internal static class StepFile
{
    public static SourceFile Write(OptimizerSpec optimizer)
    {
        UniformPlan plan = UniformPlan.OfUpdate(optimizer);
        Program? trainStep = ProgramCompiler.TrainStep(optimizer, plan);
        Program update = ProgramCompiler.Update(optimizer, plan);
        (int Transform, UniformPlan Plan, Program Program)[] reductions = Enumerable.Range(0, optimizer.Transforms.Count)
            .Where(transform => optimizer.Transforms[transform].Reduction is not null)
            .Select(transform => (transform, Plan: UniformPlan.OfReduction(optimizer, transform)))
            .Select(reduction => (reduction.transform, reduction.Plan, ProgramCompiler.Reduction(optimizer, reduction.Plan, reduction.transform)))
            .ToArray();
        Program[] programs = [.. trainStep is null ? [] : new[] { trainStep }, .. reductions.Select(reduction => reduction.Program), update];
        ClassFile file = new(optimizer.Class, "Step", Summary(optimizer, trainStep is not null), programs);

        foreach (Program program in programs)
            file.Writer.Line($"private {program.Options.Name}Program? {Identifier.Field(program.Options.Name)};");
        WriteConstruction(file, optimizer);
        HyperMembers.Write(file, optimizer);
        WriteStates(file, optimizer);
        CheckpointMembers.Write(file, optimizer, optimizer.States.Select(state => new CheckpointEntry(state.Name, Count(optimizer), StateField(state) + ".Memory")));
        if (optimizer.Model is { HasLoss: true })
            TrainStepMember.Write(file, optimizer, plan, trainStep);
        UpdateMembers.Write(file, optimizer, plan, reductions);
        foreach (Program program in programs)
            file.Declare(program);
        return file.Finish();
    }

    private static string Summary(OptimizerSpec optimizer, bool isFused)
    {
        string update = string.Join(", ", optimizer.Transforms.Select(transform => transform.Name).Append(optimizer.Rule.Name));
        if (optimizer.Model is not { HasLoss: true })
            return $"{update}.";
        if (isFused)
            return $"{update}, fused into the backward pass.";
        string global = optimizer.Transforms.First(transform => transform.Reduction is not null).Name;
        return $"{update}. {global} needs every gradient before the first update, so the update is not fused into the backward pass.";
    }

    private static void WriteConstruction(ClassFile file, OptimizerSpec optimizer)
    {
        CodeWriter writer = file.Writer;
        string name = optimizer.Class.Name, element = optimizer.Element;
        writer.Blank();
        foreach (StateSpec state in optimizer.States)
            writer.Line($"private readonly AlignedBuffer<{element}> {StateField(state)};");
        writer.Line("private readonly nint[] _stateAddresses;");

        string count;
        if (optimizer.Model is { } model)
        {
            count = $"{model.Class.FullName}.ParameterCount";
            file.Document("Creates the optimizer of a model, with all states zero.", ("model", "The model that it trains."));
            writer.Open($"{Access(optimizer, model)} {name}({model.Class.FullName} model)");
            writer.Line("ArgumentNullException.ThrowIfNull(model);");
            writer.Line("Model = model;");
        }
        else
        {
            count = "parameterCount";
            file.Document("Creates the optimizer with all states zero.", ("parameterCount", "How many parameters every step updates."), ("exception ArgumentOutOfRangeException", "The count is negative."));
            writer.Open($"public {name}(int parameterCount)");
            writer.Line("ArgumentOutOfRangeException.ThrowIfNegative(parameterCount);");
            writer.Line("ParameterCount = parameterCount;");
        }

        foreach (StateSpec state in optimizer.States)
            writer.Line($"{StateField(state)} = new({count});");
        writer.Line($"_stateAddresses = [{string.Join(", ", optimizer.States.Select(state => StateField(state) + ".Address"))}];");
        writer.Close();

        if (optimizer.Model is { } bound)
        {
            file.Document("The model that this optimizer trains.");
            writer.Line($"{Access(optimizer, bound)} {bound.Class.FullName} Model {{ get; }}");
        }
        else
        {
            file.Document("How many parameters every step updates.");
            writer.Line("public int ParameterCount { get; }");
        }
    }

    private static void WriteStates(ClassFile file, OptimizerSpec optimizer)
    {
        CodeWriter writer = file.Writer;
        foreach (StateSpec state in optimizer.States)
        {
            file.Document(state.Summary.Length > 0 ? ClassFile.Xml(state.Summary) : $"State <c>{Identifier.Camel(state.Name)}</c> of every parameter, in the order of the parameters.");
            writer.Line($"public Span<{optimizer.Element}> {Identifier.Pascal(state.Name)} => {StateField(state)}.Span;");
        }

        file.Document("Forgets all steps: states are zero again and <see cref=\"StepCount\"/> is 0. Parameters and hyperparameters stay.");
        using CodeWriter.Scope method = writer.Block("public void Reset()");
        foreach (StateSpec state in optimizer.States)
            writer.Line($"{StateField(state)}.Span.Clear();");
        HyperMembers.WriteReset(writer, optimizer);
        writer.Line("_stepCount = 0;");
    }

    private static string Count(OptimizerSpec optimizer) => (optimizer.Model is { } model ? model.Class.FullName + "." : "") + "ParameterCount";

    /// <summary>What names the model can't be more accessible than it.</summary>
    private static string Access(OptimizerSpec optimizer, ModelSpec model) =>
        optimizer.Class.Accessibility == "public" && model.Class.Accessibility != "public" ? "internal" : "public";

    private static string StateField(StateSpec state) => Identifier.Field(state.Name) + "State";
}
