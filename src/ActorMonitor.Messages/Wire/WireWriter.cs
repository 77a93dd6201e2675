using Google.Protobuf;

namespace ActorMonitor.Messages.Wire;

/// <summary>Turns messages into their protobuf form.</summary>
internal static class WireWriter
{
    internal static ConnectMessage Write(Connect m) => new()
    {
        Protocol = (uint)m.Protocol,
        ManagerId = Bytes(m.Manager.Value),
        ManagerName = m.ManagerName,
        Epoch = m.Epoch.Value,
        Token = m.Token,
        ManagerNowUs = Microseconds(m.ManagerNow),
    };

    internal static ConnectedMessage Write(Connected m)
    {
        var message = new ConnectedMessage
        {
            MonitorId = Bytes(m.Monitor.Value),
            MonitorName = m.MonitorName,
            Location = m.Location,
            Domain = m.Domain,
            OutboxId = Bytes(m.Outbox.Value),
            SessionKey = Bytes(m.Key.Value),
            OldestSeq = m.OldestSeq,
            NewestSeq = m.NewestSeq,
            Epoch = m.Epoch.Value,
        };
        message.Labels.Add(m.Labels);
        message.Services.Add(m.Services);
        return message;
    }

    internal static RefusedMessage Write(Refused m) => new() { Reason = (int)m.Reason, SeenEpoch = m.SeenEpoch.Value, Message = m.Message };

    internal static HeartbeatMessage Write(Heartbeat m) => new()
    {
        SessionKey = Bytes(m.Key.Value),
        Sequence = m.Sequence,
        SentUs = m.SentMicroseconds,
        EchoSentUs = m.EchoSentMicroseconds,
        HeldUs = m.HeldMicroseconds,
        Queued = m.Queued,
        InFlight = m.InFlight,
    };

    internal static ExecuteMessage Write(Execute m) => new()
    {
        SessionKey = Bytes(m.Key.Value),
        Epoch = m.Epoch.Value,
        SlotMs = m.Slot.DueUnixMilliseconds,
        Revision = m.Revision,
        Check = Write(m.Check),
    };

    internal static CompletedMessage Write(Completed m)
    {
        var result = m.Result;
        var message = new CompletedMessage
        {
            SessionKey = Bytes(m.Key.Value),
            OutboxId = Bytes(m.Outbox.Value),
            Seq = m.Seq,
            Epoch = m.Epoch.Value,
            Revision = m.Revision,
            Job = result.Job.Name,
            SlotMs = result.Slot.DueUnixMilliseconds,
            Outcome = (int)result.Outcome,
            Cause = (int)result.Cause,
            StartedUs = Microseconds(result.Started),
            QueueWaitUs = Microseconds(result.QueueWait),
            ElapsedUs = Microseconds(result.Elapsed),
            ClockErrorUs = Microseconds(result.ClockError),
            ResolvedAddress = result.ResolvedAddress ?? "",
            Message = result.Message,
            Truncated = result.Truncated,
        };
        foreach (var (name, ordinal, value, unit) in result.Measurements)
            message.Measurements.Add(new MeasurementMessage { Name = name, Ordinal = ordinal, Value = value, Unit = unit });
        foreach (var (name, value) in result.Attributes)
            message.Attributes.Add(new AttributeMessage { Name = name, Value = value });
        foreach (var (started, elapsed, outcome, cause) in result.Attempts)
            message.Attempts.Add(new AttemptMessage { StartedUs = Microseconds(started), ElapsedUs = Microseconds(elapsed), Outcome = (int)outcome, Cause = (int)cause });
        return message;
    }

    internal static AcknowledgeMessage Write(Acknowledge m)
    {
        var message = new AcknowledgeMessage { SessionKey = Bytes(m.Key.Value), OutboxId = Bytes(m.Outbox.Value) };
        foreach (var (first, last) in m.Ranges)
            message.Ranges.Add(new SeqRangeMessage { First = first, Last = last });
        return message;
    }

    private static CheckMessage Write(CheckDefinition check)
    {
        var message = new CheckMessage
        {
            Job = check.Job.Name,
            Service = check.Service,
            Host = check.Host,
            Port = check.Port,
            IntervalUs = Microseconds(check.Interval),
            TimeoutUs = Microseconds(check.Timeout),
        };
        foreach (var (name, value) in check.Settings)
            message.Settings.Add(name, Write(value));
        foreach (var (name, value) in check.Expectations)
            message.Expectations.Add(name, Write(value));
        return message;
    }

    private static SettingMessage Write(SettingValue value)
    {
        var message = new SettingMessage { IsList = value.IsList };
        message.Items.AddRange(value.Items);
        return message;
    }

    private static ByteString Bytes(Guid id)
    {
        Span<byte> bytes = stackalloc byte[16];
        _ = id.TryWriteBytes(bytes);
        return ByteString.CopyFrom(bytes);
    }

    private static long Microseconds(DateTimeOffset instant) => (instant.UtcTicks - DateTimeOffset.UnixEpoch.UtcTicks) / TimeSpan.TicksPerMicrosecond;

    private static long Microseconds(TimeSpan span) => Math.Max(0, span.Ticks / TimeSpan.TicksPerMicrosecond);
}
