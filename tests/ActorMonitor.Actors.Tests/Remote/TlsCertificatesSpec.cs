using System.Security.Cryptography.X509Certificates;
using System.Text;
using Akka.Actor;
using Akka.Configuration;
using Akka.Event;
using Shouldly;
using Xunit;

namespace ActorMonitor.Actors.Tests.Remote;

public sealed class TlsCertificatesSpec : IDisposable
{
    private readonly TestAuthority _authority = new();

    public void Dispose() => _authority.Dispose();

    [Fact]
    public async Task A_renewed_certificate_is_shown_to_new_connections()
    {
        await using var node = new RemoteNode("node", _authority.Settings(_authority.Issue("first"), "require-mutual-authentication = off"));
        using var before = await RawPeer.ConnectTlsAsync(node, certificate: null);

        _authority.Save(_authority.Issue("second"));
        using var after = await RawPeer.ConnectTlsAsync(node, certificate: null);

        before.Shown.ShouldBe("CN=first");
        after.Shown.ShouldBe("CN=second");
        await before.IntroduceAsync(node, own: RawPeer.OwnAddress(1));
        await TlsSpec.ShouldServe(node, before);
    }

    [Theory]
    [InlineData("garbage", "no PKCS #12 file")]
    [InlineData("another password", "certificate.password is not its password")]
    [InlineData("no file", "node.pfx")]
    public async Task A_broken_renewal_changes_nothing_and_is_warned_of_once(string what, string warning)
    {
        await using var node = new RemoteNode("node", "akka.loglevel = WARNING\n" + _authority.Settings(_authority.Issue("first"), "require-mutual-authentication = off"));
        node.Subscribe<Warning>();
        var path = Path.Combine(_authority.Folder, "node.pfx");

        if (what == "garbage")
            await File.WriteAllTextAsync(path, "half a fi");
        else if (what == "another password")
            await File.WriteAllBytesAsync(path, _authority.Issue("second").Export(X509ContentType.Pkcs12, "other"));
        else
            File.Delete(path);

        for (var i = 0; i < 3; i++)
        {
            using var peer = await RawPeer.ConnectTlsAsync(node, certificate: null);
            peer.Shown.ShouldBe("CN=first");
        }

        (await NextAboutFiles(node)).ShouldContain(warning);
        _authority.Save(_authority.Issue("third"));
        using var repaired = await RawPeer.ConnectTlsAsync(node, certificate: null);
        repaired.Shown.ShouldBe("CN=third");
        node.System.EventStream.Publish(new Warning(null, "test", typeof(TlsCertificatesSpec), "sentinel"));
        (await NextAboutFiles(node)).ShouldBe("sentinel");
    }

    [Fact]
    public async Task Another_authority_is_trusted_as_soon_as_its_file_is_there()
    {
        using var next = new TestAuthority("Next");
        await using var node = new RemoteNode("node", _authority.Settings());
        await Should.ThrowAsync<Exception>(async () =>
        {
            using var early = await RawPeer.ConnectTlsAsync(node, next.Issue());
            await early.IntroduceAsync(node);
        });

        await File.AppendAllTextAsync(_authority.RootPath, "\n" + await File.ReadAllTextAsync(next.RootPath));

        using var peer = await RawPeer.ConnectTlsAsync(node, next.Issue());
        await peer.IntroduceAsync(node);
        using var old = await RawPeer.ConnectTlsAsync(node, _authority.Issue());
        await old.IntroduceAsync(node, own: RawPeer.OwnAddress(2));
    }

    [Fact]
    public async Task A_certificate_of_an_intermediate_authority_comes_with_its_chain()
    {
        using var intermediate = _authority.Intermediate();
        await using var a = new RemoteNode("a", _authority.Settings());
        await using var b = new RemoteNode("b", _authority.SettingsOf(intermediate.SaveWithChain("b.pfx")));
        b.Echo();

        (await a.Select(b, "/user/echo").Ask<string>("hello", RemoteNode.Patience)).ShouldBe("hello");
    }

    [Fact]
    public async Task A_self_signed_certificate_is_trusted_by_its_own_file()
    {
        using var own = TestAuthority.SelfSigned();
        await File.WriteAllBytesAsync(_authority.RootPath, own.Export(X509ContentType.Cert));
        await using var a = new RemoteNode("a", _authority.Settings(own, name: "a.pfx"));
        await using var b = new RemoteNode("b", _authority.Settings(own, name: "b.pfx"));
        b.Echo();

        (await a.Select(b, "/user/echo").Ask<string>("hello", RemoteNode.Patience)).ShouldBe("hello");
    }

