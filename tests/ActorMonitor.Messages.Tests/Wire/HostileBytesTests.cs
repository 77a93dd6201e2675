using System.Collections.Immutable;
using System.Runtime.Serialization;
using ActorMonitor.Messages.Wire;
using Google.Protobuf;
using Shouldly;
using Xunit;

namespace ActorMonitor.Messages.Tests.Wire;

public sealed class HostileBytesTests : IAsyncLifetime
{
    private const long Year9999 = 253_402_300_799_000_000;
    private static readonly string LongName = new('n', WireLimits.Name + 1);
    private static readonly string LongText = new('t', WireLimits.Text + 1);

    /// <summary>Each breaks one bound of a message that is right otherwise; the exception names the field.</summary>
    private static readonly ImmutableSortedDictionary<string, (Func<IMessage> Message, string Field)> Broken = Breaks().ToImmutableSortedDictionary(
        broken => $"{broken.Manifest}: {broken.What}", broken => (broken.Message, broken.Field), StringComparer.Ordinal);

    private readonly WireSystem _wire = new();

    public static TheoryData<string> BrokenBounds => [.. Broken.Keys];

    public static TheoryData<string> Names => [.. GoldenBytes.All.Keys];

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _wire.DisposeAsync();

    [Theory]
    [MemberData(nameof(BrokenBounds))]
    public void A_broken_bound_is_refused_by_name(string broken)
    {
        var (message, field) = Broken[broken];

        var refused = Should.Throw<SerializationException>(() => _wire.Wire.FromBinary(message().ToByteArray(), broken[..broken.IndexOf(':', StringComparison.Ordinal)]));

        refused.Message.ShouldStartWith(field);
    }

