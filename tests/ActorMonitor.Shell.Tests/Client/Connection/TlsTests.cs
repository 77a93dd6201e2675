using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Shouldly;
using Xunit;

namespace ActorMonitor.Shell.Tests.Client.Connection;

public sealed class TlsTests : IDisposable
{
    private const string Reply = "{\"kind\":\"text\",\"text\":\"fine\"}\n{\"kind\":\"end\",\"exit\":0}\n";

    private readonly string _folder = Directory.CreateTempSubdirectory("pbm-").FullName;

    [Fact]
    public async Task A_nodes_own_certificate_in_the_file_is_trusted()
    {
        using var own = Certificate("CN=node");
        await using var server = ScriptedServer.Tls(own, Reply);

        (await PbmAsync(server, own)).ShouldBe(new PbmRun(0, "fine\n", ""));
    }

    [Fact]
    public async Task So_is_one_signed_by_an_authority_in_the_file()
    {
        using var authority = Certificate("CN=authority", isAuthority: true);
        using var signed = Certificate("CN=node", signer: authority);
        await using var server = ScriptedServer.Tls(signed, Reply);

        (await PbmAsync(server, authority)).Exit.ShouldBe(0);
    }

    [Fact]
    public async Task And_one_that_is_itself_in_the_file_while_its_authority_is_not()
    {
        using var authority = Certificate("CN=authority", isAuthority: true);
        using var signed = Certificate("CN=node", signer: authority);
        await using var server = ScriptedServer.Tls(signed, Reply);

        (await PbmAsync(server, signed)).Exit.ShouldBe(0);
    }

    [Fact]
    public async Task An_unknown_authority_is_named_with_what_to_do()
    {
        using var own = Certificate("CN=node");
        await using var server = ScriptedServer.Tls(own, Reply);

        var run = await PbmRun.OfAsync([server.Address, "ledger", "--tls"]);

        run.ShouldBe(new PbmRun(
            3, "", $"pbm: {server.Address} cannot be trusted, and was sent nothing: its certificate is signed by CN=node, which this system does not know; name the PEM file of that authority, or of the certificate itself, with --ca-file.\n"));
        server.Requests.ShouldBeEmpty();
    }

    [Fact]
    public async Task Another_authority_than_the_files_is_not_trusted()
    {
        using var own = Certificate("CN=node");
        using var other = Certificate("CN=node");
        await using var server = ScriptedServer.Tls(own, Reply);

        var run = await PbmAsync(server, other);

        run.Exit.ShouldBe(3);
        run.Error.ShouldContain("its certificate is signed by CN=node, which is none of the authorities in ");
        server.Requests.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_certificate_for_another_name_is_not_trusted()
    {
        using var own = Certificate("CN=node", name: "node-1.example");
        await using var server = ScriptedServer.Tls(own, Reply);

        (await PbmAsync(server, own)).ShouldBe(
            new PbmRun(3, "", $"pbm: {server.Address} cannot be trusted, and was sent nothing: its certificate is for node-1.example, not for 127.0.0.1.\n"));
    }

    [Theory]
    [InlineData(-30, -1, "its certificate expired on ")]
    [InlineData(1, 30, "its certificate is not valid before ")]
    public async Task A_certificate_out_of_its_time_is_not_trusted(int fromDays, int toDays, string problem)
    {
        using var own = Certificate("CN=node", fromDays: fromDays, toDays: toDays);
        await using var server = ScriptedServer.Tls(own, Reply);

        var run = await PbmAsync(server, own);

        run.Exit.ShouldBe(3);
        run.Error.ShouldContain(problem);
    }

    [Fact]
    public async Task A_node_without_tls_is_told_from_one_that_cannot_be_trusted()
    {
        await using var server = ScriptedServer.Raw("HTTP/1.1 400 Bad Request\r\n\r\n");

        var run = await PbmRun.OfAsync([server.Address, "ledger", "--tls"]);

        run.ShouldBe(new PbmRun(3, "", $"pbm: No node at {server.Address}: what answers there does not speak TLS; try without --tls.\n"));
    }

    [Fact]
    public async Task A_node_with_tls_that_is_asked_without_is_hinted_at()
    {
        using var own = Certificate("CN=node");
        await using var server = ScriptedServer.Tls(own, Reply);

        var run = await PbmRun.OfAsync([server.Address, "ledger"]);

        run.Exit.ShouldBe(3);
        run.Error.ShouldEndWith("If it speaks TLS, add --tls.\n");
    }

    [Fact]
    public async Task A_file_without_a_certificate_is_exit_2()
    {
        var path = Path.Combine(_folder, "empty.pem");
        await File.WriteAllTextAsync(path, "nothing");

        (await PbmRun.OfAsync(["ledger", "--ca-file", path])).ShouldBe(new PbmRun(2, "", $"pbm: The file of authorities {path} has no PEM certificate.\n"));
        (await PbmRun.OfAsync(["ledger", "--ca-file", path + ".not"])).Error.ShouldStartWith($"pbm: The file of authorities {path}.not cannot be read: ");
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private async Task<PbmRun> PbmAsync(ScriptedServer server, X509Certificate2 trusted)
    {
        var file = Path.Combine(_folder, "trusted.pem");
        await File.WriteAllTextAsync(file, trusted.ExportCertificatePem());
        return await PbmRun.OfAsync([server.Address, "ledger", "--tls", "--ca-file", file]);
    }

    private static X509Certificate2 Certificate(string subject, X509Certificate2? signer = null, bool isAuthority = false, string name = "", int fromDays = -1, int toDays = 30)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(subject, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(isAuthority, hasPathLengthConstraint: false, 0, critical: true));
        if (!isAuthority)
        {
            var names = new SubjectAlternativeNameBuilder();
            if (name.Length > 0)
                names.AddDnsName(name);
            else
                names.AddIpAddress(IPAddress.Loopback);
            request.CertificateExtensions.Add(names.Build());
        }

        var now = TimeProvider.System.GetUtcNow();
        // An authority holds longer than what it signs.
        var more = isAuthority ? 1 : 0;
        var (from, to) = (now.AddDays(fromDays - more), now.AddDays(toDays + more));
        if (signer is null)
            return Usable(request.CreateSelfSigned(from, to));
        using var signed = request.Create(signer, from, to, RandomNumberGenerator.GetBytes(8));
        return Usable(signed.CopyWithPrivateKey(key));
    }

    // Windows' TLS wants a key that it has loaded itself.
    private static X509Certificate2 Usable(X509Certificate2 made)
    {
        using (made)
            return X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pkcs12), null, X509KeyStorageFlags.Exportable);
    }
}
