namespace OptGen.Runtime.Tests.Training;

public sealed class ParameterViewTests
{
    private static readonly ParameterInfo s_kernel = new("Hidden.Kernel", [2, 3], 4, 6, ParameterKind.Weight);

    [Fact]
    public void A_view_is_a_window_on_the_flat_buffer()
    {
        float[] flat = [.. Enumerable.Range(0, 12).Select(i => (float)i)];
        var view = new ParameterView<float>(s_kernel, flat);
        Assert.Equal("Hidden.Kernel", view.Name);
        Assert.Equal([2, 3], view.Shape.ToArray());
        Assert.Equal(6, view.Length);
        Assert.Equal(5f, view[1]);
        Assert.Equal(9f, view[1, 2]);
        view[1, 0] = -1;
        Assert.Equal(-1f, flat[7]);
        Assert.Equal("Hidden.Kernel [2, 3]", view.ToString());
    }

    [Fact]
    public void Every_axis_has_its_index()
    {
        float[] flat = [.. Enumerable.Range(0, 2 * 3 * 4 * 5).Select(i => (float)i)];
        var kernel = new ParameterView<float>(new("Conv.Kernel", [2, 3, 4, 5], 0, flat.Length, ParameterKind.Weight), flat);
        Assert.Equal((((((1 * 3) + 2) * 4) + 3) * 5) + 4, kernel[1, 2, 3, 4]);
        kernel[0, 1, 0, 0] = -1;
        Assert.Equal(-1f, flat[20]);
        Assert.Throws<ArgumentOutOfRangeException>("indices", () => View()[0, 3, 0, 0]);
        Assert.Throws<ArgumentOutOfRangeException>("indices", () => View()[0, 0, 0, -1]);
        Assert.Throws<InvalidOperationException>(() => View()[0, 0, 0]);

        ParameterView<float> View() => new(new("Conv.Kernel", [2, 3, 4, 5], 0, flat.Length, ParameterKind.Weight), flat);
    }

    [Fact]
    public void Indices_outside_an_axis_are_refused()
    {
        float[] flat = new float[12];
        Assert.Throws<ArgumentOutOfRangeException>("i", () => new ParameterView<float>(s_kernel, flat)[2, 0]);
        Assert.Throws<ArgumentOutOfRangeException>("j", () => new ParameterView<float>(s_kernel, flat)[0, 3]);
        Assert.Throws<ArgumentOutOfRangeException>("j", () => new ParameterView<float>(s_kernel, flat)[0, -1]);
        var bias = new ParameterInfo("Hidden.Bias", [3], 0, 3, ParameterKind.Bias);
        Assert.Throws<InvalidOperationException>(() => new ParameterView<float>(bias, flat)[0, 0]);
    }
}
