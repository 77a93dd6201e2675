using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using ActorMonitor.LoopbackTargets;
using ActorMonitor.Messages;
using ActorMonitor.Probes.DnsQuery;
using Shouldly;
using Xunit;

namespace ActorMonitor.Probes.Tests.DnsQuery;

public class DnsProbeTests
{
    private static readonly SettingMap AskWww = ProbeSetup.Map(("query", "www.example"));

    [Fact]
    public async Task An_answer_is_reported_with_its_records_rcode_and_flags()
    {
        await using var server = ScriptedUdpServer.Start((self, query, client) => self.SendAsync(
            DnsBytes.Answer(query, [DnsBytes.Address(192, 0, 2, 1), DnsBytes.Address(192, 0, 2, 2)], flags: 0x8580), client));

        var result = await ProbeAsync(server.Port);

        result.ShouldSatisfyAllConditions(
            () => (result.Outcome, result.Cause).ShouldBe((Outcome.Up, Cause.None)),
            () => result.Message.ShouldEndWith(" ms, www.example. A 192.0.2.1, 192.0.2.2"),
            () => result.ResolvedAddress.ShouldBe("127.0.0.1"),
            () => result.Attribute("dns.question").ShouldBe("www.example. A"),
            () => result.Attribute("dns.rcode").ShouldBe("NOERROR"),
            () => result.Attribute("dns.flags").ShouldBe("aa rd ra"),
            () => result.Attribute("dns.transport").ShouldBe("udp"),
            () => result.Attributes.Where(a => a.Name == "dns.answer").Select(a => a.Value).ShouldBe(["www.example. 300 IN A 192.0.2.1", "www.example. 300 IN A 192.0.2.2"]),
            () => result.Measured("dns.ttl", 1).ShouldBe(300),
            () => result.Measured("dns.answers").ShouldBe(2),
            () => result.Elapsed.ShouldBeGreaterThan(TimeSpan.Zero));
    }

    [IPv6Fact]
    public async Task A_server_is_asked_over_IPv6()
    {
        await using var server = ScriptedUdpServer.Start((self, query, client) => self.SendAsync(DnsBytes.Answer(query, [DnsBytes.Address(192, 0, 2, 1)]), client), IPAddress.IPv6Loopback);

        var result = await ProbeAsync(server.Port, host: "::1");

        (result.Outcome, result.ResolvedAddress).ShouldBe((Outcome.Up, "::1"));
    }

    [Theory]
    [InlineData(0x8183, Cause.Nxdomain, "NXDOMAIN")]
    [InlineData(0x8180, Cause.DnsNoData, "NOERROR")]
    [InlineData(0x8182, Cause.DnsRcode, "SERVFAIL")]
    [InlineData(0x8185, Cause.DnsRcode, "REFUSED")]
    [InlineData(0x818F, Cause.DnsRcode, "RCODE15")]
    public async Task An_answer_without_records_is_Down_by_its_rcode(int flags, Cause cause, string rcode)
    {
        await using var server = ScriptedUdpServer.Start((self, query, client) => self.SendAsync(DnsBytes.Answer(query, [], flags), client));

        var result = await ProbeAsync(server.Port);

        (result.Outcome, result.Cause, result.Attribute("dns.rcode")).ShouldBe((Outcome.Down, cause, rcode));
    }

    [Theory]
    [InlineData("udp")]
    [InlineData("tcp")]
    public async Task A_closed_port_is_a_refusal(string transport)
    {
        using var closed = ProbeSetup.ClosedPort(out var port);

        var result = await ProbeAsync(port, AskWww.With("transport", transport));

        (result.Outcome, result.Cause).ShouldBe((Outcome.Down, Cause.Refused));
    }

    [Fact]
    public async Task Silence_is_a_timeout()
    {
        var time = new ManualTime();
        await using var server = ScriptedUdpServer.Start((_, _, _) =>
        {
            time.Advance(ProbeSetup.LongTimeout);
            return Task.CompletedTask;
        });

        var result = await ProbeAsync(server.Port, time: time);

        (result.Outcome, result.Cause).ShouldBe((Outcome.Down, Cause.Timeout));
        result.Message.ShouldBe($"timed out after 30s while waiting for the answer of 127.0.0.1:{server.Port} over UDP");
    }

