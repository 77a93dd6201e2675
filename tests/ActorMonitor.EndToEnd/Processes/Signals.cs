using System.Diagnostics;
using System.Runtime.InteropServices;

namespace ActorMonitor.EndToEnd.Processes;

/// <summary>What a process can be sent. The numbers are Linux's on all its usual machines.</summary>
internal enum Signal
{
    Interrupt = 2,
    Kill = 9,
    Terminate = 15,
    Continue = 18,
    Stop = 19,
}

/// <summary>Sends signals to processes by their id.</summary>
internal static partial class Signals
{
    internal static void Send(this Process process, Signal signal)
    {
        if (Kill(process.Id, (int)signal) != 0)
            throw new InvalidOperationException($"{signal} could not be sent to process {process.Id} (error {Marshal.GetLastPInvokeError()})");
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Kill(int pid, int signal);
}
