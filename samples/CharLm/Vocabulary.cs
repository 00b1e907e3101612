namespace CharLm;

/// <summary>The commonest characters of a text, each with a number; all others share one.</summary>
internal sealed class Vocabulary
{
    /// <summary>How many numbers there are; 0 stands for any other character.</summary>
    public const int Size = 128;

    /// <summary>What the number 0 is shown as.</summary>
    public const char Other = '\uFFFD';

    private readonly char[] _characters = new char[Size];
    private readonly Dictionary<char, int> _numbers;

    public Vocabulary(string text)
    {
        IEnumerable<char> common = text.CountBy(character => character).OrderByDescending(pair => pair.Value).ThenBy(pair => pair.Key).Select(pair => pair.Key);
        char[] taken = [.. common.Where(character => character != Other).Take(Size - 1)];
        Array.Fill(_characters, Other);
        taken.CopyTo(_characters, 1);
        _numbers = taken.Index().ToDictionary(pair => pair.Item, pair => pair.Index + 1);
    }

    /// <summary>The number of each character.</summary>
    public int[] Encode(string text) => [.. text.Select(character => _numbers.GetValueOrDefault(character))];

    /// <summary>The character of a number.</summary>
    public char Decode(int number) => _characters[number];
}
