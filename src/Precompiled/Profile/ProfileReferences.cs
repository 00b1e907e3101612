using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;

namespace OptGen.Profile;

/// <summary>References of the profile to types and methods of other assemblies, internal ones as well.</summary>
internal sealed class ProfileReferences(Definitions definitions)
{
    /// <summary>The name that a profile has for the assembly of the type that stands for all reference types.</summary>
    private const string CanonicalAssembly = "System.Private.Canon", CanonicalNamespace = "System", CanonicalType = "__Canon";

    private static readonly Dictionary<string, PrimitiveTypeCode> s_primitives = new()
    {
        ["bool"] = PrimitiveTypeCode.Boolean,
        ["char"] = PrimitiveTypeCode.Char,
        ["sbyte"] = PrimitiveTypeCode.SByte,
        ["byte"] = PrimitiveTypeCode.Byte,
        ["short"] = PrimitiveTypeCode.Int16,
        ["ushort"] = PrimitiveTypeCode.UInt16,
        ["int"] = PrimitiveTypeCode.Int32,
        ["uint"] = PrimitiveTypeCode.UInt32,
        ["long"] = PrimitiveTypeCode.Int64,
        ["ulong"] = PrimitiveTypeCode.UInt64,
        ["float"] = PrimitiveTypeCode.Single,
        ["double"] = PrimitiveTypeCode.Double,
        ["nint"] = PrimitiveTypeCode.IntPtr,
        ["nuint"] = PrimitiveTypeCode.UIntPtr,
    };

    private readonly Dictionary<string, EntityHandle> _assemblies = [];
    private readonly Dictionary<(EntityHandle Scope, string Namespace, string Name), EntityHandle> _types = [];

    public MetadataBuilder Metadata { get; } = new();

    /// <summary>The token of an instantiation; null where a type among its arguments is not known.</summary>
    public EntityHandle? Method(Definition type, MethodDefinition definition, JittedMethod method)
    {
        BlobBuilder instantiation = new();
        if (!method.Arguments.All(argument => WriteType(instantiation, argument)))
            return null;
        EntityHandle parent = Reference(type);
        if (method.Type.Arguments.Count > 0)
        {
            BlobBuilder owner = new();
            if (!WriteInstance(owner, type, method.Type.Arguments))
                return null;
            parent = Metadata.AddTypeSpecification(Metadata.GetOrAddBlob(owner));
        }

        BlobBuilder signature = new();
        BlobReader original = type.Metadata.GetBlobReader(definition.Signature);
        new SignatureCopy(signature, handle => Reference(type.Metadata, type.Assembly, handle)).Method(ref original);
        EntityHandle member = Metadata.AddMemberReference(parent, Metadata.GetOrAddString(type.Metadata.GetString(definition.Name)), Metadata.GetOrAddBlob(signature));
        if (method.Arguments.Count == 0)
            return member;
        BlobBuilder arguments = new();
        arguments.WriteByte((byte)SignatureKind.MethodSpecification);
        arguments.WriteCompressedInteger(method.Arguments.Count);
        arguments.LinkSuffix(instantiation);
        return Metadata.AddMethodSpecification(member, Metadata.GetOrAddBlob(arguments));
    }

    private bool WriteType(BlobBuilder blob, TypeName type)
    {
        for (int i = 0; i < type.ArrayRank; i++)
            blob.WriteByte((byte)SignatureTypeCode.SZArray);
        if (s_primitives.TryGetValue(type.Name, out PrimitiveTypeCode primitive) || (type.Name.StartsWith("System.", StringComparison.Ordinal) && Enum.TryParse(type.Name[7..], out primitive)))
        {
            blob.WriteByte((byte)primitive);
            return true;
        }

        if (type.Name == $"{CanonicalNamespace}.{CanonicalType}")
        {
            WriteToken(blob, isValueType: false, Type(Assembly(CanonicalAssembly), CanonicalNamespace, CanonicalType));
            return true;
        }

        if (definitions.Named(type.Name) is not [Definition definition, ..])
            return false;
        if (type.Arguments.Count > 0)
            return WriteInstance(blob, definition, type.Arguments);
        WriteToken(blob, definition.IsValueType, Reference(definition));
        return true;
    }

    private bool WriteInstance(BlobBuilder blob, Definition type, IReadOnlyList<TypeName> arguments)
    {
        blob.WriteByte((byte)SignatureTypeCode.GenericTypeInstance);
        WriteToken(blob, type.IsValueType, Reference(type));
        blob.WriteCompressedInteger(arguments.Count);
        return arguments.All(argument => WriteType(blob, argument));
    }

    private static void WriteToken(BlobBuilder blob, bool isValueType, EntityHandle type)
    {
        blob.WriteByte((byte)(isValueType ? SignatureTypeKind.ValueType : SignatureTypeKind.Class));
        blob.WriteCompressedInteger(CodedIndex.TypeDefOrRefOrSpec(type));
    }

    private EntityHandle Reference(Definition type)
    {
        MetadataReader metadata = type.Metadata;
        EntityHandle scope = type.Type.IsNested ? Reference(type with { Handle = type.Type.GetDeclaringType() }) : Assembly(type.Assembly);
        return Type(scope, type.Type.IsNested ? "" : metadata.GetString(type.Type.Namespace), metadata.GetString(type.Type.Name));
    }

    /// <summary>What a definition or reference of another assembly's metadata is here.</summary>
    private EntityHandle Reference(MetadataReader metadata, string assembly, EntityHandle handle)
    {
        if (handle.Kind == HandleKind.TypeDefinition)
            return Reference(new Definition(metadata, assembly, (TypeDefinitionHandle)handle));
        TypeReference type = metadata.GetTypeReference((TypeReferenceHandle)handle);
        EntityHandle scope = type.ResolutionScope.Kind == HandleKind.TypeReference
            ? Reference(metadata, assembly, type.ResolutionScope)
            : Assembly(metadata.GetString(metadata.GetAssemblyReference((AssemblyReferenceHandle)type.ResolutionScope).Name));
        return Type(scope, metadata.GetString(type.Namespace), metadata.GetString(type.Name));
    }

    private EntityHandle Type(EntityHandle scope, string space, string name)
    {
        if (!_types.TryGetValue((scope, space, name), out EntityHandle type))
            _types.Add((scope, space, name), type = Metadata.AddTypeReference(scope, space.Length == 0 ? default : Metadata.GetOrAddString(space), Metadata.GetOrAddString(name)));
        return type;
    }

    private EntityHandle Assembly(string name)
    {
        if (!_assemblies.TryGetValue(name, out EntityHandle assembly))
            _assemblies.Add(name, assembly = Metadata.AddAssemblyReference(Metadata.GetOrAddString(name), new Version(0, 0, 0, 0), default, default, default, default));
        return assembly;
    }
}
