using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;

namespace OptGen.Profile;

/// <summary>
/// A profile as the precompiler reads it: an assembly with two global methods. <c>AssemblyDictionary</c> names groups of methods; here there is one, named like the assembly that is compiled, so
/// that the precompiler reads it for that one. The group loads the token of each of its methods.
/// </summary>
internal sealed class ProfileFile(Definitions definitions)
{
    private const string Compiled = "OptGen.Generator";
    private readonly ProfileReferences _references = new(definitions);
    private readonly InstructionEncoder _group = new(new BlobBuilder());

    /// <summary>How many methods the profile names; overloads count one by one.</summary>
    public int Count { get; private set; }

    /// <summary>Adds an instantiation of a generic method, or of a method of a generic type; every overload, since the JIT's list does not tell them apart. Leaves out what is not generic.</summary>
    public void Add(JittedMethod method)
    {
        if (method.Type.Arguments.Count == 0 && method.Arguments.Count == 0)
            return;
        foreach (Definition type in definitions.Named(method.Type.Name).Where(type => type.Type.GetGenericParameters().Count == method.Type.Arguments.Count))
        {
            foreach (MethodDefinitionHandle handle in type.Type.GetMethods())
            {
                MethodDefinition definition = type.Metadata.GetMethodDefinition(handle);
                if (!type.Metadata.StringComparer.Equals(definition.Name, method.Name) || definition.GetGenericParameters().Count != method.Arguments.Count)
                    continue;
                if (_references.Method(type, definition, method) is not EntityHandle token)
                    continue;
                _group.OpCode(ILOpCode.Ldtoken);
                _group.Token(token);
                _group.OpCode(ILOpCode.Pop);
                Count++;
            }
        }
    }

    public void Write(string path)
    {
        MetadataBuilder metadata = _references.Metadata;
        _group.OpCode(ILOpCode.Ret);
        InstructionEncoder dictionary = new(new BlobBuilder());
        dictionary.LoadString(metadata.GetOrAddUserString(Compiled));
        dictionary.OpCode(ILOpCode.Ldtoken);
        dictionary.Token(MetadataTokens.MethodDefinitionHandle(2));
        dictionary.OpCode(ILOpCode.Pop);
        dictionary.OpCode(ILOpCode.Ret);

        BlobBuilder code = new();
        MethodBodyStreamEncoder bodies = new(code);
        int first = bodies.AddMethodBody(dictionary), second = bodies.AddMethodBody(_group);
        BlobBuilder signature = new();
        new BlobEncoder(signature).MethodSignature().Parameters(0, result => result.Void(), _ => { });
        BlobHandle procedure = metadata.GetOrAddBlob(signature);

        StringHandle name = metadata.GetOrAddString("Profile");
        metadata.AddModule(0, name, metadata.GetOrAddGuid(Guid.NewGuid()), default, default);
        metadata.AddAssembly(name, new Version(1, 0, 0, 0), default, default, default, AssemblyHashAlgorithm.None);
        metadata.AddTypeDefinition(default, default, metadata.GetOrAddString("<Module>"), default, MetadataTokens.FieldDefinitionHandle(1), MetadataTokens.MethodDefinitionHandle(1));
        const MethodAttributes Static = MethodAttributes.Public | MethodAttributes.Static | MethodAttributes.HideBySig;
        metadata.AddMethodDefinition(Static, MethodImplAttributes.IL, metadata.GetOrAddString("AssemblyDictionary"), procedure, first, default);
        metadata.AddMethodDefinition(Static, MethodImplAttributes.IL, metadata.GetOrAddString("Methods"), procedure, second, default);

        PEHeaderBuilder header = new(imageCharacteristics: Characteristics.Dll | Characteristics.ExecutableImage);
        BlobBuilder image = new();
        new ManagedPEBuilder(header, new MetadataRootBuilder(metadata), code).Serialize(image);
        using FileStream file = File.Create(path);
        image.WriteContentTo(file);
    }
}
