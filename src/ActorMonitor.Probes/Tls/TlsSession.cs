using System.Net.Security;

namespace ActorMonitor.Probes.Tls;

/// <summary>A connection whose handshake is done and whose certificate was accepted. Disposing it closes the stream below it too.</summary>
/// <param name="stream">What is said over it.</param>
/// <param name="facts">What was agreed on and shown.</param>
/// <param name="protocol">The application's protocol; the default when none was agreed on.</param>
/// <param name="expected">What the job expects of it.</param>
internal sealed class TlsSession(Stream stream, TlsFacts facts, SslApplicationProtocol protocol, TlsExpectations expected) : IDisposable
{
    public Stream Stream => stream;

    public TlsFacts Facts => facts;

    public SslApplicationProtocol Protocol => protocol;

    /// <summary>What the job expected and the session does not keep.</summary>
    public IEnumerable<Finding> Judge(ProbeRun run) => expected.Judge(facts, run.Environment.Time.GetUtcNow());

    public void Dispose() => stream.Dispose();
}
