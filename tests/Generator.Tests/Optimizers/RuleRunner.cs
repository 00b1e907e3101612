using System.Collections.Concurrent;
using System.Linq.Expressions;
using System.Reflection;
using OptGen.Generator.Specs;
using OptGen.Generator.Tests.Oracle;

namespace OptGen.Generator.Tests.Optimizers;

/// <summary>
/// Runs an optimizer's chain on numbers in double precision, stage by stage, with the oracle for scalar functions: what emitted code is to do, without any of the
/// compiler's passes. The parameters are matrices that lie one after the other; without shapes, one row.
/// </summary>
internal sealed class RuleRunner
{
    private static readonly ConcurrentDictionary<string, Action<object[]>> s_methods = [];

    private readonly OptimizerSpec _optimizer;
    private readonly double[][] _states;
    private readonly double[] _hypers;
    private readonly (int Offset, int Rows, int Columns)[] _tensors;

    // Of each state of pairs, the matrix of each tensor.
    private double[][][] _pairs;

    // Of each state that is an array of the host's, its numbers.
    private double[][] _arrays;

    public RuleRunner(OptimizerSpec optimizer, double[] initial, params (int Rows, int Columns)[] shapes)
    {
        _optimizer = optimizer;
        Parameters = [.. initial];
        _hypers = [.. optimizer.Hypers.Select(hyper => hyper.Default)];
        _states = [.. optimizer.States.Select(state => Enumerable.Repeat(state.Initial, initial.Length).ToArray())];
        _arrays = [.. optimizer.States.Select(state => Enumerable.Repeat(state.Initial, state.Count).ToArray())];
        int offset = 0;
        _tensors = [.. (shapes.Length == 0 ? [(1, initial.Length)] : shapes).Select(shape => (offset += shape.Rows * shape.Columns, shape.Rows, shape.Columns)).Select(tensor => (tensor.Item1 - (tensor.Rows * tensor.Columns), tensor.Rows, tensor.Columns))];
        _pairs = [.. optimizer.States.Select(state => _tensors.Select(tensor => new double[PairCount(state, tensor.Rows, tensor.Columns)]).ToArray())];
    }

    /// <summary>A state of pairs, the matrices of all tensors one after the other.</summary>
    public double[] Pairs(string name) => [.. _pairs[_optimizer.States.ToList().FindIndex(state => state.Name == name)].SelectMany(matrix => matrix)];

    private static int PairCount(StateSpec state, int rows, int columns)
    {
        int size = state.Over == Extent.RowPair ? rows : columns, other = state.Over == Extent.RowPair ? columns : rows;
        return state.Over switch
        {
            Extent.Direction => rows > state.AtMost && columns > state.AtMost ? state.AtMost * Math.Min(rows, columns) : 0,
            Extent.InDirection => rows > state.AtMost && columns > state.AtMost ? state.AtMost * Math.Max(rows, columns) : rows * columns,
            Extent.RowPair or Extent.ColumnPair when size > 1 && other > 1 && size <= state.AtMost => size * size,
            Extent.RowPair when state.OrDiagonal => size > 1 ? size : 0,
            Extent.ColumnPair when state.OrDiagonal => size > 1 || other == 1 ? size : 0,
            _ => 0,
        };
    }

    /// <summary>A loss for tests of which none belongs to the gradients.</summary>
    public const double DefaultLoss = 0.75;

    public double[] Parameters { get; private set; }

    /// <summary>What the next step is told of the loss.</summary>
    public double Loss { get; set; } = DefaultLoss;

    /// <summary>Whether decay applies to each tensor; without it, to all.</summary>
    public IReadOnlyList<bool>? Decays { get; init; }

    public int StepCount { get; private set; }

    /// <summary>Whether the last step ended early.</summary>
    public bool IsHeld { get; private set; }

    /// <summary>A state, with one number for each element even where elements share it.</summary>
    public double[] State(string name) => _states[_optimizer.States.ToList().FindIndex(state => state.Name == name)];

    /// <summary>A state that is an array of the host's.</summary>
    public double[] HostArray(string name) => _arrays[_optimizer.States.ToList().FindIndex(state => state.Name == name)];

    public double this[string hyper]
    {
        set => _hypers[_optimizer.Hypers.ToList().FindIndex(candidate => candidate.Name == hyper)] = value;
    }

