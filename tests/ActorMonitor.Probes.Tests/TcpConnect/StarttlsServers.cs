using System.Text;

namespace ActorMonitor.Probes.Tests.TcpConnect;

/// <summary>The servers' side of each protocol's way into TLS, up to the handshake.</summary>
internal static class StarttlsServers
{
    // A greeting of version 10 with thread 1, eight bytes of scramble, a filler, and capabilities with SSL (0x0800) among them.
    private const string MysqlGreeting = "\u0013\u0000\u0000\u0000\u000a8\u0000\u0001\u0000\u0000\u0000abcdefgh\u0000\u0000\u000a\u0000";

    public static async Task GreetAsync(string protocol, ScriptedPeer peer, CancellationToken stop, string injected = "")
    {
        switch (protocol)
        {
            case "smtp":
                Expect(await peer.AskAsync("220-mail.example.com\r\n220 ESMTP\r\n", stop), "EHLO [127.0.0.1]\r\n");
                Expect(await peer.AskAsync("250-mail.example.com\r\n250-SIZE 1000\r\n250 starttls\r\n", stop), "STARTTLS\r\n");
                await peer.SendAsync("220 go ahead\r\n" + injected, stop);
                break;
            case "imap":
                Expect(await peer.AskAsync("* OK [CAPABILITY IMAP4rev1 STARTTLS] hello\r\n", stop), "a1 STARTTLS\r\n");
                await peer.SendAsync("* CAPABILITY IMAP4rev1\r\na1 OK begin\r\n" + injected, stop);
                break;
            case "pop3":
                Expect(await peer.AskAsync("+OK hello\r\n", stop), "STLS\r\n");
                await peer.SendAsync("+OK begin\r\n" + injected, stop);
                break;
            case "ftp":
                Expect(await peer.AskAsync("220-Welcome\r\n to the files\r\n220 ready\r\n", stop), "AUTH TLS\r\n");
                await peer.SendAsync("234 begin\r\n" + injected, stop);
                break;
            case "xmpp":
                await peer.ReadUntilAsync("version='1.0'>", stop);
                await peer.SendAsync("<?xml version='1.0'?><stream:stream from='chat.example.com'><stream:features><starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'><required/></starttls></stream:features>", stop);
                Expect(await peer.ReadUntilAsync("/>", stop), "<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>");
                await peer.SendAsync("<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>" + injected, stop);
                break;
            case "ldap":
                await peer.ReadUntilAsync("1.3.6.1.4.1.1466.20037", stop);
                await peer.SendAsync([0x30, 0x84, 0, 0, 0, 0x0c, 0x02, 0x01, 0x01, 0x78, 0x07, 0x0a, 0x01, 0x00, 0x04, 0x00, 0x04, 0x00, .. Encoding.ASCII.GetBytes(injected)], stop);
                break;
            case "postgres":
                await peer.Stream.ReadExactlyAsync(new byte[8], stop);
                await peer.SendAsync("S" + injected, stop);
                break;
            case "mysql":
                await peer.SendAsync(MysqlGreeting + injected, stop);
                var request = new byte[36];
                await peer.Stream.ReadExactlyAsync(request, stop);
                Expect(Convert.ToHexStringLower(request)[..16], "20000001" + Capabilities);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(protocol), protocol, "no such server");
        }
    }

    // CLIENT_SSL, CLIENT_PROTOCOL_41 and CLIENT_SECURE_CONNECTION, the least first.
    private const string Capabilities = "008a0000";

    private static void Expect(string said, string wanted)
    {
        if (said != wanted)
            throw new IOException($"the client said {said}, not {wanted}");
    }
}
