using System.Collections.Immutable;
using System.Runtime.Serialization;
using Google.Protobuf;
using Google.Protobuf.Collections;

namespace ActorMonitor.Messages.Wire;

/// <summary>Turns a peer's bytes into messages. Every length, range and enum is checked before a message exists.</summary>
internal static class WireReader
{
    // Unix microseconds up to the year 9000: what others add to an instant of a peer is still a date.
    private const long MaxInstantMicroseconds = 221_845_392_000_000_000;
    private static readonly TimeSpan MaxSpan = TimeSpan.FromDays(10_000);

    internal static Connect Read(ConnectMessage m) => new(
        checked((int)Math.Min(m.Protocol, int.MaxValue)),
        new NodeId(Id(m.ManagerId, "manager_id")),
        Text(m.ManagerName, WireLimits.Name, "manager_name"),
        new Epoch(AtLeast(m.Epoch, 0, "epoch")),
        Text(m.Token, WireLimits.Text, "token"),
        Instant(m.ManagerNowUs, "manager_now_us"));

    internal static Connected Read(ConnectedMessage m) => new(
        new NodeId(Id(m.MonitorId, "monitor_id")),
        Text(m.MonitorName, WireLimits.Name, "monitor_name"),
        Text(m.Location, WireLimits.Name, "location"),
        Text(m.Domain, WireLimits.Name, "domain"),
        Labels(m.Labels),
        new OutboxId(Id(m.OutboxId, "outbox_id")),
        Key(m.SessionKey),
        AtLeast(m.OldestSeq, 0, "oldest_seq"),
        AtLeast(m.NewestSeq, 0, "newest_seq"),
        new Epoch(AtLeast(m.Epoch, 0, "epoch")),
        [.. Bounded(m.Services, WireLimits.Services, "services").Select(service => Text(service, WireLimits.Name, "services"))])
    {
        OneShots = (int)AtLeast(m.OneShots, 0, "one_shots"),
    };

    internal static Refused Read(RefusedMessage m) => new(
        Known((RefusalReason)m.Reason, "reason"),
        new Epoch(AtLeast(m.SeenEpoch, 0, "seen_epoch")),
        Text(m.Message, WireLimits.Text, "message"));

    internal static Heartbeat Read(HeartbeatMessage m) => new(
        Key(m.SessionKey),
        AtLeast(m.Sequence, 1, "sequence"),
        Clock(m.SentUs, "sent_us"),
        Clock(m.EchoSentUs, "echo_sent_us"),
        Clock(m.HeldUs, "held_us"),
        (int)AtLeast(m.Queued, 0, "queued"),
        (int)AtLeast(m.InFlight, 0, "in_flight"),
        Span(m.AutonomyUs, "autonomy_us"));

    internal static Execute Read(ExecuteMessage m)
    {
        var check = m.Check is null ? null : Read(m.Check);
        return new Execute(
            Key(m.SessionKey), new Epoch(AtLeast(m.Epoch, 0, "epoch")), check is null ? Job(m.Job) : check.Job, SlotOf(m.SlotMs), m.Revision, check);
    }

    internal static Grant Read(GrantMessage m)
        => new(Key(m.SessionKey), new Epoch(AtLeast(m.Epoch, 0, "epoch")), Read(m.Terms ?? throw Bad("terms", "is missing")));

    internal static GrantTerms Read(GrantTermsMessage m)
    {
        var check = Read(m.Check ?? throw Bad("check", "is missing"));
        var intervalMilliseconds = (long)check.Interval.TotalMilliseconds;
        if (intervalMilliseconds < 1)
            throw Bad("interval_us", "is less than a millisecond");
        if (m.Revision == 0)
            throw Bad("revision", "is 0");
        return new GrantTerms(
            m.Revision,
            check,
            m.PhaseMs >= 0 && m.PhaseMs < intervalMilliseconds ? m.PhaseMs : throw Bad("phase_ms", "is not within the interval"),
            Instant(m.ValidUntilUs, "valid_until_us"),
            SlotOf(m.NotBeforeMs, "not_before_ms"));
    }

    internal static Revoke Read(RevokeMessage m) => new(Key(m.SessionKey), new Epoch(AtLeast(m.Epoch, 0, "epoch")), Job(m.Job));

