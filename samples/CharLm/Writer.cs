namespace CharLm;

/// <summary>Lets a network write: draws each character from what the network expects after those before it.</summary>
internal sealed class Writer(CharNet model, Vocabulary vocabulary, int seed)
{
    private readonly Random _random = new(seed);
    private readonly int[] _context = new int[CharNet.Context];
    private readonly float[] _logits = new float[CharNet.Context * Vocabulary.Size];

    /// <summary>Continues a text by so many characters.</summary>
    /// <param name="start">At least one character.</param>
    /// <param name="temperature">Below 1, the likely characters become likelier still.</param>
    public string Continue(string start, int length, double temperature)
    {
        List<int> text = [.. vocabulary.Encode(start)];
        for (int i = 0; i < length; i++)
        {
            // What stands behind the last character does not matter: no position sees a later one.
            int seen = Math.Min(text.Count, CharNet.Context);
            text.CopyTo(text.Count - seen, _context, 0, seen);
            model.Predict(_context, _logits);
            text.Add(Draw(_logits.AsSpan((seen - 1) * Vocabulary.Size, Vocabulary.Size), temperature));
        }

        return string.Concat(text.Select(vocabulary.Decode));
    }

    /// <summary>A number drawn from softmax(logits / temperature), never the one that stands for unknown characters.</summary>
    private int Draw(ReadOnlySpan<float> logits, double temperature)
    {
        double largest = float.NegativeInfinity, sum = 0;
        foreach (float logit in logits[1..])
            largest = Math.Max(largest, logit);
        Span<double> weights = stackalloc double[logits.Length];
        for (int i = 1; i < logits.Length; i++)
            sum += weights[i] = Math.Exp((logits[i] - largest) / temperature);

        double point = _random.NextDouble() * sum;
        int drawn = 1;
        while (drawn < logits.Length - 1 && (point -= weights[drawn]) >= 0)
            drawn++;
        return drawn;
    }
}
