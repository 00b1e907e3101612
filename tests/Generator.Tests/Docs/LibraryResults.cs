using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;
using OptGen.Generator.Autodiff;
using OptGen.Generator.Graph;
using OptGen.Generator.Scalar;
using OptGen.Generator.Specs;
using OptGen.Generator.Tests.Frontend;
using OptGen.Generator.Tests.Harness;
using OptGen.Generator.Tests.Oracle;

namespace OptGen.Generator.Tests.Docs;

/// <summary>What the examples of definitions give: computed, never written by hand.</summary>
/// <param name="Caption">What the numbers are of; Markdown.</param>
/// <param name="Table">Rows of cells, the first of them the head.</param>
/// <param name="Curves">Named curves to draw, as points; empty for none.</param>
internal sealed partial record LibraryResult(string Caption, string[][] Table, (string Name, double[] X, double[] Y)[] Curves);

internal static partial class LibraryResults
{
    private const int Steps = 5;
    private static readonly Lazy<Dictionary<string, double[]>> s_paths = new(Descend);

    /// <summary>What the definition does in its example; null where there is nothing to compute.</summary>
    public static LibraryResult? Of(LibraryDefinition definition) => definition switch
    {
        { Base: "Schedule" } => Schedule(definition),
        { Kind: "Rules" } or { Kind: "Transforms" } => Path(definition),
        { Kind: "Layers" or "Normalization" } => Layer(definition),
        { Kind: "Initializers" } => Initializer(definition),
        { Kind: "Losses" } => Loss(definition),
        { Method: not null } => Function(definition),
        _ => null,
    };

    public static string Number(double value) => double.IsNaN(value) ? "NaN" : Rounded(value) is var text && text is "-0" ? "0" : text.Replace('-', '−');

    private static string Rounded(double value) => value.ToString("G5", CultureInfo.InvariantCulture)
        .Replace("E-0", "e-", StringComparison.Ordinal).Replace("E-", "e-", StringComparison.Ordinal).Replace("E+", "e+", StringComparison.Ordinal);

    /// <summary>Values at the counts that the example names, their halves and doubles; and the whole curve.</summary>
    private static LibraryResult? Schedule(LibraryDefinition definition)
    {
        if (definition.ExampleAttribute is not { } attribute || Create(definition.Name, attribute) is not Schedule schedule)
            return null;
        double initial = schedule.Drives == "LearningRate" ? 0.1 : 0.95;
        int[] counts = [.. schedule.GetType().GetProperties()
            .SelectMany(property => property.Name == "From" ? [] : property.GetValue(schedule) switch { int count => [count], int[] all => all, _ => Array.Empty<int>() })
            .Where(count => count > 1)];
        int end = counts.Length == 0 ? new[] { 10, 100 }.FirstOrDefault(step => schedule.Value(1, step) < 0.4, 1000)
            : schedule.GetType().GetProperty("Total") is { } total ? (int)total.GetValue(schedule)!
            : 4 * counts.Max();
        end = Math.Max(end, schedule.From);
        IEnumerable<int> turns = counts.SelectMany(count => new[] { count / 2, count }).Concat([0, 1, end / 4, end / 2, end]);
        int[] steps = [.. turns.Select(step => step + schedule.From).Append(0).Distinct().Order()];
        if (definition.Name == "ReduceOnPlateau")
            return Plateau((ReduceOnPlateau)schedule);
        double[] x = [.. Enumerable.Range(0, 241).Select(i => Math.Floor((end + schedule.From) * 1.1 * i / 240)).Distinct()];
        return new LibraryResult(
            $"`{schedule.Drives}` in each step, with the property at {Number(initial)}:",
            [
                ["updates done", .. steps.Select(step => step.ToString("N0", CultureInfo.InvariantCulture))],
                [schedule.Drives, .. steps.Select(step => Number(schedule.At(initial, step)))],
            ],
            [(schedule.Drives, x, [.. x.Select(step => schedule.At(initial, (int)step))])]);
    }

    private static LibraryResult Plateau(ReduceOnPlateau schedule)
    {
        double[] losses = [1, 0.5, 0.4, 0.41, 0.42, 0.4, 0.43, 0.3];
        List<string> rates = [];
        foreach (double loss in losses)
        {
            rates.Add(Number(schedule.Value(0.1, 0)));
            schedule.Report(loss);
        }

        return new LibraryResult(
            "With the property at 0.1, what each epoch reports at its end and the rate it ran at:",
            [
                ["epoch", .. losses.Select((_, epoch) => (epoch + 1).ToString(CultureInfo.InvariantCulture))],
                ["reported loss", .. losses.Select(Number)],
                ["LearningRate", .. rates],
            ],
            []);
    }