    internal static Granted Read(GrantedMessage m) => new(Key(m.SessionKey), Job(m.Job), m.Revision);

    internal static Credit Read(CreditMessage m) => new(Key(m.SessionKey), AtLeast(m.Bytes, 0, "bytes"));

    internal static Dropped Read(DroppedMessage m)
    {
        var (first, last) = (SlotOf(m.FirstSlotMs, "first_slot_ms"), SlotOf(m.LastSlotMs, "last_slot_ms"));
        if (last < first)
            throw Bad("last_slot_ms", "is before the first");
        return new Dropped(Key(m.SessionKey), new OutboxId(Id(m.OutboxId, "outbox_id")), AtLeast(m.Seq, 1, "seq"), Job(m.Job), first, last, AtLeast(m.Count, 1, "count"));
    }

    internal static Completed Read(CompletedMessage m) => new(
        Key(m.SessionKey),
        new OutboxId(Id(m.OutboxId, "outbox_id")),
        AtLeast(m.Seq, 1, "seq"),
        new Epoch(AtLeast(m.Epoch, 0, "epoch")),
        m.Revision,
        Result(m));

    internal static CheckResult Result(CompletedMessage m) => new(
        Job(m.Job),
        SlotOf(m.SlotMs),
        Reported((Outcome)m.Outcome, "outcome"),
        Known((Cause)m.Cause, "cause"),
        Instant(m.StartedUs, "started_us"),
        Span(m.QueueWaitUs, "queue_wait_us"),
        Span(m.ElapsedUs, "elapsed_us"),
        Span(m.ClockErrorUs, "clock_error_us"),
        m.ResolvedAddress.Length == 0 ? null : Text(m.ResolvedAddress, WireLimits.Host, "resolved_address"),
        Text(m.Message, WireLimits.Text, "message"))
    {
        Measurements = [.. Bounded(m.Measurements, WireLimits.Measurements, "measurements").Select(Read)],
        Attributes = [.. Bounded(m.Attributes, WireLimits.Attributes, "attributes").Select(Read)],
        Attempts = [.. Bounded(m.Attempts, WireLimits.Attempts, "attempts").Select(Read)],
        Trigger = Known((Trigger)m.Trigger, "trigger"),
        Truncated = m.Truncated,
    };

    internal static Acknowledge Read(AcknowledgeMessage m) => new(
        Key(m.SessionKey),
        new OutboxId(Id(m.OutboxId, "outbox_id")),
        [.. Bounded(m.Ranges, Acknowledge.MaxRanges, "ranges").Select(Read)]);

    internal static CheckOnce Read(CheckOnceMessage m) => new(
        Key(m.SessionKey), new Epoch(AtLeast(m.Epoch, 0, "epoch")), AtLeast(m.Id, 1, "id"), Read(m.Check ?? throw Bad("check", "is missing")));

    internal static OnceStarted Read(OnceStartedMessage m) => new(Key(m.SessionKey), AtLeast(m.Id, 1, "id"));

    internal static OnceEnded Read(OnceEndedMessage m)
        => new(Key(m.SessionKey), AtLeast(m.Id, 1, "id"), Result(m.Result ?? throw Bad("result", "is missing")));

    internal static Cancel Read(CancelMessage m) => new(Key(m.SessionKey), AtLeast(m.Id, 1, "id"));

    private static CheckDefinition Read(CheckMessage m) => new(
        Job(m.Job),
        Text(m.Service, WireLimits.Name, "service"),
        Text(m.Host, WireLimits.Host, "host"),
        m.Port is >= 0 and <= 65535 ? m.Port : throw Bad("port", "is not from 0 to 65535"),
        Span(m.IntervalUs, "interval_us"),
        m.TimeoutUs >= 1 && m.TimeoutUs <= (long)WireLimits.Timeout.TotalMicroseconds ? Span(m.TimeoutUs, "timeout_us") : throw Bad("timeout_us", "is out of range"),
        Settings(m.Settings, "settings"),
        Settings(m.Expectations, "expectations"));

    private static Measurement Read(MeasurementMessage m) => new(
        Text(m.Name, WireLimits.Name, "measurement.name"),
        (int)AtLeast(m.Ordinal, 0, "measurement.ordinal"),
        double.IsFinite(m.Value) ? m.Value : throw Bad("measurement.value", "is not finite"),
        Text(m.Unit, WireLimits.Name, "measurement.unit"));

