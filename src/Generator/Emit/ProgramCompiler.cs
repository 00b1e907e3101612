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

    /// <summary>The forward pass of a model whose outputs are those of its layers.</summary>
    public static Program Statistics(ModelSpec model) =>
        Compile(ModelPrograms.Forward(model with { Inference = null }), OfModel(model, "Statistics", "What every layer gives."));

    public static Program Evaluate(ModelSpec model) =>
        Compile(ModelPrograms.Evaluate(model), OfModel(model, "Evaluate", "The forward pass and the loss."));

    public static Program Gradient(ModelSpec model) =>
        Compile(ModelPrograms.Gradient(model), OfModel(model, "Gradient", "The forward pass, the loss and the gradient of every parameter."));

    /// <summary>Null when the optimizer's step can't be one program: see <see cref="OptimizerPrograms.TrainStep"/>.</summary>
    public static Program? TrainStep(OptimizerText text)
    {
        OptimizerSpec optimizer = text.Optimizer;
        if (OptimizerPrograms.TrainStep(optimizer, text.Sequence) is not { } graph)
            return null;
        ProgramOptions options = OfModel(optimizer.Model!, "TrainStep", "The forward pass, the loss, the backward pass and the update of every parameter.");
        UniformSets sets = UniformSets.Of(text.Sequence.Update, text.Groups);
        return Compile(graph, options with { UniformNames = sets.Names.ToEquatableArray(), States = optimizer.States });
    }

    /// <summary>A pass of an optimizer's update over a run of parameters.</summary>
    public static Program Pass(OptimizerText text, UpdatePass pass) => Compile(
        OptimizerPrograms.Pass(text.Optimizer, pass),
        new ProgramOptions(
            pass.Name,
            pass.Name == "Update" ? "The update of a run of parameters." : $"The pass {pass.Name} over a run of parameters.",
            text.Element,
            Batch: 1,
            UniformSets.OfOne(pass).Names.ToEquatableArray(),
            ParameterOffsets: [0],
            InputNames: [],
            OutputNames: [],
            text.Optimizer.States,
            IsFlat: true));

    private static Program Compile(TensorGraph graph, ProgramOptions options) => Planner.Plan(Fuse.Run(graph), options);

    private static ProgramOptions OfModel(ModelSpec model, string name, string summary) => new(
        name,
        summary,
        model.Element,
        model.Batch,
        s_onlyInverseRows.ToEquatableArray(),
        ParameterLayout.Of(model).Offsets.Concat(ParameterLayout.BufferOffsets(model)).ToEquatableArray(),
        model.Inputs.Select(input => input.Name).ToEquatableArray(),
        model.Outputs.Select(output => output.Name).ToEquatableArray(),
        States: [],
        IsFlat: false)
    {
        FirstKept = model.Parameters.Count,
    };
}
