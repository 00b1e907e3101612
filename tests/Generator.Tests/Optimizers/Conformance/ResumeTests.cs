using OptGen.Data;

namespace OptGen.Generator.Tests.Optimizers.Conformance;

/// <summary>An optimizer without a model that is saved and loaded goes on as the one that never stopped, to the last bit, whatever its chain.</summary>
public class ResumeTests
{
    private static readonly (int Rows, int Columns)[] s_shapes = [(3, 5), (1, 19), (4, 1)];

    public static TheoryData<string> All => [.. Chains.All];

    [Theory]
    [MemberData(nameof(All))]
    public void A_resumed_run_in_double_precision_is_the_run_that_never_stopped(string chain) => Resumes<double>(chain, number => number);

    [Theory]
    [MemberData(nameof(All))]
    public void A_resumed_run_in_single_precision_is_the_run_that_never_stopped(string chain) => Resumes(chain, number => (float)number);

    /// <summary>Be it one that keeps numbers of rows, or one whose states would fit.</summary>
    [Theory]
    [InlineData(nameof(Adafactor))]
    [InlineData(nameof(AdamW))]
    public void A_file_of_other_shapes_is_refused_and_nothing_is_changed(string rule)
    {
        CompiledOptimizer saved = RuleTable.Create(rule, isDouble: true, (3, 5)), other = RuleTable.Create(rule, isDouble: true, (5, 3));
        double[] w = new double[15];
        other.Step<double>(w, RuleTable.Numbers(new Random(1), 15));
        byte[] before = other.Save();
        Assert.Throws<CheckpointException>(() => other.Load(saved.Save()));
        Assert.Equal(before, other.Save());
    }

    private static void Resumes<T>(string chain, Func<double, T> narrow)
    {
        bool isDouble = typeof(T) == typeof(double);
        CompiledOptimizer whole = Chains.Create(chain, isDouble, s_shapes), second = Chains.Create(chain, isDouble, s_shapes);
        Random random = new(1);
        T[] Numbers() => [.. RuleTable.Numbers(random, whole.ParameterCount).Select(narrow)];
        T[] w = Numbers();

        // What the second one did before must leave no trace; its parameters are not its own.
        T[] elsewhere = Numbers();
        for (int step = 0; step < 3; step++)
            second.Step<T>(elsewhere, Numbers());
        for (int step = 0; step < 5; step++)
            whole.Step<T>(w, Numbers());
        second["LearningRate"] = 7;
        second.Load(whole.Save());
        T[] v = [.. w];
        Assert.Equal(whole.Save(), second.Save());
        for (int step = 0; step < 6; step++)
        {
            T[] gradients = Numbers();
            whole.Step<T>(w, gradients);
            second.Step<T>(v, gradients);
            Assert.Equal(w, v);
        }

        Assert.Equal(whole.Save(), second.Save());
    }
}
