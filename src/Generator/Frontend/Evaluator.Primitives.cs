using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;
using OptGen.Generator.Diagnostics;
using OptGen.Generator.Specs;

namespace OptGen.Generator.Frontend;

// What the compiler knows by name: the methods marked [Primitive], mathematical functions, and the guards with which definitions refuse arguments.
internal sealed partial class Evaluator
{
    /// <summary>The result of a primitive that has none.</summary>
    private static readonly TupleValue s_nothing = new([]);

    private delegate Value PrimitiveBody(Evaluator evaluator, IInvocationOperation call, Value[] arguments);

    /// <summary>The primitives by the full name of their class, their own name and how many parameters they have.</summary>
    private static readonly Dictionary<(string Name, int Parameters), PrimitiveBody> s_primitives = new()
    {
        [("OptGen.Ops.MatMul", 2)] = (e, call, x) => e.MatMul(call, x[0], x[1]),
        [("OptGen.Ops.Sum", 2)] = (e, call, x) => e.Reduce(Graph.ReduceKind.Sum, call, x[0], x[1]),
        [("OptGen.Ops.Max", 2)] = (e, call, x) => e.Reduce(Graph.ReduceKind.Max, call, x[0], x[1]),
        [("OptGen.Ops.Min", 2)] = (e, call, x) => e.Reduce(Graph.ReduceKind.Min, call, x[0], x[1]),
        [("OptGen.Ops.Sum", 1)] = (e, call, x) => e.SumAll(call, x[0], mean: false),
        [("OptGen.Ops.Mean", 1)] = (e, call, x) => e.SumAll(call, x[0], mean: true),
        [("OptGen.Ops.SumOverBatch", 1)] = (e, call, x) => e.SumOverBatch(call, x[0], mean: false),
        [("OptGen.Ops.MeanOverBatch", 1)] = (e, call, x) => e.SumOverBatch(call, x[0], mean: true),
        [("OptGen.Ops.Map", 2)] = (e, call, x) => e.Map(call, x),
        [("OptGen.Ops.Map", 3)] = (e, call, x) => e.Map(call, x),
        [("OptGen.Ops.Map", 4)] = (e, call, x) => e.Map(call, x),
        [("OptGen.Ops.OneHot", 2)] = (e, call, x) => e.OneHot(call, x[0], x[1]),
        [("OptGen.Ops.StopGradient", 1)] = (e, call, x) => e.StopGradient(call, x[0]),
        [("OptGen.Ops.Reshape", 2)] = (e, call, x) => e.Reshape(call, x[0], x[1]),
        [("OptGen.Ops.Transpose", 2)] = (e, call, x) => e.Transpose(call, x[0], x[1]),
        [("OptGen.Ops.Slice", 5)] = (e, call, x) => e.Slice(call, x),
        [("OptGen.Ops.Concat", 2)] = (e, call, x) => e.Concat(call, x[0], x[1]),
        [("OptGen.Layer.Parameter", 9)] = (e, call, x) => e.Parameter(call, x),
        [("OptGen.Ops.Contract", 3)] = (e, call, x) => e.Contract(call, x),
        [("OptGen.Ops.View", 3)] = (e, call, x) => e.View(call, x),
        [("OptGen.Ops.Scan", 4)] = (e, call, x) => e.Scan(call, x),
        [("OptGen.Ops.Scan", 5)] = (e, call, x) => e.ScanPair(call, x),
        [("OptGen.Ops.Fill", 2)] = (e, call, x) => e.Fill(call, x),
        [("OptGen.Ops.Iota", 1)] = (e, call, x) => e.Iota(call, x[0]),
        [("OptGen.Ops.Lookup", 2)] = (e, call, x) => e.Lookup(call, x[0], x[1]),
        [("OptGen.Ops.RandomUniform", 1)] = (e, call, x) => e.RandomUniform(call, x[0]),
        [("OptGen.Ops.Constant", 2)] = (e, call, x) => e.ConstantTensor(call, x),
        [("OptGen.Ops.Weights", 1)] = (e, call, x) => e.Weights(call, x[0]),
        [("OptGen.Ops.RowCount", 0)] = (e, call, _) => e.RowCount(call),
        [("OptGen.Ops.IsTraining", 0)] = (e, call, _) => e.IsTraining(call),
        [("OptGen.Ops.Probabilities", 1)] = (e, call, x) => e.Probabilities(call, x[0]),
        [("OptGen.Ops.Logits", 1)] = (e, call, x) => e.Logits(call, x[0]),
        [("OptGen.Target.HasRows", 1)] = (e, call, x) => Value.Of(x[0] is TensorValue tensor && e.TensorGraph(call)[tensor.Node].Shape.Batched),
        [("OptGen.Ops.LogProbabilities", 1)] = (e, call, x) => e.LogProbabilities(call, x[0]),
        [("OptGen.Layer.Buffer", 3)] = (e, call, x) => e.Buffer(call, x),
        [("OptGen.Layer.Update", 2)] = (e, call, x) => e.UpdateBuffer(call, x),
        [("OptGen.WeightTransform.Parameter", 9)] = (e, call, x) => e.Parameter(call, x),
        [("OptGen.WeightTransform.Buffer", 3)] = (e, call, x) => e.Buffer(call, x),
        [("OptGen.WeightTransform.Update", 2)] = (e, call, x) => e.UpdateBuffer(call, x),
        [("OptGen.UpdateRule.Uses", 1)] = (_, _, x) => Value.Of(x[0] is not KnownValue { Number: 0 }),
        [("OptGen.UpdateRule.Rows", 0)] = (e, call, _) => e.Chain?.Size(rows: true) ?? throw e.Unsupported(call),
        [("OptGen.UpdateRule.Columns", 0)] = (e, call, _) => e.Chain?.Size(rows: false) ?? throw e.Unsupported(call),
        [("OptGen.GradientTransform.Uniform", 1)] = (e, call, x) => e.Chain?.Uniform(e.KnownWhole(x[0], call)) ?? throw e.Unsupported(call),
        [("OptGen.GradientTransform.Uses", 1)] = (_, _, x) => Value.Of(x[0] is not KnownValue { Number: 0 }),
        [("OptGen.Perturbation.Uses", 1)] = (_, _, x) => Value.Of(x[0] is not KnownValue { Number: 0 }),
        [("OptGen.ParameterTransform.Uses", 1)] = (_, _, x) => Value.Of(x[0] is not KnownValue { Number: 0 }),
        [("OptGen.GradientTransform.Hold", 1)] = (e, call, x) => e.Hold(call, x[0]),
        [("OptGen.GradientTransform.Skip", 1)] = (e, call, x) => e.Skip(call, x[0]),
    };

