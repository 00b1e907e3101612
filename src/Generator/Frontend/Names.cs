namespace OptGen.Generator.Frontend;

/// <summary>How names of the user's source become names of parameters and tensors.</summary>
internal static class Names
{
    /// <summary><c>_hiddenKernel</c> → <c>HiddenKernel</c>.</summary>
    public static string Pascal(string name)
    {
        string bare = name.TrimStart('_', '@');
        return bare.Length == 0 ? name : char.ToUpperInvariant(bare[0]) + bare.Substring(1);
    }

    /// <summary><c>Hidden.Kernel</c> → <c>hiddenKernel</c>.</summary>
    public static string Camel(string path)
    {
        string joined = string.Concat(path.Split('.').Select(Pascal));
        return joined.Length == 0 ? joined : char.ToLowerInvariant(joined[0]) + joined.Substring(1);
    }
}