    [Fact]
    public async Task A_question_without_an_answer_is_sent_once_more_at_half_the_timeout()
    {
        var time = new ManualTime();
        var queries = new List<byte[]>();
        await using var server = ScriptedUdpServer.Start(async (self, query, client) =>
        {
            queries.Add(query);
            if (queries.Count == 1)
                time.Advance(ProbeSetup.LongTimeout / 2);
            else
                await self.SendAsync(DnsBytes.Answer(query, [DnsBytes.Address(192, 0, 2, 1)]), client);
        });

        var result = await ProbeAsync(server.Port, time: time);

        (result.Outcome, result.Attribute("sent"), result.Elapsed).ShouldBe((Outcome.Up, "2", ProbeSetup.LongTimeout / 2));
        queries[1].ShouldBe(queries[0]);
    }

    [Fact]
    public async Task A_late_answer_to_the_first_sending_is_taken()
    {
        var time = new ManualTime();
        byte[]? first = null;
        await using var server = ScriptedUdpServer.Start(async (self, query, client) =>
        {
            if (first is null)
                time.Advance(ProbeSetup.LongTimeout / 2);
            else
                await self.SendAsync(DnsBytes.Answer(first, [DnsBytes.Address(192, 0, 2, 1)]), client);
            first ??= query;
        });

        (await ProbeAsync(server.Port, time: time)).Outcome.ShouldBe(Outcome.Up);
    }

    [Fact]
    public async Task Without_retransmit_the_question_is_sent_once()
    {
        var time = new ManualTime();
        var queries = 0;
        await using var server = ScriptedUdpServer.Start((_, _, _) =>
        {
            queries++;
            time.Advance(ProbeSetup.LongTimeout / 2);
            time.Advance(ProbeSetup.LongTimeout / 2);
            return Task.CompletedTask;
        });

        var result = await ProbeAsync(server.Port, AskWww.With("retransmit", "false"), time: time);

        (result.Cause, queries, result.Attribute("sent")).ShouldBe((Cause.Timeout, 1, null));
    }

    public static TheoryData<string, Func<byte[], byte[]>> Strangers() => new()
    {
        { "another id", query => Flipped(DnsBytes.Answer(query, [DnsBytes.Address(203, 0, 113, 9)]), 0) },
        { "another name", query => Flipped(DnsBytes.Answer(query, [DnsBytes.Address(203, 0, 113, 9)]), 13) },
        { "another type", query => DnsBytes.Answer([.. query[..2], .. DnsBytes.Query("www.example", 28)[2..]], []) },
        { "no question", query => [.. query[..2], 0x81, 0x80, 0, 0, 0, 0, 0, 0, 0, 0] },
        { "garbage", _ => [1, 2, 3] },
        { "nothing", _ => [] },
    };

    [Theory]
    [MemberData(nameof(Strangers))]
    public async Task What_is_no_answer_to_the_question_is_ignored_and_counted(string what, Func<byte[], byte[]> stranger)
    {
        await using var server = ScriptedUdpServer.Start(async (self, query, client) =>
        {
            await self.SendAsync(stranger(query), client);
            await self.SendAsync(stranger(query), client);
            await self.SendAsync(DnsBytes.Answer(query, [DnsBytes.Address(192, 0, 2, 1)]), client);
        });

        var result = await ProbeAsync(server.Port);

        result.Outcome.ShouldBe(Outcome.Up, what);
        result.Attribute("ignored").ShouldBe("2");
        result.Attribute("dns.answer").ShouldBe("www.example. 300 IN A 192.0.2.1");
    }

    [Fact]
    public async Task An_answer_from_another_port_is_not_taken_but_told()
    {
        var time = new ManualTime();
        using var stranger = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        await using var server = ScriptedUdpServer.Start(async (self, query, client) =>
        {
            await stranger.SendToAsync(DnsBytes.Answer(query, [DnsBytes.Address(203, 0, 113, 9)]), client);
            await self.SendAsync(DnsBytes.Answer(query, [DnsBytes.Address(192, 0, 2, 1)]), client);
        });

        var result = await ProbeAsync(server.Port, time: time);

        result.Attribute("dns.answer").ShouldBe("www.example. 300 IN A 192.0.2.1");
        if (OperatingSystem.IsLinux())
            (result.Attribute("ignored"), result.Attribute("dns.other_sender")).ShouldBe(("1", $"127.0.0.1:{((IPEndPoint)stranger.LocalEndPoint!).Port}"));
    }