    [Fact]
    public void A_message_at_all_its_bounds_is_taken()
    {
        var name = new string('n', WireLimits.Name);
        var text = new string('t', WireLimits.Text);
        var connected = Valid.Connected();
        (connected.MonitorName, connected.Location, connected.Domain) = (name, name, name);
        for (var i = connected.Labels.Count; i < WireLimits.Labels; i++)
            connected.Labels.Add($"{i}", "v");
        for (var i = connected.Services.Count; i < WireLimits.Services; i++)
            connected.Services.Add(name);
        var execute = Valid.Execute();
        (execute.Check.Job, execute.Check.Service, execute.Check.Host, execute.Check.Port) = (name, name, new string('h', WireLimits.Host), 65535);
        for (var i = execute.Check.Settings.Count; i < WireLimits.Settings; i++)
            execute.Check.Settings.Add($"{i}", Valid.Setting("v"));
        execute.Check.Expectations.Add("long", Valid.Setting(new string('s', WireLimits.SettingText)));
        var completed = Valid.Completed();
        (completed.Message, completed.ResolvedAddress) = (text, new string('a', WireLimits.Host));
        for (var i = completed.Measurements.Count; i < WireLimits.Measurements; i++)
            completed.Measurements.Add(new MeasurementMessage());
        for (var i = completed.Attempts.Count; i < WireLimits.Attempts; i++)
            completed.Attempts.Add(new AttemptMessage { Outcome = 1 });
        var acknowledge = Valid.Acknowledge();
        for (var i = acknowledge.Ranges.Count; i < Acknowledge.MaxRanges; i++)
            acknowledge.Ranges.Add(new SeqRangeMessage { First = 1, Last = long.MaxValue });

        ((Connected)_wire.Wire.FromBinary(connected.ToByteArray(), "connected")).Labels.Count.ShouldBe(WireLimits.Labels);
        ((Execute)_wire.Wire.FromBinary(execute.ToByteArray(), "execute")).Check!.Settings.Count.ShouldBe(WireLimits.Settings);
        ((Completed)_wire.Wire.FromBinary(completed.ToByteArray(), "completed")).Result.Measurements.Length.ShouldBe(WireLimits.Measurements);
        ((Acknowledge)_wire.Wire.FromBinary(acknowledge.ToByteArray(), "acknowledge")).Ranges.Length.ShouldBe(Acknowledge.MaxRanges);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_truncation_is_a_message_or_refused(string name)
    {
        var (manifest, bytes) = (GoldenBytes.All[name].Manifest, GoldenBytes.All[name].Bytes);

        for (var length = 0; length < bytes.Length; length++)
            ReadOrRefuse(bytes[..length], manifest);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_flipped_bit_is_a_message_or_refused(string name)
    {
        var (manifest, bytes) = (GoldenBytes.All[name].Manifest, GoldenBytes.All[name].Bytes);

        for (var bit = 0; bit < bytes.Length * 8; bit++)
        {
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
            ReadOrRefuse(bytes, manifest);
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Several_random_changes_are_a_message_or_refused(string name)
    {
        var random = new Random(20261122);
        var golden = GoldenBytes.All[name];
        var others = GoldenBytes.All.Values.Select(other => other.Bytes).ToArray();

        for (var round = 0; round < 2_000; round++)
        {
            var bytes = golden.Bytes.ToList();
            for (var change = random.Next(1, 6); change > 0 && bytes.Count > 0; change--)
            {
                var at = random.Next(bytes.Count);
                switch (random.Next(4))
                {
                    case 0:
                        bytes[at] = (byte)random.Next(256);
                        break;
                    case 1:
                        bytes.RemoveRange(at, Math.Min(random.Next(1, 9), bytes.Count - at));
                        break;
                    case 2:
                        bytes.InsertRange(at, Enumerable.Repeat((byte)0xFF, random.Next(1, 12)));
                        break;
                    default:
                        var other = others[random.Next(others.Length)];
                        var from = random.Next(other.Length);
                        bytes.InsertRange(at, other[from..random.Next(from, other.Length)]);
                        break;
                }
            }

            ReadOrRefuse([.. bytes], golden.Manifest);
        }
    }

    [Fact]
    public void Random_bytes_are_a_message_or_refused()
    {
        var random = new Random(20261123);
        var manifests = GoldenBytes.All.Values.Select(golden => golden.Manifest).Distinct().ToArray();

        for (var round = 0; round < 20_000; round++)
        {
            var bytes = new byte[random.Next(200)];
            random.NextBytes(bytes);
            ReadOrRefuse(bytes, manifests[random.Next(manifests.Length)]);
        }
    }

    // What was read is used by others who do not check again: it must be a date, and fit to be written and read again.
    private void ReadOrRefuse(byte[] bytes, string manifest)
    {
        object message;
        try
        {
            message = _wire.Wire.FromBinary(bytes, manifest);
        }
        catch (SerializationException)
        {
            return;
        }

        if (message is Execute execute)
            _ = execute.Slot.Due + TimeSpan.FromDays(1) + execute.Check?.Timeout + execute.Check?.Interval;
        if (message is Completed completed)
            _ = completed.Result.Slot.Due + TimeSpan.FromDays(1);
        SampleMessages.Describe(_wire.Wire.FromBinary(_wire.Wire.ToBinary(message), manifest)).ShouldBe(SampleMessages.Describe(message));
    }

    private static IEnumerable<(string Manifest, string What, Func<IMessage> Message, string Field)> Breaks()
    {
        foreach (var length in new[] { 0, 15, 17 })
        {
            var id = ByteString.CopyFrom(new byte[length]);
            yield return ("connect", $"manager_id of {length} bytes", With(Valid.Connect, m => m.ManagerId = id), "manager_id");
            yield return ("connected", $"monitor_id of {length} bytes", With(Valid.Connected, m => m.MonitorId = id), "monitor_id");
            yield return ("connected", $"outbox_id of {length} bytes", With(Valid.Connected, m => m.OutboxId = id), "outbox_id");
            yield return ("connected", $"session_key of {length} bytes", With(Valid.Connected, m => m.SessionKey = id), "session_key");
            yield return ("heartbeat", $"session_key of {length} bytes", With(Valid.Heartbeat, m => m.SessionKey = id), "session_key");
            yield return ("execute", $"session_key of {length} bytes", With(Valid.Execute, m => m.SessionKey = id), "session_key");
            yield return ("completed", $"session_key of {length} bytes", With(Valid.Completed, m => m.SessionKey = id), "session_key");
            yield return ("completed", $"outbox_id of {length} bytes", With(Valid.Completed, m => m.OutboxId = id), "outbox_id");
            yield return ("acknowledge", $"session_key of {length} bytes", With(Valid.Acknowledge, m => m.SessionKey = id), "session_key");
            yield return ("acknowledge", $"outbox_id of {length} bytes", With(Valid.Acknowledge, m => m.OutboxId = id), "outbox_id");
        }

        yield return ("connect", "a long name", With(Valid.Connect, m => m.ManagerName = LongName), "manager_name");
        yield return ("connect", "a long token", With(Valid.Connect, m => m.Token = LongText), "token");
        yield return ("connect", "a negative epoch", With(Valid.Connect, m => m.Epoch = -1), "epoch");
        yield return ("connect", "a clock before 1970", With(Valid.Connect, m => m.ManagerNowUs = -1), "manager_now_us");
        yield return ("connect", "a clock in the year 9999", With(Valid.Connect, m => m.ManagerNowUs = Year9999), "manager_now_us");

        yield return ("connected", "a long name", With(Valid.Connected, m => m.MonitorName = LongName), "monitor_name");
        yield return ("connected", "a long location", With(Valid.Connected, m => m.Location = LongName), "location");
        yield return ("connected", "a long domain", With(Valid.Connected, m => m.Domain = LongName), "domain");
        yield return ("connected", "a negative oldest_seq", With(Valid.Connected, m => m.OldestSeq = -1), "oldest_seq");
        yield return ("connected", "a negative newest_seq", With(Valid.Connected, m => m.NewestSeq = long.MinValue), "newest_seq");
        yield return ("connected", "a negative epoch", With(Valid.Connected, m => m.Epoch = -1), "epoch");
        yield return ("connected", "too many labels", With(Valid.Connected, m => Repeat(WireLimits.Labels + 1, i => m.Labels[$"{i}"] = "")), "labels");
        yield return ("connected", "a label with a long name", With(Valid.Connected, m => m.Labels.Add(LongName, "")), "labels");
        yield return ("connected", "a label with a long value", With(Valid.Connected, m => m.Labels.Add("n", LongText)), "labels");
        yield return ("connected", "too many services", With(Valid.Connected, m => Repeat(WireLimits.Services + 1, _ => m.Services.Add("s"))), "services");
        yield return ("connected", "a service with a long name", With(Valid.Connected, m => m.Services.Add(LongName)), "services");

        foreach (var reason in new[] { 0, 7, -1 })
            yield return ("refused", $"the reason {reason}", With(Valid.Refused, m => m.Reason = reason), "reason");
        yield return ("refused", "a negative epoch", With(Valid.Refused, m => m.SeenEpoch = -1), "seen_epoch");
        yield return ("refused", "a long message", With(Valid.Refused, m => m.Message = LongText), "message");

        yield return ("heartbeat", "the sequence 0", With(Valid.Heartbeat, m => m.Sequence = 0), "sequence");
        yield return ("heartbeat", "a negative sent_us", With(Valid.Heartbeat, m => m.SentUs = -1), "sent_us");
        yield return ("heartbeat", "a sent_us that is no date", With(Valid.Heartbeat, m => m.SentUs = long.MaxValue), "sent_us");
        yield return ("heartbeat", "a negative echo_sent_us", With(Valid.Heartbeat, m => m.EchoSentUs = -1), "echo_sent_us");
        yield return ("heartbeat", "an echo_sent_us that is no date", With(Valid.Heartbeat, m => m.EchoSentUs = long.MaxValue), "echo_sent_us");
        yield return ("heartbeat", "a negative held_us", With(Valid.Heartbeat, m => m.HeldUs = -1), "held_us");
        yield return ("heartbeat", "a held_us without end", With(Valid.Heartbeat, m => m.HeldUs = long.MaxValue), "held_us");
        yield return ("heartbeat", "a negative queue", With(Valid.Heartbeat, m => m.Queued = -1), "queued");
        yield return ("heartbeat", "negative checks in flight", With(Valid.Heartbeat, m => m.InFlight = int.MinValue), "in_flight");

        yield return ("execute", "neither check nor job", With(Valid.Execute, m => m.Check = null), "job");
        yield return ("execute", "a negative epoch", With(Valid.Execute, m => m.Epoch = -1), "epoch");
        yield return ("execute", "a negative slot", With(Valid.Execute, m => m.SlotMs = -1), "slot_ms");
        yield return ("execute", "a slot in the year 9999", With(Valid.Execute, m => m.SlotMs = Year9999 / 1000), "slot_ms");
        foreach (var (what, job) in new[] { ("empty", ""), ("long", LongName), ("with a line feed in it", "a\nb"), ("with an escape in it", "a\u001b[2J") })
        {
            yield return ("execute", $"a job name that is {what}", With(Valid.Execute, m => m.Check.Job = job), "job");
            yield return ("completed", $"a job name that is {what}", With(Valid.Completed, m => m.Job = job), "job");
        }

        yield return ("execute", "a long service", With(Valid.Execute, m => m.Check.Service = LongName), "service");
        yield return ("execute", "a long host", With(Valid.Execute, m => m.Check.Host = new string('h', WireLimits.Host + 1)), "host");
        yield return ("execute", "a negative port", With(Valid.Execute, m => m.Check.Port = -1), "port");
        yield return ("execute", "the port 65536", With(Valid.Execute, m => m.Check.Port = 65536), "port");
        yield return ("execute", "a negative interval", With(Valid.Execute, m => m.Check.IntervalUs = -1), "interval_us");
        yield return ("execute", "an interval without end", With(Valid.Execute, m => m.Check.IntervalUs = long.MaxValue), "interval_us");
        yield return ("execute", "no timeout", With(Valid.Execute, m => m.Check.TimeoutUs = 0), "timeout_us");
        yield return ("execute", "a timeout longer than a day", With(Valid.Execute, m => m.Check.TimeoutUs = 86_400_000_001), "timeout_us");
        foreach (var (field, map) in new (string, Func<CheckMessage, Google.Protobuf.Collections.MapField<string, SettingMessage>>)[] { ("settings", check => check.Settings), ("expectations", check => check.Expectations) })
        {
            yield return ("execute", $"too many {field}", With(Valid.Execute, m => Repeat(WireLimits.Settings + 1, i => map(m.Check)[$"{i}"] = Valid.Setting("v"))), field);
            yield return ("execute", $"{field} with a long name", With(Valid.Execute, m => map(m.Check)[LongName] = Valid.Setting("v")), field);
            yield return ("execute", $"{field} with a long text", With(Valid.Execute, m => map(m.Check)["n"] = Valid.Setting(new string('s', WireLimits.SettingText + 1))), field);
            yield return ("execute", $"{field} with a list that is too long", With(Valid.Execute, m => map(m.Check)["n"] = Valid.Setting([.. Enumerable.Repeat("i", WireLimits.SettingItems + 1)], isList: true)), field);
            yield return ("execute", $"{field} with a single value of no item", With(Valid.Execute, m => map(m.Check)["n"] = Valid.Setting([], isList: false)), field);
            yield return ("execute", $"{field} with a single value of two items", With(Valid.Execute, m => map(m.Check)["n"] = Valid.Setting(["a", "b"], isList: false)), field);
        }

        yield return ("completed", "the seq 0", With(Valid.Completed, m => m.Seq = 0), "seq");
        yield return ("completed", "a negative epoch", With(Valid.Completed, m => m.Epoch = -1), "epoch");
        yield return ("completed", "a negative slot", With(Valid.Completed, m => m.SlotMs = -1), "slot_ms");
        foreach (var outcome in new[] { 0, 7, -1 })
        {
            yield return ("completed", $"the outcome {outcome}", With(Valid.Completed, m => m.Outcome = outcome), "outcome");
            yield return ("completed", $"an attempt with the outcome {outcome}", With(Valid.Completed, m => m.Attempts[0].Outcome = outcome), "attempt.outcome");
        }

        yield return ("completed", "an unknown cause", With(Valid.Completed, m => m.Cause = 5), "cause");
        yield return ("completed", "a start before 1970", With(Valid.Completed, m => m.StartedUs = -1), "started_us");
        yield return ("completed", "a start that is no date", With(Valid.Completed, m => m.StartedUs = long.MaxValue), "started_us");
        yield return ("completed", "a negative queue wait", With(Valid.Completed, m => m.QueueWaitUs = -1), "queue_wait_us");
        yield return ("completed", "a negative elapsed time", With(Valid.Completed, m => m.ElapsedUs = -1), "elapsed_us");
        yield return ("completed", "an elapsed time without end", With(Valid.Completed, m => m.ElapsedUs = long.MaxValue), "elapsed_us");
        yield return ("completed", "a negative clock error", With(Valid.Completed, m => m.ClockErrorUs = -1), "clock_error_us");
        yield return ("completed", "a long address", With(Valid.Completed, m => m.ResolvedAddress = new string('a', WireLimits.Host + 1)), "resolved_address");
        yield return ("completed", "a long message", With(Valid.Completed, m => m.Message = LongText), "message");
        yield return ("completed", "too many measurements", With(Valid.Completed, m => Repeat(WireLimits.Measurements + 1, _ => m.Measurements.Add(new MeasurementMessage()))), "measurements");
        yield return ("completed", "a measurement with a long name", With(Valid.Completed, m => m.Measurements[0].Name = LongName), "measurement.name");
        yield return ("completed", "a measurement with a long unit", With(Valid.Completed, m => m.Measurements[0].Unit = LongName), "measurement.unit");
        yield return ("completed", "a measurement with a negative ordinal", With(Valid.Completed, m => m.Measurements[0].Ordinal = -1), "measurement.ordinal");
        foreach (var value in new[] { double.NaN, double.PositiveInfinity, double.NegativeInfinity })
            yield return ("completed", $"a measurement of {value}", With(Valid.Completed, m => m.Measurements[0].Value = value), "measurement.value");
        yield return ("completed", "too many attributes", With(Valid.Completed, m => Repeat(WireLimits.Attributes + 1, _ => m.Attributes.Add(new AttributeMessage()))), "attributes");
        yield return ("completed", "an attribute with a long name", With(Valid.Completed, m => m.Attributes[0].Name = LongName), "attribute.name");
        yield return ("completed", "an attribute with a long value", With(Valid.Completed, m => m.Attributes[0].Value = LongText), "attribute.value");
        yield return ("completed", "too many attempts", With(Valid.Completed, m => Repeat(WireLimits.Attempts + 1, _ => m.Attempts.Add(new AttemptMessage { Outcome = 1 }))), "attempts");
        yield return ("completed", "an attempt before 1970", With(Valid.Completed, m => m.Attempts[0].StartedUs = -1), "attempt.started_us");
        yield return ("completed", "an attempt of negative length", With(Valid.Completed, m => m.Attempts[0].ElapsedUs = -1), "attempt.elapsed_us");
        yield return ("completed", "an attempt with an unknown cause", With(Valid.Completed, m => m.Attempts[0].Cause = 1_000), "attempt.cause");

        yield return ("acknowledge", "too many ranges", With(Valid.Acknowledge, m => Repeat(Acknowledge.MaxRanges + 1, _ => m.Ranges.Add(new SeqRangeMessage { First = 1, Last = 1 }))), "ranges");
        yield return ("acknowledge", "a range from 0", With(Valid.Acknowledge, m => m.Ranges[0].First = 0), "ranges");
        yield return ("acknowledge", "a range that ends before it begins", With(Valid.Acknowledge, m => m.Ranges[0].Last = 1), "ranges");

        yield return ("completed", "an unknown trigger", With(Valid.Completed, m => m.Trigger = 2), "trigger");
        yield return ("heartbeat", "a negative autonomy", With(Valid.Heartbeat, m => m.AutonomyUs = -1), "autonomy_us");
        yield return ("grant", "no terms", With(Valid.Grant, m => m.Terms = null), "terms");
        yield return ("grant", "a negative epoch", With(Valid.Grant, m => m.Epoch = -1), "epoch");
        yield return ("grant", "no check", With(Valid.Grant, m => m.Terms.Check = null), "check");
        yield return ("grant", "a check without an interval", With(Valid.Grant, m => m.Terms.Check.IntervalUs = 0), "interval_us");
        yield return ("grant", "an interval of less than a millisecond", With(Valid.Grant, m => m.Terms.Check.IntervalUs = 999), "interval_us");
        yield return ("grant", "the revision 0", With(Valid.Grant, m => m.Terms.Revision = 0), "revision");
        yield return ("grant", "a phase of the whole interval", With(Valid.Grant, m => m.Terms.PhaseMs = 1_000), "phase_ms");
        yield return ("grant", "a negative phase", With(Valid.Grant, m => m.Terms.PhaseMs = -1), "phase_ms");
        yield return ("grant", "an end that is no date", With(Valid.Grant, m => m.Terms.ValidUntilUs = long.MaxValue), "valid_until_us");
        yield return ("grant", "a negative first slot", With(Valid.Grant, m => m.Terms.NotBeforeMs = -1), "not_before_ms");
        yield return ("granted", "no job", With(Valid.Granted, m => m.Job = ""), "job");
        yield return ("revoke", "no job", With(Valid.Revoke, m => m.Job = ""), "job");
        yield return ("revoke", "a negative epoch", With(Valid.Revoke, m => m.Epoch = -1), "epoch");
        yield return ("credit", "negative bytes", With(Valid.Credit, m => m.Bytes = -1), "bytes");
        yield return ("connected", "negative one-shots", With(Valid.Connected, m => m.OneShots = -1), "one_shots");
        yield return ("check-once", "no check", With(Valid.CheckOnce, m => m.Check = null), "check");
        yield return ("check-once", "the id 0", With(Valid.CheckOnce, m => m.Id = 0), "id");
        yield return ("check-once", "a negative epoch", With(Valid.CheckOnce, m => m.Epoch = -1), "epoch");
        yield return ("check-once", "a timeout longer than a day", With(Valid.CheckOnce, m => m.Check.TimeoutUs = 86_400_000_001), "timeout_us");
        yield return ("check-once", "no session_key", With(Valid.CheckOnce, m => m.SessionKey = ByteString.Empty), "session_key");
        yield return ("once-started", "the id 0", With(Valid.OnceStarted, m => m.Id = 0), "id");
        yield return ("once-ended", "no result", With(Valid.OnceEnded, m => m.Result = null), "result");
        yield return ("once-ended", "a negative id", With(Valid.OnceEnded, m => m.Id = -1), "id");
        yield return ("once-ended", "an unknown cause", With(Valid.OnceEnded, m => m.Result.Cause = 5), "cause");
        yield return ("cancel", "the id 0", With(Valid.Cancel, m => m.Id = 0), "id");
        yield return ("dropped", "the seq 0", With(Valid.Dropped, m => m.Seq = 0), "seq");
        yield return ("dropped", "a job name that is long", With(Valid.Dropped, m => m.Job = LongName), "job");
        yield return ("dropped", "a count of 0", With(Valid.Dropped, m => m.Count = 0), "count");
        yield return ("dropped", "a negative first slot", With(Valid.Dropped, m => m.FirstSlotMs = -1), "first_slot_ms");
        yield return ("dropped", "a last slot before the first", With(Valid.Dropped, m => m.LastSlotMs = 4), "last_slot_ms");
    }

    private static Func<IMessage> With<T>(Func<T> valid, Action<T> change)
        where T : IMessage
        => () =>
        {
            var message = valid();
            change(message);
            return message;
        };

    private static void Repeat(int times, Action<int> action)
    {
        for (var i = 0; i < times; i++)
            action(i);
    }

    /// <summary>Messages that are read without complaint.</summary>
    private static class Valid
    {
        private static readonly ByteString Id = ByteString.CopyFrom(new byte[16]);

        public static ConnectMessage Connect() => new() { Protocol = 1, ManagerId = Id, ManagerName = "m", Epoch = 1, ManagerNowUs = 1 };

        public static ConnectedMessage Connected() => new() { MonitorId = Id, OutboxId = Id, SessionKey = Id };

        public static CheckOnceMessage CheckOnce() => new() { SessionKey = Id, Epoch = 1, Id = 1, Check = Execute().Check };

        public static OnceStartedMessage OnceStarted() => new() { SessionKey = Id, Id = 1 };

        public static OnceEndedMessage OnceEnded() => new() { SessionKey = Id, Id = 1, Result = Completed() };

        public static CancelMessage Cancel() => new() { SessionKey = Id, Id = 1 };

        public static RefusedMessage Refused() => new() { Reason = 1 };

        public static HeartbeatMessage Heartbeat() => new() { SessionKey = Id, Sequence = 1 };

        public static ExecuteMessage Execute() => new() { SessionKey = Id, Check = new CheckMessage { Job = "j", TimeoutUs = 1 } };

        public static CompletedMessage Completed() => new()
        {
            SessionKey = Id,
            OutboxId = Id,
            Seq = 1,
            Job = "j",
            Outcome = 1,
            Measurements = { new MeasurementMessage { Name = "m" } },
            Attributes = { new AttributeMessage { Name = "a" } },
            Attempts = { new AttemptMessage { Outcome = 1 } },
        };

        public static AcknowledgeMessage Acknowledge() => new() { SessionKey = Id, OutboxId = Id, Ranges = { new SeqRangeMessage { First = 2, Last = 2 } } };

        public static GrantMessage Grant() => new()
        {
            SessionKey = Id,
            Terms = new GrantTermsMessage { Revision = 1, Check = new CheckMessage { Job = "j", TimeoutUs = 1, IntervalUs = 1_000_000 } },
        };

        public static GrantedMessage Granted() => new() { SessionKey = Id, Job = "j" };

        public static RevokeMessage Revoke() => new() { SessionKey = Id, Job = "j" };

        public static CreditMessage Credit() => new() { SessionKey = Id };

        public static DroppedMessage Dropped() => new() { SessionKey = Id, OutboxId = Id, Seq = 1, Job = "j", FirstSlotMs = 5, LastSlotMs = 5, Count = 1 };

        public static SettingMessage Setting(string value) => Setting([value], isList: false);

        public static SettingMessage Setting(string[] items, bool isList) => new() { IsList = isList, Items = { items } };
    }
}