    private static TextAttribute Read(AttributeMessage m) => new(
        Text(m.Name, WireLimits.Name, "attribute.name"),
        Text(m.Value, WireLimits.Text, "attribute.value"));

    private static Attempt Read(AttemptMessage m) => new(
        Instant(m.StartedUs, "attempt.started_us"),
        Span(m.ElapsedUs, "attempt.elapsed_us"),
        Reported((Outcome)m.Outcome, "attempt.outcome"),
        Known((Cause)m.Cause, "attempt.cause"));

    private static SeqRange Read(SeqRangeMessage m)
        => m.First >= 1 && m.Last >= m.First ? new SeqRange(m.First, m.Last) : throw Bad("ranges", "has a range that is none");

    private static SettingMap Settings(MapField<string, SettingMessage> map, string field)
    {
        if (map.Count > WireLimits.Settings)
            throw Bad(field, "has too many entries");
        var settings = SettingMap.Empty;
        foreach (var (name, value) in map)
        {
            _ = Text(name, WireLimits.Name, field);
            var items = Bounded(value.Items, WireLimits.SettingItems, field);
            foreach (var item in items)
                _ = Text(item, WireLimits.SettingText, field);
            if (!value.IsList && items.Count != 1)
                throw Bad(field, "has a single value of no or several items");
            settings = settings.With(name, value.IsList ? SettingValue.ListOf(items) : SettingValue.Of(items[0]));
        }

        return settings;
    }

    private static ImmutableSortedDictionary<string, string> Labels(MapField<string, string> labels)
    {
        if (labels.Count > WireLimits.Labels)
            throw Bad("labels", "has too many entries");
        foreach (var (name, value) in labels)
        {
            _ = Text(name, WireLimits.Name, "labels");
            _ = Text(value, WireLimits.Text, "labels");
        }

        return labels.ToImmutableSortedDictionary(StringComparer.Ordinal);
    }

    private static SessionKey Key(ByteString bytes) => new(Id(bytes, "session_key"));

    private static Guid Id(ByteString bytes, string field) => bytes.Length == 16 ? new Guid(bytes.Span) : throw Bad(field, "has not 16 bytes");

    private static JobId Job(string name) => JobId.IsValid(name) ? new JobId(name) : throw Bad("job", "is no job name");

    // Not running is what a manager says of itself.
    private static Outcome Reported(Outcome outcome, string field)
        => outcome == Outcome.NotRunning ? throw Bad(field, "is no monitor's to report") : Known(outcome, field);

    private static Slot SlotOf(long milliseconds, string field = "slot_ms")
        => milliseconds is >= 0 and <= MaxInstantMicroseconds / 1000 ? new Slot(milliseconds) : throw Bad(field, "is out of range");

    private static DateTimeOffset Instant(long microseconds, string field)
        => DateTimeOffset.UnixEpoch.AddTicks(Clock(microseconds, field) * TimeSpan.TicksPerMicrosecond);

    private static long Clock(long microseconds, string field)
        => microseconds is >= 0 and <= MaxInstantMicroseconds ? microseconds : throw Bad(field, "is out of range");

    private static TimeSpan Span(long microseconds, string field)
        => microseconds >= 0 && microseconds <= (long)MaxSpan.TotalMicroseconds
            ? TimeSpan.FromTicks(microseconds * TimeSpan.TicksPerMicrosecond)
            : throw Bad(field, "is out of range");

    private static long AtLeast(long value, long least, string field) => value >= least ? value : throw Bad(field, $"is less than {least}");

    private static string Text(string text, int mostCharacters, string field) => text.Length <= mostCharacters ? text : throw Bad(field, "is too long");

    private static RepeatedField<T> Bounded<T>(RepeatedField<T> items, int most, string field) => items.Count <= most ? items : throw Bad(field, "has too many entries");

    private static T Known<T>(T value, string field)
        where T : struct, Enum
        => Enum.IsDefined(value) ? value : throw Bad(field, $"has the unknown value {value}");

    private static SerializationException Bad(string field, string what) => new($"{field} {what}");
}
