using OptGen.Data;

namespace OptGen.Runtime.Tests.Data;

public sealed class CheckpointTests
{
    /// <summary>Something to save: memory in two orientations, and single numbers.</summary>
    private sealed class Content
    {
        public float[] Kernel { get; } = [1, 2, 3, 4, 5, 6];

        public double[] Wide { get; } = [0.1, double.NaN, -0.0];

        public byte[] Codes { get; } = [200, 1];

        public int Steps { get; set; } = 17;

        public float Rate { get; set; } = 1e-3f;

        public double[] Told { get; set; } = [3, double.NaN];

        public bool Throws { get; set; }

        public Checkpoint Checkpoint(bool isExact = true, string layout = "1") => new Checkpoint("test", "Content", layout) { IsExact = isExact }
            .Add("codes", [2], Codes.AsMemory())
            .Add("kernel", [2, 3], Kernel.AsMemory(), [1, 0])
            .Add("wide", [3], Wide.AsMemory())
            .AddInteger("steps", () => Steps, value => Steps = value, least: 0)
            .AddReals("told", () => Told, value => Told = value)
            .AddReal("rate", () => Rate, value => Rate = Throws ? throw new InvalidOperationException("no") : (float)value);

        public void Clear()
        {
            Array.Clear(Kernel);
            Array.Clear(Wide);
            Array.Clear(Codes);
            (Steps, Rate, Told) = (0, 0, [0, 0]);
        }

        public string Text => string.Join(' ', [.. Kernel, .. Wide.Concat(Told).Select(BitConverter.DoubleToInt64Bits).Select(bits => (object)bits), .. Codes, Steps, Rate]);
    }

    [Fact]
    public void What_was_saved_comes_back_bit_for_bit_and_the_same_content_gives_the_same_bytes()
    {
        Content content = new();
        byte[] file = Saved(content);
        Assert.Equal(file, Saved(content));
        string before = content.Text;
        content.Clear();
        using MemoryStream stream = new([.. file, 1, 2, 3]);
        content.Checkpoint().Load(stream);
        Assert.Equal(before, content.Text);
        Assert.Equal(file.Length, stream.Position);

        content.Clear();
        content.Checkpoint().Load(new ForwardStream(file));
        Assert.Equal(before, content.Text);
    }

    [Fact]
    public void Axes_are_in_the_order_of_the_file()
    {
        using SafetensorsReader reader = new(new MemoryStream(Saved(new Content())));
        TensorInfo kernel = reader.Find("kernel")!;
        float[] elements = new float[6];
        reader.Read(kernel, elements.AsSpan());
        Assert.Equal([3, 2], kernel.Shape.ToArray());
        Assert.Equal([1, 4, 2, 5, 3, 6], elements);
        Assert.Equal("17", Assert.Single(Enumerable.Range(0, 1).Select(_ => Number(reader).ToString(System.Globalization.CultureInfo.InvariantCulture))));

        static long Number(SafetensorsReader reader)
        {
            long[] number = new long[1];
            reader.Read(reader.Find("steps")!, number.AsSpan());
            return number[0];
        }
    }

    [Theory]
    [InlineData(3, 0, 1, 2)]
    [InlineData(3, 2, 0, 1)]
    [InlineData(4, 3, 2, 0, 1)]
    [InlineData(2, 1, 0)]
    [InlineData(1, 0)]
    [InlineData(3, 0, 2, 1)]
    [InlineData(3, 0, 1, 2, 40)]
    [InlineData(2, 1, 0, 70)]
    [InlineData(4, 1, 3, 2, 0, 9)]
    public void A_permutation_puts_elements_where_their_indices_say(int rank, params int[] given)
    {
        int[] axes = given[..rank], shape = [.. Enumerable.Range(given.Length > rank ? given[rank] : 2, rank)], source = [.. Enumerable.Range(0, shape.Aggregate(1, (a, b) => a * b))];
        int[] permuted = new int[source.Length], back = new int[source.Length];
        Permutation.Copy<int>(source, shape, axes, permuted);
        int[] sizes = Permutation.Apply(axes, shape);
        for (int i = 0; i < source.Length; i++)
        {
            int[] index = Index(i, shape);
            Assert.Equal(source[i], permuted[Flat(axes.Select(axis => index[axis]).ToArray(), sizes)]);
        }

        Permutation.Copy<int>(permuted, sizes, Permutation.Inverse(axes), back);
        Assert.Equal(source, back);
        Assert.Throws<ArgumentException>(nameof(axes), () => Permutation.Inverse([0, 0]));
        Assert.Throws<ArgumentException>(nameof(axes), () => Permutation.Inverse([0, 2]));

        static int Flat(int[] index, int[] shape) => index.Zip(shape).Aggregate(0, (sum, pair) => (sum * pair.Second) + pair.First);
        static int[] Index(int flat, int[] shape)
        {
            int[] index = new int[shape.Length];
            for (int axis = shape.Length - 1; axis >= 0; axis--)
                (flat, index[axis]) = (flat / shape[axis], flat % shape[axis]);
            return index;
        }
    }

