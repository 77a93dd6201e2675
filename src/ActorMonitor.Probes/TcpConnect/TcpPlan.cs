using System.Collections.Immutable;
using ActorMonitor.Messages;
using ActorMonitor.Probes.TcpConnect.Starttls;
using ActorMonitor.Probes.Tls;
using Set = ActorMonitor.Probes.TcpConnect.TcpSettings;

namespace ActorMonitor.Probes.TcpConnect;

/// <summary>A job's settings as its checks use them.</summary>
internal sealed record TcpPlan
{
    /// <summary>What is said and heard over the connection.</summary>
    public ImmutableArray<TcpStep> Steps { get; private init; } = [];

    /// <summary>How TLS is spoken; null when it is not.</summary>
    public TlsPlan? Tls { get; init; }

    /// <summary>Whether TLS is spoken from the start.</summary>
    public bool IsTlsFirst { get; private init; }

    /// <summary>The protocol's own way into TLS, before the steps.</summary>
    public StarttlsProtocol? Starttls { get; private init; }

    /// <summary>How a port has to be closed: <c>refused</c>, <c>silent</c> or <c>either</c>; null for one that is to be open.</summary>
    public string? Closed { get; private init; }

    public double? ConnectMilliseconds { get; private init; }

    public double? ResponseMilliseconds { get; private init; }

    /// <summary>Whether anything is done with the connection.</summary>
    public bool HasDialogue => !Steps.IsEmpty || Tls is not null;

    /// <summary>The plan of a job's checks.</summary>
    /// <exception cref="SettingException">A setting is not understood, or two contradict each other.</exception>
    public static TcpPlan Of(ProbeRequest request)
    {
        var (settings, expectations) = (request.Settings, request.Expectations);
        var steps = StepsOf(settings, expectations);
        var isTlsFirst = Set.Transport.Read(settings) == "tls";
        var starttls = Set.Starttls.Read(settings) is { } protocol ? StarttlsProtocols.Of(protocol) : null;
        var starts = (isTlsFirst ? 1 : 0) + (starttls is null ? 0 : 1) + steps.Count(step => step.Kind == TcpStepKind.Starttls);
        if (starts > 1)
            throw new SettingException("TLS starts twice; expected one of transport = tls, starttls and a step \"starttls\"");
        var tls = TlsPlan.Of(request);
        if (starts == 0 && tls.Expected.IsAny)
            throw new SettingException("something is expected of TLS, which is not spoken; expected transport = tls, starttls, or a step \"starttls\"");
        var closed = Set.Closed.Read(expectations);
        if (closed is not null && (starts > 0 || !steps.IsEmpty))
            throw new SettingException("closed is expected, and something to do with a connection is given; expected one of them");
        return new TcpPlan
        {
            Steps = steps,
            Tls = starts == 0 ? null : tls,
            IsTlsFirst = isTlsFirst,
            Starttls = starttls,
            Closed = closed,
            ConnectMilliseconds = Set.ConnectMs.Read(expectations),
            ResponseMilliseconds = Set.ResponseMs.Read(expectations),
        };
    }

    private static ImmutableArray<TcpStep> StepsOf(SettingMap settings, SettingMap expectations)
    {
        var texts = Set.Steps.Read(settings);
        var (banner, send, answer) = (Set.BannerContains.Read(expectations), Set.Send.Read(settings), Set.AnswerContains.Read(expectations));
        if (!texts.IsEmpty)
        {
            return (banner ?? send ?? answer) is null && TcpStep.TryParse(texts, out var steps)
                ? steps
                : throw new SettingException("steps and send, banner.contains or answer.contains are given; expected one of them");
        }

        var few = ImmutableArray.CreateBuilder<TcpStep>();
        if (banner is not null)
            few.Add(TcpStep.Literal(TcpStepKind.Expect, banner, "banner"));
        if (send is not null)
            few.Add(TcpStep.Literal(TcpStepKind.Send, send, expectation: null));
        if (answer is not null)
            few.Add(TcpStep.Literal(TcpStepKind.Expect, answer, "answer"));
        return few.ToImmutable();
    }
}
