using System.Buffers.Binary;
using System.Globalization;
using System.IO.Compression;
using System.Text.RegularExpressions;

namespace OptGen.Samples.Tests;

/// <summary>The MNIST sample, run as a user runs it, on small data that these tests make.</summary>
public sealed partial class MnistTests : IDisposable
{
    private const string TrainingImages = "train-images-idx3-ubyte", TrainingLabels = "train-labels-idx1-ubyte";
    private const string TestImages = "t10k-images-idx3-ubyte", TestLabels = "t10k-labels-idx1-ubyte";
    private const int ImagesMagic = 0x803, LabelsMagic = 0x801, TrainingCount = 500, TestCount = 150;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("optgen-mnist-");

    public MnistTests()
    {
        Write(TrainingImages, ImageFile(TrainingCount, seed: 1));
        Write(TrainingLabels, LabelFile(TrainingCount));
        Write(TestImages, ImageFile(TestCount, seed: 2));
        Write(TestLabels, LabelFile(TestCount));
    }

    [Fact]
    public void It_learns_and_says_how_it_went()
    {
        Command run = Run("--epochs", "6", "--seed", "3");

        Assert.Equal("", run.Error);
        Assert.Equal(0, run.ExitCode);
        Assert.Contains("500 training and 150 test images", run.Lines[0], StringComparison.Ordinal);
        Match[] epochs = [.. run.Lines.Select(line => Epoch().Match(line)).Where(match => match.Success)];
        Assert.Equal(6, epochs.Length);
        double first = Loss(epochs[0]), last = Loss(epochs[^1]);
        Assert.True(last < first / 2, $"The loss went from {first} to {last}.");
        Assert.InRange(double.Parse(epochs[^1].Groups["accuracy"].Value, CultureInfo.InvariantCulture), 90, 100);
        Assert.Contains("Bytes allocated per step: 0", run.Lines);
        Assert.NotEmpty(Directory.GetFiles(Path.Combine(Repository.Root, GeneratedCode(run)), "*MnistNet.*.g.cs", SearchOption.AllDirectories));
    }

    [Fact]
    public void Packed_files_and_plain_ones_give_the_same_run()
    {
        string[] plain = Losses(Run("--epochs", "1"));
        foreach (string name in (string[])[TrainingImages, TrainingLabels, TestImages, TestLabels])
        {
            using (FileStream file = File.Create(Path.Combine(_folder.FullName, name + ".gz")))
            using (GZipStream packed = new(file, CompressionLevel.Fastest))
                packed.Write(File.ReadAllBytes(Path.Combine(_folder.FullName, name)));
            File.Delete(Path.Combine(_folder.FullName, name));
        }

        Assert.Single(plain);
        Assert.Equal(plain, Losses(Run("--epochs", "1")));
    }

