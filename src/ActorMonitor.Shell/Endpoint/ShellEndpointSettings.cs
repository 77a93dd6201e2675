namespace ActorMonitor.Shell;

/// <summary>Where a node's pbm endpoint listens and what it asks for: <c>actor-monitor.pbm</c>.</summary>
public sealed record ShellEndpointSettings
{
    /// <summary>The address to listen on: an address literal, <c>localhost</c> or a name of this machine.</summary>
    public string Host { get; init; } = "127.0.0.1";

    /// <summary>The port; 0 takes a free one.</summary>
    public required int Port { get; init; }

    /// <summary>The file in the node's data folder that holds the token (mode 0600). It is made when it is not there.</summary>
    public required string TokenFile { get; init; }

    /// <summary>The token, when it is configured; otherwise the file's, otherwise a random one. At least 16 characters.</summary>
    public string? Token { get; init; }

    /// <summary>The file that records who changed the node.</summary>
    public required string AuditFile { get; init; }

    /// <summary>What the endpoint shows of itself by TLS; null for plain HTTP, which only loopback is served.</summary>
    public ServerCertificate? Certificate { get; init; }

    /// <summary>The bound on one command.</summary>
    public TimeSpan CommandTimeout { get; init; } = CommandRun.DefaultTimeout;

    /// <summary>How many commands may run at a time; more are refused.</summary>
    public int MaxConcurrentCommands { get; init; } = 16;

    /// <summary>How many commands that go on until their caller leaves may run beside them; more are refused.</summary>
    public int MaxConcurrentStreams { get; init; } = 16;
}

/// <summary>The pbm endpoint could not start; the message names the address and the setting.</summary>
public sealed class ShellEndpointException : Exception
{
    /// <summary>Says what is wrong and what to do about it.</summary>
    public ShellEndpointException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }
}