    [Fact]
    public async Task Without_files_of_its_own_the_roots_of_the_system_count()
    {
        await using var node = new RemoteNode("node", "akka.loglevel = WARNING\n" + _authority.Settings(more: "trusted-certificates = []"));
        node.Subscribe<Warning>();

        await Should.ThrowAsync<Exception>(async () =>
        {
            using var peer = await RawPeer.ConnectTlsAsync(node, _authority.Issue());
            await peer.IntroduceAsync(node);
        });

        (await node.NextAsync<Warning>()).Message.ToString()!.ShouldContain("is not trusted");
    }

    [StoreFact]
    public async Task A_certificate_of_a_store_is_found_by_its_thumbprint()
    {
        var name = "actor-monitor-spec-" + Guid.NewGuid().ToString("N")[..8];
        using var store = new X509Store(name, StoreLocation.CurrentUser);
        store.Open(OpenFlags.ReadWrite);
        using var certificate = _authority.Issue("stored");
        store.Add(certificate);
        try
        {
            var spaced = string.Join(' ', certificate.Thumbprint.ToLowerInvariant().Chunk(2).Select(pair => new string(pair)));
            await using var node = new RemoteNode("node", _authority.SettingsOf("", $"require-mutual-authentication = off, certificate {{ use-thumbprint-over-file = on, thumbprint = \"{spaced}\", store-name = \"{name}\" }}"));

            using var peer = await RawPeer.ConnectTlsAsync(node, certificate: null);

            peer.Shown.ShouldBe("CN=stored");
        }
        finally
        {
            store.Remove(certificate);
            Directory.Delete(Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".dotnet/corefx/cryptography/x509stores", name), recursive: true);
        }
    }

    [Fact]
    public void A_file_that_is_not_there_is_named() =>
        Error(_authority.SettingsOf("/nowhere/node.pfx")).ShouldMatch(@"ssl\.certificate\.path = ""/nowhere/node\.pfx"": Could not find");

    [Fact]
    public void A_wrong_password_is_named() =>
        Error(_authority.SettingsOf(_authority.Save(_authority.Issue()), password: "wrong")).ShouldContain("certificate.password is not its password");

    [Fact]
    public void A_file_that_is_no_bundle_is_named()
    {
        var path = Path.Combine(_authority.Folder, "text.pfx");
        File.WriteAllBytes(path, Encoding.ASCII.GetBytes("hello"));

        Error(_authority.SettingsOf(path)).ShouldContain("text.pfx\": it is no PKCS #12 file");
    }

    [Theory]
    [InlineData(X509ContentType.Cert)]
    [InlineData(X509ContentType.Pkcs12)]
    public void A_certificate_without_its_key_is_named(X509ContentType type)
    {
        var path = Path.Combine(_authority.Folder, "bare");
        using var bare = X509CertificateLoader.LoadCertificate(_authority.Issue().Export(X509ContentType.Cert));
        File.WriteAllBytes(path, bare.Export(type));

        Error(_authority.SettingsOf(path, password: "")).ShouldContain("bare\": there is no private key with it");
    }

    [Fact]
    public void A_root_that_is_not_there_or_none_is_named()
    {
        File.WriteAllText(_authority.RootPath, "no certificate");
        Error(_authority.Settings()).ShouldContain("root.pem\": it holds no certificate");

        File.Delete(_authority.RootPath);
        Error(_authority.Settings()).ShouldContain("trusted-certificates = ");
    }

    [Theory]
    [InlineData("certificate.flags = [often]", "certificate.flags has 'often'")]
    [InlineData("certificate.store-location = moon", "certificate.store-location = 'moon'")]
    [InlineData("certificate { use-thumbprint-over-file = on }", "certificate.thumbprint is missing")]
    [InlineData("certificate { use-thumbprint-over-file = on, thumbprint = 00ff, store-name = none-such }", "certificate.thumbprint = \"00ff\" in the store none-such")]
    public void A_key_that_cannot_be_honoured_is_named(string setting, string message) =>
        Error(_authority.Settings(more: setting)).ShouldContain(message);

    [Fact]
    public async Task The_flags_of_Akka_are_known()
    {
        await using var node = new RemoteNode("node", _authority.Settings(more: "certificate.flags = [default-key-set, exportable, user-key-set]"));

        node.Remoting.Settings.Tls!.Flags.ShouldBe(X509KeyStorageFlags.Exportable | X509KeyStorageFlags.UserKeySet);
    }

    private static string Error(string settings) => Should.Throw<ConfigurationException>(() => new RemoteNode("node", settings)).Message;

    private static async Task<string> NextAboutFiles(RemoteNode node)
    {
        while (true)
        {
            // That the peers of before were gone without a Hello is another matter.
            var text = (await node.NextAsync<Warning>()).Message.ToString()!;
            if (!text.StartsWith("Refused a connection", StringComparison.Ordinal))
                return text;
        }
    }

    private sealed class StoreFactAttribute : FactAttribute
    {
        public StoreFactAttribute()
        {
            if (!OperatingSystem.IsLinux())
                Skip = "Only Linux keeps a store of any name in a folder that can be taken away again.";
        }
    }
}