    /// <summary>Names of the primitives, such as <c>OptGen.Ops.MatMul</c>, with how many parameters they have.</summary>
    internal static IEnumerable<(string Name, int Parameters)> PrimitiveNames => s_primitives.Keys;

    private Value? Primitive(IInvocationOperation call, Value[] arguments)
    {
        IMethodSymbol method = call.TargetMethod;
        if (!method.IsStatic || method.ContainingType is null)
            return null;
        string type = FullName(method.ContainingType);
        if (s_primitives.TryGetValue((type + "." + method.Name, method.Parameters.Length), out PrimitiveBody primitive) && IsOptGens(method))
            return primitive(this, call, arguments);
        if (type is "System.ArgumentOutOfRangeException" or "System.ArgumentNullException" && method.Name.StartsWith("Throw", StringComparison.Ordinal))
            return Check(call, arguments);
        if (type == "System.Array" && method.Name == "Empty")
            return new ArrayValue([]);
        return Mathematics(method, arguments, call.Syntax);
    }

    /// <summary>True for what the runtime declares a primitive; a composition of the library may share its name and count of parameters.</summary>
    private bool IsOptGens(IMethodSymbol method) =>
        SourceOf(method.OriginalDefinition) is ISymbol source && SymbolEqualityComparer.Default.Equals(source.ContainingAssembly, Library.Compilation.Assembly)
        && source.GetAttributes().Any(attribute => attribute.AttributeClass?.Name == "PrimitiveAttribute");

    /// <summary>The guards of the framework's argument exceptions.</summary>
    private Value Check(IInvocationOperation call, Value[] arguments)
    {
        string? parameter = arguments.Length > 0 ? (arguments[arguments.Length - 1] as KnownValue)?.Data as string : null;
        if (call.TargetMethod.Name == "ThrowIfNull")
            return arguments[0] != Value.Null ? s_nothing : throw Refuse(call.Syntax, parameter, $"'{parameter}' is null");
        double value = KnownNumber(arguments[0], call), bound = arguments.Length > 2 ? KnownNumber(arguments[1], call) : 0;
        string? must = call.TargetMethod.Name switch
        {
            "ThrowIfZero" => value == 0 ? "not be 0" : null,
            "ThrowIfNegative" => value < 0 ? "not be negative" : null,
            "ThrowIfNegativeOrZero" => value <= 0 ? "be positive" : null,
            "ThrowIfLessThan" => value < bound ? $"be at least {Text(arguments[1])}" : null,
            "ThrowIfLessThanOrEqual" => value <= bound ? $"be greater than {Text(arguments[1])}" : null,
            "ThrowIfGreaterThan" => value > bound ? $"be at most {Text(arguments[1])}" : null,
            "ThrowIfGreaterThanOrEqual" => value >= bound ? $"be less than {Text(arguments[1])}" : null,
            "ThrowIfEqual" => value == bound ? $"not be {Text(arguments[1])}" : null,
            "ThrowIfNotEqual" => value != bound ? $"be {Text(arguments[1])}" : null,
            _ => throw Unsupported(call),
        };
        return must is null ? s_nothing : throw Refuse(call.Syntax, parameter, $"'{parameter}' is {Text(arguments[0])}, but must {must}");
    }

    private TupleValue Hold(IInvocationOperation call, Value condition)
    {
        if (Chain is null || _journals.Count > 0)
            throw Fault(DiagnosticDescriptors.HoldInBranch, call.Syntax);
        Chain.Hold(condition, Where(call.Arguments[0].Value.Syntax));
        return s_nothing;
    }

    private TupleValue Skip(IInvocationOperation call, Value condition)
    {
        if (Chain is null || _journals.Count > 0)
            throw Fault(DiagnosticDescriptors.SkipInBranch, call.Syntax);
        Chain.Skip(condition);
        return s_nothing;
    }

    private double KnownNumber(Value value, IOperation operation) =>
        (value as KnownValue)?.Number ?? throw Unknown(operation);

    private int KnownWhole(Value value, IOperation operation) =>
        value is KnownValue { Data: long number and >= int.MinValue and <= int.MaxValue } ? (int)number : throw Unknown(operation);

    private int[] KnownSizes(Value value, IOperation operation) =>
        AsArray(value, operation).Items.Select(item => KnownWhole(item.Value ?? Value.Null, operation)).ToArray();
}
