using System.Runtime.InteropServices;

namespace OptGen.Runtime.Tests.Simd;

/// <summary>A page of memory after which there is none: an access past <see cref="End"/> ends the process. Elsewhere than on Linux, plain memory.</summary>
internal sealed unsafe partial class GuardedPages : IDisposable
{
    private readonly nint _start;
    private readonly int _pageSize = Environment.SystemPageSize;

    public GuardedPages()
    {
        if (!OperatingSystem.IsLinux())
        {
            _start = (nint)NativeMemory.AlignedAlloc((nuint)(2 * _pageSize), (nuint)_pageSize);
            return;
        }

        const int readWrite = 3, privateAnonymous = 0x22;
        _start = Map(0, 2 * _pageSize, readWrite, privateAnonymous, -1, 0);
        Assert.NotEqual(-1, _start);
        Assert.Equal(0, Unmap(_start + _pageSize, _pageSize));
    }

    public nint End => _start + _pageSize;

    public void Dispose()
    {
        if (OperatingSystem.IsLinux())
            Assert.Equal(0, Unmap(_start, _pageSize));
        else
            NativeMemory.AlignedFree((void*)_start);
    }

    [LibraryImport("libc", EntryPoint = "mmap")]
    private static partial nint Map(nint address, nint length, int protection, int flags, int file, nint offset);

    [LibraryImport("libc", EntryPoint = "munmap")]
    private static partial int Unmap(nint address, nint length);
}
