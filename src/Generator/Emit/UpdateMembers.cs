using OptGen.Generator.Backends;
using OptGen.Generator.Graph;
using OptGen.Generator.Lowering;
using OptGen.Generator.Planning;
using OptGen.Generator.Specs;

namespace OptGen.Generator.Emit;

/// <summary>Writes the update over flat buffers: one call for each run of parameters to which decay applies alike.</summary>
internal static class UpdateMembers
{
    private const string UniformsMethod = "SetUniforms";

    /// <summary>Emits the calls that compute every set of a program's uniforms.</summary>
    public static void SetAllUniforms(CodeWriter writer, UniformPlan plan, string program)
    {
        if (plan.SetSize == 0)
            return;
        for (int set = 0; set < plan.SetCount; set++)
            writer.Line($"{UniformsMethod}({program}.Uniforms.Slice({ClassFile.Text(plan.IndexOf(set, 0))}){(plan.SetCount == 1 ? "" : set == 0 ? ", decays: true" : ", decays: false")});");
    }

    public static void Write(ClassFile file, OptimizerSpec optimizer, UniformPlan plan, (int Transform, UniformPlan Plan, Program Program)[] reductions)
    {
        CodeWriter writer = file.Writer;
        WriteStep(file, optimizer, plan, reductions);
        WriteUpdate(writer, optimizer, plan);
        foreach ((int transform, UniformPlan sumPlan, Program program) in reductions)
            WriteReduction(writer, optimizer, transform, sumPlan, program);

        if (plan.SetSize > 0)
        {
            string decay = plan.SetCount > 1 ? " <paramref name=\"decays\"/> says whether the parameters decay." : "";
            HostUniforms.Write(writer, optimizer, plan, UniformsMethod, $"What of the next update is the same for every element, in double precision, once per step.{decay}");
        }

        foreach ((int transform, UniformPlan sumPlan, Program program) in reductions.Where(reduction => reduction.Plan.SetSize > 0))
            HostUniforms.Write(writer, optimizer, sumPlan, "SetUniformsOf" + program.Options.Name, $"What {optimizer.Transforms[transform].Name} needs for its sum and is the same for every element.");
    }

    private static void WriteStep(ClassFile file, OptimizerSpec optimizer, UniformPlan plan, (int Transform, UniformPlan Plan, Program Program)[] reductions)
    {
        CodeWriter writer = file.Writer;
        if (optimizer.Model is { } model)
        {
            file.Document("Updates every parameter by the model's <c>Gradients</c>.");
            using CodeWriter.Scope method = writer.Block("public void Step()");
            WriteReductionCalls(writer, optimizer, reductions, "Model.GradientAddress", model.Class.FullName + ".ParameterCount");
            foreach ((int offset, int length, bool decays, string names) in Runs(optimizer, model, plan))
            {
                string arguments = $"Model.ParameterAddress, Model.GradientAddress, {ClassFile.Text(offset)}, {ClassFile.Text(length)}";
                writer.Line($"Update({arguments}{(plan.SetCount > 1 ? decays ? ", decays: true" : ", decays: false" : "")}{SumArguments(optimizer, plan)});{names}");
            }

            writer.Line("_stepCount++;");
            writer.Line("GC.KeepAlive(this); // The programs know addresses only.");
            return;
        }

        file.Document(
            "Updates every parameter by its gradient.",
            ("parameters", "All parameters, always in the same order."),
            ("gradients", "The gradient of every parameter."),
            ("exception ArgumentException", "A length differs from <see cref=\"ParameterCount\"/>. Nothing is changed."));
        using (writer.Block($"public void Step(Span<{optimizer.Element}> parameters, ReadOnlySpan<{optimizer.Element}> gradients)"))
        {
            writer.Line("InputCheck.SameLength(parameters.Length, ParameterCount, nameof(parameters));");
            writer.Line("InputCheck.SameLength(gradients.Length, ParameterCount, nameof(gradients));");
            writer.Line("Pinned.Run(parameters, gradients, this, static (optimizer, parameters, gradients) => optimizer.Step(parameters, gradients));");
            writer.Line("_stepCount++;");
        }

        writer.Blank();
        writer.Line("/// <summary>The step over memory that is pinned.</summary>");
        using (writer.Block("private void Step(nint parameters, nint gradients)"))
        {
            WriteReductionCalls(writer, optimizer, reductions, "gradients", "ParameterCount");
            writer.Line($"Update(parameters, gradients, 0, ParameterCount{SumArguments(optimizer, plan)});");
        }
    }

