using System.Globalization;
using System.IO.Compression;

namespace OptGen.Generator.Tests.Oracle;

/// <summary>The optical digits in file order, pixels divided by 16, as the golden training runs use them.</summary>
internal static class Digits
{
    private static readonly Lazy<(double[][] Pixels, double[] Labels)> s_rows = new(Read);

    /// <summary>Batch number <paramref name="step"/> of an endless pass over the full batches.</summary>
    public static (double[] Pixels, double[] Labels) Batch(int size, int step)
    {
        int first = step % (s_rows.Value.Labels.Length / size) * size;
        return ([.. s_rows.Value.Pixels[first..(first + size)].SelectMany(row => row)], s_rows.Value.Labels[first..(first + size)]);
    }

    private static (double[][] Pixels, double[] Labels) Read()
    {
        using StreamReader reader = new(new GZipStream(File.OpenRead(Path.Combine(AppContext.BaseDirectory, "Golden", "digits.csv.gz")), CompressionMode.Decompress));
        List<double[]> pixels = [];
        List<double> labels = [];
        while (reader.ReadLine() is { } line)
        {
            if (line.Length == 0 || !char.IsAsciiDigit(line[0]))
                continue;
            double[] numbers = [.. line.Split(',').Select(cell => double.Parse(cell, CultureInfo.InvariantCulture))];
            pixels.Add([.. numbers[..64].Select(pixel => pixel / 16)]);
            labels.Add(numbers[64]);
        }

        return ([.. pixels], [.. labels]);
    }
}
