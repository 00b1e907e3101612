using OptGen.Generator.Fusion;
using OptGen.Generator.Graph;
using OptGen.Generator.Lowering;
using OptGen.Generator.Planning;
using OptGen.Generator.Specs;

namespace OptGen.Generator.Emit;

/// <summary>Takes each graph of a model or an optimizer through fusion and planning.</summary>
internal static class ProgramCompiler
{
    private static readonly string[] s_onlyInverseRows = ["inverseRows"];

    public static Program Forward(ModelSpec model) =>
        Compile(ModelPrograms.Forward(model), OfModel(model, "Forward", "The forward pass."));

    public static Program Evaluate(ModelSpec model) =>
        Compile(ModelPrograms.Evaluate(model), OfModel(model, "Evaluate", "The forward pass and the loss."));

    public static Program Gradient(ModelSpec model) =>
        Compile(ModelPrograms.Gradient(model), OfModel(model, "Gradient", "The forward pass, the loss and the gradient of every parameter."));

    /// <summary>Null when the optimizer's step can't be one program: see <see cref="OptimizerPrograms.TrainStep"/>.</summary>
    public static Program? TrainStep(OptimizerSpec optimizer, UniformPlan plan)
    {
        if (OptimizerPrograms.TrainStep(optimizer) is not { } graph)
            return null;
        ProgramOptions options = OfModel(optimizer.Model!, "TrainStep", "The forward pass, the loss, the backward pass and the update of every parameter.");
        return Compile(graph, options with { UniformNames = UniformNames(plan), States = optimizer.States });
    }

    public static Program Update(OptimizerSpec optimizer, UniformPlan plan) =>
        Compile(OptimizerPrograms.Update(optimizer), Flat(optimizer, plan, "Update", "The update of a run of parameters."));

    public static Program Reduction(OptimizerSpec optimizer, UniformPlan plan, int transform) => Compile(
        OptimizerPrograms.Reduction(optimizer, transform),
        Flat(optimizer, plan, ReductionName(optimizer, transform), $"What {optimizer.Transforms[transform].Name} sums over all gradients."));

    /// <summary>Name of a reduction's program; numbered where a transform is used twice.</summary>
    public static string ReductionName(OptimizerSpec optimizer, int transform)
    {
        string name = optimizer.Transforms[transform].Name;
        int earlier = optimizer.Transforms.Take(transform).Count(other => other.Name == name);
        return name + "Sum" + (earlier == 0 ? "" : ClassFile.Text(earlier + 1));
    }

    private static Program Compile(TensorGraph graph, ProgramOptions options) => Planner.Plan(Fuse.Run(graph), options);

    private static ProgramOptions OfModel(ModelSpec model, string name, string summary) => new(
        name,
        summary,
        model.Element,
        model.Batch,
        s_onlyInverseRows.ToEquatableArray(),
        ParameterLayout.Of(model).Offsets,
        model.Inputs.Select(input => input.Name).ToEquatableArray(),
        model.Outputs.Select(output => output.Name).ToEquatableArray(),
        States: [],
        IsFlat: false);

    private static ProgramOptions Flat(OptimizerSpec optimizer, UniformPlan plan, string name, string summary) => new(
        name,
        summary,
        optimizer.Element,
        Batch: 1,
        UniformNames(plan),
        ParameterOffsets: [0],
        InputNames: [],
        OutputNames: [],
        optimizer.States,
        IsFlat: true);

    private static EquatableArray<string> UniformNames(UniformPlan plan) =>
        s_onlyInverseRows.Concat(plan.Names).Concat(Enumerable.Range(1, plan.SetCount - 1).SelectMany(_ => plan.Names.Select(name => name + "WithoutDecay"))).ToEquatableArray();
}