    [Fact]
    public void A_file_that_is_cut_anywhere_is_refused_and_changes_nothing()
    {
        Content content = new();
        byte[] file = Saved(content);
        string before = content.Text;
        for (int length = 0; length < file.Length; length++)
        {
            Assert.Throws<CheckpointException>(() => content.Checkpoint().Load(new MemoryStream(file, 0, length)));
            Assert.Throws<CheckpointException>(() => content.Checkpoint().Load(new ForwardStream(file[..length])));
            Assert.Equal(before, content.Text);
        }
    }

    [Fact]
    public void A_file_with_any_wrong_bit_is_refused_or_means_the_same()
    {
        Content content = new();
        byte[] file = Saved(content);
        string saved = content.Text;
        int refused = 0;
        for (int bit = 0; bit < file.Length * 8; bit++)
        {
            content.Clear();
            string before = content.Text;
            file[bit / 8] ^= (byte)(1 << (bit % 8));
            try
            {
                content.Checkpoint().Load(new MemoryStream(file));
                Assert.Equal(saved, content.Text);
            }
            catch (CheckpointException)
            {
                refused++;
                Assert.Equal(before, content.Text);
            }

            file[bit / 8] ^= (byte)(1 << (bit % 8));
        }

        // What may differ is the owner's name, and the keys of what is only checked where it is there.
        Assert.InRange(refused, 0.8 * file.Length * 8, file.Length * 8);
    }

    [Fact]
    public void Everything_that_does_not_fit_is_named_at_once()
    {
        Content content = new();
        float[] kernel = [1, 2, 3, 4], more = [5];
        double[] wide = [7, 8, 9];
        using MemoryStream stream = new();
        new Checkpoint("test", "Other", "1").Add("kernel", [2, 2], kernel.AsMemory()).Add("more", [1], more.AsMemory()).Add("codes", [2], new int[2].AsMemory())
            .Add("wide", [3], wide.AsMemory()).AddInteger("steps", () => 3, _ => { }).Save(stream);
        stream.Position = 0;
        string before = content.Text;
        CheckpointException refusal = Assert.Throws<CheckpointException>(() => content.Checkpoint().Load(stream));
        Assert.Equal(
            """
            The file does not fit the test Content:
              of another element type: codes I32 [2], expected U8
              misshapen: kernel F32 [2, 2], expected [3, 2]
              missing: told F64 [2]
              missing: rate F64 []
              extra: more F32 [1]
            """,
            refusal.Message);
        Assert.Equal(before, content.Text);
    }

    [Fact]
    public void An_exact_checkpoint_takes_only_what_its_like_wrote()
    {
        Content content = new();
        Assert.Equal(
            "The file was written by Content with layout 2; this is Content with layout 1, to which its content means nothing.",
            Refusal(content, new MemoryStream(Saved(content, layout: "2"))));
        using MemoryStream other = new();
        new Checkpoint("model", "Net", "1").Save(other);
        other.Position = 0;
        Assert.Equal("The file holds a checkpoint of kind 'model', and one of kind 'test' is expected.", Refusal(content, other));
        using MemoryStream foreign = new();
        SafetensorsWriter writer = new(foreign, []);
        Assert.True(writer.IsComplete);
        foreign.Position = 0;
        Assert.Equal("The file holds no checkpoint, and one of kind 'test' is expected.", Refusal(content, foreign));
        using MemoryStream newer = new();
        Assert.True(new SafetensorsWriter(newer, [], new Dictionary<string, string> { ["optgen.version"] = "2" }).IsComplete);
        newer.Position = 0;
        Assert.Equal("The file has version 2 of the format; this program reads version 1.", Refusal(content, newer));
    }

    [Fact]
    public void A_number_out_of_range_is_refused()
    {
        Content content = new() { Steps = -1 };
        byte[] file = Saved(content);
        content.Steps = 4;
        Assert.Equal("'steps' is -1; 0 to 2147483647 are possible.", Refusal(content, new MemoryStream(file)));
        Assert.Equal(4, content.Steps);
    }

    [Fact]
    public void A_number_of_64_bits_comes_back_whole()
    {
        long number = long.MaxValue - 1;
        Checkpoint checkpoint = new Checkpoint("test", "Content", "1").AddInteger("number", () => number, value => number = value, least: 0);
        using MemoryStream stream = new();
        checkpoint.Save(stream);
        number = 0;
        stream.Position = 0;
        checkpoint.Load(stream);
        Assert.Equal(long.MaxValue - 1, number);

        number = -1;
        using MemoryStream negative = new();
        checkpoint.Save(negative);
        negative.Position = 0;
        Assert.Equal("'number' is -1; 0 to 9223372036854775807 are possible.", Assert.Throws<CheckpointException>(() => checkpoint.Load(negative)).Message);
    }

