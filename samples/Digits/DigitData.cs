using System.Globalization;
using System.IO.Compression;

namespace Digits;

/// <summary>Images and labels, one row each.</summary>
internal sealed class DigitData(float[] pixels, int[] labels)
{
    public const int PixelCount = 64;
    public const int ClassCount = 10;
    private const float Brightest = 16;

    public ReadOnlySpan<float> Pixels => pixels;

    public ReadOnlySpan<int> Labels => labels;

    public int Count => labels.Length;

    /// <summary>Reads the images in the order of the file, pixels scaled to 0…1.</summary>
    public static DigitData Load()
    {
        using Stream packed = typeof(DigitData).Assembly.GetManifestResourceStream("digits.csv.gz")
            ?? throw new InvalidOperationException("The data set is missing from the program.");
        using GZipStream unpacked = new(packed, CompressionMode.Decompress);
        using StreamReader reader = new(unpacked);

        List<float> pixels = [];
        List<int> labels = [];
        while (reader.ReadLine() is { } line)
        {
            string[] fields = line.Split(',');
            foreach (string field in fields.AsSpan(0, PixelCount))
                pixels.Add(float.Parse(field, CultureInfo.InvariantCulture) / Brightest);
            labels.Add(int.Parse(fields[PixelCount], CultureInfo.InvariantCulture));
        }

        return new DigitData([.. pixels], [.. labels]);
    }

    /// <summary>Shuffles the rows and parts them 80:20 into training and test images.</summary>
    public (DigitData Training, DigitData Test) Split(Random random)
    {
        int[] order = [.. Enumerable.Range(0, Count)];
        random.Shuffle(order);
        int trainingCount = Count * 8 / 10;
        return (Pick(order.AsSpan(0, trainingCount)), Pick(order.AsSpan(trainingCount)));
    }

    /// <summary>Copies the named rows to the start of the two spans.</summary>
    public void CopyRows(ReadOnlySpan<int> rows, Span<float> pixelsOfRows, Span<int> labelsOfRows)
    {
        for (int i = 0; i < rows.Length; i++)
        {
            pixels.AsSpan(rows[i] * PixelCount, PixelCount).CopyTo(pixelsOfRows.Slice(i * PixelCount, PixelCount));
            labelsOfRows[i] = labels[rows[i]];
        }
    }

    private DigitData Pick(ReadOnlySpan<int> rows)
    {
        float[] pixelsOfRows = new float[rows.Length * PixelCount];
        int[] labelsOfRows = new int[rows.Length];
        CopyRows(rows, pixelsOfRows, labelsOfRows);
        return new DigitData(pixelsOfRows, labelsOfRows);
    }
}
