namespace CharLm;

/// <summary>The text of this project's own documentation, in numbers: nine of ten pages to train on, the others held out.</summary>
internal sealed class Corpus
{
    private Corpus(Vocabulary vocabulary, int[] training, int[] heldOut) => (Vocabulary, Training, HeldOut) = (vocabulary, training, heldOut);

    public Vocabulary Vocabulary { get; }

    public int[] Training { get; }

    public int[] HeldOut { get; }

    /// <summary>Reads README.md and the pages below docs.</summary>
    /// <exception cref="DirectoryNotFoundException">The program does not lie in the repository.</exception>
    public static Corpus Load()
    {
        DirectoryInfo? root = new(AppContext.BaseDirectory);
        while (root is not null && !Directory.Exists(Path.Combine(root.FullName, "docs", "reference")))
            root = root.Parent;
        if (root is null)
            throw new DirectoryNotFoundException($"No folder above {AppContext.BaseDirectory} holds docs, the pages to learn from.");

        string[] pages = [Path.Combine(root.FullName, "README.md"), .. Directory.GetFiles(Path.Combine(root.FullName, "docs"), "*.md", SearchOption.AllDirectories)];
        Array.Sort(pages, StringComparer.Ordinal);
        string[] texts = [.. pages.Select(page => File.ReadAllText(page).ReplaceLineEndings("\n") + "\n\n")];
        string training = string.Concat(texts.Where((_, page) => page % 10 != 5)), heldOut = string.Concat(texts.Where((_, page) => page % 10 == 5));
        Vocabulary vocabulary = new(training);
        return new Corpus(vocabulary, vocabulary.Encode(training), vocabulary.Encode(heldOut));
    }

    /// <summary>Bits per character of a guess that knows only how often each character occurs in the training text.</summary>
    public double UnigramEntropy()
    {
        double bits = 0;
        foreach ((_, int count) in Training.CountBy(number => number))
            bits -= count * Math.Log2((double)count / Training.Length);
        return bits / Training.Length;
    }
}
