using System.Collections.Immutable;
using System.Text.Json;

namespace ActorMonitor.Messages.Tests.Wire;

/// <summary>One message of every kind, with every field set; and some at the edges of what a field may hold.</summary>
internal static class SampleMessages
{
    private static readonly SessionKey Key = new(new Guid("00112233-4455-6677-8899-aabbccddeeff"));
    private static readonly OutboxId Outbox = new(new Guid("a0a1a2a3-a4a5-a6a7-a8a9-aaabacadaeaf"));
    private static readonly DateTimeOffset Instant = new DateTimeOffset(2026, 11, 22, 10, 15, 1, TimeSpan.Zero).AddMicroseconds(123_456);

    public static ImmutableSortedDictionary<string, IWireMessage> All { get; } = new Dictionary<string, IWireMessage>
    {
        ["connect"] = new Connect(
            Connect.CurrentProtocol, new NodeId(new Guid("0f0e0d0c-0b0a-0908-0706-050403020100")), "manager ä", new Epoch(1_795_342_501), "secret", Instant),
        ["connect-bare"] = new Connect(0, new NodeId(Guid.Empty), "", default, "", DateTimeOffset.UnixEpoch),
        ["connected"] = new Connected(
            new NodeId(new Guid("10111213-1415-1617-1819-1a1b1c1d1e1f")), "eu-1", "Frankfurt", "dc-1",
            ImmutableSortedDictionary.CreateRange(StringComparer.Ordinal, [new KeyValuePair<string, string>("team", "net"), new("rack", "7 ☃")]),
            Outbox, Key, 17, 4_711, new Epoch(1_795_342_501), ["http", "https", "ping"]),
        ["connected-bare"] = new Connected(
            new NodeId(Guid.Empty), "", "", "", ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal), Outbox, Key, 0, 0, default, []),
        ["refused"] = new Refused(RefusalReason.StaleEpoch, new Epoch(1_795_342_502), "a newer incarnation of this manager has been seen"),
        ["heartbeat"] = new Heartbeat(Key, 3, 1_795_342_501_123_456, 5_000_001, 700_000, Queued: 12, InFlight: 250),
        ["heartbeat-first"] = new Heartbeat(Key, 1, 0, 0, 0),
        ["execute"] = new Execute(Key, new Epoch(1_795_342_501), Check.Job, new Slot(1_795_342_501_500), -6_148_914_691_236_517_206, Check),
        ["execute-bare"] = new Execute(Key, default, new JobId("j"), default, 0, new CheckDefinition(
            new JobId("j"), "", "", 0, TimeSpan.Zero, TimeSpan.FromMicroseconds(1), SettingMap.Empty, SettingMap.Empty)),
        ["completed"] = new Completed(Key, Outbox, 42, new Epoch(1_795_342_501), 9, new CheckResult(
            new JobId("shop / ünïcode"), new Slot(1_795_342_501_500), Outcome.Down, Cause.TlsExpired, Instant, TimeSpan.FromMilliseconds(1.5),
            TimeSpan.FromMilliseconds(71.301), TimeSpan.FromMicroseconds(250), "2001:db8::1", "the certificate expired yesterday")
        {
            Measurements = [new Measurement("rtt", 0, 71.301, "ms"), new Measurement("bytes", 3, -1.5, "bytes"), new Measurement("min", 1, double.Epsilon, "")],
            Attributes = [new TextAttribute("tls.subject", "CN=shop"), new TextAttribute("tls.subject", "twice")],
            Attempts = [new Attempt(Instant, TimeSpan.FromSeconds(1), Outcome.Down, Cause.TlsExpired), new Attempt(Instant, TimeSpan.Zero, Outcome.Up, Cause.None)],
            Truncated = true,
        }),
        ["completed-bare"] = new Completed(Key, Outbox, 1, default, 0, new CheckResult(
            new JobId("j"), default, Outcome.Skipped, Cause.Overload, DateTimeOffset.UnixEpoch, TimeSpan.Zero, TimeSpan.Zero, TimeSpan.Zero, null, "")),
        ["acknowledge"] = new Acknowledge(Key, Outbox, [new SeqRange(1, 1), new SeqRange(3, 900), new SeqRange(long.MaxValue, long.MaxValue)]),
        ["acknowledge-nothing"] = new Acknowledge(Key, Outbox, []),
        ["heartbeat-renews"] = new Heartbeat(Key, 4, 1_795_342_501_123_456, 5_000_001, 700_000, Autonomy: TimeSpan.FromHours(24)),
        ["execute-granted"] = new Execute(Key, new Epoch(1_795_342_501), Check.Job, new Slot(1_795_342_501_500), 9, Check: null),
        ["grant"] = new Grant(Key, new Epoch(1_795_342_501), new GrantTerms(9, Check, 14_999, Instant, new Slot(1_795_342_501_500))),
        ["granted"] = new Granted(Key, Check.Job, 9),
        ["granted-nothing"] = new Granted(Key, Check.Job, 0),
        ["revoke"] = new Revoke(Key, new Epoch(1_795_342_501), Check.Job),
        ["credit"] = new Credit(Key, 1_048_576),
        ["dropped"] = new Dropped(Key, Outbox, 43, Check.Job, new Slot(1_795_342_501_500), new Slot(1_795_342_561_500), 5),
        ["completed-granted"] = new Completed(Key, Outbox, 2, default, 0, new CheckResult(
            new JobId("j"), default, Outcome.Lost, Cause.MonitorRestarted, DateTimeOffset.UnixEpoch, TimeSpan.Zero, TimeSpan.Zero, TimeSpan.Zero, null, "")
        {
            Trigger = Trigger.Grant,
        }),
        ["connected-one-shots"] = new Connected(
            new NodeId(Guid.Empty), "", "", "", ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal), Outbox, Key, 0, 0, default, [])
        {
            OneShots = 16,
        },
        ["check-once"] = new CheckOnce(Key, new Epoch(1_795_342_501), 7, Check),
        ["once-started"] = new OnceStarted(Key, 7),
        ["once-ended"] = new OnceEnded(Key, 7, new CheckResult(
            new JobId("one-shot check"), new Slot(1_795_342_501_500), Outcome.Unknown, Cause.TargetDenied, Instant, TimeSpan.FromMilliseconds(1.5),
            TimeSpan.FromMilliseconds(2), TimeSpan.FromMicroseconds(250), null, "no")
        {
            Attributes = [new TextAttribute("resolver", "hosts")],
        }),
        ["cancel"] = new Cancel(Key, 7),
    }.ToImmutableSortedDictionary(StringComparer.Ordinal);

    private static CheckDefinition Check => new(
        new JobId("shop"), "https", "shop.example", 8443, TimeSpan.FromSeconds(15), TimeSpan.FromSeconds(3),
        SettingMap.Empty.With("path", "/health").With("headers", SettingValue.ListOf(["A: 1", "B: 2"])).With("empty", SettingValue.ListOf([])),
        SettingMap.Empty.With("status", SettingValue.ListOf(["2xx"])).With("body.contains", "ok"));

    /// <summary>All that a message holds, as a text to compare: records with arrays in them are not equal by themselves.</summary>
    public static string Describe(object message) => $"{message.GetType().Name} {JsonSerializer.Serialize(message, message.GetType())}";
}