    [Fact]
    public async Task A_check_says_how_long_it_waited_and_how_much_it_got()
    {
        await using var server = ScriptedUdpServer.Start((self, query, client)
            => self.SendAsync(DnsBytes.Answer(query, [DnsBytes.Address(192, 0, 2, 1)], authorities: [DnsBytes.Record(DnsBytes.Asked, 2, DnsBytes.Name("ns.example"))], additionals: [DnsBytes.Option()]), client));

        var result = await ProbeAsync(server.Port);

        result.Measured("wait").ShouldBe(result.Elapsed.TotalMilliseconds);
        result.Measured("dns.bytes").ShouldBe(12 + 17 + 16 + 24 + 11);
        (result.Attribute("dns.edns"), result.Attribute("dns.authority")).ShouldBe(("version 0, 1232 bytes", "www.example. 300 IN NS ns.example."));
    }

    [Fact]
    public async Task An_answer_that_comes_late_degrades()
    {
        var time = new ManualTime();
        await using var server = ScriptedUdpServer.Start(async (self, query, client) =>
        {
            time.Advance(TimeSpan.FromMilliseconds(101));
            await self.SendAsync(DnsBytes.Answer(query, [DnsBytes.Address(192, 0, 2, 1)]), client);
        });

        var late = await ProbeAsync(server.Port, expect: ProbeSetup.Map(("responseMs", "100")), time: time);
        var soon = await ProbeAsync(server.Port, expect: ProbeSetup.Map(("responseMs", "102")), time: time);

        (late.Outcome, late.Cause, late.Message).ShouldBe((Outcome.Degraded, Cause.ExpectationFailed, "the answer took 101.000 ms, more than 100 ms"));
        soon.Outcome.ShouldBe(Outcome.Up);
    }

    [Fact]
    public async Task A_truncated_answer_whose_TCP_port_is_closed_is_refused()
    {
        var (closed, udp) = await PairAsync(
            () =>
            {
                // Bound and not listening, it refuses.
                var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
                return socket;
            },
            socket => ((IPEndPoint)socket.LocalEndPoint!).Port,
            socket =>
            {
                socket.Dispose();
                return ValueTask.CompletedTask;
            });
        using (closed)
        {
            await using (udp)
            {
                var result = await ProbeAsync(udp.Port);

                (result.Outcome, result.Cause, result.Attribute("dns.transport")).ShouldBe((Outcome.Down, Cause.Refused, "tcp"));
            }
        }
    }

    [Fact]
    public async Task From_a_source_of_its_own_a_check_has_a_socket_of_its_own()
    {
        await using var server = ScriptedUdpServer.Start((self, query, client) => self.SendAsync(DnsBytes.Answer(query, [DnsBytes.Address(192, 0, 2, 1)]), client));
        using var environment = ProbeSetup.Environment();

        var result = await new DnsProbe(environment).ProbeAsync(ProbeSetup.Request("127.0.0.1", server.Port, AskWww.With("source", "127.0.0.1").With("dscp", "46")), CancellationToken.None);

        result.Outcome.ShouldBe(Outcome.Up, result.Message);
        environment.Dns.Ports(AddressFamily.InterNetwork).ShouldBeEmpty();
    }

    [Fact]
    public async Task An_expectation_of_a_certificate_needs_TLS()
        => (await ProbeAsync(9, expect: ProbeSetup.Map(("certificateDays", "7")))).Cause.ShouldBe(Cause.BadSettings);

    public static TheoryData<string, Func<byte[], byte[]>> Malformed() => new()
    {
        { "cut", query => DnsBytes.Answer(query, [DnsBytes.Address(192, 0, 2, 1)])[..^2] },
        { "a loop of pointers", query => DnsBytes.Answer(query, [DnsBytes.Record([0xC0, 29], 1, [192, 0, 2, 1])]) },
        { "more records than bytes", query => Flipped(DnsBytes.Answer(query, []), 6) },
        { "a query", query => query },
        { "another opcode", query => DnsBytes.Answer(query, [], flags: 0xA180) },
    };

