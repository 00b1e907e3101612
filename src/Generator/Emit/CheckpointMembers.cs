using OptGen.Generator.Backends;
using OptGen.Generator.Lowering;
using OptGen.Generator.Specs;

namespace OptGen.Generator.Emit;

/// <summary>Writes how an optimizer's state is saved and loaded: all that another process needs to go on as if it were this one.</summary>
internal static class CheckpointMembers
{
    private const string Checkpoint = "global::OptGen.Data.Checkpoint";

    // Which random numbers a model draws next is part of a run, and none of its parameters, which other programs load.
    private static readonly string[] s_randomNumbers =
    [
        ".AddInteger(\"random.seed\", () => Model.RandomSeed, value => Model.RandomSeed = value)",
        ".AddInteger(\"random.step\", () => Model.RandomStep, value => Model.RandomStep = value, least: 0)",
    ];

    public static void Write(ClassFile file, OptimizerSpec optimizer)
    {
        CodeWriter writer = file.Writer;
        string random = optimizer.Model is { IsRandom: true } ? ", which random numbers the model draws next" : "";
        string state = $"the states, the number of steps, the hyperparameters{random} and what schedules were told, as a safetensors file";
        (string, string) refused =
            ("exception global::OptGen.Data.CheckpointException", "The file is damaged, or is not the state of such an optimizer over the same parameters. Nothing is changed.");
        file.Document($"Saves {state}. A file that is there is replaced as a whole. Parameters are saved by the model.", ("path", "The file."));
        writer.Line("public void SaveState(string path) => SavedState().Save(path);");
        file.Document($"Writes {state}.", ("stream", "Takes the file; it stays open."));
        writer.Line("public void SaveState(System.IO.Stream stream) => SavedState().Save(stream);");
        file.Document("Loads what <see cref=\"SaveState(string)\"/> saved: the next steps are the same to the last bit.", ("path", "The file."), refused);
        writer.Line("public void LoadState(string path) => SavedState().Load(path);");
        file.Document("Reads what <see cref=\"SaveState(System.IO.Stream)\"/> wrote.", ("stream", "Where the file begins; it stays open, at the end of the file."), refused);
        writer.Line("public void LoadState(System.IO.Stream stream) => SavedState().Load(stream);");

        string owner = optimizer.Class.Name == optimizer.Rule.Name ? optimizer.Class.Name : $"{optimizer.Class.Name} ({optimizer.Rule.Name})";
        writer.Blank();
        string layout = $"\"{Layout(optimizer)}\"";
        if (optimizer.Model is null)
            layout = $"Segment.Layout({layout}, _segments)";
        writer.Line($"private {Checkpoint} SavedState() => new {Checkpoint}(\"optimizer\", \"{owner}\", {layout}) {{ IsExact = true }}");
        writer.Indent();
        string[] lines =
        [
            ".AddInteger(\"step\", () => _stepCount, value => _stepCount = value, least: 0)",
            .. optimizer.Model is { IsRandom: true } ? s_randomNumbers : [],
            .. optimizer.Hypers.Select(Number),
            .. optimizer.Schedules.Where(schedule => schedule.KeepsState)
                .Select(schedule => $".AddReals(\"schedule.{schedule.Name}\", () => {schedule.Name}.GetState(), value => {schedule.Name}.SetState(value))"),
            .. optimizer.Perturbation is not null ? [".AddInteger(\"perturbed\", () => _isPerturbed ? 1 : 0, value => _isPerturbed = value != 0)"] : Array.Empty<string>(),
            .. optimizer.Streams > 0 ? [".AddInteger(\"seed\", () => Seed, value => Seed = value)"] : Array.Empty<string>(),
            .. Enumerable.Range(0, optimizer.Groups.Count).SelectMany(group => OfGroup(optimizer, group)),
            .. optimizer.States.Where(state => !state.IsScratch).SelectMany(State),
        ];
        for (int i = 0; i < lines.Length; i++)
            writer.Line(lines[i] + (i == lines.Length - 1 ? ";" : ""));
        writer.Unindent();
    }

    private static IEnumerable<string> State(StateSpec state)
    {
        string field = OptimizerText.StateField(state);
        if (state.Format.IsBlockwise())
        {
            yield return $".Add(\"state.{state.Name}.codes\", [{field}.Codes.Length], {field}.CodeMemory)";
            yield return $".Add(\"state.{state.Name}.scales\", [{field}.Scales.Length], {field}.ScaleMemory)";
            yield break;
        }

        if (state.Count > 0)
        {
            yield return $".Add(\"state.{state.Name}\", [{ClassFile.Text(state.Count)}], {field}.AsMemory())";
            yield break;
        }

        yield return state.Over == Extent.Everything
            ? $".AddReal(\"state.{state.Name}\", () => {state.Name}, value => {state.Name} = value)"
            : $".Add(\"state.{state.Name}\", [{field}.Length], {field}.Memory)";
    }

    private static IEnumerable<string> OfGroup(OptimizerSpec optimizer, int group)
    {
        GroupSpec spec = optimizer.Groups[group];
        if (spec.RateScale is not null)
            yield return Number(HyperMembers.Scale(optimizer, group));
        if (spec.Hyper >= 0)
            yield return Number(HyperMembers.Override(optimizer, group));
    }

    /// <summary>A number in a file is an integer or a real one.</summary>
    private static string Number(HyperSpec hyper)
    {
        // A file is refused before anything is changed, so it is held to the range of the property, and not by it.
        string accepts = HyperMembers.Range(hyper, hyper.Type) is { } range ? $", accepts: value => {(hyper.Type == "float" ? "(float)value" : "value")} is {range}" : "";
        return hyper.Type switch
        {
            "int" => $".AddInteger(\"hyper.{hyper.Name}\", () => {hyper.Name}, value => {hyper.Name} = value{accepts})",
            "bool" => $".AddReal(\"hyper.{hyper.Name}\", () => {hyper.Name} ? 1 : 0, value => {hyper.Name} = value != 0)",
            "double" => $".AddReal(\"hyper.{hyper.Name}\", () => {hyper.Name}, value => {hyper.Name} = value{accepts})",
            _ => $".AddReal(\"hyper.{hyper.Name}\", () => {hyper.Name}, value => {hyper.Name} = ({hyper.Type})value{accepts})",
        };
    }

    /// <summary>Which rule keeps which states of which parameters.</summary>
    private static string Layout(OptimizerSpec optimizer) => LayoutHash.Of(string.Join(
        "\n",
        [
            optimizer.Model is ModelSpec model ? LayoutHash.Of(model) : "any parameters",
            .. optimizer.Stages.Select(stage => stage.Name),
            .. optimizer.States.Select(state =>
                state.Format != StateFormat.Element ? $"{state.Name} as {state.Format}" : state.Over == Extent.Element ? state.Name : state.Count > 0 ? $"{state.Name} of {ClassFile.Text(state.Count)} numbers" : $"{state.Name} of {state.Over}"),
        ]));
}
