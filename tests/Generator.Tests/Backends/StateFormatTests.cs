using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using OptGen.Generator.Backends;
using OptGen.Generator.Backends.Cpu;
using OptGen.Generator.Emit;
using OptGen.Generator.Lowering;
using OptGen.Generator.Planning;
using OptGen.Generator.Specs;
using OptGen.Generator.Tests.Harness;
using OptGen.Kernels;
using OptGen.Simd;

namespace OptGen.Generator.Tests.Backends;

/// <summary>
/// The printed update with states in narrow formats, to the bit: against the same update with states of <c>float</c>, between whose steps the states are converted
/// number by number.
/// </summary>
[Collection(RuntimeSettings.Name)]
public class StateFormatTests
{
    private static readonly int[] s_lengths = [1, 15, 16, 255, 256, 257, 70_001];

    [Theory]
    [InlineData("BFloat16", "BFloat16")]
    [InlineData("StochasticBFloat16", "StochasticBFloat16")]
    [InlineData("Element", "BFloat16")]
    [InlineData("Signed8", "Unsigned8")]
    [InlineData("StochasticBFloat16", "Unsigned8")]
    [InlineData("Signed8", "Element")]
    public void A_step_is_that_of_float_states_which_are_converted_in_between(string first, string second)
    {
        StateFormat[] formats = [Enum.Parse<StateFormat>(first), Enum.Parse<StateFormat>(second)];
        Assembly assembly = Compiled.Load(Source("Narrow", formats) + Source("Wide", [StateFormat.Element, StateFormat.Element]));
        foreach (int length in s_lengths)
        {
            (float[] w, byte[][] states)[] results = [.. Settings().Select(setting => Run(assembly, formats, length, setting.Bits, setting.Threads))];
            (float[] parameters, byte[][] expected) = Reference(assembly, formats, length);
            foreach ((float[] w, byte[][] states) in results)
            {
                Assert.Equal(parameters, w);
                Assert.Equal(expected[0], states[0]);
                Assert.Equal(expected[1], states[1]);
            }
        }
    }

    private static IEnumerable<(int Bits, int Threads)> Settings() => [(512, 1), (256, 1), (128, 1), (0, 1), (512, 2), (256, 4)];

    private static (float[] Parameters, byte[][] States) Run(Assembly assembly, StateFormat[] formats, int length, int bits, int threads)
    {
        (int bitsBefore, int threadsBefore) = (OptGenRuntime.VectorBits, OptGenRuntime.MaxThreads);
        (OptGenRuntime.VectorBits, OptGenRuntime.MaxThreads) = (bits, threads);
        try
        {
            (float[] w, float[] g) = Numbers(length);
            byte[][] states = [.. formats.Select(format => new byte[Bytes(format, length)])];
            for (int step = 1; step <= Steps; step++)
                Step(assembly, "Narrow", w, g, states, step);
            return (w, states);
        }
        finally
        {
            (OptGenRuntime.VectorBits, OptGenRuntime.MaxThreads) = (bitsBefore, threadsBefore);
        }
    }

    private const int Steps = 4;

    private static (float[] Parameters, byte[][] States) Reference(Assembly assembly, StateFormat[] formats, int length)
    {
        (float[] w, float[] g) = Numbers(length);
        byte[][] states = [.. formats.Select(format => new byte[Bytes(format, length)])];
        for (int step = 1; step <= Steps; step++)
        {
            byte[][] wide = [.. formats.Select((format, slot) => Widen(format, states[slot], length))];
            Step(assembly, "Wide", w, g, wide, step);
            for (int slot = 0; slot < formats.Length; slot++)
                Narrow(formats[slot], slot, step, MemoryMarshal.Cast<byte, float>(wide[slot].AsSpan()), states[slot]);
        }

        return (w, states);
    }

    private static byte[] Widen(StateFormat format, byte[] state, int length)
    {
        float[] wide = new float[length];
        for (int i = 0; i < length; i++)
        {
            wide[i] = format switch
            {
                StateFormat.Element => MemoryMarshal.Cast<byte, float>(state)[i],
                StateFormat.BFloat16 or StateFormat.StochasticBFloat16 => MemoryMarshal.Cast<byte, BFloat16>(state)[i],
                StateFormat.Signed8 => Float32.LoadSigned8(in state[i], Scale(i)).Value,
                _ => Float32.LoadUnsigned8(in state[i], Scale(i)).Value,
            };
        }

        return MemoryMarshal.AsBytes<float>(wide).ToArray();

        Float32 Scale(int i) => new(MemoryMarshal.Cast<byte, float>(state.AsSpan(Blocks(length) * 256))[i / 256]);
    }

