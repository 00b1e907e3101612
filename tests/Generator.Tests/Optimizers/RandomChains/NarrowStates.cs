using static System.FormattableString;

namespace OptGen.Generator.Tests.Optimizers.RandomChains;

/// <summary>
/// The states of a rule that memory keeps in fewer bits: each must be what the format has nearest to the number of the reference (or, rounded at random, one of the two neighbours, without a drift),
/// where an error of single precision must be allowed for. Then the reference goes on with what memory has, so that nothing is left over for the next step: a number on the border of two codes may be rounded either way.
/// </summary>
internal sealed class NarrowStates(ChainInstance instance, RandomChain chain, ReferenceTensor[] tensors)
{
    public const string BFloat16 = ", StateStorage(Storage.BFloat16)";
    public const string Stochastic = ", StateStorage(Storage.BFloat16, Stochastic = true)";
    public const string Blockwise8 = ", StateStorage(Storage.Blockwise8)";

    private static readonly double[] s_signed = Magnitudes(1), s_positive = Magnitudes(2);

    // Of what was rounded at random: how far up it went, in units in the last place, and how often.
    private double _drift;
    private int _rounded;

    /// <summary>The rules whose states are kept so, and the reference's names of them.</summary>
    private IEnumerable<(string Property, string Name)> Kept => chain.Declaration.Links.SelectMany(link => link.Name switch
    {
        nameof(Sgd) => [("M", "velocity")],
        nameof(Lion) => [("M", "mean")],
        nameof(AdamW) or nameof(Lamb) => new[] { ("M", "mean"), ("V", "square") },
        _ => [],
    });

    /// <summary>Whether random numbers went up as often as they should.</summary>
    public bool IsFair => Math.Abs(_drift) <= 6 * Math.Sqrt(_rounded / 4.0);

    /// <summary>Compares the states after a call, and hands them to the references; what is wrong, or null.</summary>
    public string? Follow(ChainReference exact, ChainReference[] rounded)
    {
        foreach ((string property, string name) in Kept)
        {
            double[] stored = instance.Narrow(property, out int codes), wanted = exact.Kept(name);
            double[][] others = [.. rounded.Select(each => each.Kept(name))];
            foreach ((int begin, int length) in Blocks(codes))
            {
                double largest = Enumerable.Range(begin, length).Max(i => Math.Abs(wanted[i]));
                for (int i = begin; i < begin + length; i++)
                {
                    double error = (8 * others.Max(other => Math.Abs(other[i] - wanted[i]))) + (1e-6 * largest);
                    if (Math.Abs(stored[i] - wanted[i]) > Distance(wanted[i], largest, property == "V") + error + 1e-38)
                        return Invariant($"{property}[{i}] should be stored for {wanted[i]:R}, but is {stored[i]:R}");
                    if (chain.Storage == Stochastic && wanted[i] != 0)
                        (_drift, _rounded) = (_drift + ((stored[i] - wanted[i]) / Unit(wanted[i])), _rounded + 1);
                }
            }

            foreach (ChainReference each in rounded.Append(exact))
                each.Keep(name, stored);
        }

        return null;
    }

    /// <summary>How far what is stored may be from a number.</summary>
    private double Distance(double wanted, double largest, bool isPositive)
    {
        if (wanted == 0 || chain.Storage != Blockwise8)
            return wanted == 0 ? 0 : chain.Storage == Stochastic ? Unit(wanted) : Unit(wanted) / 2;
        double[] magnitudes = isPositive ? s_positive : s_signed;
        double size = Math.Abs(wanted) / largest;

        // The largest of a block is exact, but its sign alone has that code.
        if (size > magnitudes[^1])
            return largest * Math.Max(size - magnitudes[^1], 1 - size);
        int next = Array.FindIndex(magnitudes, magnitude => magnitude >= size);
        return largest * Math.Min(size - magnitudes[next - 1], magnitudes[next] - size);
    }

    /// <summary>The unit in the last of eight binary places.</summary>
    private static double Unit(double number) => Math.Pow(2, Math.Floor(Math.Log2(Math.Abs(number))) - 7);

    /// <summary>What shares a scale: up to 256 neighbours of a tensor or, where there is room for that, of a row. Without scales, a tensor.</summary>
    private IEnumerable<(int Begin, int Length)> Blocks(int codes)
    {
        if (chain.Storage != Blockwise8)
            return tensors.Select(tensor => (tensor.Offset, tensor.Length));
        bool byRows = codes == tensors.Sum(tensor => tensor.Rows * Padded(tensor.Columns));
        return tensors.SelectMany(tensor => Enumerable.Range(0, byRows ? tensor.Rows : 1).SelectMany(row => Runs(tensor.Offset + (row * tensor.Columns), byRows ? tensor.Columns : tensor.Length)));

        static int Padded(int count) => (count + 15) / 16 * 16;

        static IEnumerable<(int, int)> Runs(int begin, int length)
        {
            for (int first = 0; first < length; first += 256)
                yield return (begin + first, Math.Min(256, length - first));
        }
    }

    /// <summary>0, and of seven decades up to 1 the middles of equal cells, twice as many in each as in the one below.</summary>
    private static double[] Magnitudes(int first) =>
        [0, .. Enumerable.Range(0, 7).SelectMany(decade => Enumerable.Range(0, first << decade).Select(cell => Math.Pow(10, decade - 7) * (1 + (9 * (cell + 0.5) / (first << decade)))))];
}
