using System.Globalization;

namespace OptGen.Data;

/// <summary>
/// What of a program goes into a file and comes back from it: memory and single numbers, by name. A file is a safetensors file that is written as a whole or not at
/// all; loading checks everything first, and a file that is damaged or does not fit changes nothing.
/// </summary>
public sealed class Checkpoint
{
    private const int Version = 1;
    private const string RunningMean = "running_mean";
    private const string VersionKey = "optgen.version", KindKey = "optgen.kind", OwnerKey = "optgen.owner", LayoutKey = "optgen.layout", ChecksumKey = "optgen.crc32c";

    private readonly List<CheckpointSlot> _slots = [];
    private readonly HashSet<string> _ignored = [];
    private readonly string _kind, _owner, _layout;

    /// <summary>A checkpoint without content.</summary>
    /// <param name="kind">What is saved, such as <c>model</c>.</param>
    /// <param name="owner">Whose content it is, for messages, such as the name of the model's class.</param>
    /// <param name="layout">A number that differs where the content's meaning does; see <see cref="IsExact"/>.</param>
    public Checkpoint(string kind, string owner, string layout)
    {
        _kind = kind;
        _owner = owner;
        _layout = layout;
    }

    /// <summary>
    /// Whether only a file is loaded that a checkpoint of the same layout wrote. Otherwise names and shapes decide, so that files of other programs can be loaded, and
    /// narrower element types are widened where that is exact.
    /// </summary>
    public bool IsExact { get; init; }

    /// <summary>A checkpoint of parameters, under the names and with the orientation that their layout gives for files.</summary>
    public static Checkpoint OfParameters<T>(string owner, string layoutHash, ReadOnlySpan<ParameterInfo> layout, Memory<T> parameters)
        where T : unmanaged
    {
        Checkpoint checkpoint = new("model", owner, layoutHash);
        foreach (ParameterInfo parameter in layout)
        {
            checkpoint.Add(parameter.SavedName, parameter.Shape, parameters.Slice(parameter.Offset, parameter.Length), parameter.SavedAxes);

            // PyTorch counts batches beside running averages, for averages of a kind that the library does not have; it loads files without the count.
            if (parameter.Kind == ParameterKind.Buffer && parameter.SavedName.EndsWith(RunningMean, StringComparison.Ordinal))
                checkpoint.Ignore(parameter.SavedName[..^RunningMean.Length] + "num_batches_tracked");
        }

        return checkpoint;
    }

    /// <summary>Adds memory.</summary>
    /// <param name="name">Name of the tensor in the file.</param>
    /// <param name="shape">Sizes of its axes in memory.</param>
    /// <param name="memory">Its elements in memory, last axis fastest.</param>
    /// <param name="axes">The axes in the order in which the file has them; none for the order in memory.</param>
    /// <returns>This checkpoint.</returns>
    public Checkpoint Add<T>(string name, ReadOnlySpan<int> shape, Memory<T> memory, ReadOnlySpan<int> axes = default)
        where T : unmanaged
    {
        int[] saved = axes.IsEmpty ? shape.ToArray() : Permutation.Apply(axes, shape);
        TensorInfo tensor = new(name, DTypes.Of<T>(), saved);
        if (tensor.Length != memory.Length)
            throw new ArgumentException($"{tensor} has {tensor.Length} elements, not {memory.Length}.", nameof(memory));
        _slots.Add(new MemorySlot<T>(tensor, memory, shape.ToArray(), axes.IsEmpty ? null : axes.ToArray()));
        return this;
    }

    /// <summary>Adds a real number.</summary>
    /// <param name="name">Name of the tensor in the file.</param>
    /// <param name="get">Gives the number to write.</param>
    /// <param name="set">Takes the number that was read.</param>
    /// <param name="accepts">Whether a number is possible; a file with another one is refused. By default, every number is.</param>
    /// <returns>This checkpoint.</returns>
    public Checkpoint AddReal(string name, Func<double> get, Action<double> set, Predicate<double>? accepts = null)
    {
        _slots.Add(new RealSlot(new TensorInfo(name, DType.F64, []), () => [get()], value => set(value[0]), accepts));
        return this;
    }

