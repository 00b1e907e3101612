namespace OptGen.Generator.Tests.Optimizers.Conformance;

/// <summary>The ways in which a step takes its parameters: one span, one memory, or a memory for each tensor.</summary>
public class StepOverloadTests
{
    private static readonly (int Rows, int Columns)[] s_shapes = [(3, 5), (1, 19), (1, 1)];

    public static TheoryData<string> All => [.. Chains.All];

    [Theory]
    [MemberData(nameof(All))]
    public void All_ways_of_handing_over_parameters_agree(string chain)
    {
        CompiledOptimizer spans = Chains.Create(chain, isDouble: true, s_shapes), memory = Chains.Create(chain, isDouble: true, s_shapes), tensors = Chains.Create(chain, isDouble: true, s_shapes);
        Random random = new(1);
        double[] w = RuleTable.Numbers(random, spans.ParameterCount), v = [.. w];
        double[][] parts = Parts(w);
        for (int step = 0; step < 6; step++)
        {
            double[] gradients = RuleTable.Numbers(random, w.Length);
            spans.Step<double>(w, gradients);
            memory.StepMemory<double>(v, gradients);
            tensors.StepTensors([.. parts.Select(part => part.AsMemory())], [.. Parts(gradients).Select(part => (ReadOnlyMemory<double>)part)]);
            Assert.Equal(w, v);
            Assert.Equal(w, parts.SelectMany(part => part));
        }
    }

    [Fact]
    public void What_does_not_fit_is_refused_and_changes_nothing()
    {
        CompiledOptimizer optimizer = RuleTable.Create(nameof(AdamW), isDouble: true, s_shapes);
        double[] start = RuleTable.Numbers(new Random(2), 35), w = [.. start];
        byte[] before = optimizer.Save();

        string Refused(Action step) => Assert.ThrowsAny<ArgumentException>(step).ParamName!;
        Assert.Equal("parameters", Refused(() => optimizer.Step<double>(w.AsSpan(1), new double[35])));
        Assert.Equal("gradients", Refused(() => optimizer.Step<double>(w, new double[34])));
        Assert.Equal("parameters", Refused(() => optimizer.StepMemory<double>(w.AsMemory(0, 34), new double[35])));
        Assert.Equal("gradients", Refused(() => optimizer.StepMemory<double>(w, new double[36])));

        Memory<double>[] parts = [w.AsMemory(0, 15), w.AsMemory(15, 19), w.AsMemory(34, 1)];
        ReadOnlyMemory<double>[] gradients = [new double[15], new double[19], new double[1]];
        Assert.Equal("parameters", Refused(() => optimizer.StepTensors(parts[..2], gradients)));
        Assert.Equal("gradients", Refused(() => optimizer.StepTensors(parts, gradients[1..])));
        Assert.Equal("parameters", Refused(() => optimizer.StepTensors([parts[0], parts[2], parts[1]], gradients)));
        Assert.Equal("gradients", Refused(() => optimizer.StepTensors(parts, [gradients[0], gradients[1], gradients[1]])));

        Assert.Equal(start, w);
        Assert.Equal(before, optimizer.Save());
        optimizer.StepTensors(parts, gradients);
        Assert.NotEqual(start, w);
    }

    [Fact]
    public void Tensors_may_lie_anywhere_and_several_may_share_an_array()
    {
        CompiledOptimizer apart = RuleTable.Create(nameof(Lamb), isDouble: false, s_shapes), flat = RuleTable.Create(nameof(Lamb), isDouble: false, s_shapes);
        float[] shared = new float[64], w = [.. RuleTable.Numbers(new Random(3), 35).Select(number => (float)number)];
        Memory<float>[] parts = [shared.AsMemory(41, 15), shared.AsMemory(3, 19), shared.AsMemory(23, 1)];
        int taken = 0;
        foreach (Memory<float> part in parts)
        {
            w.AsSpan(taken, part.Length).CopyTo(part.Span);
            taken += part.Length;
        }

        float[] gradients = [.. w.Select(number => 1 - number)];
        apart.StepTensors(parts, [gradients.AsMemory(0, 15), gradients.AsMemory(15, 19), gradients.AsMemory(34, 1)]);
        flat.Step<float>(w, gradients);
        Assert.Equal(w, parts.SelectMany(part => part.ToArray()));
        Assert.Equal(29, shared.Count(number => number == 0));
    }

    private static double[][] Parts(double[] flat) => [flat[..15], flat[15..34], flat[34..]];
}