    [Fact]
    public void Missing_files_are_named_with_the_command_that_gets_them()
    {
        File.Delete(Path.Combine(_folder.FullName, TrainingLabels));
        File.Delete(Path.Combine(_folder.FullName, TestImages));

        string error = Refused();

        Assert.Contains($"The folder {_folder.FullName} lacks {TrainingLabels}, {TestImages}.", error, StringComparison.Ordinal);
        Assert.Contains("bash samples/Mnist/get-data.sh", error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_wrong_magic_number_is_refused()
    {
        Write(TrainingImages, File.ReadAllBytes(Path.Combine(_folder.FullName, TrainingLabels)));

        Assert.Contains($"{TrainingImages}: begins with the magic number 0x00000801, not 0x00000803", Refused(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(11, "ends after 11 bytes, within its header of 16.")]
    [InlineData(16, "holds 0 bytes behind its header, which announces 150 × 28 × 28 = 117600.")]
    [InlineData(117615, "holds 117599 bytes behind its header, which announces 150 × 28 × 28 = 117600.")]
    [InlineData(117617, "holds 117601 bytes behind its header, which announces 150 × 28 × 28 = 117600.")]
    public void A_wrong_length_is_refused(int length, string message)
    {
        byte[] content = File.ReadAllBytes(Path.Combine(_folder.FullName, TestImages));
        Array.Resize(ref content, length);
        Write(TestImages, content);

        Assert.Contains($"{TestImages}: {message}", Refused(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_packed_file_that_breaks_off_is_refused()
    {
        using MemoryStream packed = new();
        using (GZipStream zip = new(packed, CompressionLevel.Fastest, leaveOpen: true))
            zip.Write(File.ReadAllBytes(Path.Combine(_folder.FullName, TestImages)));
        File.Delete(Path.Combine(_folder.FullName, TestImages));
        Write(TestImages + ".gz", packed.ToArray()[..^1000]);

        Assert.Contains($"{TestImages}.gz: ", Refused(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_size_that_no_array_can_have_is_refused()
    {
        Write(TestImages, Header(ImagesMagic, 0x7FFFFF00, 28, 28));
        Assert.Contains($"{TestImages}: has the size 28 in dimension 1", Refused(), StringComparison.Ordinal);

        Write(TestImages, Header(ImagesMagic, -1, 28, 28));
        Assert.Contains($"{TestImages}: has the size 4294967295 in dimension 0, which can't be.", Refused(), StringComparison.Ordinal);
    }

    [Fact]
    public void Images_of_another_size_are_refused()
    {
        Write(TestImages, [.. Header(ImagesMagic, TestCount, 14, 28), .. new byte[TestCount * 14 * 28]]);

        Assert.Contains($"{TestImages}: its images have 14 × 28 pixels, not 28 × 28.", Refused(), StringComparison.Ordinal);
    }

    [Fact]
    public void Labels_that_do_not_fit_are_refused()
    {
        Write(TestLabels, LabelFile(TestCount - 1));
        Assert.Contains($"{TestLabels}: 149 labels do not go with 150 images.", Refused(), StringComparison.Ordinal);

        byte[] labels = LabelFile(TestCount);
        labels[8 + 42] = 10;
        Write(TestLabels, labels);
        Assert.Contains($"{TestLabels}: label 42 is 10, not a digit.", Refused(), StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private static double Loss(Match epoch) => double.Parse(epoch.Groups["loss"].Value, CultureInfo.InvariantCulture);

    /// <summary>The lines of the epochs without their times.</summary>
    private static string[] Losses(Command run) => [.. run.Lines.Select(line => Epoch().Match(line)).Where(match => match.Success).Select(match => match.Groups["result"].Value)];

    private static string GeneratedCode(Command run)
    {
        const string Name = "Generated code: ";
        return Assert.Single(run.Lines, line => line.StartsWith(Name, StringComparison.Ordinal))[Name.Length..];
    }

    private Command Run(params string[] arguments) => Command.Dotnet(
        AppContext.BaseDirectory,
        new Dictionary<string, string>(),
        [Path.Combine(AppContext.BaseDirectory, "Mnist.dll"), "--data", _folder.FullName, .. arguments]);

    /// <summary>What a run says that refuses the data, without having begun.</summary>
    private string Refused()
    {
        Command run = Run("--epochs", "1");
        Assert.Equal(1, run.ExitCode);
        Assert.Equal("", run.Output);
        Assert.DoesNotContain("   at ", run.Error, StringComparison.Ordinal);
        return run.Error;
    }

    private void Write(string name, byte[] content) => File.WriteAllBytes(Path.Combine(_folder.FullName, name), content);

    /// <summary>A bright bar for each digit, in a place of its own, on a noisy ground.</summary>
    private static byte[] ImageFile(int count, int seed)
    {
        Random random = new(seed);
        byte[] pixels = new byte[count * 28 * 28];
        random.NextBytes(pixels);
        for (int i = 0; i < pixels.Length; i++)
        {
            int digit = i / (28 * 28) % 10, row = i / 28 % 28, column = i % 28;
            bool bar = digit < 5 ? row / 5 == digit : column / 5 == digit - 5;
            pixels[i] = (byte)(pixels[i] / 4 + (bar ? 190 : 0));
        }

        return [.. Header(ImagesMagic, count, 28, 28), .. pixels];
    }

    private static byte[] LabelFile(int count) => [.. Header(LabelsMagic, count), .. Enumerable.Range(0, count).Select(i => (byte)(i % 10))];

    private static byte[] Header(params int[] numbers)
    {
        byte[] header = new byte[4 * numbers.Length];
        for (int i = 0; i < numbers.Length; i++)
            BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4 * i), numbers[i]);
        return header;
    }

    [GeneratedRegex(@"^(?<result>epoch \d+/\d+  loss (?<loss>[\d.]+)  test accuracy (?<accuracy>[\d.]+) ?%)  [\d.]+ s$")]
    private static partial Regex Epoch();
}