    [Theory]
    [MemberData(nameof(Malformed))]
    public async Task An_answer_with_our_id_that_breaks_the_protocol_is_a_protocol_error(string what, Func<byte[], byte[]> malformed)
    {
        await using var server = ScriptedUdpServer.Start((self, query, client) => self.SendAsync(malformed(query), client));

        var result = await ProbeAsync(server.Port);

        (result.Outcome, result.Cause).ShouldBe((Outcome.Down, Cause.ProtocolError), what);
        result.Message.ShouldStartWith($"127.0.0.1:{server.Port} answered, but ");
    }

    [Fact]
    public async Task A_header_alone_can_refuse_the_query()
    {
        await using var server = ScriptedUdpServer.Start((self, query, client) => self.SendAsync([.. query[..2], 0x81, 0x85, 0, 0, 0, 0, 0, 0, 0, 0], client));

        (await ProbeAsync(server.Port)).Cause.ShouldBe(Cause.DnsRcode);
    }

    [Theory]
    [InlineData(1232, Cause.None)]
    [InlineData(1233, Cause.Oversize)]
    [InlineData(60_000, Cause.Oversize)]
    public async Task An_answer_larger_than_the_payload_size_is_oversize(int length, Cause cause)
    {
        await using var server = ScriptedUdpServer.Start((self, query, client) => self.SendAsync(Padded(query, length), client));

        (await ProbeAsync(server.Port)).Cause.ShouldBe(cause);
    }

    [Fact]
    public async Task A_truncated_answer_is_asked_for_again_over_TCP()
    {
        var (tcp, udp) = await PairAsync(
            () => ScriptedTcpServer.Start(async (peer, stop) => await SendFramedAsync(peer, Padded(await ReadFramedAsync(peer, stop), 40_000), stop)),
            server => server.Port,
            server => server.DisposeAsync());
        await using var both = tcp;
        await using var truncating = udp;

        var result = await ProbeAsync(tcp.Port);

        (result.Outcome, result.Attribute("dns.transport")).ShouldBe((Outcome.Up, "tcp"));
        result.Measured("connect", 1).ShouldNotBeNull();
        udp.Queries.ShouldBe(1);
    }

    [Fact]
    public async Task Over_UDP_only_a_truncated_answer_is_oversize_unless_it_is_expected()
    {
        await using var server = ScriptedUdpServer.Start((self, query, client) => self.SendAsync(DnsBytes.Answer(query, [DnsBytes.Address(192, 0, 2, 1)], flags: 0x8380), client));

        (await ProbeAsync(server.Port, AskWww.With("transport", "udp"))).Cause.ShouldBe(Cause.Oversize);
        (await ProbeAsync(server.Port, AskWww.With("transport", "udp"), SettingMap.Empty.WithList("flags", "tc"))).Outcome.ShouldBe(Outcome.Up);
    }