    private static void Narrow(StateFormat format, int slot, int step, Span<float> wide, byte[] state)
    {
        if (format is StateFormat.Signed8 or StateFormat.Unsigned8)
        {
            Span<float> scales = MemoryMarshal.Cast<byte, float>(state.AsSpan(Blocks(wide.Length) * 256));
            for (int first = 0; first < wide.Length; first += 256)
            {
                float[] block = new float[256];
                int count = Math.Min(256, wide.Length - first);
                wide.Slice(first, count).CopyTo(block);
                if (format == StateFormat.Signed8)
                    Float32.StoreSigned8(ref block[0], count, ref state[first], ref scales[first / 256]);
                else
                    Float32.StoreUnsigned8(ref block[0], count, ref state[first], ref scales[first / 256]);
            }

            return;
        }

        for (int i = 0; i < wide.Length; i++)
        {
            switch (format)
            {
                case StateFormat.Element:
                    MemoryMarshal.Cast<byte, float>(state.AsSpan())[i] = wide[i];
                    break;
                case StateFormat.BFloat16:
                    MemoryMarshal.Cast<byte, BFloat16>(state.AsSpan())[i] = (BFloat16)wide[i];
                    break;
                default:
                    Float32 rounded = Float32.RoundStochastically(new(wide[i]), RoundingKey.Of(slot, step), i, 1);
                    Float32.StoreBFloat16(rounded, ref MemoryMarshal.Cast<byte, BFloat16>(state.AsSpan())[i]);
                    break;
            }
        }
    }

    private static int Blocks(int length) => (length + 255) / 256;

    private static int Bytes(StateFormat format, int length) => format switch
    {
        StateFormat.Element => 4 * length,
        StateFormat.BFloat16 or StateFormat.StochasticBFloat16 => 2 * length,
        _ => Blocks(length) * (256 + Unsafe.SizeOf<float>()),
    };

    private static (float[] Parameters, float[] Gradients) Numbers(int length)
    {
        Random random = new(length);
        return ([.. Enumerable.Range(0, length).Select(_ => random.NextSingle() - 0.5f)], [.. Enumerable.Range(0, length).Select(_ => (random.NextSingle() - 0.5f) * 3)]);
    }

    private static void Step(Assembly assembly, string name, float[] w, float[] g, byte[][] states, int step) =>
        assembly.GetType(name)!.GetMethod("Step")!.Invoke(null, [w, g, states, step]);

    private static Program Update(StateFormat[] formats)
    {
        OptimizerSpec optimizer = Networks.AdamW(Networks.Mlp(1, 2, 2)) with { Model = null, States = [new StateSpec("M", "") { Format = formats[0] }, new StateSpec("V", "") { Format = formats[1] }] };
        OptimizerText text = new(optimizer);
        return ProgramCompiler.Pass(text, text.Sequence.Update);
    }

    /// <summary>A class that runs one step on copies; the uniforms are some numbers that make the states move.</summary>
    private static string Source(string name, StateFormat[] formats)
    {
        Program program = Update(formats);
        CodeWriter writer = new();
        foreach (string space in name == "Narrow" ? CpuBackend.Usings : [])
            writer.Line($"using {space};");
        using (writer.Block($"public static class {name}"))
        {
            bool blocks = formats.Any(format => format.IsBlockwise());
            writer.Lines($$"""
                public static void Step(float[] w, float[] g, byte[][] states, int step)
                {
                    AlignedBuffer<float> parameters = new(w.Length), gradients = new(g.Length);
                    w.CopyTo(parameters.Span);
                    g.CopyTo(gradients.Span);
                    AlignedBuffer<byte> first = new(states[0].Length), second = new(states[1].Length);
                    states[0].CopyTo(first.Span);
                    states[1].CopyTo(second.Span);
                    int codes = (w.Length + 255) / 256 * 256;
                    UpdateProgram program = new();
                    program.Bind(parameters.Address, gradients.Address, [first.Address, second.Address, first.Address + codes, second.Address + codes], 0{{(blocks ? ", 0, 0" : "")}});
                    for (int i = 1; i < program.Uniforms.Length; i++)
                        program.Uniforms[i] = 0.9f / i;
                    {{(formats.Contains(StateFormat.StochasticBFloat16) ? "program.SetStep(step);" : "")}}
                    program.Run(w.Length);
                    parameters.Span.CopyTo(w);
                    first.Span.CopyTo(states[0]);
                    second.Span.CopyTo(states[1]);
                    GC.KeepAlive(gradients);
                }
                """);
            CpuBackend.Emit(writer, new CpuText(program));
        }

        return writer.ToString();
    }
}
