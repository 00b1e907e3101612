using System.Collections.Immutable;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace OptGen.Profile;

/// <summary>A type's definition in the metadata of an assembly.</summary>
internal sealed record Definition(MetadataReader Metadata, string Assembly, TypeDefinitionHandle Handle)
{
    public TypeDefinition Type => Metadata.GetTypeDefinition(Handle);

    public bool IsValueType => BaseName() is "System.ValueType" or "System.Enum";

    public string FullName => FullNameOf(Handle);

    private string FullNameOf(TypeDefinitionHandle handle)
    {
        TypeDefinition type = Metadata.GetTypeDefinition(handle);
        string name = Metadata.GetString(type.Name);
        return type.IsNested ? $"{FullNameOf(type.GetDeclaringType())}+{name}" : type.Namespace.IsNil ? name : $"{Metadata.GetString(type.Namespace)}.{name}";
    }

    private string? BaseName()
    {
        EntityHandle handle = Type.BaseType;
        if (handle.IsNil || handle.Kind == HandleKind.TypeSpecification)
            return null;
        if (handle.Kind == HandleKind.TypeDefinition)
            return FullNameOf((TypeDefinitionHandle)handle);
        TypeReference reference = Metadata.GetTypeReference((TypeReferenceHandle)handle);
        return $"{Metadata.GetString(reference.Namespace)}.{Metadata.GetString(reference.Name)}";
    }
}

/// <summary>The types of all assemblies that a compiler may load, by name. Several assemblies may have internal types of one name.</summary>
internal sealed class Definitions
{
    private readonly Dictionary<string, List<Definition>> _byName = [];

    /// <summary>Reads the assemblies of folders, and single files; of several with one name the first.</summary>
    public Definitions(IEnumerable<string> folders)
    {
        HashSet<string> read = [];
        foreach (string file in folders.SelectMany(folder => Directory.Exists(folder) ? Directory.GetFiles(folder, "*.dll").Order(StringComparer.Ordinal) : (IEnumerable<string>)[folder]))
        {
            PEReader image = new(ImmutableArray.Create(File.ReadAllBytes(file)));
            if (!image.HasMetadata)
                continue;
            MetadataReader metadata = image.GetMetadataReader();
            string name = metadata.IsAssembly ? metadata.GetString(metadata.GetAssemblyDefinition().Name) : "";
            if (name.Length == 0 || !read.Add(name))
                continue;
            foreach (TypeDefinitionHandle handle in metadata.TypeDefinitions)
            {
                Definition type = new(metadata, name, handle);
                if (!_byName.TryGetValue(type.FullName, out List<Definition>? types))
                    _byName.Add(type.FullName, types = []);
                types.Add(type);
            }
        }
    }

    public IReadOnlyList<Definition> Named(string name) => _byName.TryGetValue(name, out List<Definition>? types) ? types : [];
}
