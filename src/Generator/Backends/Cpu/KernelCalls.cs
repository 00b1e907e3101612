using OptGen.Generator.Fusion;
using OptGen.Generator.Planning;

namespace OptGen.Generator.Backends.Cpu;

/// <summary>
/// The calls of a kernel's code. Where several kernels run the same code, it gets a number, <c>call</c>, which says where in a table the offsets of the tensors stand that
/// lie elsewhere in each call.
/// </summary>
internal sealed class KernelCalls
{
    private readonly Program _program;
    private readonly int[] _kernels;
    private readonly int[][] _tensors;
    private readonly int[] _varying;

    /// <param name="program">The program.</param>
    /// <param name="number">Any kernel that runs the code.</param>
    public KernelCalls(Program program, int number)
    {
        _program = program;
        _kernels = [.. Enumerable.Range(0, program.Kernels.Count).Where(other => program.Code[other] == program.Code[number])];
        _tensors = [.. _kernels.Select(kernel => KernelSharing.Tensors(program.Kernels[kernel].Kernel))];
        _varying = [.. Enumerable.Range(0, _tensors[0].Length).Where(i => _tensors.Any(tensors => Offset(tensors[i]) != Offset(_tensors[0][i])))];
        Name = program.Kernels[_kernels[0]].Kernel.Name;
    }

    /// <summary>Name of the method.</summary>
    public string Name { get; }

    private bool IsShared => _varying.Length > 0;

    /// <summary>Whether the kernel finds some tensors elsewhere in each step of a loop.</summary>
    private bool IsStepped => _tensors[0].Any(tensor => _program.Tensors[tensor].View is not null);

    private IEnumerable<string> Names => new[] { IsShared ? "call" : "", IsStepped ? "step" : "" }.Where(name => name.Length > 0);

    /// <summary>The parameters that the methods of the kernel take besides, after others.</summary>
    public string Parameter => string.Concat(Names.Select(name => $", int {name}"));

    /// <summary>The same when there are no others.</summary>
    public string OnlyParameter => string.Join(", ", Names.Select(name => $"int {name}"));

    /// <summary>What a method of the kernel passes on to another.</summary>
    public string Argument => string.Concat(Names.Select(name => $", {name}"));

    /// <summary>What kernel <paramref name="number"/> passes.</summary>
    public string ArgumentOf(int number) => string.Join(", ", Names.Select(name => name == "step" ? name : CpuText.Text(Array.IndexOf(_kernels, number) * _varying.Length)));

    /// <summary>Where a tensor begins, as the code says it; null for 0.</summary>
    public string? OffsetOf(int tensor)
    {
        int position = Array.IndexOf(_varying, Array.IndexOf(_tensors[0], tensor));
        string? begin = position >= 0 ? $"{Name}Offsets[call{(position == 0 ? "" : " + " + CpuText.Text(position))}]"
            : Offset(tensor) == 0 ? null : CpuText.Text(Offset(tensor));
        if (_program.Tensors[tensor].View is not StepView view)
            return begin;
        string step = !view.Alternates ? "step" : view.Shift == 0 ? "(step & 1)" : $"(step + {CpuText.Text(view.Shift)} & 1)";
        string distance = view.Stride == 1 ? step : $"{step} * {CpuText.Text(view.Stride)}";
        return begin is null ? distance : $"{begin} + {distance}";
    }

    /// <summary>Prints the table of offsets.</summary>
    public void PrintTable(CodeWriter writer)
    {
        if (!IsShared)
            return;
        writer.Line($"// Where each call finds {string.Join(", ", _varying.Select(i => _program.Tensors[_tensors[0][i]].Name))}.");
        writer.Line($"private static ReadOnlySpan<int> {Name}Offsets =>");
        writer.Line("[");
        writer.Indent();
        for (int call = 0; call < _kernels.Length; call++)
        {
            string offsets = string.Join(", ", _varying.Select(i => CpuText.Text(Offset(_tensors[call][i]))));
            writer.Line($"{offsets}, // {CpuText.Text(call * _varying.Length)}: {_program.Kernels[_kernels[call]].Kernel.Name}");
        }

        writer.Unindent();
        writer.Line("];");
        writer.Blank();
    }

    private int Offset(int tensor) => _program.Placements[tensor].Offset;
}