    [Fact]
    public void PyTorchs_count_of_batches_beside_a_running_mean_is_passed_over()
    {
        ParameterInfo[] layout = [new("Norm.Gain", [2], 0, 2, ParameterKind.Gain, savedName: "norm.weight"), new("Norm.RunningMean", [2], 2, 2, ParameterKind.Buffer, savedName: "norm.running_mean")];
        float[] values = new float[4];
        Checkpoint checkpoint = Checkpoint.OfParameters("Net", "1", layout, values.AsMemory());

        checkpoint.Load(StateDictionary("norm.num_batches_tracked"));
        Assert.Equal([1, 2, 3, 4], values);

        CheckpointException refusal = Assert.Throws<CheckpointException>(() => checkpoint.Load(StateDictionary("other.num_batches_tracked")));
        Assert.EndsWith("extra: other.num_batches_tracked I64 []", refusal.Message, StringComparison.Ordinal);
    }

    /// <summary>A file as PyTorch writes one, with a whole number besides.</summary>
    private static MemoryStream StateDictionary(string count)
    {
        MemoryStream stream = new();
        SafetensorsWriter writer = new(
            stream,
            [new TensorInfo(count, DType.I64, []), new TensorInfo("norm.running_mean", DType.F32, [2]), new TensorInfo("norm.weight", DType.F32, [2])],
            new Dictionary<string, string> { ["format"] = "pt" });
        foreach (TensorInfo tensor in writer.Tensors)
        {
            if (tensor.Type == DType.I64)
                writer.Write<long>([17]);
            else
                writer.Write<float>(tensor.Name == "norm.weight" ? [1, 2] : [3, 4]);
        }

        stream.Position = 0;
        return stream;
    }

    [Fact]
    public void When_a_setter_refuses_what_was_set_before_is_put_back()
    {
        Content content = new();
        byte[] file = Saved(content);
        content.Clear();
        content.Steps = 3;
        string before = content.Text;
        content.Throws = true;
        Assert.Throws<InvalidOperationException>(() => content.Checkpoint().Load(new MemoryStream(file)));
        Assert.Equal(before, content.Text);
    }

    [Fact]
    public void Narrower_numbers_of_other_programs_are_widened_where_that_is_exact()
    {
        using MemoryStream stream = new();
        SafetensorsWriter writer = new(stream, [new TensorInfo("a", DType.F32, [2]), new TensorInfo("b", DType.BF16, [2]), new TensorInfo("c", DType.F16, [2])]);
        writer.Write<float>([1.5f, -0.1f]);
        writer.Write<BFloat16>([(BFloat16)1.5f, (BFloat16)(-2f)]);
        writer.Write<Half>([(Half)0.25f, (Half)(-2)]);
        double[] wide = new double[2];
        float[] b = new float[2], c = new float[2];
        Checkpoint checkpoint = new Checkpoint("model", "Net", "").Add("a", [2], wide.AsMemory()).Add("b", [2], b.AsMemory()).Add("c", [2], c.AsMemory());
        stream.Position = 0;
        checkpoint.Load(stream);
        Assert.Equal([1.5, -0.1f], wide);
        Assert.Equal([1.5f, -2], b);
        Assert.Equal([0.25f, -2], c);

        using MemoryStream doubles = new();
        new SafetensorsWriter(doubles, [new TensorInfo("b", DType.F64, [2])]).Write<double>([3, 4]);
        doubles.Position = 0;
        checkpoint = new Checkpoint("model", "Net", "").Add("b", [2], b.AsMemory());
        Assert.Contains("of another element type: b F64 [2], expected F32", Assert.Throws<CheckpointException>(() => checkpoint.Load(doubles)).Message, StringComparison.Ordinal);
        Assert.Equal([1.5f, -2], b);
    }

    [Fact]
    public void A_file_is_replaced_as_a_whole_or_not_at_all()
    {
        string folder = Directory.CreateTempSubdirectory().FullName, path = Path.Combine(folder, "state.safetensors");
        try
        {
            Content content = new();
            content.Checkpoint().Save(path);
            byte[] file = File.ReadAllBytes(path);
            Assert.Equal(Saved(content), file);

            Assert.Throws<InvalidOperationException>(() => AtomicFile.Write(path, stream =>
            {
                stream.WriteByte(1);
                throw new InvalidOperationException();
            }));
            Assert.Equal(file, File.ReadAllBytes(path));

            content.Steps = 99;
            content.Checkpoint().Save(path);
            content.Clear();
            content.Checkpoint().Load(path);
            Assert.Equal(99, content.Steps);
            Assert.Equal([path], Directory.GetFiles(folder));
            Assert.Throws<FileNotFoundException>(() => content.Checkpoint().Load(path + "x"));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void Memory_of_another_length_than_its_shape_is_refused() =>
        Assert.Throws<ArgumentException>("memory", () => new Checkpoint("test", "", "").Add("a", [3], new float[2].AsMemory()));

    private static string Refusal(Content content, Stream stream) => Assert.Throws<CheckpointException>(() => content.Checkpoint().Load(stream)).Message;

    private static byte[] Saved(Content content, string layout = "1")
    {
        using MemoryStream stream = new();
        content.Checkpoint(layout: layout).Save(stream);
        return stream.ToArray();
    }
}
