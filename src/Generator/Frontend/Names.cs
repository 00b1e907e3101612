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

    /// <summary><c>FirstBlock</c> → <c>first_block</c>, <c>Conv2D</c> → <c>conv2d</c>: as names of modules are written in Python.</summary>
    public static string Snake(string name)
    {
        System.Text.StringBuilder snake = new();
        for (int i = 0; i < name.Length; i++)
        {
            bool isWordsFirst = char.IsUpper(name[i]) && i > 0
                && (char.IsLower(name[i - 1]) || (name[i - 1] is not ('_' or '.') && i + 1 < name.Length && char.IsLower(name[i + 1])));
            if (isWordsFirst)
                snake.Append('_');
            snake.Append(char.ToLowerInvariant(name[i]));
        }

        return snake.ToString();
    }

    /// <summary><c>Hidden.Kernel</c> → <c>hiddenKernel</c>.</summary>
    public static string Camel(string path)
    {
        string joined = string.Concat(path.Split('.').Select(Pascal));
        return joined.Length == 0 ? joined : char.ToLowerInvariant(joined[0]) + joined.Substring(1);
    }
}
