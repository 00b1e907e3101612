using System.Buffers;
using System.Text.Json;

namespace OptGen.Data;

/// <summary>
/// The head of a safetensors file: eight bytes with the length of what follows, then a JSON object that gives each tensor's element type, shape and place. Reading
/// it refuses whatever the format forbids: unknown element types, tensors that overlap or leave gaps, sizes that disagree, names that occur twice.
/// </summary>
internal sealed class SafetensorsHeader
{
    /// <summary>The most bytes that a header has by the format, so that a damaged length does not ask for all memory.</summary>
    public const int MaxLength = 100_000_000;

    private const string MetadataKey = "__metadata__";

    private SafetensorsHeader(IReadOnlyList<TensorInfo> tensors, IReadOnlyDictionary<string, string> metadata)
    {
        Tensors = tensors;
        Metadata = metadata;
        DataLength = tensors.Count == 0 ? 0 : tensors[^1].Offset + tensors[^1].ByteLength;
    }

    /// <summary>The tensors in the order of their bytes.</summary>
    public IReadOnlyList<TensorInfo> Tensors { get; }

    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>Bytes of all tensors together.</summary>
    public long DataLength { get; }

    /// <summary>Places tensors one after the other, those of larger elements first, so that each begins at a multiple of its element's size.</summary>
    public static SafetensorsHeader Of(IEnumerable<TensorInfo> tensors, IReadOnlyDictionary<string, string> metadata)
    {
        long offset = 0;
        List<TensorInfo> placed = [];
        HashSet<string> names = [MetadataKey];
        foreach (TensorInfo tensor in tensors.OrderByDescending(tensor => tensor.Type.Size()))
        {
            if (!names.Add(tensor.Name))
                throw new ArgumentException($"Two tensors are called '{tensor.Name}'.", nameof(tensors));
            placed.Add(new TensorInfo(tensor.Name, tensor.Type, tensor.Shape, offset));
            offset += tensor.ByteLength;
        }

        return new SafetensorsHeader(placed, metadata);
    }

    /// <summary>The bytes of the JSON object, filled up with blanks so that the first tensor is aligned.</summary>
    public ReadOnlyMemory<byte> ToBytes()
    {
        ArrayBufferWriter<byte> bytes = new();
        using (Utf8JsonWriter json = new(bytes))
        {
            json.WriteStartObject();
            if (Metadata.Count > 0)
            {
                json.WriteStartObject(MetadataKey);
                foreach ((string key, string value) in Metadata.OrderBy(entry => entry.Key, StringComparer.Ordinal))
                    json.WriteString(key, value);
                json.WriteEndObject();
            }

            foreach (TensorInfo tensor in Tensors)
                Write(json, tensor);
            json.WriteEndObject();
        }

        int padding = -bytes.WrittenCount & 7;
        bytes.GetSpan(padding)[..padding].Fill((byte)' ');
        bytes.Advance(padding);
        return bytes.WrittenMemory;
    }

