using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace ActorMonitor.Shell;

/// <summary>Windows' console, which takes colours and moves of the cursor only once it was told to.</summary>
[SupportedOSPlatform("windows")]
internal static partial class WindowsTerminal
{
    private const int StandardOutput = -11;
    private const int StandardError = -12;
    private const uint VirtualTerminalProcessing = 4;

    /// <summary>Tells it; false where it cannot, as before Windows 10.</summary>
    public static bool Prepare(bool isError)
    {
        var handle = GetStdHandle(isError ? StandardError : StandardOutput);
        return GetConsoleMode(handle, out var mode) && SetConsoleMode(handle, mode | VirtualTerminalProcessing);
    }

    [LibraryImport("kernel32.dll")]
    private static partial nint GetStdHandle(int which);

    [LibraryImport("kernel32.dll")]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static partial bool GetConsoleMode(nint handle, out uint mode);

    [LibraryImport("kernel32.dll")]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static partial bool SetConsoleMode(nint handle, uint mode);
}