    /// <summary>A schedule with the arguments of an attribute's text.</summary>
    private static Schedule? Create(string name, string attribute)
    {
        Match match = Attribute().Match(attribute);
        Type type = typeof(Schedule).Assembly.GetType("OptGen." + name)!;
        Schedule schedule = (Schedule)Activator.CreateInstance(type)!;
        foreach (Match argument in Argument().Matches(match.Groups["arguments"].Value))
        {
            PropertyInfo property = type.GetProperty(argument.Groups["name"].Value)!;
            string text = argument.Groups["value"].Value.Replace("_", "", StringComparison.Ordinal).TrimEnd('f', 'd');
            object value = property.PropertyType == typeof(string) ? text.Trim('"')
                : property.PropertyType == typeof(int[]) ? Whole().Matches(text).Select(number => int.Parse(number.Value, CultureInfo.InvariantCulture)).ToArray()
                : Convert.ChangeType(text, property.PropertyType, CultureInfo.InvariantCulture);
            property.SetValue(schedule, value);
        }

        schedule.Validate();
        return schedule;
    }

    /// <summary>The first steps on a parabola; transforms start further out, so that there is something to transform.</summary>
    private static LibraryResult? Path(LibraryDefinition definition)
    {
        if (!s_paths.Value.TryGetValue(definition.Name, out double[]? path))
            return null;
        bool rule = definition.Base == "UpdateRule";
        string[] head = ["step", .. Enumerable.Range(0, Steps + 1).Select(step => step.ToString(CultureInfo.InvariantCulture))];
        return rule
            ? new LibraryResult("On f(w) = ½w² from w = 1:", [head, ["w", "1", .. path.Select(Number)]], [])
            : new LibraryResult(
                "On f(w) = ½w² from w = 4, with `[Sgd(LearningRate = 0.1f)]`:",
                [head, ["w", "4", .. path.Select(Number)], ["w without it", "4", .. Enumerable.Range(1, Steps).Select(step => Number(4 * Math.Pow(0.9, step)))]],
                []);
    }

    /// <summary>The loss of a model has no factor that could be undone, so the example gets its gradients from elsewhere.</summary>
    private static bool NeedsScaledLoss(LibraryDefinition definition) =>
        typeof(ChainAttribute).Assembly.GetType("OptGen." + definition.Name)?.GetCustomAttribute<ChainAttribute>(inherit: false) is { NeedsScaledLoss: true };

    /// <summary>All rules and transforms in one program, for the sake of time.</summary>
    private static Dictionary<string, double[]> Descend()
    {
        LibraryDefinition[] shown = [.. LibraryDefinition.All.Where(definition => definition.Kind is "Rules" or "Transforms" && definition.ExampleAttribute is not null)];
        string Chain(LibraryDefinition definition) => definition.Base switch
        {
            "UpdateRule" => definition.ExampleAttribute!,
            "GradientTransform" or "Perturbation" => $"{definition.ExampleAttribute}, Sgd(LearningRate = 0.1f)",
            _ => $"Sgd(LearningRate = 0.1f), {definition.ExampleAttribute}",
        };
        IEnumerable<string> classes = shown.Select(definition =>
            $"[Optimizer{(NeedsScaledLoss(definition) ? "(Precision = Precision.Double)" : "<Parabola>")}, {Chain(definition)}] public partial class {definition.Name}Example;");
        IEnumerable<string> runs = shown.Select(definition => $"case \"{definition.Name}\": {{ {definition.Name}Example optimizer = " + (NeedsScaledLoss(definition)
            ? "new(1); return Run(model, () => optimizer.Step(model.Parameters, new[] { model.Parameters[0] * optimizer.Scale })); }"
            : "new(model); return Run(model, () => optimizer.TrainStep([1.0], [0.0])); }"));
        using LoadedProgram program = LoadedProgram.Of($$"""
            [Model(Batch = 1, Precision = Precision.Double)]
            public partial class Parabola
            {
                [Dense(1, Bias = false)] private static partial Tensor Slope(Tensor x);

                [Forward] private static Tensor Forward([Shape(1)] Tensor x) => Slope(x);
                [Loss] private static Tensor Loss(Tensor y, [Shape(1)] Tensor target) => Mean(Square(y - target)) * 0.5f;
            }

            {{string.Join("\n", classes)}}

            public static class Probe
            {
                public static double[] Path(string name, double start)
                {
                    Parabola model = new(1);
                    model.Parameters[0] = start;
                    switch (name)
                    {
                        {{string.Join("\n", runs)}}
                        default: return [];
                    }
                }

                private static double[] Run(Parabola model, Action step)
                {
                    double[] path = new double[{{Steps}}];
                    for (int i = 0; i < path.Length; i++)
                    {
                        step();
                        path[i] = model.Parameters[0];
                    }

                    return path;
                }
            }
            """);
        Func<string, double, double[]> path = program.Method<Func<string, double, double[]>>("Path");
        return shown.ToDictionary(definition => definition.Name, definition => path(definition.Name, definition.Base == "UpdateRule" ? 1 : 4));
    }

