using OptGen.Generator.Backends;
using OptGen.Generator.Lowering;
using OptGen.Generator.Specs;

namespace OptGen.Generator.Emit;

/// <summary>Writes the typed, named views: <c>model.Weights.Hidden.Kernel</c> for the parameter <c>Hidden.Kernel</c>.</summary>
internal static class WeightViews
{
    public static void Write(ClassFile file, ModelSpec model, ParameterLayout layout)
    {
        file.Document("The parameters by name.");
        file.Writer.Line("public WeightViews Weights => new(Parameters);");
        file.Document(
            "Numbers that lie as the parameters do, by the parameters' names: an average of them, a gradient, a state of an optimizer.",
            ("parameters", "One number for each parameter."),
            ("exception ArgumentException", "The length is not <see cref=\"ParameterCount\"/>."));
        using (file.Writer.Block($"public static WeightViews WeightsOf(Span<{model.Element}> parameters)"))
        {
            file.Writer.Line("InputCheck.SameLength(parameters.Length, ParameterCount, nameof(parameters));");
            file.Writer.Line("return new(parameters);");
        }

        file.Document(
            "Exchanges the parameters with others, such as an average that an optimizer keeps, to predict with them; the same call brings them back.",
            ("others", "One number for each parameter, in the order of <see cref=\"Layout\"/>."),
            ("exception ArgumentException", "The length is not <see cref=\"ParameterCount\"/>. Nothing is changed."));
        using (file.Writer.Block($"public void ExchangeParameters(Span<{model.Element}> others)"))
        {
            file.Writer.Line("InputCheck.SameLength(others.Length, ParameterCount, nameof(others));");
            file.Writer.Line("Memory.Exchange(Parameters, others);");
        }

        var leaves = layout.Order.Select((p, position) => (Path: model.Parameters[p].Name.Split('.'), Position: position)).ToArray();
        WriteLevel(file, model, "WeightViews", "The parameters by name.", leaves, 0);
    }

    /// <summary>One struct for all parameters whose paths agree up to <paramref name="depth"/>, and the structs below it.</summary>
    private static void WriteLevel(ClassFile file, ModelSpec model, string type, string summary, (string[] Path, int Position)[] leaves, int depth)
    {
        CodeWriter writer = file.Writer;
        file.Document(summary);
        using CodeWriter.Scope body = writer.Block($"public readonly ref struct {type}");
        writer.Line($"private readonly Span<{model.Element}> _parameters;");
        writer.Blank();
        writer.Line($"internal {type}(Span<{model.Element}> parameters) => _parameters = parameters;");
        List<(string Type, string Summary, (string[] Path, int Position)[] Leaves)> below = [];
        foreach (IGrouping<string, (string[] Path, int Position)> group in leaves.GroupBy(leaf => leaf.Path[depth]))
        {
            string member = Identifier.Escape(group.Key);
            (string[] Path, int Position)[] deeper = group.Where(leaf => leaf.Path.Length > depth + 1).ToArray();
            if (deeper.Length == 0)
            {
                (string[] path, int position) = group.First();
                string name = string.Join(".", path), shape = model.Parameters[ParameterLayout.Of(model).Order[position]].Shape.ToString();
                writer.Blank();
                writer.Line($"/// <summary><c>{name}</c>, {shape}.</summary>");
                writer.Line($"public ParameterView<{model.Element}> {member} => new(s_layout[{ClassFile.Text(position)}], _parameters);");
                continue;
            }

            string path1 = string.Join(".", deeper[0].Path.Take(depth + 1)), typeBelow = string.Concat(deeper[0].Path.Take(depth + 1)) + "Views";
            writer.Blank();
            writer.Line($"/// <summary>The parameters of <c>{path1}</c>.</summary>");
            writer.Line($"public {typeBelow} {member} => new(_parameters);");
            below.Add((typeBelow, $"The parameters of <c>{path1}</c>.", deeper));
        }

        foreach ((string typeBelow, string summaryBelow, (string[] Path, int Position)[] leavesBelow) in below)
            WriteLevel(file, model, typeBelow, summaryBelow, leavesBelow, depth + 1);
    }
}
