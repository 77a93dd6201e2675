using ActorMonitor.Messages;
using ActorMonitor.Shell;

namespace ActorMonitor.MonitorNode.Sessions;

/// <summary>What is wrong with the outboxes of all clients, as one check of the node's health. Thread-safe: the sessions share it.</summary>
internal sealed class OutboxHealth
{
    public const string CheckName = "outbox";

    private readonly NodeHealth _health;
    private readonly Lock _gate = new();
    private readonly SortedDictionary<string, string> _failures = new(StringComparer.Ordinal);

    public OutboxHealth(NodeHealth health)
    {
        _health = health;
        health.Report(CheckName, HealthStatus.Ok, "results are kept on disk until their manager has them");
    }

    /// <summary>The disk takes nothing for this client.</summary>
    public void Failed(NodeId manager, string failure) => Set(manager, failure);

    /// <summary>It takes what it is given.</summary>
    public void Ok(NodeId manager) => Set(manager, null);

    private void Set(NodeId manager, string? failure)
    {
        lock (_gate)
        {
            if (failure is null ? !_failures.Remove(manager.ToString()) : _failures.TryGetValue(manager.ToString(), out var known) && known == failure)
                return;
            if (failure is not null)
                _failures[manager.ToString()] = failure;
            if (_failures.Count == 0)
                _health.Report(CheckName, HealthStatus.Ok, "results are kept on disk until their manager has them");
            else
                _health.Report(CheckName, HealthStatus.Failed, string.Join("; ", _failures.Values.Distinct(StringComparer.Ordinal).Take(3)));
        }
    }
}
