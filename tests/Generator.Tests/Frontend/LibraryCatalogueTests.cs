using System.Reflection;
using OptGen.Generator.Graph;
using OptGen.Generator.Scalar;
using OptGen.Generator.Tests.Oracle;

namespace OptGen.Generator.Tests.Frontend;

/// <summary>Every elementwise function of the library as it is read, against itself when it runs. New ones are found by reflection.</summary>
public class LibraryCatalogueTests
{
    private static readonly float[] s_points = [-30, -3.5f, -1, -0.4f, -1e-4f, 0, 1e-4f, 0.3f, 1, 2.5f, 30];

    public static TheoryData<string> Functions =>
        [.. typeof(Ops).GetMethods().Where(method => method.ReturnType == typeof(Tensor) && Takes(method, typeof(Tensor)) && Scalar(method.Name) is not null).Select(method => method.Name)];

    [Fact]
    public void The_catalogue_is_not_empty()
    {
        Assert.Superset(new HashSet<string> { "Relu", "Tanh", "Sigmoid" }, Functions.Select(row => row.Data).ToHashSet());
    }

    [Theory]
    [MemberData(nameof(Functions))]
    public void A_function_is_compiled_to_what_it_computes_when_it_runs(string name)
    {
        TensorGraph graph = ModelSource.Forward($"return {name}(x);");
        ScalarFunction function = Assert.IsType<MapOp>(graph.Nodes[^1].Op).Body;
        foreach (float x in s_points)
        {
            float expected = (float)Scalar(name)!.Invoke(null, [x])!;
            double actual = ScalarInterpreter.Evaluate(function, x)[0];
            // Where a function is the difference of larger numbers, what runs in float is exact to the rounding of its argument.
            Assert.True(float.IsNaN(expected) ? double.IsNaN(actual) : expected == actual || Math.Abs(expected - actual) <= 1e-6 * Math.Max(Math.Abs(expected), Math.Abs(x)), $"{name}({x}) is {actual}, not {expected}");
        }
    }

    private static bool Takes(MethodInfo method, params Type[] types) => method.GetParameters().Select(parameter => parameter.ParameterType).SequenceEqual(types);

    private static MethodInfo? Scalar(string name) => typeof(Ops).GetMethod(name, [typeof(float)]);
}
