using System.Globalization;
using System.Text;

namespace OptGen.Generator.Fusion;

/// <summary>Valid, distinct C# identifiers from the names of a graph.</summary>
internal sealed class UniqueNames(bool pascal)
{
    private readonly HashSet<string> _taken = [];

    public string Of(string name)
    {
        string text = Identifier(name);
        string unique = text;
        for (int i = 2; !_taken.Add(unique); i++)
            unique = text + i.ToString(CultureInfo.InvariantCulture);
        return unique;
    }

    private string Identifier(string name)
    {
        StringBuilder text = new();
        bool upper = pascal;
        foreach (char c in name)
        {
            if (!char.IsLetterOrDigit(c))
            {
                upper = text.Length > 0 || pascal;
                continue;
            }

            text.Append(text.Length == 0 ? (pascal ? char.ToUpperInvariant(c) : char.ToLowerInvariant(c)) : upper ? char.ToUpperInvariant(c) : c);
            upper = false;
        }

        if (text.Length == 0 || char.IsDigit(text[0]))
            text.Insert(0, pascal ? "T" : "t");
        return text.ToString();
    }
}
