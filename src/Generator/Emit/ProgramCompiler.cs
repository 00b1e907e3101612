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

    /// <summary>A pass of an optimizer's update over a run of parameters or, where it goes by rows, over a matrix of them.</summary>
    public static Program Pass(OptimizerText text, UpdatePass pass)
    {
        bool byRows = text.GoesByRows(pass);
        string[] uniforms = [.. UniformSets.OfOne(pass).Names], ofRows = [.. pass.LineValues(Extent.Row).Select(passed => pass.PassedNames[passed])];
        ProgramOptions options = Flat(text, pass.Name, pass.Name == "Update" ? "The update of" : $"The pass {pass.Name} over", byRows ? "a matrix of parameters" : "a run of parameters", [.. uniforms, .. ofRows]);
        if (!byRows)
            return Compile(OptimizerPrograms.Pass(text.Optimizer, pass), options);
        int firstLine = pass.LineValues(Extent.Column).Count() + pass.ColumnTerms(text.Optimizer).Count();
        int skipped = pass.Skipped < 0 ? -1 : uniforms.Length + pass.LineValues(Extent.Row).TakeWhile(passed => passed != pass.Skipped).Count();
        RowOptions rows = new(uniforms.Length, firstLine, pass.RowTerms(text.Optimizer).ToEquatableArray(), skipped, pass.SkippedWhen);
        return Planner.Plan(PassKernel.OfElements(text.Optimizer, pass), options with { Rows = rows });
    }

    /// <summary>What a pass computes for each row or column of a tensor.</summary>
    public static Program Line(OptimizerText text, UpdatePass pass, LinePass line) => Planner.Plan(
        PassKernel.OfLine(text.Optimizer, pass, line),
        Flat(text, pass.NameOf(line), $"What {pass.Name} computes for", $"each {line.Unit} of a tensor", ["inverseRows", .. line.UniformNames]) with { Unit = line.Unit });

    private static ProgramOptions Flat(OptimizerText text, string name, string what, string over, string[] uniforms) => new(
        name,
        $"{what} {over}.",
        text.Element,
        Batch: 1,
        uniforms.ToEquatableArray(),
        ParameterOffsets: [0],
        InputNames: [],
        OutputNames: [],
        text.Optimizer.States,
        IsFlat: true);

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
