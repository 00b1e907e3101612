namespace OptGen.Data;

/// <summary>Replaces a file as a whole: whoever reads it sees the old content or the new, even when the program ends in between.</summary>
public static class AtomicFile
{
    /// <summary>Writes to a file beside <paramref name="path"/>, which takes its place once it is complete and on the disk.</summary>
    /// <param name="path">The file to create or to replace.</param>
    /// <param name="write">Writes the content. When it throws, the file stays as it was.</param>
    public static void Write(string path, Action<Stream> write)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(write);
        string full = Path.GetFullPath(path), temporary = $"{full}.{Path.GetRandomFileName()}.tmp";
        try
        {
            using (FileStream stream = new(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None))
            {
                write(stream);
                stream.Flush(flushToDisk: true);
            }

            File.Move(temporary, full, overwrite: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }
}
