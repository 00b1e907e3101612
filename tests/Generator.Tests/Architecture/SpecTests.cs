using System.Collections.Immutable;
using System.Reflection;
using OptGen.Generator.Diagnostics;
using OptGen.Generator.Emit;
using OptGen.Generator.Fusion;
using OptGen.Generator.Planning;
using OptGen.Generator.Specs;
using OptGen.Generator.Tests.Harness;

namespace OptGen.Generator.Tests.Architecture;

/// <summary>What crosses the border of the front end is compared by value and keeps nothing of Roslyn alive.</summary>
public class SpecTests
{
    private static readonly Type[] s_roots =
        [typeof(ModelSpec), typeof(OptimizerSpec), typeof(DiagnosticSpec), typeof(ReadResult<ModelSpec>), typeof(CompiledFiles), typeof(SourceFile), typeof(KernelList), typeof(Program)];

    [Fact]
    public void Nothing_of_Roslyn_is_reachable_from_a_representation()
    {
        string[] roslyn = [.. Reachable().Where(type => type.Namespace?.StartsWith("Microsoft.CodeAnalysis", StringComparison.Ordinal) == true).Select(type => type.FullName!)];
        Assert.True(roslyn.Length == 0, string.Join("\n", roslyn));
    }

    [Fact]
    public void Every_part_of_a_representation_is_a_value()
    {
        string[] wrong = [.. Reachable().Where(type => !IsValue(type)).Select(type => type.FullName!)];
        Assert.True(wrong.Length == 0, string.Join("\n", wrong));
    }

    [Fact]
    public void The_search_reaches_the_leaves()
    {
        HashSet<Type> reached = [.. Reachable()];
        Assert.Contains(typeof(Generator.Scalar.ScalarNode), reached);
        Assert.Contains(typeof(Generator.Graph.ContractOp), reached);
        Assert.Contains(typeof(AccumulateSink), reached);
    }

    [Fact]
    public void Specs_of_two_readings_are_equal()
    {
        string source = TrainingProbe.Classifier("[ClipGlobalNorm(1f)][AdamW][WarmupCosine(Total = 10)]");
        ModelSpec[] models = [.. Enumerable.Range(0, 2).Select(_ => Output<ModelSpec>(GeneratorRun.Of(source), TrackingNames.Model))];
        OptimizerSpec[] optimizers = [.. Enumerable.Range(0, 2).Select(_ => Output<OptimizerSpec>(GeneratorRun.Of(source), TrackingNames.BoundOptimizer))];
        Assert.NotSame(models[0], models[1]);
        Assert.Equal(models[0], models[1]);
        Assert.Equal(models[0].GetHashCode(), models[1].GetHashCode());
        Assert.Equal(optimizers[0], optimizers[1]);
        Assert.Equal(optimizers[0].GetHashCode(), optimizers[1].GetHashCode());
        Assert.NotEqual(models[0], models[0] with { Batch = 99 });
    }

    private static T Output<T>(GeneratorRun run, string step) => (T)run.Result.TrackedSteps[step].Single().Outputs.Single().Value;

    /// <summary>A record or enum of ours, an equatable array, or a primitive of the framework.</summary>
    private static bool IsValue(Type type)
    {
        if (type.IsPrimitive || type.IsEnum || type == typeof(string))
            return true;
        if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(EquatableArray<>))
            return true;
        bool isRecord = type.GetMethod("PrintMembers", BindingFlags.Instance | BindingFlags.NonPublic) is not null;
        return isRecord && type.GetFields(BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.Public).All(field => field.IsInitOnly);
    }

    private static HashSet<Type> Reachable()
    {
        HashSet<Type> reached = [];
        Queue<Type> open = new(s_roots);
        while (open.TryDequeue(out Type? type))
        {
            type = Nullable.GetUnderlyingType(type) ?? type;
            if (!reached.Add(type) || type.Namespace?.StartsWith("System", StringComparison.Ordinal) == true)
                continue;
            IEnumerable<Type> next = type.IsGenericType && type.GetGenericTypeDefinition() == typeof(EquatableArray<>)
                ? type.GetGenericArguments()
                : type.GetFields(BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.Public).Select(field => field.FieldType);
            foreach (Type found in next.Concat(typeof(ModelSpec).Assembly.GetTypes().Where(other => other.BaseType == type)))
                open.Enqueue(found);
        }

        Assert.DoesNotContain(typeof(ImmutableArray<int>), reached);
        return reached;
    }
}
