using System.Reflection.Emit;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;

namespace OptGen.Generator.Tests.Planning;

/// <summary>
/// The limits from which on RyuJIT compiles a method without optimisation whatever its attributes say: bytes and instructions of IL, basic blocks, locals, and
/// uses of locals. They are the DEFAULT_MIN_OPTS_… constants of its source.
/// </summary>
internal static class JitBudget
{
    private const int CodeBytes = 60_000, Instructions = 20_000, Blocks = 2_000, Locals = 2_000, LocalUses = 8_000;

    private static readonly Dictionary<short, OpCode> s_codes = typeof(OpCodes).GetFields().Select(field => field.GetValue(null)).OfType<OpCode>().ToDictionary(code => code.Value);

    /// <summary>Checks every method of an assembly.</summary>
    public static void AssertKept(byte[] image)
    {
        using PEReader file = new(new MemoryStream(image));
        MetadataReader metadata = file.GetMetadataReader();
        int largest = 0;
        foreach (MethodDefinitionHandle handle in metadata.MethodDefinitions)
        {
            MethodDefinition method = metadata.GetMethodDefinition(handle);
            if (method.RelativeVirtualAddress == 0)
                continue;
            MethodBodyBlock body = file.GetMethodBody(method.RelativeVirtualAddress);
            string name = metadata.GetString(metadata.GetTypeDefinition(method.GetDeclaringType()).Name) + "." + metadata.GetString(method.Name);
            (int instructions, int blocks, int uses) = Count(body.GetILBytes()!);
            int locals = body.LocalSignature.IsNil ? 0 : method.GetParameters().Count + LocalsOf(metadata, body.LocalSignature);
            largest = Math.Max(largest, instructions);
            Assert.True(body.Size < CodeBytes, $"{name}: {body.Size} bytes of IL");
            Assert.True(instructions < Instructions, $"{name}: {instructions} instructions");
            Assert.True(blocks < Blocks, $"{name}: {blocks} basic blocks");
            Assert.True(locals < Locals, $"{name}: {locals} locals");
            Assert.True(uses < LocalUses, $"{name}: {uses} uses of locals");
        }

        Assert.True(largest > 100, "the assembly holds nothing to speak of");
    }

    private static int LocalsOf(MetadataReader metadata, StandaloneSignatureHandle signature)
    {
        BlobReader blob = metadata.GetBlobReader(metadata.GetStandaloneSignature(signature).Signature);
        blob.ReadByte();
        return blob.ReadCompressedInteger();
    }

    private static (int Instructions, int Blocks, int LocalUses) Count(byte[] code)
    {
        int instructions = 0, uses = 0;
        HashSet<int> starts = [0];
        for (int at = 0; at < code.Length;)
        {
            short value = code[at] == 0xFE ? unchecked((short)(0xFE00 | code[at + 1])) : code[at];
            OpCode op = s_codes[value];
            at += op.Size;
            instructions++;
            if (op.Name!.StartsWith("ldloc", StringComparison.Ordinal) || op.Name.StartsWith("stloc", StringComparison.Ordinal) || op.Name.StartsWith("ldarg", StringComparison.Ordinal)
                || op.Name.StartsWith("starg", StringComparison.Ordinal))
                uses++;
            int length = op.OperandType switch
            {
                OperandType.InlineNone => 0,
                OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
                OperandType.InlineVar => 2,
                OperandType.InlineI8 or OperandType.InlineR => 8,
                OperandType.InlineSwitch => 4 + (4 * BitConverter.ToInt32(code, at)),
                _ => 4,
            };
            int next = at + length;
            if (op.OperandType == OperandType.ShortInlineBrTarget)
                starts.UnionWith([next, next + (sbyte)code[at]]);
            else if (op.OperandType == OperandType.InlineBrTarget)
                starts.UnionWith([next, next + BitConverter.ToInt32(code, at)]);
            else if (op.OperandType == OperandType.InlineSwitch)
                starts.UnionWith(Enumerable.Range(0, BitConverter.ToInt32(code, at)).Select(i => next + BitConverter.ToInt32(code, at + 4 + (4 * i))).Append(next));
            at = next;
        }

        return (instructions, starts.Count, uses);
    }
}
