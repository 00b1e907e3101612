using OptGen.Generator.Fusion;
using OptGen.Generator.Planning;
using OptGen.Generator.Specs;

namespace OptGen.Generator.Backends.Cpu;

/// <summary>
/// Loads and stores of tensors in their formats. A state of 16 bits is converted on its way between memory and registers. Of a state of 8 bits a block is loaded with its
/// scale; what is stored waits in the first-level cache until the block is complete, since its scale is not known before.
/// </summary>
internal sealed class FormatText
{
    private const string Rounding = "Rounding", Scales = "Scales", Scale = "Scale", Block = "Block";

    private readonly Program _program;
    private readonly Dictionary<(int Tensor, string Suffix), string> _locals = [];

    /// <param name="program">The program that is printed.</param>
    /// <param name="taken">Names that locals can't have; those that this class declares are added.</param>
    public FormatText(Program program, HashSet<string> taken)
    {
        _program = program;
        for (int tensor = 0; tensor < program.Tensors.Count; tensor++)
        {
            foreach (string suffix in Suffixes(program.FormatOf(tensor)))
            {
                string name = program.Tensors[tensor].Name + suffix;
                while (!taken.Add(name))
                    name += "_";
                _locals[(tensor, suffix)] = name;
            }
        }
    }

    /// <summary>The C# type of a tensor's elements in memory.</summary>
    public string Type(int tensor) => _program.FormatOf(tensor) switch
    {
        StateFormat.Element => _program.Options.Element,
        StateFormat.BFloat16 or StateFormat.StochasticBFloat16 => "BFloat16",
        _ => "byte",
    };

    public bool IsBlockwise(int tensor) => _program.FormatOf(tensor).IsBlockwise();

    /// <summary>Declarations besides the references to the tensors themselves.</summary>
    public IEnumerable<string> Declarations(IReadOnlyList<Stage> stages)
    {
        int[] stored = Stored(stages), blockwise = [.. stored.Where(IsBlockwise)];
        foreach (int tensor in CpuText.Tensors(stages).Where(tensor => IsBlockwise(tensor) && _program.Options.Rows is null))
            yield return $"ref float {_locals[(tensor, Scales)]} = ref Memory.At<float>({StateField(tensor)}Scales);";
        for (int i = 0; i < blockwise.Length; i++)
        {
            string source = i == 0
                ? $"ref Scratch.Rent<float>({CpuText.Text(blockwise.Length * StateFormats.BlockSize)})"
                : $"ref Unsafe.Add(ref {_locals[(blockwise[0], Block)]}, {CpuText.Text(i * StateFormats.BlockSize)})";
            yield return $"ref float {_locals[(blockwise[i], Block)]} = {source};";
        }

        foreach (int tensor in stored.Where(tensor => _program.FormatOf(tensor) == StateFormat.StochasticBFloat16))
            yield return $"uint {_locals[(tensor, Rounding)]} = {StateField(tensor)}Rounding;";
    }

    /// <summary>The references to a tensor's elements from the first one of a row on, in a program by rows.</summary>
    public IEnumerable<string> OfRow(int tensor, string address)
    {
        string name = _program.Tensors[tensor].Name, type = Type(tensor);
        yield return $"ref {type} {name} = ref Unsafe.Add(ref Memory.At<{type}>({address}), {(IsBlockwise(tensor) ? "row * tiles.CodesOfRow" : "rowBegin")});";
        if (IsBlockwise(tensor))
            yield return $"ref float {_locals[(tensor, Scales)]} = ref Unsafe.Add(ref Memory.At<float>({address}Scales), row * tiles.ScalesOfRow);";
    }

    /// <summary>The value at a place; <paramref name="stride"/> is that of the lanes, 0 when all have the same.</summary>
    public string Load(int tensor, string place, int stride, Lanes lanes)
    {
        if (IsBlockwise(tensor))
        {
            // What follows the last number of a block is the block's own and may be read.
            RequireNeighbours(tensor, stride);
            return $"{lanes.Vector}.Load{_program.FormatOf(tensor)}({place}, {_locals[(tensor, Scale)]})";
        }

        string format = Conversion(tensor);
        return stride switch
        {
            0 => $"{lanes.Vector}.Broadcast({place.Substring(4)})",
            1 when !lanes.IsPartial => $"{lanes.Vector}.Load{format}({place})",
            1 => $"{lanes.Vector}.Load{format}Partial({place}, {lanes.Partial})",
            _ => $"{lanes.Vector}.Gather{format}({place}, {CpuText.Text(stride)}, {Count(lanes)})",
        };
    }

