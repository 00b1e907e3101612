namespace OptGen.Generator.Backends.Cpu;

/// <summary>A loop of a sum inside a tile: how often it runs, and how far both operands move with each turn.</summary>
internal readonly record struct SumLoop(string Name, string Extent, int Left, int Right);

/// <summary>
/// Prints the method of a tile: the sums of some rows by one or two vectors of columns, in registers over nested loops. It calls nothing, since a call would make the
/// JIT spill the sums inside the loops.
/// </summary>
/// <param name="name">The method's name.</param>
/// <param name="rows">Where each row begins in the left operand.</param>
/// <param name="sumsOfRow">Distance between rows in the memory of the sums.</param>
/// <param name="isPacked">Whether the right operand's vectors follow each other.</param>
/// <param name="isAdded">Whether the sums go on from what memory holds.</param>
internal sealed class WindowTilePrinter(CpuText text, CodeWriter writer, string name, int[] rows, int vectors, IReadOnlyList<SumLoop> loops, int sumsOfRow, bool isPacked, bool isAdded)
{
    public void Print()
    {
        writer.Blank();
        writer.Line($"// Sums of {(rows.Length == 1 ? "one row" : CpuText.Text(rows.Length) + " rows")} by {(vectors == 1 ? "one vector" : "two vectors")} of columns.");
        writer.OptimizedAtOnce();
        bool usesRows = loops.Any(loop => loop.Extent.StartsWith("rows", StringComparison.Ordinal));
        using CodeWriter.Scope method = writer.Block(
            $"private {(usesRows ? "" : "static ")}void {name}<V>(ref {text.Element} a, ref {text.Element} b, ref {text.Element} sums)\n    where V : struct, ISimd<V, {text.Element}>");
        if (usesRows)
            writer.Line("int rows = _rows;");
        for (int row = 0; row < rows.Length; row++)
            writer.Line("V " + string.Join(", ", Enumerable.Range(0, vectors).Select(vector => $"{Sum(row, vector)} = {(isAdded ? $"V.Load(ref {Place(row, vector)})" : "V.Zero")}")) + ";");
        Loops(0, "a", "b");
        writer.Blank();
        for (int row = 0; row < rows.Length; row++)
        {
            for (int vector = 0; vector < vectors; vector++)
                writer.Line($"V.Store({Sum(row, vector)}, ref {Place(row, vector)});");
        }
    }

    private void Loops(int depth, string a, string b)
    {
        SumLoop loop = loops[depth];
        using CodeWriter.Scope block = writer.Block($"for (nint {loop.Name} = 0; {loop.Name} < {loop.Extent}; {loop.Name}++)");
        if (depth + 1 == loops.Count)
        {
            Products(a, b);
            Step(b, isPacked ? (vectors == 1 ? "V.Count" : "2 * V.Count") : CpuText.Text(loop.Right));
        }
        else
        {
            // Each inner loop moves references of its own; packed vectors just go on.
            string innerA = "a" + CpuText.Text(depth) + "n", innerB = isPacked ? b : "b" + CpuText.Text(depth) + "n";
            writer.Line($"ref {text.Element} {innerA} = ref {a};");
            if (!isPacked)
                writer.Line($"ref {text.Element} {innerB} = ref {b};");
            Loops(depth + 1, innerA, innerB);
            if (!isPacked)
                Step(b, CpuText.Text(loop.Right));
        }

        Step(a, CpuText.Text(loop.Left));
    }

    private void Step(string reference, string distance) => writer.Line($"{reference} = ref Unsafe.Add(ref {reference}, {distance});");

    private void Products(string a, string b)
    {
        // A vector may reach past the last column; what it reads there is dropped when the sum is stored.
        for (int vector = 0; vector < vectors; vector++)
            writer.Line($"V b{CpuText.Text(vector)} = V.Load(ref {(vector == 0 ? b : $"Unsafe.Add(ref {b}, V.Count)")});");
        for (int row = 0; row < rows.Length; row++)
        {
            // Written out for each vector: the JIT then takes the element from memory as part of the product, or keeps it in all lanes of a register.
            string element = rows[row] == 0 ? a : $"Unsafe.Add(ref {a}, {CpuText.Text(rows[row])})";
            for (int vector = 0; vector < vectors; vector++)
                writer.Line($"V.AddProduct(ref {Sum(row, vector)}, b{CpuText.Text(vector)}, {element});");
        }
    }

    private static string Sum(int row, int vector) => $"c{CpuText.Text(row)}{(vector == 0 ? "" : "n")}";

    private string Place(int row, int vector)
    {
        string offset = string.Join(" + ", new[] { row == 0 ? "" : CpuText.Text(row * sumsOfRow), vector == 0 ? "" : "V.Count" }.Where(term => term.Length > 0));
        return offset.Length == 0 ? "sums" : $"Unsafe.Add(ref sums, {offset})";
    }
}
