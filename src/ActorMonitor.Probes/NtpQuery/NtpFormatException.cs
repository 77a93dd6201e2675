namespace ActorMonitor.Probes.NtpQuery;

/// <summary>A peer's bytes are no NTP answer; says why.</summary>
internal sealed class NtpFormatException : Exception
{
    internal NtpFormatException(string message)
        : base(message)
    {
    }
}