    public void Step(double[] gradients)
    {
        double[] transformed = [.. gradients], current = [.. Parameters];
        double[][] states = [.. _states.Select(state => state.ToArray())];
        double given = Loss;
        bool[] skipped = new bool[current.Length];
        foreach (StageSpec stage in _optimizer.Stages)
        {
            double[][] results = Run(stage, transformed, current);
            if (stage.Kind == StageKind.GradientTransform)
                transformed = results[0];
            else
                current = Unless(stage, current, results[0]);
            for (int k = 0; k < stage.States.Count; k++)
                states[stage.States[k]] = _optimizer.States[stage.States[k]].Over <= Extent.Row ? Unless(stage, states[stage.States[k]], results[1 + k]) : results[1 + k];
            IsHeld = stage.Holds && results[stage.Outputs.Hold] is [not 0, ..];
            if (IsHeld)
                break;
            if (stage.Skips)
                skipped = [.. skipped.Zip(results[stage.Outputs.Skip], (before, skips) => before || skips != 0)];
            if (stage.ChangesLoss && results[stage.Outputs.Loss] is [double loss, ..])
                Loss = loss;
        }

        Loss = given;
        states.CopyTo(_states, 0);
        if (IsHeld)
            return;
        Parameters = current;
        StepCount++;

        // Of the library's, only rows are left out.
        double[] Unless(StageSpec stage, double[] kept, double[] changed) => stage.SeesAll ? changed : [.. changed.Select((value, i) => skipped[i] ? kept[i] : value)];
    }

    /// <summary>The outputs of a stage for all elements. Reductions settle one after the other, as each sees those before it complete.</summary>
    private double[][] Run(StageSpec stage, double[] gradients, double[] current)
    {
        double[][] reduced = [.. _optimizer.Reductions.Select(_ => new double[Parameters.Length])];
        double[][] results = [];
        double[][][] pairs = _pairs;
        double[][] arrays = _arrays;
        bool isSettled = false;
        for (int round = 0; round <= stage.Reductions.Count + stage.Calls.Count && !isSettled; round++)
        {
            // Each round begins with what the step found; that of the last one stays. One that finds the same numbers as the one before is the last.
            _pairs = [.. pairs.Select(state => state.Select(matrix => matrix.ToArray()).ToArray())];
            double[][] left = _arrays;
            double[][] rows = [.. Enumerable.Range(0, Parameters.Length).Select(i => Evaluate(stage.Body, i, gradients, current, reduced))];
            results = [.. Enumerable.Range(0, stage.Body.Function.Outputs.Count).Select(output => rows.Select(row => row[output]).ToArray())];
            isSettled = true;
            for (int k = 0; k < stage.Reductions.Count; k++)
            {
                double[] now = Reduce(_optimizer.Reductions[stage.Reductions[k]], results[1 + stage.States.Count + k]);
                isSettled &= now.SequenceEqual(reduced[stage.Reductions[k]]);
                reduced[stage.Reductions[k]] = now;
            }

            double[][] found = [.. arrays.Select(array => array.ToArray())];
            int term = stage.Outputs.FirstOfCalls;
            foreach (OnceSpec call in stage.Calls.Select(call => _optimizer.Calls[call]))
            {
                RunOnce(call, [.. Enumerable.Range(term, call.TermCount).Select(output => results[output][0])], found);
                term += call.TermCount;
            }

            isSettled &= found.Zip(left).All(pair => pair.First.SequenceEqual(pair.Second));
            _arrays = found;
        }

        return results;
    }

    private double[] Reduce(ReductionSpec reduction, double[] terms)
    {
        if (reduction.Kind == ReductionKind.Whole)
            return Whole(reduction, terms);
        double[] reduced = new double[terms.Length];
        foreach (IGrouping<(int, int), int> together in Enumerable.Range(0, terms.Length).GroupBy(i => Together(reduction.Over, i)))
        {
            double[] own = [.. together.Select(i => terms[i])];
            double value = reduction.Kind switch { ReductionKind.Max => own.Max(), ReductionKind.Mean => own.Average(), _ => own.Sum() };
            foreach (int i in together)
                reduced[i] = value;
        }

        return reduced;
    }

    /// <summary>The number of an element: rows have keys of their own.</summary>
    private double Random(int stream, int element)
    {
        (int offset, int _, int columns) = _tensors.Last(tensor => tensor.Offset <= element);
        int begin = offset + ((element - offset) / columns * columns);
        return Kernels.StepRandom.Uniform(Kernels.StepRandom.Key(0, ((long)StepCount << 32) + begin), stream, element - begin);
    }