    private static void Write(Utf8JsonWriter json, TensorInfo tensor)
    {
        json.WriteStartObject(tensor.Name);
        json.WriteString("dtype", DTypes.Name(tensor.Type));
        json.WriteStartArray("shape");
        foreach (int size in tensor.Shape)
            json.WriteNumberValue(size);
        json.WriteEndArray();
        json.WriteStartArray("data_offsets");
        json.WriteNumberValue(tensor.Offset);
        json.WriteNumberValue(tensor.Offset + tensor.ByteLength);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    /// <exception cref="CheckpointException">The bytes are no header.</exception>
    public static SafetensorsHeader Parse(ReadOnlySpan<byte> bytes)
    {
        try
        {
            return ParseObject(bytes);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException)
        {
            throw new CheckpointException($"The header is no JSON as the safetensors format has it: {e.Message}", e);
        }
    }

    private static SafetensorsHeader ParseObject(ReadOnlySpan<byte> bytes)
    {
        Utf8JsonReader json = new(bytes);
        List<TensorInfo> tensors = [];
        Dictionary<string, string> metadata = [];
        HashSet<string> names = [];
        Expect(ref json, JsonTokenType.StartObject, "the header");
        while (NextProperty(ref json, "the header") is string name)
        {
            if (!names.Add(name))
                throw new CheckpointException($"'{name}' occurs twice in the header.");
            if (name == MetadataKey)
                ParseMetadata(ref json, metadata);
            else
                tensors.Add(ParseTensor(ref json, name));
        }

        // Anything but blanks after the object makes this throw.
        json.Read();
        tensors.Sort((a, b) => (a.Offset, a.ByteLength).CompareTo((b.Offset, b.ByteLength)));
        long end = 0;
        foreach (TensorInfo tensor in tensors)
        {
            if (tensor.Offset != end)
                throw new CheckpointException($"Tensor '{tensor.Name}' begins at byte {tensor.Offset}, {(tensor.Offset < end ? "inside another" : "after a gap")}: {end} is expected.");
            end += tensor.ByteLength;
        }

        return new SafetensorsHeader(tensors, metadata);
    }

    private static void ParseMetadata(ref Utf8JsonReader json, Dictionary<string, string> metadata)
    {
        Expect(ref json, JsonTokenType.StartObject, MetadataKey);
        while (NextProperty(ref json, MetadataKey) is string key)
        {
            Expect(ref json, JsonTokenType.String, $"{MetadataKey}.{key}");
            if (!metadata.TryAdd(key, json.GetString()!))
                throw new CheckpointException($"'{key}' occurs twice in {MetadataKey}.");
        }
    }

    private static TensorInfo ParseTensor(ref Utf8JsonReader json, string name)
    {
        string? type = null;
        List<long>? shape = null, offsets = null;
        string place = $"tensor '{name}'";
        Expect(ref json, JsonTokenType.StartObject, place);
        while (NextProperty(ref json, place) is string property)
        {
            bool isKnown = property switch
            {
                "dtype" when type is null => (type = ParseText(ref json, place)) is not null,
                "shape" when shape is null => (shape = ParseNumbers(ref json, place)) is not null,
                "data_offsets" when offsets is null => (offsets = ParseNumbers(ref json, place)) is not null,
                _ => false,
            };
            if (!isKnown)
                throw new CheckpointException($"Of {place}, the header gives '{property}'{(property is "dtype" or "shape" or "data_offsets" ? " twice" : ", which the format does not have")}.");
        }

        if (type is null || shape is null || offsets is null)
            throw new CheckpointException($"Of {place}, the header does not give {(type is null ? "'dtype'" : shape is null ? "'shape'" : "'data_offsets'")}.");
        if (!DTypes.TryParse(type, out DType known))
            throw new CheckpointException($"The elements of {place} are of type '{type}', which is not supported: U8, I8, I32, I64, BF16, F16, F32 and F64 are.");
        if (shape.Exists(size => size is < 0 or > int.MaxValue) || TensorInfo.Count(shape.ConvertAll(size => (int)size).ToArray()) is not long count)
            throw new CheckpointException($"The shape of {place}, [{string.Join(", ", shape)}], is beyond what memory holds.");
        if (offsets.Count != 2 || offsets[0] < 0 || offsets[1] < offsets[0])
            throw new CheckpointException($"'data_offsets' of {place} are [{string.Join(", ", offsets)}]; two numbers are expected, where it begins and where it ends.");
        if (offsets[1] - offsets[0] != count * known.Size())
            throw new CheckpointException($"The {place} has {offsets[1] - offsets[0]} bytes, but {type} [{string.Join(", ", shape)}] takes {count * known.Size()}.");
        return new TensorInfo(name, known, shape.ConvertAll(size => (int)size).ToArray(), offsets[0]);
    }

    private static string ParseText(ref Utf8JsonReader json, string place)
    {
        Expect(ref json, JsonTokenType.String, place);
        return json.GetString()!;
    }

    private static List<long> ParseNumbers(ref Utf8JsonReader json, string place)
    {
        List<long> numbers = [];
        Expect(ref json, JsonTokenType.StartArray, place);
        while (json.Read() && json.TokenType != JsonTokenType.EndArray)
        {
            if (json.TokenType != JsonTokenType.Number || !json.TryGetInt64(out long number))
                throw new CheckpointException($"A whole number is expected in the header at {place}.");
            numbers.Add(number);
        }

        return numbers;
    }

    private static string? NextProperty(ref Utf8JsonReader json, string place)
    {
        if (!json.Read())
            throw new CheckpointException($"The header ends within {place}.");
        return json.TokenType == JsonTokenType.EndObject ? null : json.GetString();
    }

    private static void Expect(ref Utf8JsonReader json, JsonTokenType type, string place)
    {
        if (!json.Read() || json.TokenType != type)
            throw new CheckpointException($"{type} is expected in the header at {place}, not {json.TokenType}.");
    }
}
