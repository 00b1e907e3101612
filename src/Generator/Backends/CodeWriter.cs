using System.Text;

namespace OptGen.Generator.Backends;

/// <summary>
/// Writes indented C#. Lines end in <c>\n</c> on every machine, and nothing depends on the culture, so that the same input gives the same bytes.
/// </summary>
internal sealed class CodeWriter
{
    private readonly StringBuilder _text = new();
    private int _depth;
    private bool _blank = true;

    /// <summary>Writes an empty line, unless the text has just begun, the line above is empty already or a block was just opened.</summary>
    public void Blank()
    {
        if (_blank)
            return;
        _text.Append('\n');
        _blank = true;
    }

    /// <summary>Writes one line at the present depth.</summary>
    public void Line(string line)
    {
        if (line.Length == 0)
        {
            Blank();
            return;
        }

        _text.Append(' ', 4 * _depth).Append(line).Append('\n');
        _blank = false;
    }

    /// <summary>Has the method that follows optimized at its first call: until the JIT's last tier it would run many times slower, for longer than a small model trains.</summary>
    public void OptimizedAtOnce() => Line("[MethodImpl(MethodImplOptions.AggressiveOptimization)]");

    /// <summary>Writes lines separated by line breaks of any kind, such as a raw string; their own indentation is kept relative to the present depth.</summary>
    public void Lines(string lines)
    {
        foreach (string line in lines.Replace("\r\n", "\n").Split('\n'))
            Line(line.TrimEnd());
    }

    /// <summary>Writes <paramref name="header"/>, where there is one, then an opening brace, and indents until <see cref="Close"/>.</summary>
    public void Open(string header = "")
    {
        if (header.Length > 0)
            Lines(header);
        Line("{");
        _depth++;
        _blank = true;
    }

    /// <summary>Ends what <see cref="Open"/> began.</summary>
    public void Close(string suffix = "")
    {
        _depth--;
        Line("}" + suffix);
    }

    /// <summary>Indents further without a brace, for the continuation of a statement or the body of a one-line loop.</summary>
    public void Indent() => _depth++;

    /// <summary>Ends <see cref="Indent"/>.</summary>
    public void Unindent() => _depth--;

    /// <summary>Opens a block that ends with the <c>using</c> statement it is given to.</summary>
    public Scope Block(string header = "")
    {
        Open(header);
        return new Scope(this);
    }

    public override string ToString() => _text.ToString();

    /// <summary>An open block.</summary>
    public readonly struct Scope(CodeWriter writer) : IDisposable
    {
        public void Dispose() => writer.Close();
    }
}