    /// <summary>The host's own method, on each tensor.</summary>
    private double[] Whole(ReductionSpec reduction, double[] terms)
    {
        Action<object[]> method = s_methods.GetOrAdd(reduction.Method, Compiled);
        double[] changed = [.. terms];
        for (int tensor = 0; tensor < _tensors.Length; tensor++)
        {
            (int offset, int rows, int columns) = _tensors[tensor];
            double[] matrix = terms[offset..(offset + (rows * columns))];
            object[] arguments = [matrix, rows, columns, .. reduction.Arguments.Select(argument => Argument(argument, tensor))];
            if (reduction.Stream >= 0)
                arguments = [.. arguments, new Kernels.TensorRandom(0, StepCount, offset, reduction.Stream)];
            method(arguments);
            matrix.CopyTo(changed, offset);
        }

        return changed;
    }

    /// <summary>Code of the host that runs once per step, on its arrays.</summary>
    private static void RunOnce(OnceSpec call, double[] terms, double[][] arrays)
    {
        int term = 0;
        List<object> handed = [];
        foreach (OnceArgument argument in call.Arguments)
        {
            handed.Add(argument.State >= 0 ? arrays[argument.State] : argument.IsList ? terms[term..(term + argument.Count)] : terms[term]);
            term += argument.State >= 0 ? 0 : argument.Count;
        }

        s_methods.GetOrAdd(call.Method, Compiled)([.. handed]);
    }

    /// <summary>Spans can't be boxed, so an expression makes them of arrays.</summary>
    private static Action<object[]> Compiled(string name)
    {
        int dot = name.LastIndexOf('.');
        Type type = typeof(UpdateRule).Assembly.GetType(name["global::".Length..dot])!;
        MethodInfo named = type.GetMethod(name[(dot + 1)..])!, method = named.IsGenericMethodDefinition ? named.MakeGenericMethod(typeof(double)) : named;
        ParameterExpression arguments = Expression.Parameter(typeof(object[]));
        Expression[] handed =
        [
            .. method.GetParameters().Select((parameter, i) =>
            {
                Expression argument = Expression.ArrayIndex(arguments, Expression.Constant(i));
                return parameter.ParameterType == typeof(Span<double>) || parameter.ParameterType == typeof(ReadOnlySpan<double>)
                    ? Expression.Convert(Expression.Convert(argument, typeof(double[])), parameter.ParameterType)
                    : Expression.Convert(argument, parameter.ParameterType);
            }),
        ];
        return Expression.Lambda<Action<object[]>>(Expression.Call(method, handed), arguments).Compile();
    }

    private object Argument(WholeArgument argument, int tensor) => argument.Input switch
    {
        null => argument.Constant,
        { Kind: UpdateInputKind.State, Index: int state } => argument.IsPairs ? _pairs[state][tensor] : _states[state][0],
        { Kind: UpdateInputKind.Hyper, Index: int hyper } => _hypers[hyper],
        _ => StepCount + 1.0,
    };

    private int Tensor(int element) => Array.FindLastIndex(_tensors, candidate => candidate.Offset <= element);

    private (int Tensor, int Line) Together(Extent over, int element)
    {
        int tensor = Tensor(element), position = element - _tensors[tensor].Offset;
        return over switch
        {
            Extent.Everything => (0, 0),
            Extent.Tensor => (tensor, 0),
            Extent.Row => (tensor, position / _tensors[tensor].Columns),
            _ => (tensor, position % _tensors[tensor].Columns),
        };
    }

    private double[] Evaluate(BoundFunction function, int element, double[] gradients, double[] current, double[][] reduced) =>
        ScalarInterpreter.Evaluate(function.Function, [.. function.Inputs.Select(input => input.Kind switch
        {
            UpdateInputKind.Parameter => current[element],
            UpdateInputKind.Previous => Parameters[element],
            UpdateInputKind.Gradient => gradients[element],
            UpdateInputKind.State => _states[input.Index][element],
            UpdateInputKind.Hyper => _optimizer.Hypers[input.Index].Decays && Decays?[Tensor(element)] == false ? 0 : _hypers[input.Index],
            UpdateInputKind.Step => StepCount + 1,
            UpdateInputKind.Loss => Loss,
            UpdateInputKind.Result => _arrays[_optimizer.Results[input.Index].State][_optimizer.Results[input.Index].Position],
            UpdateInputKind.Random => Random(input.Index, element),
            UpdateInputKind.Rows => _tensors.Last(tensor => tensor.Offset <= element).Rows,
            UpdateInputKind.Columns => _tensors.Last(tensor => tensor.Offset <= element).Columns,
            _ => reduced[input.Index][element],
        })]);
}