    [Fact]
    public async Task Over_TCP_an_answer_may_come_in_pieces_behind_another_s()
    {
        await using var server = ScriptedTcpServer.Start(async (peer, stop) =>
        {
            var query = await ReadFramedAsync(peer, stop);
            await SendFramedAsync(peer, Flipped(DnsBytes.Answer(query, []), 0), stop);
            var answer = DnsBytes.Answer(query, [DnsBytes.Address(192, 0, 2, 1)]);
            foreach (var b in (byte[])[.. DnsBytes.Number(answer.Length), .. answer])
                await peer.SendAsync([b], stop);
        });

        var result = await ProbeAsync(server.Port, AskWww.With("transport", "tcp"));

        (result.Outcome, result.Attribute("ignored")).ShouldBe((Outcome.Up, "1"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("00")]
    [InlineData("00FF1234")]
    public async Task Over_TCP_an_answer_that_ends_early_is_a_closed_connection(string sent)
    {
        await using var server = ScriptedTcpServer.Start(async (peer, stop) =>
        {
            await ReadFramedAsync(peer, stop);
            await peer.SendAsync(Convert.FromHexString(sent), stop);
        });

        (await ProbeAsync(server.Port, AskWww.With("transport", "tcp"))).Cause.ShouldBe(Cause.ConnectionClosed);
    }

    [Fact]
    public async Task Over_TCP_a_reset_is_a_reset()
    {
        await using var server = ScriptedTcpServer.Start(async (peer, stop) =>
        {
            await ReadFramedAsync(peer, stop);
            peer.Reset();
        });

        (await ProbeAsync(server.Port, AskWww.With("transport", "tcp"))).Cause.ShouldBe(Cause.ConnectionReset);
    }

    [Fact]
    public async Task Over_TCP_silence_is_a_timeout()
    {
        var time = new ManualTime();
        await using var server = ScriptedTcpServer.Start(async (peer, stop) =>
        {
            await ReadFramedAsync(peer, stop);
            time.Advance(ProbeSetup.LongTimeout);
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, stop);
        });

        (await ProbeAsync(server.Port, AskWww.With("transport", "tcp"), time: time)).Cause.ShouldBe(Cause.Timeout);
    }

    [Theory]
    [InlineData("udp", 0x8181)]
    [InlineData("udp", 0x8184)]
    [InlineData("tcp", 0x8181)]
    public async Task A_server_from_before_EDNS_is_asked_without(string transport, int refusal)
    {
        byte[] Reply(byte[] query) => query[11] == 1 ? DnsBytes.Answer(query, [], refusal) : DnsBytes.Answer(query, [DnsBytes.Address(192, 0, 2, 1)]);
        await using var udp = ScriptedUdpServer.Start((self, query, client) => self.SendAsync(Reply(query), client));
        await using var tcp = ScriptedTcpServer.Start(async (peer, stop) => await SendFramedAsync(peer, Reply(await ReadFramedAsync(peer, stop)), stop));

        var result = await ProbeAsync(transport == "udp" ? udp.Port : tcp.Port, AskWww.With("transport", transport));

        (result.Outcome, result.Attribute("dns.edns")).ShouldBe((Outcome.Up, "refused"));
    }

    [Fact]
    public async Task A_server_that_refuses_EDNS_fails_a_check_for_DNSSEC()
    {
        await using var server = ScriptedUdpServer.Start((self, query, client) => self.SendAsync(DnsBytes.Answer(query, [], 0x8181), client));

        (await ProbeAsync(server.Port, AskWww.With("dnssec", "true"))).Cause.ShouldBe(Cause.DnsRcode);
    }

    [Fact]
    public async Task Settings_of_another_version_are_bad_settings()
    {
        var result = await ProbeAsync(9, ProbeSetup.Map(("transport", "quic")));

        (result.Outcome, result.Cause).ShouldBe((Outcome.Unknown, Cause.BadSettings));
    }

    [Fact]
    public async Task The_caller_s_cancellation_leaves_as_an_exception()
    {
        using var cancel = new CancellationTokenSource();
        await using var server = ScriptedUdpServer.Start((_, _, _) => cancel.CancelAsync());

        await Should.ThrowAsync<OperationCanceledException>(() => ProbeAsync(server.Port, cancellationToken: cancel.Token));
    }

    [Theory]
    [InlineData("www.loopback.test", "A", "127.0.0.1")]
    [InlineData("www.loopback.test", "AAAA", "::1")]
    [InlineData("alias.loopback.test", "A", "127.0.0.1")]
    [InlineData("alias.loopback.test", "CNAME", "www.loopback.test")]
    [InlineData("loopback.test", "MX", "10 mail.loopback.test")]
    [InlineData("loopback.test", "TXT", "v=spf1 -all")]
    [InlineData("loopback.test", "NS", "ns.loopback.test")]
    [InlineData("loopback.test", "SOA", "ns.loopback.test. hostmaster.loopback.test. 1 3600 600 86400 60")]
    [InlineData("loopback.test", "CAA", "0 issue \"ca.loopback.test\"")]
    [InlineData("_http._tcp.loopback.test", "SRV", "0 5 80 www.loopback.test")]
    [InlineData("127.0.0.1", "PTR", "www.loopback.test")]
    [InlineData("::1", "PTR", "www.loopback.test")]
    public async Task The_loopback_server_answers_every_type(string query, string type, string expected)
    {
        await using var servers = await LoopbackServers.StartAsync(null, default);

        foreach (var transport in new[] { "udp", "tcp" })
        {
            var result = await ProbeAsync(
                servers.Dns.Port, ProbeSetup.Map(("query", query), ("type", type), ("transport", transport)), SettingMap.Empty.WithList("answer", expected).WithList("flags", "aa"));

            result.Outcome.ShouldBe(Outcome.Up, result.Message);
        }
    }

    [Fact]
    public async Task The_loopback_server_s_big_answer_comes_over_TCP()
    {
        await using var servers = await LoopbackServers.StartAsync(null, default);

        var big = await ProbeAsync(servers.Dns.Port, ProbeSetup.Map(("query", "big.loopback.test"), ("type", "TXT")));
        var root = await ProbeAsync(servers.Dns.Port, SettingMap.Empty);
        var none = await ProbeAsync(servers.Dns.Port, ProbeSetup.Map(("query", "none.loopback.test")));

        (big.Outcome, big.Attribute("dns.transport")).ShouldBe((Outcome.Up, "tcp"));
        root.Attribute("dns.question").ShouldBe(". NS");
        root.Outcome.ShouldBe(Outcome.Up);
        none.Cause.ShouldBe(Cause.Nxdomain);
    }

    internal static async Task<ProbeResult> ProbeAsync(
        int port,
        SettingMap? settings = null,
        SettingMap? expect = null,
        string host = "127.0.0.1",
        TimeProvider? time = null,
        CancellationToken cancellationToken = default,
        params (string Host, string[] Addresses)[] names)
    {
        using var environment = ProbeSetup.Environment(time, null, names);
        return await new DnsProbe(environment).ProbeAsync(ProbeSetup.Request(host, port, settings ?? AskWww, expect), cancellationToken);
    }

    /// <summary>An answer of a given length: an address and texts.</summary>
    private static byte[] Padded(byte[] query, int length)
    {
        var address = DnsBytes.Address(192, 0, 2, 1);
        var bare = DnsBytes.Answer(query, [address, DnsBytes.Record(DnsBytes.Asked, 65_280, [])]).Length;
        return DnsBytes.Answer(query, [address, DnsBytes.Record(DnsBytes.Asked, 65_280, new byte[length - bare])]);
    }

    /// <summary>Something at a free TCP port, and a server at the same port of UDP that truncates.</summary>
    private static async Task<(T Tcp, TruncatingServer Udp)> PairAsync<T>(Func<T> start, Func<T, int> portOf, Func<T, ValueTask> end)
    {
        while (true)
        {
            var tcp = start();
            try
            {
                return (tcp, TruncatingServer.Start(portOf(tcp)));
            }
            catch (SocketException e) when (e.SocketErrorCode == SocketError.AddressAlreadyInUse)
            {
                // Another test has the port.
                await end(tcp);
            }
        }
    }

    private static byte[] Flipped(byte[] bytes, int index)
    {
        bytes[index] ^= 1;
        return bytes;
    }

    internal static async Task<byte[]> ReadFramedAsync(ScriptedPeer peer, CancellationToken cancellationToken)
    {
        var length = new byte[2];
        await peer.Stream.ReadExactlyAsync(length, cancellationToken);
        var message = new byte[BinaryPrimitives.ReadUInt16BigEndian(length)];
        await peer.Stream.ReadExactlyAsync(message, cancellationToken);
        return message;
    }

    internal static Task SendFramedAsync(ScriptedPeer peer, byte[] message, CancellationToken cancellationToken)
        => peer.SendAsync([.. DnsBytes.Number(message.Length), .. message], cancellationToken);

    /// <summary>Answers every query at a given UDP port as truncated.</summary>
    private sealed class TruncatingServer : IAsyncDisposable
    {
        private readonly CancellationTokenSource _stop = new();
        private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        private readonly Task _serving;

        private TruncatingServer(int port)
        {
            _socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
            _serving = ServeAsync();
        }

        public int Port => ((IPEndPoint)_socket.LocalEndPoint!).Port;

        public int Queries { get; private set; }

        public static TruncatingServer Start(int port) => new(port);

        public async ValueTask DisposeAsync()
        {
            await _stop.CancelAsync();
            await Should.ThrowAsync<OperationCanceledException>(_serving);
            _socket.Dispose();
            _stop.Dispose();
        }

        private async Task ServeAsync()
        {
            var buffer = new byte[1024];
            while (true)
            {
                var received = await _socket.ReceiveFromAsync(buffer, SocketFlags.None, new IPEndPoint(IPAddress.Any, 0), _stop.Token);
                Queries++;
                await _socket.SendToAsync(DnsBytes.Answer(buffer.AsSpan(0, received.ReceivedBytes), [], flags: 0x8380), SocketFlags.None, received.RemoteEndPoint, _stop.Token);
            }
        }
    }
}