    private static void WriteUpdate(CodeWriter writer, OptimizerSpec optimizer, UniformPlan plan)
    {
        string decays = plan.SetCount > 1 ? ", bool decays" : "";
        string sums = string.Concat(HostUniforms.Sums(plan).Select(transform => $", double {HostUniforms.SumName(optimizer, transform)}"));
        writer.Blank();
        writer.Line("/// <summary>Updates a run of parameters.</summary>");
        using CodeWriter.Scope method = writer.Block($"private void Update(nint parameters, nint gradients, int offset, int length{decays}{sums})");
        writer.Line("UpdateProgram program = _update ??= new UpdateProgram();");
        writer.Line("program.Bind(parameters, gradients, _stateAddresses, offset);");
        if (plan.SetSize > 0)
            writer.Line($"{UniformsMethod}(program.Uniforms.Slice({ClassFile.Text(plan.IndexOf(0, 0))}){(plan.SetCount > 1 ? ", decays" : "")}{SumArguments(optimizer, plan)});");
        writer.Line("program.Run(length);");
    }

    private static void WriteReduction(CodeWriter writer, OptimizerSpec optimizer, int transform, UniformPlan plan, Program program)
    {
        string name = program.Options.Name;
        string sums = string.Concat(HostUniforms.Sums(plan).Select(other => $", double {HostUniforms.SumName(optimizer, other)}"));
        writer.Blank();
        writer.Line($"/// <summary>What {optimizer.Transforms[transform].Name} sums over all gradients.</summary>");
        using CodeWriter.Scope method = writer.Block($"private double {name}(nint gradients, int length{sums})");
        writer.Line($"{name}Program program = {Identifier.Field(name)} ??= new {name}Program();");
        writer.Line("program.Bind(0, gradients, _stateAddresses, 0);");
        if (plan.SetSize > 0)
            writer.Line($"SetUniformsOf{name}(program.Uniforms.Slice({ClassFile.Text(Uniforms.First)}){(plan.SetCount > 1 ? ", decays: true" : "")}{SumArguments(optimizer, plan)});");
        writer.Line("program.Run(length);");
        writer.Line("return program.Loss;");
    }

    private static void WriteReductionCalls(
        CodeWriter writer, OptimizerSpec optimizer, (int Transform, UniformPlan Plan, Program Program)[] reductions, string gradients, string length)
    {
        foreach ((int transform, UniformPlan plan, Program program) in reductions)
            writer.Line($"double {HostUniforms.SumName(optimizer, transform)} = {program.Options.Name}({gradients}, {length}{SumArguments(optimizer, plan)});");
    }

    private static string SumArguments(OptimizerSpec optimizer, UniformPlan plan) =>
        string.Concat(HostUniforms.Sums(plan).Select(transform => ", " + HostUniforms.SumName(optimizer, transform)));

    /// <summary>Neighbours in memory that use the same set of uniforms, with a comment that names them.</summary>
    private static List<(int Offset, int Length, bool Decays, string Names)> Runs(OptimizerSpec optimizer, ModelSpec model, UniformPlan plan)
    {
        ParameterLayout layout = ParameterLayout.Of(model);
        List<(int Offset, int Length, bool Decays, string Names)> runs = [];
        foreach (int p in layout.Order)
        {
            ParameterSpec parameter = model.Parameters[p];
            bool decays = plan.SetOf(optimizer, parameter) == 0;
            if (runs.Count > 0 && runs[runs.Count - 1].Decays == decays)
            {
                (int offset, int length, bool _, string names) = runs[runs.Count - 1];
                runs[runs.Count - 1] = (offset, length + parameter.Shape.Count, decays, names.Length < 80 ? $"{names}, {parameter.Name}" : names.TrimEnd('…') + "…");
            }
            else
            {
                runs.Add((layout.Offsets[p], parameter.Shape.Count, decays, " // " + parameter.Name));
            }
        }

        return runs;
    }
}
