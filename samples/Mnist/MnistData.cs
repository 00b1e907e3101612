namespace Mnist;

/// <summary>Images and labels, one row each. Pixels stay bytes until a batch needs them.</summary>
internal sealed class MnistData
{
    public const int Side = 28;
    public const int PixelCount = Side * Side;
    public const int ClassCount = 10;

    // Mean and standard deviation of all pixels of the training images, as shares of full brightness.
    private const float Mean = 0.1307f, Deviation = 0.3081f;

    private static readonly float[] s_pixelOfByte = [.. Enumerable.Range(0, 256).Select(value => (value / 255f - Mean) / Deviation)];

    private readonly byte[] _pixels;
    private readonly int[] _labels;

    private MnistData(byte[] pixels, int[] labels) => (_pixels, _labels) = (pixels, labels);

    public int Count => _labels.Length;

    public ReadOnlySpan<int> Labels => _labels;

    /// <summary>The training and the test images of a folder.</summary>
    /// <exception cref="FileNotFoundException">One of the four files is not there.</exception>
    /// <exception cref="InvalidDataException">A file is damaged or holds something else.</exception>
    public static (MnistData Training, MnistData Test) Load(string folder)
    {
        string[] names = ["train-images-idx3-ubyte", "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"];
        string[] missing = [.. names.Where(name => !IdxFile.Exists(Path.Combine(folder, name)))];
        if (missing.Length > 0)
            throw new FileNotFoundException($"The folder {folder} lacks {string.Join(", ", missing)}.");
        string[] paths = [.. names.Select(name => Path.Combine(folder, name))];
        return (Load(paths[0], paths[1]), Load(paths[2], paths[3]));
    }

    /// <summary>Writes the rows of a batch to the start of the two spans.</summary>
    public void CopyRows(ReadOnlySpan<int> rows, Span<float> pixels, Span<int> labels)
    {
        for (int i = 0; i < rows.Length; i++)
        {
            CopyPixels(rows[i], 1, pixels.Slice(i * PixelCount, PixelCount));
            labels[i] = _labels[rows[i]];
        }
    }

    /// <summary>Writes the pixels of neighbouring rows.</summary>
    public void CopyPixels(int first, int count, Span<float> pixels)
    {
        ReadOnlySpan<byte> bytes = _pixels.AsSpan(first * PixelCount, count * PixelCount);
        for (int i = 0; i < bytes.Length; i++)
            pixels[i] = s_pixelOfByte[bytes[i]];
    }

    private static MnistData Load(string imagePath, string labelPath)
    {
        IdxFile images = IdxFile.Read(imagePath, 3), labels = IdxFile.Read(labelPath, 1);
        if (images.Dimensions[1] != Side || images.Dimensions[2] != Side)
            throw new InvalidDataException($"{imagePath}: its images have {images.Dimensions[1]} × {images.Dimensions[2]} pixels, not {Side} × {Side}.");
        if (images.Dimensions[0] != labels.Dimensions[0])
            throw new InvalidDataException($"{labelPath}: {labels.Dimensions[0]} labels do not go with {images.Dimensions[0]} images.");
        if (images.Dimensions[0] == 0)
            throw new InvalidDataException($"{imagePath}: holds no image.");
        int wrong = Array.FindIndex(labels.Bytes, label => label >= ClassCount);
        if (wrong >= 0)
            throw new InvalidDataException($"{labelPath}: label {wrong} is {labels.Bytes[wrong]}, not a digit.");
        return new MnistData(images.Bytes, [.. labels.Bytes.Select(label => (int)label)]);
    }
}