    /// <summary>What a layer makes of the inputs of its example or, where that is an attribute alone, of the first of some usual inputs that it takes.</summary>
    private static LibraryResult? Layer(LibraryDefinition definition)
    {
        if (definition.ExampleModel is { } model)
            return ModelSource.Read(model).Value is { } read ? Shapes(read) : null;
        (string Shape, string Type)[] usual = [("64", "Tensor"), ("28, 28, 3", "Tensor"), ("16, 32", "Tensor"), ("16", "Labels")];
        return definition.ExampleAttribute is { } attribute
            ? usual.Select(input => ModelSource.Read($$"""
                [Model(Batch = 1)]
                public partial class Net
                {
                    [{{attribute}}] private static partial Tensor Layer({{input.Type}} x);

                    [Forward] private static Tensor Forward([Shape({{input.Shape}})] {{input.Type}} x) => Layer(x);
                }
                """).Value).OfType<ModelSpec>().Select(Shapes).FirstOrDefault()
            : null;
    }

    private static LibraryResult Shapes(ModelSpec spec)
    {
        static string Row(Shape shape) => shape.Rank == 1 ? "[1]" : $"[{string.Join(", ", shape.Dims.Skip(1))}]";
        static string Name(string path) => path.StartsWith("Layer.", StringComparison.Ordinal) ? path["Layer.".Length..] : path;
        int count = spec.Parameters.Sum(parameter => parameter.Shape.Count);
        string inputs = string.Join(" and ", spec.Inputs.Where(input => !input.IsTarget).Select(input => Row(input.Shape)));
        string outputs = string.Join(" and ", spec.Outputs.Select(output => Row(output.Shape)));
        string parameters = count == 0 ? "no parameters." : count.ToString("N0", CultureInfo.InvariantCulture) + " parameters:";
        IEnumerable<string[]> rows = spec.Parameters.Select(parameter =>
            new[] { $"`{Name(parameter.Name)}`", parameter.Shape.ToString(), parameter.Kind.ToString(), parameter.Init });
        return new LibraryResult(
            $"For each row of shape {inputs} it gives one of shape {outputs}, with {parameters}",
            count == 0 ? [] : [["parameter", "shape", "kind", "initializer"], .. rows],
            []);
    }

    private static LibraryResult? Initializer(LibraryDefinition definition)
    {
        MethodInfo method = typeof(Initializers).GetMethod(definition.Name)!;
        foreach (int[] shape in new[] { new[] { 256, 128 }, [128, 128], [3, 3, 16, 16] })
        {
            double[] values = new double[shape.Aggregate((a, b) => a * b)];
            try
            {
                if (method.ReturnType == typeof(double))
                    Initializers.Fill(method.CreateDelegate<ElementInitializer>(), values, shape, seed: 1);
                else
                    Initializers.Fill(method.CreateDelegate<TensorInitializer>(), values, shape, seed: 1);
            }
            catch (ArgumentException)
            {
                continue;
            }

            double mean = values.Average(), deviation = Math.Sqrt(values.Average(value => (value - mean) * (value - mean)));
            return new LibraryResult(
                $"A kernel of shape [{string.Join(", ", shape)}] with gain 1, seed 1:",
                [["mean", "standard deviation", "smallest", "largest"], [.. new[] { mean, deviation, values.Min(), values.Max() }.Select(value => Number(Math.Round(value, 4)))]],
                []);
        }

        return null;
    }

