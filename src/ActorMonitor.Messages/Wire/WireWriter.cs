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
            OneShots = m.OneShots,
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
        AutonomyUs = Microseconds(m.Autonomy),
    };

    internal static ExecuteMessage Write(Execute m) => new()
    {
        SessionKey = Bytes(m.Key.Value),
        Epoch = m.Epoch.Value,
        Job = m.Check is null ? m.Job.Name : "", // the definition has it
        SlotMs = m.Slot.DueUnixMilliseconds,
        Revision = m.Revision,
        Check = m.Check is null ? null : Write(m.Check),
    };

    internal static GrantMessage Write(Grant m) => new() { SessionKey = Bytes(m.Key.Value), Epoch = m.Epoch.Value, Terms = Write(m.Terms) };

    internal static GrantTermsMessage Write(GrantTerms terms) => new()
    {
        Revision = terms.Revision,
        Check = Write(terms.Check),
        PhaseMs = terms.PhaseMilliseconds,
        ValidUntilUs = Microseconds(terms.ValidUntil),
        NotBeforeMs = terms.NotBefore.DueUnixMilliseconds,
    };

    internal static RevokeMessage Write(Revoke m) => new() { SessionKey = Bytes(m.Key.Value), Epoch = m.Epoch.Value, Job = m.Job.Name };

    internal static GrantedMessage Write(Granted m) => new() { SessionKey = Bytes(m.Key.Value), Job = m.Job.Name, Revision = m.Revision };

    internal static CreditMessage Write(Credit m) => new() { SessionKey = Bytes(m.Key.Value), Bytes = m.Bytes };

    internal static DroppedMessage Write(Dropped m) => new()
    {
        SessionKey = Bytes(m.Key.Value),
        OutboxId = Bytes(m.Outbox.Value),
        Seq = m.Seq,
        Job = m.Job.Name,
        FirstSlotMs = m.First.DueUnixMilliseconds,
        LastSlotMs = m.Last.DueUnixMilliseconds,
        Count = m.Count,
    };

    internal static CompletedMessage Write(Completed m)
    {
        var message = Write(m.Epoch, m.Revision, m.Result);
        message.SessionKey = Bytes(m.Key.Value);
        message.OutboxId = Bytes(m.Outbox.Value);
        message.Seq = m.Seq;
        return message;
    }

    internal static CompletedMessage Write(Epoch epoch, long revision, CheckResult result)
    {
        var message = new CompletedMessage
        {
            Epoch = epoch.Value,
            Revision = revision,
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
            Trigger = (int)result.Trigger,
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

    internal static CheckOnceMessage Write(CheckOnce m)
        => new() { SessionKey = Bytes(m.Key.Value), Epoch = m.Epoch.Value, Id = m.Id, Check = Write(m.Check) };

    internal static OnceStartedMessage Write(OnceStarted m) => new() { SessionKey = Bytes(m.Key.Value), Id = m.Id };

    internal static OnceEndedMessage Write(OnceEnded m)
        => new() { SessionKey = Bytes(m.Key.Value), Id = m.Id, Result = Write(default, 0, m.Result) };

    internal static CancelMessage Write(Cancel m) => new() { SessionKey = Bytes(m.Key.Value), Id = m.Id };

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
