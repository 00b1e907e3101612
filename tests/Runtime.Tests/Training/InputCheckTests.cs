namespace OptGen.Runtime.Tests.Training;

public sealed class InputCheckTests
{
    [Fact]
    public void Rows_counts_whole_rows()
    {
        Assert.Equal(3, InputCheck.Rows(12, 4, "x"));
        Assert.Equal(0, InputCheck.Rows(0, 4, "x"));
        ArgumentException error = Assert.Throws<ArgumentException>("x", () => InputCheck.Rows(13, 4, "x"));
        Assert.StartsWith("x has 13 elements, which is not a whole number of rows of 4.", error.Message);
    }

    [Fact]
    public void Batch_rows_are_between_1_and_the_batch()
    {
        Assert.Equal(2, InputCheck.BatchRows(8, 4, 2, "x"));
        Assert.StartsWith("x is empty; it needs 1 to 2 rows.", Assert.Throws<ArgumentException>("x", () => InputCheck.BatchRows(0, 4, 2, "x")).Message);
        Assert.StartsWith("x has 3 rows; the batch takes at most 2.", Assert.Throws<ArgumentException>("x", () => InputCheck.BatchRows(12, 4, 2, "x")).Message);
        Assert.Throws<ArgumentException>("x", () => InputCheck.BatchRows(7, 4, 2, "x"));
    }

    [Fact]
    public void Lengths_must_match()
    {
        InputCheck.Length(12, 4, 3, "y");
        Assert.StartsWith("y has 11 elements; 3 rows of 4 are 12.", Assert.Throws<ArgumentException>("y", () => InputCheck.Length(11, 4, 3, "y")).Message);
        InputCheck.Capacity(13, 4, 3, "output");
        Assert.StartsWith(
            "output has room for 11 elements; 3 rows of 4 need 12.", Assert.Throws<ArgumentException>("output", () =>
                InputCheck.Capacity(11, 4, 3, "output")).Message);
        InputCheck.SameLength(5, 5, "gradients");
        Assert.StartsWith(
            "gradients has 4 elements; 5 are expected.", Assert.Throws<ArgumentException>("gradients", () => InputCheck.SameLength(4, 5, "gradients")).Message);
    }

    [Fact]
    public void Labels_are_staged_as_numbers()
    {
        float[] single = new float[3];
        InputCheck.Labels([0, 2, 1], 3, single, "y");
        Assert.Equal([0f, 2f, 1f], single);
        double[] wide = new double[3];
        InputCheck.Labels([0, 2, 1], 3, wide, "y");
        Assert.Equal([0, 2, 1.0], wide);
    }

    [Theory]
    [InlineData(3)]
    [InlineData(-1)]
    public void A_label_out_of_range_is_refused_before_any_is_staged(int label)
    {
        float[] staged = [9, 9];
        ArgumentException error = Assert.Throws<ArgumentException>("y", () => InputCheck.Labels([1, label], 3, staged, "y"));
        Assert.StartsWith($"y[1] is {label}; labels are 0 to 2.", error.Message);
        Assert.Equal([9f, 9f], staged);
    }
}
