using System.Globalization;
using System.Reflection;
using Microsoft.CodeAnalysis;
using OptGen.Data;
using OptGen.Generator.Diagnostics;
using OptGen.Generator.Specs;
using OptGen.Generator.Tests.Docs;

namespace OptGen.Generator.Tests.Optimizers.Conformance;

/// <summary>Every hyperparameter of the library has a range, which holds where it is written, where it is set, and in files; every argument of a schedule is checked.</summary>
public class RangeTests
{
    /// <summary>Numbers that mean something everywhere, as PyTorch sees it too.</summary>
    private static readonly string[] s_unbounded = ["Sgd.Dampening", "PolyakSgd.LowerBound", "Momo.LowerBound", "MomoAdam.LowerBound"];

    private static readonly (int Rows, int Columns)[] s_shapes = [(2, 3)];

    public static TheoryData<string> Rules => [.. Chains.Rules];

    public static TheoryData<string> Transforms => [.. Chains.GradientTransforms, .. Chains.ParameterTransforms, nameof(Sam)];

    public static TheoryData<string, string> ScheduleArguments
    {
        get
        {
            TheoryData<string, string> rows = [];
            foreach (LibraryDefinition schedule in LibraryDefinition.All.Where(definition => definition.Kind == "Schedules"))
            {
                foreach (DefinitionArgument argument in schedule.Arguments.Where(argument => argument.Type is "int" or "double"))
                    rows.Add(schedule.Name, argument.Name);
            }

            return rows;
        }
    }

    [Theory]
    [MemberData(nameof(Rules))]
    [MemberData(nameof(Transforms))]
    public void Every_hyperparameter_has_a_range_and_is_refused_outside_of_it(string definition)
    {
        foreach ((PropertyInfo property, double inside, double[] outside) in Bounded(definition))
        {
            string attribute = Chains.Attribute(definition), head = attribute.EndsWith(')') ? attribute[..^1] + ", " : attribute + "(";
            (string Text, string Token, int Start) Source(double value) => OptimizerSource.Marked(Written($"{head}{property.Name} = [|{Literal(property, value)}|])"));
            Assert.DoesNotContain(OptimizerSource.Read(Source(inside).Text, "O").Diagnostics, diagnostic => diagnostic.IsError);
            foreach (double value in outside)
            {
                (string source, string token, int start) = Source(value);
                DiagnosticSpec found = Assert.Single(OptimizerSource.Read(source, "O").Diagnostics);
                Assert.Equal((DiagnosticDescriptors.HyperOutOfRange.Id, start, token.Length), (found.Id, found.Span.Start, found.Span.Length));
            }
        }

        string Written(string attribute) =>
            $"[Optimizer, {(Chains.Rules.Contains(definition) ? attribute : Chains.ParameterTransforms.Contains(definition) ? "Sgd, " + attribute : attribute + ", Sgd")}] public partial class O;";
    }

    [Theory]
    [MemberData(nameof(Rules))]
    public void A_property_refuses_what_is_out_of_range_and_keeps_its_value(string rule)
    {
        CompiledOptimizer optimizer = RuleTable.Create(rule, isDouble: true, s_shapes);
        byte[] before = optimizer.Save();
        foreach ((PropertyInfo property, double inside, double[] outside) in Bounded(rule).Where(bounded => optimizer.Has(bounded.Property.Name)))
        {
            foreach (double value in outside)
            {
                ArgumentOutOfRangeException refused = Assert.IsType<ArgumentOutOfRangeException>(
                    Assert.Throws<TargetInvocationException>(() => optimizer[property.Name] = value).InnerException);
                Assert.Equal(property.Name, refused.ParamName);
            }

            Assert.Equal(before, optimizer.Save());
            double initial = optimizer[property.Name];
            optimizer[property.Name] = inside;
            Assert.Equal(inside, optimizer[property.Name]);
            optimizer[property.Name] = initial;
        }
    }

    [Theory]
    [MemberData(nameof(Rules))]
    public void A_file_with_a_value_out_of_range_is_refused_and_nothing_is_changed(string rule)
    {
        CompiledOptimizer optimizer = RuleTable.Create(rule, isDouble: true, s_shapes);
        optimizer["LearningRate"] = 0.0625;
        byte[] file = optimizer.Save(), negative = [.. file];
        optimizer["LearningRate"] = 0.5;
        byte[] before = optimizer.Save();

        // The sign of the one number that is 0.0625; the checksum of the file is not to be what refuses it.
        byte[] pattern = BitConverter.GetBytes(0.0625);
        int at = file.AsSpan().IndexOf(pattern);
        Assert.True(at > 0 && file.AsSpan(at + 1).IndexOf(pattern) < 0);
        negative[at + 7] |= 0x80;
        CheckpointException refused = Assert.Throws<CheckpointException>(() => optimizer.Load(negative));
        Assert.Contains("'hyper.LearningRate' is -0.0625", refused.Message, StringComparison.Ordinal);
        Assert.Equal(before, optimizer.Save());
        optimizer.Load(file);
        Assert.Equal(0.0625, optimizer["LearningRate"]);
    }

    [Theory]
    [MemberData(nameof(ScheduleArguments))]
    public void A_schedule_refuses_a_negative_argument(string schedule, string argument)
    {
        string example = LibraryDefinition.All.Single(definition => definition.Kind == "Schedules" && definition.Name == schedule).ExampleAttribute!;
        string[] given = [.. example.Contains('(', StringComparison.Ordinal) ? example[(example.IndexOf('(', StringComparison.Ordinal) + 1)..^1].Split(", ").Where(each => !each.StartsWith(argument + " ", StringComparison.Ordinal)) : []];
        (string source, string token, int start) = OptimizerSource.Marked($"[Optimizer, Muon, {schedule}({string.Join(", ", given.Append($"{argument} = [|-1|]"))})] public partial class O;");
        DiagnosticSpec found = Assert.Single(OptimizerSource.Read(source, "O").Diagnostics);
        Assert.Equal((DiagnosticDescriptors.InvalidArgument.Id, start, token.Length), (found.Id, found.Span.Start, found.Span.Length));
    }

    /// <summary>Each hyperparameter with a value inside of its range, and values that are just outside.</summary>
    private static IEnumerable<(PropertyInfo Property, double Inside, double[] Outside)> Bounded(string definition)
    {
        foreach (PropertyInfo property in typeof(UpdateRule).Assembly.GetType("OptGen." + definition)!.GetProperties())
        {
            if (property.GetCustomAttribute<HyperAttribute>() is not { OfRule: false, Of: null } || s_unbounded.Contains($"{definition}.{property.Name}"))
                continue;
            BoundsAttribute bounds = Assert.IsType<BoundsAttribute>(property.GetCustomAttribute<BoundsAttribute>());
            double step = property.PropertyType == typeof(int) ? 1 : 0.125;
            double inside = double.IsFinite(bounds.AtLeast) ? bounds.AtLeast : bounds.Above + step;
            List<double> outside = [double.IsFinite(bounds.AtLeast) ? bounds.AtLeast - step : bounds.Above];
            if (double.IsFinite(bounds.AtMost))
                outside.Add(bounds.AtMost + step);
            if (double.IsFinite(bounds.Below))
                outside.Add(bounds.Below);
            if (property.PropertyType != typeof(int))
                outside.Add(double.NaN);
            yield return (property, inside, [.. outside]);
        }
    }

    private static string Literal(PropertyInfo property, double value) =>
        double.IsNaN(value) ? "float.NaN" : value.ToString(CultureInfo.InvariantCulture) + (property.PropertyType == typeof(int) ? "" : "f");
}
