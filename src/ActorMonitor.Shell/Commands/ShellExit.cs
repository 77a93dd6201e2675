namespace ActorMonitor.Shell;

/// <summary>How pbm ends.</summary>
internal static class ShellExit
{
    public const int Ok = 0;

    /// <summary>The command ran and failed.</summary>
    public const int Failed = 1;

    /// <summary>The line was not understood, or is for the other kind of node.</summary>
    public const int Usage = 2;

    /// <summary>No node answered, or it went away before the end.</summary>
    public const int Unreachable = 3;

    /// <summary>The node would not do it: no token, a wrong one, too busy, a wrong Host.</summary>
    public const int Refused = 4;

    /// <summary>Ended by Ctrl+C: 128 + SIGINT, as shells have it.</summary>
    public const int Interrupted = 130;
}
