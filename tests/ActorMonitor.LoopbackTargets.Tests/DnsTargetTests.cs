using System.Net.Sockets;
using System.Text;
using Shouldly;
using Xunit;

namespace ActorMonitor.LoopbackTargets.Tests;

public sealed class DnsTargetTests
{
    private const int NameError = 3;

    [Fact]
    public void An_address_is_answered_byte_for_byte()
    {
        var answer = DnsTarget.RespondToDatagram(Query("www.loopback.test", 1))!;

        Convert.ToHexString(answer).ShouldBe(
            "1234" + "8500" + "0001000100000000" // AA, RD repeated, one question, one answer
            + "03777777086C6F6F706261636B04746573740000010001"
            + "C00C000100010000003C00047F000001");
    }

    [Theory]
    [InlineData("loopback.test", 1, 1)]
    [InlineData("LOOPBACK.test", 28, 1)]
    [InlineData("loopback.test", 2, 1)]
    [InlineData("loopback.test", 6, 1)]
    [InlineData("loopback.test", 15, 1)]
    [InlineData("loopback.test", 16, 1)]
    [InlineData("loopback.test", 257, 1)]
    [InlineData("_http._tcp.loopback.test", 33, 1)]
    [InlineData("1.0.0.127.in-addr.arpa", 12, 1)]
    [InlineData("1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.ip6.arpa", 12, 1)]
    [InlineData("alias.loopback.test", 5, 1)]
    [InlineData("alias.loopback.test", 1, 2)]
    [InlineData("", 2, 1)]
    public void Each_type_has_a_record(string name, ushort type, int answers)
    {
        var answer = DnsTarget.RespondToDatagram(Query(name, type))!;

        (answer[3] & 0xF).ShouldBe(0);
        (answer[7], answer[9]).ShouldBe(((byte)answers, (byte)0));
    }

    [Theory]
    [InlineData("nothing.loopback.test", 1, NameError)]
    [InlineData("example.com", 1, NameError)]
    [InlineData("www.loopback.test", 15, 0)]
    public void A_negative_answer_brings_the_SOA(string name, ushort type, int rcode)
    {
        var answer = DnsTarget.RespondToDatagram(Query(name, type))!;

        (answer[3] & 0xF).ShouldBe(rcode);
        (answer[7], answer[9]).ShouldBe(((byte)0, (byte)1));
    }

    [Fact]
    public void What_does_not_fit_is_truncated()
    {
        var plain = DnsTarget.RespondToDatagram(Query("big.loopback.test", 16))!;
        var edns = DnsTarget.RespondToDatagram(Query("big.loopback.test", 16, payload: 4096))!;

        (plain[2] & 2, plain[7], plain.Length).ShouldBe((2, (byte)0, 35));
        (edns[2] & 2, edns[7], edns[11]).ShouldBe((2, (byte)0, (byte)1));
    }

    [Fact]
    public void What_is_no_query_is_refused_or_not_answered()
    {
        var query = Query("www.loopback.test", 1);
        DnsTarget.RespondToDatagram(query.AsSpan(0, 11)).ShouldBeNull();
        DnsTarget.RespondToDatagram(With(query, 2, 0x80)).ShouldBeNull();
        (DnsTarget.RespondToDatagram(With(query, 2, 0x28))![3] & 0xF).ShouldBe(4);
        (DnsTarget.RespondToDatagram(With(query, 5, 2))![3] & 0xF).ShouldBe(1);
        (DnsTarget.RespondToDatagram(query.AsSpan(0, 20))![3] & 0xF).ShouldBe(1);
        (DnsTarget.RespondToDatagram(With(query, 12, 0xC0))![3] & 0xF).ShouldBe(1);
        (DnsTarget.RespondToDatagram(With(query, query.Length - 1, 3))![3] & 0xF).ShouldBe(5);
    }

    [Fact]
    public void No_bytes_make_it_throw()
    {
        var random = new Random(20_261_122);
        for (var i = 0; i < 20_000; i++)
        {
            var query = Query("www.loopback.test", 1, payload: 1232);
            for (var flips = random.Next(1, 6); flips > 0; flips--)
                query[random.Next(query.Length)] = (byte)random.Next(256);
            Should.NotThrow(() => DnsTarget.RespondToDatagram(query.AsSpan(0, random.Next(query.Length + 1))));
        }
    }

    [Fact]
    public async Task Over_TCP_the_whole_answer_comes_and_the_next_query_is_taken()
    {
        await using var servers = await LoopbackServers.StartAsync(null, default);
        using var testTime = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        using var client = new TcpClient();
        await client.ConnectAsync(servers.Dns, testTime.Token);

        (await AskAsync("big.loopback.test", 16)).Length.ShouldBeGreaterThan(4000);
        (await AskAsync("www.loopback.test", 1)).Length.ShouldBe(51);

        async Task<byte[]> AskAsync(string name, ushort type)
        {
            var query = Query(name, type);
            await client.GetStream().WriteAsync((byte[])[0, (byte)query.Length, .. query], testTime.Token);
            var length = new byte[2];
            await client.GetStream().ReadExactlyAsync(length, testTime.Token);
            var answer = new byte[(length[0] << 8) | length[1]];
            await client.GetStream().ReadExactlyAsync(answer, testTime.Token);
            return answer;
        }
    }

    [Fact]
    public async Task Over_TCP_garbage_ends_the_connection()
    {
        await using var servers = await LoopbackServers.StartAsync(null, default);
        using var testTime = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        using var client = new TcpClient();
        await client.ConnectAsync(servers.Dns, testTime.Token);

        await client.GetStream().WriteAsync((byte[])[0, 3, 1, 2, 3], testTime.Token);

        (await client.GetStream().ReadAsync(new byte[1], testTime.Token)).ShouldBe(0);
    }

    private static byte[] Query(string name, ushort type, int? payload = null)
    {
        var labels = name.Split('.', StringSplitOptions.RemoveEmptyEntries).SelectMany(label => (byte[])[(byte)label.Length, .. Encoding.ASCII.GetBytes(label)]);
        byte[] option = payload is { } size ? [0, 0, 41, (byte)(size >> 8), (byte)size, 0, 0, 0, 0, 0, 0] : [];
        return [0x12, 0x34, 1, 0, 0, 1, 0, 0, 0, 0, 0, (byte)(payload is null ? 0 : 1), .. labels, 0, (byte)(type >> 8), (byte)type, 0, 1, .. option];
    }

    private static byte[] With(byte[] bytes, int index, byte value)
    {
        var copy = (byte[])bytes.Clone();
        copy[index] = value;
        return copy;
    }
}