    /// <summary>Adds real numbers, always as many as there are now.</summary>
    /// <param name="name">Name of the tensor in the file.</param>
    /// <param name="get">Gives the numbers to write.</param>
    /// <param name="set">Takes the numbers that were read.</param>
    /// <returns>This checkpoint.</returns>
    public Checkpoint AddReals(string name, Func<double[]> get, Action<double[]> set)
    {
        ArgumentNullException.ThrowIfNull(get);
        _slots.Add(new RealSlot(new TensorInfo(name, DType.F64, [get().Length]), get, set));
        return this;
    }

    /// <summary>Adds a whole number.</summary>
    /// <param name="name">Name of the tensor in the file.</param>
    /// <param name="get">Gives the number to write.</param>
    /// <param name="set">Takes the number that was read.</param>
    /// <param name="least">The least number that is possible; a file with a smaller one is refused.</param>
    /// <param name="accepts">Whether a number from there on is possible; a file with another one is refused. By default, every number is.</param>
    /// <returns>This checkpoint.</returns>
    public Checkpoint AddInteger(string name, Func<int> get, Action<int> set, int least = int.MinValue, Predicate<int>? accepts = null)
    {
        ArgumentNullException.ThrowIfNull(get);
        ArgumentNullException.ThrowIfNull(set);
        _slots.Add(new IntegerSlot(name, () => get(), value => set((int)value), least, int.MaxValue, accepts is null ? null : value => accepts((int)value)));
        return this;
    }

    /// <summary>Adds a whole number of 64 bits.</summary>
    /// <param name="name">Name of the tensor in the file.</param>
    /// <param name="get">Gives the number to write.</param>
    /// <param name="set">Takes the number that was read.</param>
    /// <param name="least">The least number that is possible; a file with a smaller one is refused.</param>
    /// <returns>This checkpoint.</returns>
    public Checkpoint AddInteger(string name, Func<long> get, Action<long> set, long least = long.MinValue)
    {
        _slots.Add(new IntegerSlot(name, get, set, least, long.MaxValue));
        return this;
    }

    /// <summary>Names a tensor that a file may hold besides, and that is not read.</summary>
    /// <param name="name">Name of the tensor in the file.</param>
    /// <returns>This checkpoint.</returns>
    public Checkpoint Ignore(string name)
    {
        _ignored.Add(name);
        return this;
    }

    /// <summary>Writes a file. One that is there is replaced only once the new one is complete.</summary>
    public void Save(string path) => AtomicFile.Write(path, Save);

    /// <summary>Writes the file into a stream, which stays open.</summary>
    public void Save(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        Dictionary<string, CheckpointSlot> slots = _slots.ToDictionary(slot => slot.Tensor.Name);
        IReadOnlyList<TensorInfo> order = SafetensorsHeader.Of(_slots.Select(slot => slot.Tensor), new Dictionary<string, string>()).Tensors;
        uint checksum = order.Aggregate(Checksum.Start, (state, tensor) => slots[tensor.Name].Append(state));
        Dictionary<string, string> metadata = Metadata(Checksum.Text(checksum));

        // What other programs ask for: tensors have PyTorch's names and orientation.
        if (!IsExact)
            metadata["format"] = "pt";
        SafetensorsWriter writer = new(stream, order, metadata);
        foreach (TensorInfo tensor in order)
            slots[tensor.Name].Write(writer);
    }

    /// <summary>Reads a file.</summary>
    /// <exception cref="CheckpointException">The file is damaged or does not fit. Nothing is changed.</exception>
    public void Load(string path)
    {
        using SafetensorsReader reader = SafetensorsReader.Open(path);
        Load(reader);
    }

    /// <summary>Reads the file that begins at a stream's position, and leaves the stream open at the file's end.</summary>
    /// <exception cref="CheckpointException">The file is damaged or does not fit. Nothing is changed.</exception>
    public void Load(Stream stream)
    {
        using SafetensorsReader reader = new(stream, leaveOpen: true);
        Load(reader);
        reader.MoveToEnd();
    }

