using System.Net;
using System.Net.Sockets;

namespace ActorMonitor.Probes.Icmp;

/// <summary>A check's exchange inside the engine. Only the engine's thread touches it, but for what is marked.</summary>
internal sealed class EchoFlight
{
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _isCancelled;

    public EchoFlight(EchoPlan plan, EchoLog log, long plannedAt, long frequency, CancellationToken cancellationToken)
    {
        (Plan, Log, CancellationToken) = (plan, log, cancellationToken);
        StartedAt = plannedAt;
        GapTicks = (long)(plan.Gap.TotalSeconds * frequency);
        EndsAt = plannedAt + (long)(plan.AtMost.TotalSeconds * frequency);
        WaitTicks = plan.Wait is { } wait ? (long)(wait.TotalSeconds * frequency) : long.MaxValue;
        LingerTicks = (long)(plan.Linger.TotalSeconds * frequency);
        Family = plan.Target.AddressFamily;
        Address = new byte[Family == AddressFamily.InterNetwork ? 4 : 16];
        _ = plan.Target.TryWriteBytes(Address, out _);
        // 0.0.0.0 and :: mean this host, which answers from another address.
        AnswersFromAnywhere = plan.Target.Equals(IPAddress.Any) || plan.Target.Equals(IPAddress.IPv6Any);
    }

    public EchoPlan Plan { get; }

    public EchoLog Log { get; }

    public CancellationToken CancellationToken { get; }

    /// <summary>Ends when the exchange has. May be used by any thread.</summary>
    public Task Ended => _ended.Task;

    public AddressFamily Family { get; }

    public byte[] Address { get; }

    public bool AnswersFromAnywhere { get; }

    public long StartedAt { get; }

    public long EndsAt { get; }

    public long GapTicks { get; }

    public long WaitTicks { get; }

    public long LingerTicks { get; }

    /// <summary>The socket that it sends on; null before the first echo.</summary>
    public EchoLane? Lane { get; set; }

    /// <summary>How many datagrams the lane had dropped when the exchange began.</summary>
    public uint DroppedBefore { get; set; }

    /// <summary>What only this exchange's payloads have.</summary>
    public byte[] Token { get; } = new byte[EchoHeader.TokenBytes];

    /// <summary>The checksum of each request, which is the same for all.</summary>
    public ushort Checksum { get; set; }

    /// <summary>The next echo to send.</summary>
    public int Next { get; set; }

    /// <summary>The earliest echo that may still have to be given up.</summary>
    public int Oldest { get; set; }

    /// <summary>When it wants the engine's attention.</summary>
    public long DueAt { get; set; }

    /// <summary>When the listening for repeated replies ends; 0 before it has begun.</summary>
    public long LingersUntil { get; set; }

    /// <summary>Its place in the queue; -1 when it is in none.</summary>
    public int QueueIndex { get; set; } = -1;

    public bool IsStarted { get; set; }

    public bool IsOver { get; set; }

    /// <summary>Whether the caller has given up. May be used by any thread.</summary>
    public bool IsCancelled => Volatile.Read(ref _isCancelled) != 0;

    public long PlannedAt(int ordinal) => StartedAt + (ordinal * GapTicks);

    /// <summary>Marks it as cancelled. May be used by any thread.</summary>
    public void Cancel() => Volatile.Write(ref _isCancelled, 1);

    public void Complete()
    {
        if (IsCancelled)
            _ended.TrySetCanceled(CancellationToken);
        else
            _ended.TrySetResult();
    }

    public void Fail(Exception failure) => _ended.TrySetException(failure);
}
