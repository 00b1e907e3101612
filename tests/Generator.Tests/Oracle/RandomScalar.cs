using OptGen.Generator.Scalar;

namespace OptGen.Generator.Tests.Oracle;

/// <summary>Scalar functions composed at random of all operations. The same seed gives the same function.</summary>
internal sealed class RandomScalar
{
    public const int InputCount = 3;

    private static readonly double[] s_constants = [0, 1, -1, 2, 0.5, -0.25, 3, 0.1];

    private static readonly ScalarOp[] s_numbers =
    [
        .. Enum.GetValues<ScalarOp>().Where(op => op.Arity() > 0 && !op.IsTruth() && op != ScalarOp.Select),
        ScalarOp.Select,
        ScalarOp.Select,
        ScalarOp.Negate,
        ScalarOp.Multiply,
        ScalarOp.Add,
    ];

    private readonly Random _random;
    private readonly List<(ScalarOp Op, int A, int B, int C)> _steps = [];
    private readonly List<int> _numbers = [];
    private readonly List<int> _truths = [];

    public RandomScalar(int seed, params ScalarOp[] without)
    {
        _random = new Random(seed);
        // Values 0 … 2 are the inputs, the next ones constants.
        int count = InputCount + s_constants.Length;
        _numbers.AddRange(Enumerable.Range(0, count));
        ScalarOp[] numbers = [.. s_numbers.Except(without)];
        for (int left = _random.Next(3, 14); left > 0; left--)
        {
            bool truth = _random.Next(4) == 0;
            ScalarOp op = truth ? (ScalarOp)_random.Next((int)ScalarOp.Less, (int)ScalarOp.Not + 1) : numbers[_random.Next(numbers.Length)];
            if ((op is ScalarOp.And or ScalarOp.Or or ScalarOp.Not or ScalarOp.Select) && _truths.Count == 0)
                continue;
            bool fromTruths = op is ScalarOp.And or ScalarOp.Or or ScalarOp.Not;
            int a = Pick(fromTruths || op == ScalarOp.Select ? _truths : _numbers);
            int b = op.Arity() > 1 ? Pick(fromTruths ? _truths : _numbers) : -1;
            int c = op.Arity() > 2 ? Pick(_numbers) : -1;
            _steps.Add((op, a, b, c));
            (truth ? _truths : _numbers).Add(count + _steps.Count - 1);
        }
    }

    /// <summary>The function, its last number as the output; as it is, or with the builder's simplifications.</summary>
    public ScalarFunction Build(bool simplified)
    {
        ScalarBuilder builder = new();
        List<int> values = [.. Enumerable.Range(0, InputCount).Select(builder.Input), .. s_constants.Select(builder.Constant)];
        foreach ((ScalarOp op, int a, int b, int c) in _steps)
        {
            (int x, int y, int z) = (values[a], b < 0 ? -1 : values[b], c < 0 ? -1 : values[c]);
            values.Add(simplified ? builder.Apply(op, x, y, z) : builder.Intern(op, x, y, z));
        }

        return builder.Build(InputCount, values[_numbers[^1]]);
    }

    private int Pick(List<int> from) => from[Math.Max(_random.Next(from.Count), _random.Next(from.Count))];
}
