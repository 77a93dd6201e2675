using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Shouldly;
using Xunit;

namespace ActorMonitor.Shell.Tests.Endpoint;

public sealed class TlsEndpointTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("pbm-tls-").FullName;

    private string Certificate => Path.Combine(_folder, "node.pem");

    private string Key => Path.Combine(_folder, "node.key");

    [Fact]
    public async Task Elsewhere_than_on_loopback_it_is_not_served_in_the_clear()
    {
        await using var node = new SampleNode(settings => settings with { Host = "0.0.0.0" });

        var failure = await Should.ThrowAsync<ShellEndpointException>(() => node.Endpoint.StartAsync(CancellationToken.None));

        failure.Message.ShouldBe("pbm is not served in the clear on 0.0.0.0, which is not loopback: set actor-monitor.pbm.tls { certificate, key }, or listen on 127.0.0.1.");
    }

    [Fact]
    public async Task With_a_certificate_it_is_served_elsewhere_and_a_renewed_one_is_taken_up()
    {
        Write("first.test");
        var time = new MovableTime();
        await using var node = new SampleNode(settings => settings with { Host = "0.0.0.0", Certificate = ServerCertificate.Read(Certificate, Key, time) });
        await node.Endpoint.StartAsync(CancellationToken.None);
        (await NameAsync(node)).ShouldBe("CN=first.test");

        Write("second.test");
        File.SetLastWriteTimeUtc(Certificate, DateTime.UnixEpoch);
        (await NameAsync(node)).ShouldBe("CN=first.test");
        time.Advance(ServerCertificate.LookEvery);

        (await NameAsync(node)).ShouldBe("CN=second.test");
    }

    [Fact]
    public async Task An_address_that_is_not_ours_is_named_with_its_setting()
    {
        Write("node.test");
        await using var node = new SampleNode(settings => settings with { Host = "192.0.2.1", Certificate = ServerCertificate.Read(Certificate, Key, TimeProvider.System) });

        var failure = await Should.ThrowAsync<ShellEndpointException>(() => node.Endpoint.StartAsync(CancellationToken.None));

        failure.Message.ShouldBe("pbm cannot listen on 192.0.2.1:0: it is no address of this machine. Set actor-monitor.pbm.host.");
    }

    [Fact]
    public async Task A_half_written_renewal_is_left_alone()
    {
        Write("first.test");
        var time = new MovableTime();
        await using var node = new SampleNode(settings => settings with { Certificate = ServerCertificate.Read(Certificate, Key, time) });
        await node.Endpoint.StartAsync(CancellationToken.None);

        await File.WriteAllTextAsync(Certificate, "-----BEGIN CERTIFICATE-----\nMIIB");
        time.Advance(ServerCertificate.LookEvery);

        (await NameAsync(node)).ShouldBe("CN=first.test");
    }

    [Fact]
    public void Files_that_cannot_be_used_are_named_with_their_setting()
        => Should.Throw<ShellEndpointException>(() => ServerCertificate.Read(Certificate, Key, TimeProvider.System))
            .Message.ShouldSatisfyAllConditions(
                message => message.ShouldStartWith($"pbm cannot use the certificate {Certificate} with the key {Key}: "),
                message => message.ShouldEndWith(" See actor-monitor.pbm.tls."));

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static async Task<string> NameAsync(SampleNode node)
    {
        var name = "";
        using var handler = new SocketsHttpHandler
        {
            SslOptions = new SslClientAuthenticationOptions
            {
                RemoteCertificateValidationCallback = (_, certificate, _, _) =>
                {
                    name = certificate!.Subject;
                    return certificate.Issuer == certificate.Subject;
                },
            },
        };
        using var http = new HttpClient(handler);
        using var request = new HttpRequestMessage(HttpMethod.Post, $"https://{node.Address}/pbm/v1") { Content = new StringContent("{\"line\":[\"ledger\"]}") };
        request.Headers.Add("X-Pbm", "1");
        (await (await http.SendAsync(request)).Content.ReadAsStringAsync()).ShouldEndWith("{\"kind\":\"end\",\"exit\":0}\n");
        return name;
    }

    private void Write(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256).CreateSelfSigned(DateTimeOffset.UnixEpoch, new DateTimeOffset(2100, 1, 1, 0, 0, 0, TimeSpan.Zero));
        File.WriteAllText(Key, key.ExportPkcs8PrivateKeyPem());
        File.WriteAllText(Certificate, certificate.ExportCertificatePem());
    }

    private sealed class MovableTime : TimeProvider
    {
        private long _timestamp;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Volatile.Read(ref _timestamp);

        public void Advance(TimeSpan by) => Interlocked.Add(ref _timestamp, by.Ticks);
    }
}
