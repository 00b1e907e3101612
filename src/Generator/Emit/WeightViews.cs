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

        WriteLevels(file, model.Element, "WeightViews", "The parameters by name.", "s_layout", [.. layout.Order.Select(p => (model.Parameters[p].Name, model.Parameters[p].Shape))]);
    }

    /// <summary>The struct of all views, whose descriptions stand in the same order in the table <paramref name="infos"/>.</summary>
    public static void WriteLevels(ClassFile file, string element, string type, string summary, string infos, (string Name, Shape Shape)[] entries)
    {
        Level level = new(file, element, infos, entries);
        level.Write(type, summary, [.. entries.Select((entry, position) => (Path: entry.Name.Split('.'), Position: position))], 0);
    }

    private sealed record Level(ClassFile File, string Element, string Infos, (string Name, Shape Shape)[] Entries)
    {
        /// <summary>One struct for all whose paths agree up to <paramref name="depth"/>, and the structs below it.</summary>
        public void Write(string type, string summary, (string[] Path, int Position)[] leaves, int depth)
        {
            CodeWriter writer = File.Writer;
            File.Document(summary);
            using CodeWriter.Scope body = writer.Block($"public readonly ref struct {type}");
            writer.Line($"private readonly Span<{Element}> _parameters;");
            writer.Blank();
            writer.Line($"internal {type}(Span<{Element}> parameters) => _parameters = parameters;");
            List<(string Type, string Summary, (string[] Path, int Position)[] Leaves)> below = [];
            foreach (IGrouping<string, (string[] Path, int Position)> group in leaves.GroupBy(leaf => leaf.Path[depth]))
            {
                string member = Identifier.Escape(group.Key);
                (string[] Path, int Position)[] deeper = group.Where(leaf => leaf.Path.Length > depth + 1).ToArray();
                if (deeper.Length == 0)
                {
                    (string[] path, int position) = group.First();
                    string name = string.Join(".", path), shape = Entries[position].Shape.ToString();
                    writer.Blank();
                    writer.Line($"/// <summary><c>{name}</c>, {shape}.</summary>");
                    writer.Line($"public ParameterView<{Element}> {member} => new({Infos}[{ClassFile.Text(position)}], _parameters);");
                    continue;
                }

                string path1 = string.Join(".", deeper[0].Path.Take(depth + 1)), typeBelow = string.Concat(deeper[0].Path.Take(depth + 1)) + "Views";
                writer.Blank();
                writer.Line($"/// <summary>The parameters of <c>{path1}</c>.</summary>");
                writer.Line($"public {typeBelow} {member} => new(_parameters);");
                below.Add((typeBelow, $"The parameters of <c>{path1}</c>.", deeper));
            }

            foreach ((string typeBelow, string summaryBelow, (string[] Path, int Position)[] leavesBelow) in below)
                Write(typeBelow, summaryBelow, leavesBelow, depth + 1);
        }
    }
}
