using System.Globalization;
using OptGen.Generator.Graph;
using OptGen.Generator.Specs;

namespace OptGen.Generator.Frontend;

/// <summary>
/// A formula over positions, such as <c>[2*y + i - 1, c] · [i, c, o] -> [y:14, o]</c>: for each operand the position along each of its axes, then the loops of the
/// result. A loop's size is that of an axis where it stands alone, or is written behind a colon.
/// </summary>
/// <param name="Names">Loops: first those of the result in their order, then those that are summed over.</param>
/// <param name="ResultRank">How many loops the result has.</param>
/// <param name="Operands">For each operand its positions over the loops.</param>
/// <param name="Sizes">Sizes that the formula gives, by loop.</param>
internal sealed record IndexFormula(IReadOnlyList<string> Names, int ResultRank, IReadOnlyList<AffineIndex[]> Operands, IReadOnlyDictionary<int, int> Sizes)
{
    /// <summary>Reads a formula; null, and what is wrong with it, when it is none.</summary>
    public static IndexFormula? Parse(string text, int operands, out string fault)
    {
        Reader reader = new(text);
        try
        {
            List<List<Sum>> lists = [];
            for (int i = 0; i < operands; i++)
            {
                if (i > 0 && !reader.Take('·') && !reader.Take('*'))
                    throw new FormatException("must have '·' between its operands");
                lists.Add(reader.List());
            }

            if (!reader.Take('-') || !reader.Take('>'))
                throw new FormatException("must have '->' before the axes of the result");
            List<Sum> result = reader.List();
            if (!reader.IsAtEnd)
                throw new FormatException($"has '{reader.Rest}' after its end");
            return Build(lists, result, reader.Sizes, out fault);
        }
        catch (FormatException exception)
        {
            fault = exception.Message;
            return null;
        }
    }

    private static IndexFormula? Build(List<List<Sum>> lists, List<Sum> result, Dictionary<string, int> sizes, out string fault)
    {
        fault = "";
        List<string> names = [];
        foreach (Sum axis in result)
        {
            if (axis.Factors.Count != 1 || axis.Factors.First().Value != 1 || axis.Offset != 0 || axis.Divisor != 1)
                throw new FormatException("must name one loop for each axis of the result");
            if (names.Contains(axis.Factors.First().Key))
                throw new FormatException($"has '{axis.Factors.First().Key}' twice in its result");
            names.Add(axis.Factors.First().Key);
        }

        int rank = names.Count;
        foreach (string name in lists.SelectMany(list => list).SelectMany(sum => sum.Factors.Keys))
        {
            if (!names.Contains(name))
                names.Add(name);
        }

        AffineIndex Index(Sum sum) => new(
            sum.Factors.Where(pair => pair.Value != 0).Select(pair => new AffineTerm(names.IndexOf(pair.Key), pair.Value)).OrderBy(term => term.Loop).ToEquatableArray(),
            sum.Offset,
            sum.Divisor);
        return new IndexFormula(names, rank, lists.Select(list => list.Select(Index).ToArray()).ToArray(), sizes.ToDictionary(pair => names.IndexOf(pair.Key), pair => pair.Value));
    }

    /// <summary>(Σ factor·name + Offset) / Divisor.</summary>
    private sealed class Sum
    {
        public Dictionary<string, int> Factors { get; } = [];

        public int Offset { get; set; }

        public int Divisor { get; set; } = 1;
    }

    private sealed class Reader(string text)
    {
        private int _position;

        public Dictionary<string, int> Sizes { get; } = [];

        public bool IsAtEnd => Peek == '\0';

        public string Rest => text.Substring(_position).Trim();

        private char Peek
        {
            get
            {
                while (_position < text.Length && char.IsWhiteSpace(text[_position]))
                    _position++;
                return _position < text.Length ? text[_position] : '\0';
            }
        }

        public bool Take(char expected)
        {
            if (Peek != expected)
                return false;
            _position++;
            return true;
        }

        public List<Sum> List()
        {
            if (!Take('['))
                throw new FormatException("must have the positions of an operand in brackets: '[y, c]'");
            List<Sum> sums = [];
            if (Take(']'))
                return sums;
            do
                sums.Add(Position());
            while (Take(','));
            return Take(']') ? sums : throw new FormatException($"must have ',' or ']' before '{Rest}'");
        }

        private Sum Position()
        {
            if (!Take('('))
                return Terms();
            Sum sum = Terms();
            if (!Take(')') || !Take('/'))
                throw new FormatException("must divide what it has in parentheses: '(y - i) / 2'");
            sum.Divisor = Number() is > 0 and int divisor ? divisor : throw new FormatException("must divide by a positive number");
            return sum;
        }

        private Sum Terms()
        {
            Sum sum = new();
            int sign = 1;
            while (true)
            {
                while (Peek is '+' or '-')
                    sign = Take('-') ? -sign : Take('+') ? sign : sign;
                Term(sum, sign);
                if (Peek is not ('+' or '-'))
                    return sum;
                sign = 1;
            }
        }

        private void Term(Sum sum, int sign)
        {
            if (Number() is int factor)
            {
                if (Take('*'))
                    Loop(sum, sign * factor);
                else
                    sum.Offset += sign * factor;
                return;
            }

            Loop(sum, sign);
        }

        private void Loop(Sum sum, int factor)
        {
            if (!char.IsLetter(Peek))
                throw new FormatException($"must have a loop or a number before '{Rest}'");
            int start = _position;
            while (_position < text.Length && char.IsLetterOrDigit(text[_position]))
                _position++;
            string name = text.Substring(start, _position - start);
            sum.Factors[name] = (sum.Factors.TryGetValue(name, out int before) ? before : 0) + factor;
            if (!Take(':'))
                return;
            int size = Number() is > 0 and int given ? given : throw new FormatException($"must give '{name}' a positive size");
            if (Sizes.TryGetValue(name, out int earlier) && earlier != size)
                throw new FormatException($"gives '{name}' the sizes {earlier} and {size}");
            Sizes[name] = size;
        }

        private int? Number()
        {
            if (!char.IsDigit(Peek))
                return null;
            int start = _position;
            while (_position < text.Length && char.IsDigit(text[_position]))
                _position++;
            return int.TryParse(text.Substring(start, _position - start), NumberStyles.None, CultureInfo.InvariantCulture, out int number)
                ? number
                : throw new FormatException("has a number that is too large");
        }
    }
}
