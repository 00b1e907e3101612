using System.Buffers.Binary;
using System.IO.Compression;

namespace CustomOptimizer;

/// <summary>The landscape from above as a PNG image: bands of equal height on a logarithmic scale, the valley brightest.</summary>
internal static class HeatMap
{
    private const int Bands = 22;

    // From the bottom of the valley to its rim.
    private static readonly (int R, int G, int B)[] s_colors = [(74, 190, 170), (38, 128, 134), (28, 84, 108), (24, 54, 82), (18, 33, 56), (13, 20, 36)];

    /// <summary>The image as a data URI, to be put into a page.</summary>
    public static string DataUri(View view, int width, int height)
    {
        byte[] rows = new byte[height * (3 * width + 1)];
        for (int row = 0; row < height; row++)
        {
            for (int column = 0; column < width; column++)
            {
                double x = view.Left + (column + 0.5) / width * (view.Right - view.Left), y = view.Top - (row + 0.5) / height * (view.Top - view.Bottom);
                double level = (Math.Log10(Rosenbrock.Value(x, y) + 0.01) + 2) / 5.2;
                Color(Math.Floor(Math.Clamp(level, 0, 0.999) * Bands) / (Bands - 1), rows.AsSpan(row * (3 * width + 1) + 1 + 3 * column, 3));
            }
        }

        return "data:image/png;base64," + Convert.ToBase64String(Png(rows, width, height));
    }

    private static void Color(double height, Span<byte> pixel)
    {
        double place = height * (s_colors.Length - 1);
        int below = Math.Min((int)place, s_colors.Length - 2);
        ((int R, int G, int B) low, (int R, int G, int B) high, double share) = (s_colors[below], s_colors[below + 1], place - below);
        pixel[0] = (byte)(low.R + share * (high.R - low.R));
        pixel[1] = (byte)(low.G + share * (high.G - low.G));
        pixel[2] = (byte)(low.B + share * (high.B - low.B));
    }

    /// <summary>Rows of eight-bit RGB, each after a filter byte of 0.</summary>
    private static byte[] Png(byte[] rows, int width, int height)
    {
        using MemoryStream image = new(), packed = new();
        using (ZLibStream zip = new(packed, CompressionLevel.SmallestSize, leaveOpen: true))
            zip.Write(rows);

        Span<byte> header = stackalloc byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header[4..], height);
        (header[8], header[9]) = (8, 2);
        image.Write([0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A]);
        Chunk(image, "IHDR"u8, header);
        Chunk(image, "IDAT"u8, packed.ToArray());
        Chunk(image, "IEND"u8, []);
        return image.ToArray();
    }

    private static void Chunk(Stream image, ReadOnlySpan<byte> type, ReadOnlySpan<byte> content)
    {
        Span<byte> number = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(number, content.Length);
        image.Write(number);
        image.Write(type);
        image.Write(content);
        BinaryPrimitives.WriteUInt32BigEndian(number, ~Crc(Crc(uint.MaxValue, type), content));
        image.Write(number);
    }

    private static uint Crc(uint crc, ReadOnlySpan<byte> bytes)
    {
        foreach (byte value in bytes)
        {
            crc ^= value;
            for (int bit = 0; bit < 8; bit++)
                crc = (crc >> 1) ^ (0xEDB88320u & (uint)-(int)(crc & 1));
        }

        return crc;
    }
}

/// <summary>The part of the plane that is shown.</summary>
internal readonly record struct View(double Left, double Right, double Bottom, double Top);