    /// <summary>A loss of one row and as many further ones as it takes.</summary>
    private static LibraryResult? Loss(LibraryDefinition definition)
    {
        double[][] rows = [[0.7, 0.2, 0.1], [1, 0, 0], [0, 0.5, 0.5]];
        foreach (MethodInfo method in typeof(Ops).GetMethods().Where(method => method.Name == definition.Name && method.ReturnType == typeof(Tensor)))
        {
            System.Reflection.ParameterInfo[] needed = [.. method.GetParameters().Where(parameter => !parameter.HasDefaultValue)];
            if (needed.Length < 2 || needed.Length > rows.Length || needed[0].ParameterType != typeof(Tensor))
                continue;
            bool[] labels = [.. needed.Select(parameter => parameter.ParameterType == typeof(Labels))];
            IEnumerable<string> targets = labels.Skip(1).Select((isLabels, i) => $"{(isLabels ? "[Shape] Labels" : "[Shape(3)] Tensor")} target{i}");
            ModelSpec? spec = ModelSource.Read($$"""
                [Model(Batch = 1, Precision = Precision.Double)]
                public partial class Net
                {
                    [Forward] private static Tensor Forward([Shape(3)] Tensor x) => x;
                    [Loss] private static Tensor Loss(Tensor y, {{string.Join(", ", targets)}}) =>
                        {{definition.Name}}(y, {{string.Join(", ", labels.Skip(1).Select((_, i) => $"target{i}"))}});
                }
                """).Value;
            if (spec is null)
                continue;
            BufferRef gradient = new(BufferKind.Gradient), loss = new(BufferKind.Loss);
            GraphBuilder builder = new(spec.Graph);
            int node = spec.Graph.Outputs.Single(output => output.Target == loss).Node;
            builder.Output(ReverseMode.Gradients(builder, node, [Source(spec.Graph, new BufferRef(BufferKind.Input))])[0], gradient);
            Dictionary<BufferRef, double[]> results = new GraphInterpreter(1).Run(
                DeadCode.Run(DropStopGradients.Run(builder.Build())),
                Enumerable.Range(0, needed.Length).ToDictionary(i => new BufferRef(BufferKind.Input, i), i => labels[i] ? [0] : rows[i]));
            string Shown(int i) => labels[i] ? "the label 0" : $"{needed[i].Name} {Vector(rows[i])}";
            return new LibraryResult(
                $"One row with {string.Join(", ", needed.Select((_, i) => Shown(i)))}:",
                [["loss", $"gradient of {needed[0].Name}"], [Number(results[loss][0]), Vector(results[gradient])]],
                []);
        }

        return null;
    }

    /// <summary>A function of one number: its values and slopes. Another: what it makes of one row.</summary>
    private static LibraryResult? Function(LibraryDefinition definition)
    {
        static bool TakesOne(MethodInfo method) => method.GetParameters() is [{ ParameterType: var first }, .. var rest]
            && first == typeof(Tensor)
            && rest.All(parameter => parameter.HasDefaultValue);
        if (!typeof(Ops).GetMethods().Any(method => method.Name == definition.Name && TakesOne(method))
            || ModelSource.Read(ModelSource.ForwardSource($"return {definition.Name}(x);")).Value is not { } spec)
            return null;
        TensorGraph graph = DeadCode.Run(spec.Graph);
        if (graph.Nodes.Count == 2 && graph.Nodes[1].Op is MapOp map && map.Body.InputCount == 1)
        {
            ScalarFunction slope = Differentiate.Partial(map.Body, 0);
            double[] points = [-3, -2, -1, -0.5, 0, 0.5, 1, 2, 3], x = [.. Enumerable.Range(0, 161).Select(i => (i - 80) / 20.0)];
            double Value(double at) => ScalarInterpreter.Evaluate(map.Body, at)[0];
            double Slope(double at) => ScalarInterpreter.Evaluate(slope, at)[0];
            return new LibraryResult(
                "",
                [
                    ["x", .. points.Select(Number)],
                    [$"{definition.Name}(x)", .. points.Select(at => Number(Value(at)))],
                    ["derivative", .. points.Select(at => Number(Slope(at)))],
                ],
                [(definition.Name, x, [.. x.Select(Value)]), ("derivative", x, [.. x.Select(Slope)])]);
        }

        double[] row = [-1, 0, 1, 2];
        Dictionary<BufferRef, double[]> results = new GraphInterpreter(8).Run(
            graph, new Dictionary<BufferRef, double[]> { [new BufferRef(BufferKind.Input)] = [.. Enumerable.Repeat(row, 8).SelectMany(same => same)] });
        double[] output = results[new BufferRef(BufferKind.Prediction)];
        return new LibraryResult($"The row (−1, 0, 1, 2) becomes {Vector(output[..(output.Length / 8)])}.", [], []);
    }

    private static string Vector(double[] values) => $"({string.Join(", ", values.Select(Number))})";

    private static int Source(TensorGraph graph, BufferRef buffer) =>
        Enumerable.Range(0, graph.Nodes.Count).Single(node => graph.Nodes[node].Op is SourceOp source && source.Buffer == buffer);

    [GeneratedRegex(@"^(?<name>\w+)(\((?<arguments>.*)\))?$")]
    private static partial Regex Attribute();

    [GeneratedRegex(@"(?<name>\w+) = (?<value>new\[\] \{[^}]*\}|""[^""]*""|[^,]+)")]
    private static partial Regex Argument();

    [GeneratedRegex(@"\d+")]
    private static partial Regex Whole();
}