    /// <summary>The statement that stores a value at a place, which is <paramref name="index"/> elements behind the tensor's first one.</summary>
    public string Store(int tensor, string value, string place, string index, int stride, Lanes lanes)
    {
        if (IsBlockwise(tensor))
        {
            RequireNeighbours(tensor, stride);
            return $"{lanes.Vector}.Store({value}, ref Unsafe.Add(ref {_locals[(tensor, Block)]}, {index} - first));";
        }

        if (_program.FormatOf(tensor) == StateFormat.BFloat16)
            value = $"{lanes.Vector}.RoundToBFloat16({value})";
        else if (_program.FormatOf(tensor) == StateFormat.StochasticBFloat16)
            value = $"{lanes.Vector}.RoundStochastically({value}, {_locals[(tensor, Rounding)]}, {Element(tensor, index)}, {CpuText.Text(stride)})";
        string format = Conversion(tensor);
        return stride != 1
            ? $"{lanes.Vector}.Scatter{format}({value}, {place}, {CpuText.Text(stride)}, {Count(lanes)});"
            : lanes.IsPartial ? $"{lanes.Vector}.Store{format}Partial({value}, {place}, {lanes.Partial});" : $"{lanes.Vector}.Store{format}({value}, {place});";
    }

    /// <summary>Statements at the beginning of a block that starts at <c>first</c>.</summary>
    public IEnumerable<string> BeginBlock(IEnumerable<Stage> stages) =>
        stages.SelectMany(stage => stage.Operands.OfType<LoadOperand>()).Select(load => load.Tensor).Distinct().Where(IsBlockwise)
            .Select(tensor => $"V {_locals[(tensor, Scale)]} = V.Broadcast({ScaleOfBlock(tensor)});");

    /// <summary>Statements at the end of a block from <c>first</c> to <c>last</c>.</summary>
    public IEnumerable<string> EndBlock(IEnumerable<Stage> stages) => Stored(stages).Where(IsBlockwise).Select(tensor =>
        $"V.Store{_program.FormatOf(tensor)}(ref {_locals[(tensor, Block)]}, (int)(last - first), ref Unsafe.Add(ref {_program.Tensors[tensor].Name}, first), ref {ScaleOfBlock(tensor)});");

    private static string Count(Lanes lanes) => lanes.IsPartial ? lanes.Partial : lanes.Vector + ".Count";

    private static int[] Stored(IEnumerable<Stage> stages) => [.. stages.SelectMany(stage => stage.Sinks.OfType<StoreSink>()).Select(store => store.Tensor).Distinct()];

    private static string[] Suffixes(StateFormat format) => format switch
    {
        StateFormat.StochasticBFloat16 => [Rounding],
        StateFormat.Signed8 or StateFormat.Unsigned8 => [Scales, Scale, Block],
        _ => [],
    };

    private string Conversion(int tensor) => _program.FormatOf(tensor) == StateFormat.Element ? "" : Type(tensor);

    private string ScaleOfBlock(int tensor) => $"Unsafe.Add(ref {_locals[(tensor, Scales)]}, first / {CpuText.Text(StateFormats.BlockSize)})";

    private string StateField(int tensor) => "_state" + CpuText.Text(_program.Placements[tensor].Slot);

    /// <summary>The number of an element among all parameters, under which it draws its random bits.</summary>
    private string Element(int tensor, string index)
    {
        if (_program.Options.IsFlat)
            return (_program.Options.Rows is null ? "_offset + " : "_offset + rowBegin + ") + index;
        int offset = _program.Placements[tensor].Offset;
        return offset == 0 ? index : $"{CpuText.Text(offset)} + {index}";
    }

    private void RequireNeighbours(int tensor, int stride)
    {
        if (stride != 1)
            throw new InvalidOperationException($"{_program.Tensors[tensor].Name} is kept in blocks and is accessed with a stride of {stride}");
    }
}
