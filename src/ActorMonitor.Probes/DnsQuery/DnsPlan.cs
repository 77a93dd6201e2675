using ActorMonitor.Messages;
using ActorMonitor.Probes.Tls;

namespace ActorMonitor.Probes.DnsQuery;

/// <summary>How a job asks and what it expects, read once for all of its checks.</summary>
internal sealed record DnsPlan(string Job, DnsSettings Settings, DnsExpectations Expectations, TlsPlan? Tls, SettingMap ExpectationMap)
{
    /// <summary>The question in words.</summary>
    internal string QuestionText { get; } = Settings.Question.ToString();

    /// <summary>Reads a request.</summary>
    /// <exception cref="SettingException">A setting is not understood, or two contradict each other.</exception>
    internal static DnsPlan Read(ProbeRequest request)
    {
        var settings = DnsSettings.Read(request.Settings, request.Job);
        var tls = settings.Transport == DnsSettings.OverTls ? TlsPlan.Of(request) : null;
        if (tls is null && TlsExpectations.Of(request.Expectations).IsAny)
            throw new SettingException($"transport = {settings.Transport}: expected {DnsSettings.OverTls}, for there is an expectation of the certificate or of TLS");
        return new DnsPlan(request.Job, settings, DnsExpectations.Read(request.Expectations), tls, request.Expectations);
    }

    /// <summary>Whether a request with the same map of settings wants the same.</summary>
    internal bool IsFor(ProbeRequest request) => ReferenceEquals(ExpectationMap, request.Expectations) && Job == request.Job;

    /// <summary>The port to ask: DNS over TLS must not be spoken at the port of plain DNS (RFC 7858 section 3.1).</summary>
    internal int PortOf(ProbeRequest request) => Tls is not null && request.Port == DnsSettings.PlainPort ? DnsSettings.TlsPort : request.Port;
}
