namespace ActorMonitor.Shell;

/// <summary>What a part of a node says of itself.</summary>
/// <param name="Name">The part, in lower case, for example <c>store</c>.</param>
/// <param name="Status">How it is.</param>
/// <param name="Message">One line for people: what is wrong, and what to do about it.</param>
/// <param name="Since">Since when it has had this status.</param>
/// <param name="IsSticky">Whether it stays until an operator has seen and cleared it.</param>
public sealed record HealthCheck(string Name, HealthStatus Status, string Message, DateTimeOffset Since, bool IsSticky);

/// <summary>How a part of a node is, from good to bad.</summary>
public enum HealthStatus
{
    /// <summary>As it should be.</summary>
    Ok,

    /// <summary>It does its work; somebody should look at it.</summary>
    Warning,

    /// <summary>It does not do its work.</summary>
    Failed,
}
