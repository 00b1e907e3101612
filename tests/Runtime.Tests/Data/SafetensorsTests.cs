using System.Buffers.Binary;
using System.Text;
using OptGen.Data;

namespace OptGen.Runtime.Tests.Data;

public sealed class SafetensorsTests
{
    [Fact]
    public void A_file_has_the_bytes_that_the_format_prescribes()
    {
        using MemoryStream stream = new();
        SafetensorsWriter writer = new(stream, [new TensorInfo("small", DType.U8, [3]), new TensorInfo("a.b", DType.F32, [1, 2])], new Dictionary<string, string> { ["k"] = "v" });
        Assert.Equal(["a.b", "small"], writer.Tensors.Select(tensor => tensor.Name));
        writer.Write<float>([1f, -2f]);
        Assert.False(writer.IsComplete);
        writer.Write<byte>([7, 8, 9]);
        Assert.True(writer.IsComplete);

        const string header = """{"__metadata__":{"k":"v"},"a.b":{"dtype":"F32","shape":[1,2],"data_offsets":[0,8]},"small":{"dtype":"U8","shape":[3],"data_offsets":[8,11]}}""";
        int padded = (header.Length + 7) / 8 * 8;
        Assert.Equal([(byte)padded, 0, 0, 0, 0, 0, 0, 0, .. Encoding.UTF8.GetBytes(header.PadRight(padded)), 0, 0, 128, 63, 0, 0, 0, 192, 7, 8, 9], stream.ToArray());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Every_element_type_comes_back(bool forwardOnly)
    {
        using MemoryStream stream = new();
        SafetensorsWriter writer = new(stream, Enum.GetValues<DType>().Select(type => new TensorInfo(type.ToString(), type, [2])));
        Assert.Equal([8, 8, 4, 4, 2, 2, 1, 1], writer.Tensors.Select(tensor => tensor.Type.Size()));
        writer.Write<long>([long.MinValue, 5]);
        writer.Write<double>([Math.PI, double.NaN]);
        writer.Write<int>([int.MinValue, 6]);
        writer.Write<float>([1.5f, float.NegativeInfinity]);
        writer.Write<BFloat16>([(BFloat16)1f, (BFloat16)(-2f)]);
        writer.Write<Half>([(Half)0.5f, Half.MaxValue]);
        writer.Write<byte>([255, 1]);
        writer.Write<sbyte>([-128, 1]);

        using SafetensorsReader reader = new(Reopen(stream.ToArray(), forwardOnly));
        Assert.Equal([long.MinValue, 5], Read<long>(reader, "I64"));
        Assert.Equal([Math.PI, double.NaN], Read<double>(reader, "F64"));
        Assert.Equal([int.MinValue, 6], Read<int>(reader, "I32"));
        Assert.Equal([(BFloat16)1f, (BFloat16)(-2f)], Read<BFloat16>(reader, "BF16"));
        Assert.Equal([(Half)0.5f, Half.MaxValue], Read<Half>(reader, "F16"));
        Assert.Equal([-128, 1], Read<sbyte>(reader, "I8"));
        if (forwardOnly)
        {
            Assert.Throws<InvalidOperationException>(() => Read<float>(reader, "F32"));
            return;
        }

        Assert.Equal([1.5f, float.NegativeInfinity], Read<float>(reader, "F32"));
        Assert.Equal([255, 1], Read<byte>(reader, "U8"));
        Assert.Null(reader.Find("none"));
    }

    [Fact]
    public void An_empty_file_single_numbers_and_empty_tensors_are_files_too()
    {
        using MemoryStream empty = new();
        Assert.True(new SafetensorsWriter(empty, []).IsComplete);
        empty.Position = 0;
        Assert.Empty(new SafetensorsReader(empty).Tensors);

        using MemoryStream stream = new();
        SafetensorsWriter writer = new(stream, [new TensorInfo("one", DType.F32, []), new TensorInfo("none", DType.F32, [3, 0])]);
        writer.Write<float>([4]);
        writer.Write<float>([]);
        stream.Position = 0;
        using SafetensorsReader reader = new(stream);
        Assert.Equal([4f], Read<float>(reader, "one"));
        Assert.Equal([3, 0], reader.Find("none")!.Shape.ToArray());
        Assert.Empty(Read<float>(reader, "none"));
    }

    public static TheoryData<string, string> Damaged => new()
    {
        { "", "ends within the length of its header" },
        { "[8]{", "is truncated: its header takes 8 bytes, and 1 are there" },
        { "[1]{", "no safetensors file: its header would have 1 bytes" },
        { "[9000000000000000000]{}", "no safetensors file" },
        { "{\"a\":}", "no JSON" },
        { "[]", "StartObject is expected" },
        { "{} {}", "no JSON" },
        { "{\"\xff\":1}", "StartObject is expected in the header at tensor" },
        { "{\"a\":1}", "StartObject is expected in the header at tensor 'a'" },
        { "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}....x", "goes on for 1 bytes" },
        { "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}...", "its tensors take 4 bytes, and 3 are there" },
        { "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]},\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}}........", "'a' occurs twice" },
        { "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]},\"b\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}....", "Tensor 'b' begins at byte 0, inside another: 4 is expected" },
        { "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}}........", "Tensor 'a' begins at byte 4, after a gap: 0 is expected" },
        { "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,4]}}....", "has 4 bytes, but F32 [2] takes 8" },
        { "{\"a\":{\"dtype\":\"F8_E4M3\",\"shape\":[2],\"data_offsets\":[0,2]}}..", "of type 'F8_E4M3', which is not supported" },
        { "{\"a\":{\"dtype\":\"3\",\"shape\":[2],\"data_offsets\":[0,2]}}..", "of type '3', which is not supported" },
        { "{\"a\":{\"dtype\":\"F32\",\"shape\":[-1],\"data_offsets\":[0,4]}}....", "[-1], is beyond" },
        { "{\"a\":{\"dtype\":\"F32\",\"shape\":[2147483647,2147483647,2147483647],\"data_offsets\":[0,4]}}....", "is beyond what memory holds" },
        { "{\"a\":{\"dtype\":\"F32\",\"shape\":[1.5],\"data_offsets\":[0,4]}}....", "A whole number is expected" },
        { "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,0]}}....", "'data_offsets' of tensor 'a' are [4, 0]" },
        { "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0]}}....", "'data_offsets' of tensor 'a' are [0]" },
        { "{\"a\":{\"dtype\":\"F32\",\"shape\":[1]}}....", "does not give 'data_offsets'" },
        { "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"strides\":[0,4]}}....", "gives 'strides', which the format does not have" },
        { "{\"a\":{\"dtype\":\"F32\",\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}....", "gives 'dtype' twice" },
        { "{\"__metadata__\":{\"a\":1}}", "String is expected in the header at __metadata__.a" },
        { "{\"__metadata__\":{\"a\":\"1\",\"a\":\"2\"}}", "'a' occurs twice in __metadata__" },
    };

    [Theory]
    [MemberData(nameof(Damaged))]
    public void A_damaged_file_is_refused_with_what_is_wrong(string file, string message)
    {
        string path = Path.GetTempFileName();
        try
        {
            File.WriteAllBytes(path, Bytes(file));
            Assert.Contains(message, Assert.Throws<CheckpointException>(() => SafetensorsReader.Open(path)).Message, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void A_stream_that_ends_early_is_refused_when_its_length_is_unknown()
    {
        byte[] bytes = Bytes("{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}...");
        using SafetensorsReader reader = new(Reopen(bytes, forwardOnly: true));
        Assert.Equal("The file is truncated: it ends within tensor 'a'.", Assert.Throws<CheckpointException>(() => Read<float>(reader, "a")).Message);
    }

    [Fact]
    public void What_a_caller_gets_wrong_is_named()
    {
        TensorInfo tensor = new("a", DType.F32, [2]);
        Assert.Throws<ArgumentException>("tensors", () => new SafetensorsWriter(Stream.Null, [tensor, tensor]));
        Assert.Throws<ArgumentException>("tensors", () => new SafetensorsWriter(Stream.Null, [new TensorInfo("__metadata__", DType.F32, [2])]));
        Assert.Throws<ArgumentOutOfRangeException>("shape", () => new TensorInfo("a", DType.F32, [-1]));
        SafetensorsWriter writer = new(Stream.Null, [tensor]);
        Assert.Throws<ArgumentException>("elements", () => writer.Write<float>([1]));
        Assert.Throws<ArgumentException>("elements", () => writer.Write<int>([1, 2]));
        writer.Write<float>([1, 2]);
        Assert.Throws<InvalidOperationException>(() => writer.Write<float>([1, 2]));
        Assert.Throws<NotSupportedException>(() => DTypes.Of<char>());

        using MemoryStream stream = new();
        new SafetensorsWriter(stream, [tensor]).Write<float>([1, 2]);
        stream.Position = 0;
        using SafetensorsReader reader = new(stream);
        Assert.Throws<ArgumentException>("destination", () => reader.Read<float>(reader.Tensors[0], new float[3]));
        Assert.Throws<ArgumentException>("destination", () => reader.Read<int>(reader.Tensors[0], new int[2]));
    }

    [Fact]
    public void Bytes_are_reversed_on_machines_of_the_other_order()
    {
        byte[] bytes = [1, 2, 3, 4, 5, 6, 7, 8];
        LittleEndian.Reverse(bytes, 4);
        Assert.Equal([4, 3, 2, 1, 8, 7, 6, 5], bytes);
        LittleEndian.Reverse(bytes, 1);
        Assert.Equal([4, 3, 2, 1, 8, 7, 6, 5], bytes);
    }

    [Fact]
    public void A_checksum_is_that_of_the_standard()
    {
        Assert.Equal("e3069283", Checksum.Text(Checksum.Append<byte>(Checksum.Start, "123456789"u8)));
        uint parts = Checksum.Append<byte>(Checksum.Append<byte>(Checksum.Start, "1234"u8), "56789"u8);
        Assert.Equal("e3069283", Checksum.Text(parts));
    }

    private static T[] Read<T>(SafetensorsReader reader, string name)
        where T : unmanaged
    {
        TensorInfo tensor = reader.Find(name)!;
        T[] elements = new T[tensor.Length];
        reader.Read(tensor, elements.AsSpan());
        return elements;
    }

    /// <summary>A header with its length before it, which a number in brackets replaces; what follows the header is content.</summary>
    private static byte[] Bytes(string file)
    {
        if (file.Length == 0)
            return [];
        long? given = file[0] == '[' && file[1] is >= '0' and <= '9' ? long.Parse(file[1..file.IndexOf(']', StringComparison.Ordinal)], System.Globalization.CultureInfo.InvariantCulture) : null;
        string text = given is null ? file : file[(file.IndexOf(']', StringComparison.Ordinal) + 1)..];
        byte[] length = new byte[8];
        int header = Math.Max(text.LastIndexOf('}'), text.LastIndexOf(']')) + 1;
        BinaryPrimitives.WriteInt64LittleEndian(length, given ?? Encoding.UTF8.GetByteCount(text[..header]));
        return [.. length, .. Encoding.UTF8.GetBytes(text)];
    }

    private static Stream Reopen(byte[] bytes, bool forwardOnly) => forwardOnly ? new ForwardStream(bytes) : new MemoryStream(bytes);
}
