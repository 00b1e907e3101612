namespace OptGen.Kernels;

/// <summary>Keys of stochastic rounding: one for each state and step, so that no two draw the same bits.</summary>
public static class RoundingKey
{
    // Keeps these blocks of the generator apart from those that others draw with the same numbers.
    private const uint Domain = 0x524E4431;

    /// <summary>The key under which state <paramref name="slot"/> is rounded in the update of that number.</summary>
    public static uint Of(int slot, int step)
    {
        (uint key, _, _, _) = Philox.Block((uint)step, (uint)slot, 0, 0, Domain, 0);
        return key;
    }
}