    private Dictionary<string, string> Metadata(string checksum) => new()
    {
        [VersionKey] = Version.ToString(CultureInfo.InvariantCulture),
        [KindKey] = _kind,
        [OwnerKey] = _owner,
        [LayoutKey] = _layout,
        [ChecksumKey] = checksum,
    };

    private void Load(SafetensorsReader reader)
    {
        CheckOrigin(reader.Metadata);
        CheckTensors(reader);
        Dictionary<string, CheckpointSlot> slots = _slots.ToDictionary(slot => slot.Tensor.Name);
        uint checksum = reader.Tensors.Where(tensor => slots.ContainsKey(tensor.Name)).Aggregate(Checksum.Start, (state, tensor) => slots[tensor.Name].Stage(reader, tensor, state));
        if (reader.Metadata.TryGetValue(ChecksumKey, out string? expected) && expected != Checksum.Text(checksum))
        {
            throw new CheckpointException(
                $"The file is damaged: the checksum of its tensors is {Checksum.Text(checksum)}, and {expected} is expected. (Whoever changes tensors in it must remove '{ChecksumKey}'.)");
        }

        Commit();
    }

    /// <summary>Single numbers first: their setters may be the user's and may throw. Memory can't fail any more.</summary>
    private void Commit()
    {
        Stack<Action> undo = [];
        try
        {
            foreach (CheckpointSlot slot in _slots.OrderBy(slot => slot is IntegerSlot or RealSlot ? 0 : 1))
                undo.Push(slot.Commit());
        }
        catch
        {
            foreach (Action action in undo)
                action();
            throw;
        }
    }

    private void CheckOrigin(IReadOnlyDictionary<string, string> metadata)
    {
        if (metadata.TryGetValue(VersionKey, out string? version) && version != Version.ToString(CultureInfo.InvariantCulture))
            throw new CheckpointException($"The file has version {version} of the format; this program reads version {Version}.");
        if (metadata.TryGetValue(KindKey, out string? kind) ? kind != _kind : IsExact)
            throw new CheckpointException($"The file holds {(kind is null ? "no checkpoint" : $"a checkpoint of kind '{kind}'")}, and one of kind '{_kind}' is expected.");
        if (!IsExact)
            return;
        string owner = metadata.GetValueOrDefault(OwnerKey, "?"), layout = metadata.GetValueOrDefault(LayoutKey, "?");
        if (layout != _layout)
            throw new CheckpointException($"The file was written by {owner} with layout {layout}; this is {_owner} with layout {_layout}, to which its content means nothing.");
        if (!metadata.ContainsKey(ChecksumKey))
            throw new CheckpointException($"The file has no checksum ('{ChecksumKey}').");
    }

    /// <summary>Everything that is missing, extra or misshapen, in one message.</summary>
    private void CheckTensors(SafetensorsReader reader)
    {
        List<string> faults = [];
        foreach (TensorInfo expected in _slots.Select(slot => slot.Tensor))
        {
            if (reader.Find(expected.Name) is not TensorInfo found)
                faults.Add($"missing: {expected}");
            else if (!found.Shape.SequenceEqual(expected.Shape))
                faults.Add($"misshapen: {found}, expected {TensorInfo.Text(expected.Shape)}");
            else if (IsExact ? found.Type != expected.Type : !DTypes.Widens(found.Type, expected.Type))
                faults.Add($"of another element type: {found}, expected {expected.Type}");
        }

        HashSet<string> names = [.. _slots.Select(slot => slot.Tensor.Name)];
        faults.AddRange(reader.Tensors.Where(tensor => !names.Contains(tensor.Name) && !_ignored.Contains(tensor.Name)).Select(tensor => $"extra: {tensor}"));
        if (faults.Count > 0)
            throw new CheckpointException($"The file does not fit the {_kind} {_owner}:\n  {string.Join("\n  ", faults)}");
    }
}
