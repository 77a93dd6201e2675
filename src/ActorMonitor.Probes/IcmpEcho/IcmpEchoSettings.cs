using ActorMonitor.Messages;
using ActorMonitor.Probes.Icmp;
using ActorMonitor.Probes.Targets;

namespace ActorMonitor.Probes.IcmpEcho;

/// <summary>The settings and expectations of <c>ping</c>.</summary>
internal static class IcmpEchoSettings
{
    public static readonly Setting<int> Count = Setting.Integer("count", 1, 1, 100, "How many echoes a check sends.");
    public static readonly Setting<TimeSpan?> Gap = Setting.OptionalDuration("gap", ShortestGap, LongestGap, "The time from echo to echo; 200ms when left out.");
    public static readonly Setting<TimeSpan?> Interval = Setting.OptionalDuration("interval", ShortestGap, LongestGap, "The former name of gap, which goes before it.");
    public static readonly Setting<TimeSpan?> Wait = Setting.OptionalDuration("wait", TimeSpan.FromMilliseconds(1), TimeSpan.FromMinutes(1), "How long each echo is waited for: a later reply counts as lost, and as late. When left out, until the job's timeout.");
    public static readonly Setting<int> Size = Setting.Integer("size", 56, EchoPayload.MinimumBytes, EchoPlan.MaximumBytes, "The payload of an echo, in bytes.");
    public static readonly Setting<bool> DontFragment = Setting.Flag("dontFragment", false, "Forbid fragments, so that an echo larger than the path's MTU fails.");

    public static readonly Setting<double?> LossPercent = Setting.OptionalNumber("lossPercent", 0, 100, "The greatest share of echoes without a reply, in percent; a greater one makes it Degraded.");
    public static readonly Setting<double?> RttMs = Time("rttMs", "The longest mean round trip in milliseconds; a longer one makes it Degraded.");
    public static readonly Setting<double?> RttMaxMs = Time("rttMaxMs", "The longest round trip of any echo in milliseconds; a longer one makes it Degraded.");
    public static readonly Setting<double?> RttP95Ms = Time("rttP95Ms", "The longest round trip in milliseconds that 95% of the replies keep (nearest rank: of fewer than 20, all); a longer one makes it Degraded.");
    public static readonly Setting<double?> JitterMs = Time("jitterMs", "The greatest mean difference of consecutive round trips in milliseconds; a greater one makes it Degraded.");
    public static readonly Setting<int?> Reordered = Setting.OptionalInteger("reordered", 0, 100, "How many replies may come in another order than that of sending (RFC 4737); more make it Degraded.");
    public static readonly Setting<int?> Duplicates = Setting.OptionalInteger("duplicates", 0, 10_000, "How many replies may come twice; more make it Degraded. The check listens for them one gap longer.");
    public static readonly Setting<int?> ReplyTtl = Setting.OptionalInteger("replyTtl", 1, 255, "The hop limit that every reply must arrive with; another makes it Degraded: the way back is another one, or another host answers.");
    public static readonly Setting<int?> ReplyTtlMin = Setting.OptionalInteger("replyTtlMin", 1, 255, "The least hop limit that every reply must arrive with; less makes it Degraded.");

    /// <summary>The service.</summary>
    public static ServiceDefinition Definition { get; } = new(
        "ping",
        "Sends ICMP echo requests and measures round trips, their variation, loss, reordering and repetition.",
        DefaultPort: null,
        [Count, Gap, Interval, Wait, Size, SocketSettings.TtlSetting, DontFragment, .. SocketSettings.All, .. TargetResolver.Settings],
        [LossPercent, RttMs, RttMaxMs, RttP95Ms, JitterMs, Reordered, Duplicates, ReplyTtl, ReplyTtlMin])
    {
        Aliases = ["icmp"],
        Examples = IcmpEchoExamples.All,
    };

    private static TimeSpan ShortestGap => TimeSpan.FromMilliseconds(1);

    private static TimeSpan LongestGap => TimeSpan.FromMinutes(1);

    private static TimeSpan UsualGap => TimeSpan.FromMilliseconds(200);

    /// <summary>What a check is to send.</summary>
    /// <exception cref="SettingException">The echoes do not fit into the timeout.</exception>
    public static EchoPlan Plan(ProbeRequest request, System.Net.IPAddress target, TimeSpan atMost)
    {
        var settings = request.Settings;
        var (count, gap, size) = (Count.Read(settings), Gap.Read(settings) ?? Interval.Read(settings) ?? UsualGap, Size.Read(settings));
        var common = SocketSettings.Read(settings);
        return new EchoPlan(target, count, gap, size)
        {
            AtMost = atMost,
            Wait = Wait.Read(settings),
            Linger = Duplicates.Read(request.Expectations) is null ? TimeSpan.Zero : gap,
            Ttl = common.Ttl,
            DontFragment = DontFragment.Read(settings),
            Dscp = common.Dscp,
            Source = common.Source,
        };
    }

    /// <summary>Refuses what cannot be sent in time.</summary>
    /// <exception cref="SettingException">The echoes do not fit into the timeout.</exception>
    public static void Check(ProbeRequest request)
    {
        var (count, gap) = (Count.Read(request.Settings), Gap.Read(request.Settings) ?? Interval.Read(request.Settings) ?? UsualGap);
        if (gap * (count - 1) >= request.Timeout)
            throw new SettingException($"{count} echoes, one each {DurationText.Print(gap)}, do not fit into the timeout of {DurationText.Print(request.Timeout)}");
    }

    private static Setting<double?> Time(string name, string description) => Setting.OptionalNumber(name, 0.001, 600_000, description);
}
