namespace OptGen.Data;

/// <summary>Something of a program that a file holds as one tensor: it can be written, read aside, and then put in its place.</summary>
internal abstract class CheckpointSlot(TensorInfo tensor)
{
    /// <summary>The tensor as the file has it.</summary>
    public TensorInfo Tensor { get; } = tensor;

    /// <summary>Writes the content whose checksum was taken before.</summary>
    public abstract void Write(SafetensorsWriter writer);

    /// <summary>Goes on with the checksum of the present content, which will be written.</summary>
    public abstract uint Append(uint checksum);

    /// <summary>Reads a tensor aside, changes nothing else, and goes on with its checksum.</summary>
    /// <exception cref="CheckpointException">The content can't be that of this slot.</exception>
    public abstract uint Stage(SafetensorsReader reader, TensorInfo tensor, uint checksum);

    /// <summary>Puts what was read in its place, and returns what undoes that.</summary>
    public abstract Action Commit();
}

/// <summary>Memory of the program, of shape <paramref name="shape"/>; <paramref name="axes"/> are its axes in the order in which the file has them.</summary>
internal sealed class MemorySlot<T>(TensorInfo tensor, Memory<T> memory, int[] shape, int[]? axes) : CheckpointSlot(tensor)
    where T : unmanaged
{
    private T[] _staged = [];

    public override void Write(SafetensorsWriter writer)
    {
        writer.Write<T>(axes is null ? memory.Span : _staged);
        _staged = [];
    }

    /// <summary>Also puts the axes in order, for the writing that follows.</summary>
    public override uint Append(uint checksum)
    {
        if (axes is null)
            return Checksum.Append<T>(checksum, memory.Span);
        _staged = GC.AllocateUninitializedArray<T>(memory.Length);
        Permutation.Copy(memory.Span, shape, axes, _staged);
        return Checksum.Append<T>(checksum, _staged);
    }

    public override uint Stage(SafetensorsReader reader, TensorInfo tensor, uint checksum)
    {
        _staged = GC.AllocateUninitializedArray<T>(memory.Length);
        return tensor.Type == Tensor.Type ? Read(reader, tensor, checksum, _staged) : Widen(reader, tensor, checksum);
    }

    public override Action Commit()
    {
        if (axes is null)
            _staged.CopyTo(memory);
        else
            Permutation.Copy<T>(_staged, Tensor.Shape, Permutation.Inverse(axes), memory.Span);
        _staged = [];

        // Nothing that could fail comes after memory is written.
        return static () => { };
    }

    private static uint Read<TFile>(SafetensorsReader reader, TensorInfo tensor, uint checksum, TFile[] elements)
        where TFile : unmanaged
    {
        reader.Read<TFile>(tensor, elements);
        return Checksum.Append<TFile>(checksum, elements);
    }

    private uint Widen(SafetensorsReader reader, TensorInfo tensor, uint checksum)
    {
        switch (tensor.Type)
        {
            case DType.F16:
                return Widen(reader, tensor, checksum, static (Half value) => (double)value);
            case DType.BF16:
                return Widen(reader, tensor, checksum, static (BFloat16 value) => (float)value);
            default:
                return Widen(reader, tensor, checksum, static (float value) => value);
        }
    }

    private uint Widen<TFile>(SafetensorsReader reader, TensorInfo tensor, uint checksum, Func<TFile, double> value)
        where TFile : unmanaged
    {
        TFile[] elements = GC.AllocateUninitializedArray<TFile>(_staged.Length);
        checksum = Read(reader, tensor, checksum, elements);
        for (int i = 0; i < elements.Length; i++)
        {
            double wide = value(elements[i]);
            _staged[i] = typeof(T) == typeof(float) ? (T)(object)(float)wide : (T)(object)wide;
        }

        return checksum;
    }
}

/// <summary>One whole number of the program's.</summary>
internal sealed class IntegerSlot(string name, Func<long> get, Action<long> set, long least, long most, Predicate<long>? accepts = null) : CheckpointSlot(new TensorInfo(name, DType.I64, []))
{
    private long _staged;

    public override void Write(SafetensorsWriter writer) => writer.Write<long>([get()]);

    public override uint Append(uint checksum) => Checksum.Append<long>(checksum, [get()]);

    public override uint Stage(SafetensorsReader reader, TensorInfo tensor, uint checksum)
    {
        Span<long> number = [0];
        reader.Read(tensor, number);
        if (number[0] < least || number[0] > most)
            throw new CheckpointException($"'{Tensor.Name}' is {number[0]}; {least} to {most} are possible.");
        if (accepts?.Invoke(number[0]) == false)
            throw new CheckpointException($"'{Tensor.Name}' is {number[0]}, which is out of its range.");
        _staged = number[0];
        return Checksum.Append<long>(checksum, number);
    }

    public override Action Commit()
    {
        long before = get();
        set(_staged);
        return () => set(before);
    }
}

/// <summary>Real numbers of the program's.</summary>
internal sealed class RealSlot(TensorInfo tensor, Func<double[]> get, Action<double[]> set, Predicate<double>? accepts = null) : CheckpointSlot(tensor)
{
    private double[] _staged = [];

    public override void Write(SafetensorsWriter writer) => writer.Write<double>(get());

    public override uint Append(uint checksum) => Checksum.Append<double>(checksum, get());

    public override uint Stage(SafetensorsReader reader, TensorInfo tensor, uint checksum)
    {
        _staged = new double[(int)tensor.Length];
        reader.Read(tensor, _staged.AsSpan());
        foreach (double number in _staged)
        {
            if (accepts?.Invoke(number) == false)
                throw new CheckpointException($"'{Tensor.Name}' is {number}, which is out of its range.");
        }

        return Checksum.Append<double>(checksum, _staged);
    }

    public override Action Commit()
    {
        double[] before = get();
        set(_staged);
        return () => set(before);
    }
}
