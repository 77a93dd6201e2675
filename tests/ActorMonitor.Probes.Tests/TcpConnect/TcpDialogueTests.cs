using System.Globalization;
using ActorMonitor.Messages;
using ActorMonitor.Probes.TcpConnect;
using Shouldly;
using Xunit;
using static ActorMonitor.Probes.Tests.ProbeSetup;

namespace ActorMonitor.Probes.Tests.TcpConnect;

public class TcpDialogueTests
{
    [Fact]
    public async Task Steps_are_played_in_order_and_each_is_measured()
    {
        await using var server = ScriptedTcpServer.Start(async (peer, stop) =>
        {
            (await peer.AskAsync("220 hello\r\n", stop)).ShouldBe("HELO me\r\n");
            (await peer.AskAsync("250-one\r\n250 two\r\n", stop)).ShouldBe("\u0001\n");
            await peer.SendAsync([0, 0xfe], stop);
        });

        var result = await PlayAsync(server, "expect 220", "send HELO me\\r\\n", "match ^250 (?<last>\\w+)$", "send-hex 01 0a", "expect-hex fe", "close");

        (result.Outcome, result.Cause).ShouldBe((Outcome.Up, Cause.None), result.Message);
        result.Attribute("capture.last").ShouldBe("two");
        result.Measurements.Where(measurement => measurement.Name == "step").Select(measurement => measurement.Ordinal).ShouldBe([1, 2, 3, 4, 5, 6]);
        result.Elapsed.TotalMilliseconds.ShouldBeGreaterThanOrEqualTo(result.Measured("connect")!.Value);
    }

    [Fact]
    public async Task What_is_captured_can_be_sent()
    {
        await using var server = ScriptedTcpServer.Start(async (peer, stop) =>
            await peer.SendAsync(await peer.AskAsync("challenge 4711 xyz\n", stop) == "<xyz:4711>\n" ? "ok" : "no", stop));

        var result = await PlayAsync(server, "match (?<number>\\d+) (?<word>\\w+)", "send <${word}:${number}>\\n", "expect ok");

        result.Outcome.ShouldBe(Outcome.Up, result.Message);
    }

    [Fact]
    public async Task A_line_that_comes_in_pieces_is_matched_whole()
    {
        await using var server = ScriptedTcpServer.Start(async (peer, stop) =>
        {
            foreach (var piece in "SSH-2.0-Open|SSH_9.|2\r|\n".Split('|'))
                await peer.SendAsync(piece, stop);
            await peer.UntilClosedAsync(stop);
        });

        (await PlayAsync(server, "match ^SSH-2.0-(?<software>\\S+)")).Attribute("capture.software").ShouldBe("OpenSSH_9.2");
    }

    [Fact]
    public async Task Steps_share_what_comes_in_one_piece()
    {
        await using var server = ScriptedTcpServer.Start((peer, stop) => peer.SendAsync("one two\nthree\nfour", stop));

        (await PlayAsync(server, "expect one", "expect two\\n", "match ^(?<third>.*)$", "match four")).Attribute("capture.third").ShouldBe("three");
    }

    [Fact]
    public async Task What_came_before_a_question_is_no_answer_to_it()
    {
        await using var server = ScriptedTcpServer.Start(async (peer, stop) =>
        {
            await peer.AskAsync("220 host250 ready\r\n", stop);
            await peer.SendAsync("500 no\r\n", stop);
        });

        var result = await PlayAsync(server, "expect 220", "send EHLO\\r\\n", "expect 250");

        (result.Outcome, result.Cause).ShouldBe((Outcome.Down, Cause.ExpectationFailed));
        result.Message.ShouldBe("the peer closed the connection in step 3; its answer of 8 bytes does not contain \"250\": \"500 no\"");
        result.Attribute("tcp.heard").ShouldBe("500 no  ");
    }

    [Fact]
    public async Task A_reset_names_the_step()
    {
        await using var server = ScriptedTcpServer.Start(async (peer, stop) =>
        {
            await peer.AskAsync("220\r\n", stop);
            peer.Reset();
        });

        var result = await PlayAsync(server, "expect 220", "send HELO\\r\\n", "expect 250");

        (result.Outcome, result.Cause).ShouldBe((Outcome.Down, Cause.ConnectionReset));
        result.Message.ShouldEndWith("while waiting for \"250\" in step 3");
    }

    [Fact]
    public async Task A_peer_that_closes_without_an_answer_names_the_step()
    {
        await using var server = ScriptedTcpServer.Start(async (peer, stop) => await peer.AskAsync("220\r\n", stop));

        var result = await PlayAsync(server, "match 220", "send HELO\\r\\n", "match ^250");

        (result.Outcome, result.Cause, result.Message).ShouldBe((Outcome.Down, Cause.ConnectionClosed, "the peer closed the connection without an answer in step 3"));
    }

    [Fact]
    public async Task A_peer_that_has_said_all_it_will_is_still_waited_for_until_it_closes()
    {
        // Half-open: it does not close and says nothing, until the time is up.
        var time = new ManualTime();
        await using var server = ScriptedTcpServer.Start(async (peer, stop) =>
        {
            await peer.AskAsync("hello\n", stop);
            time.Advance(LongTimeout);
            await peer.UntilClosedAsync(stop);
        });

        var result = await PlayAsync(server, time, "match hello", "send bye\\n", "close");

        (result.Outcome, result.Cause, result.Message).ShouldBe((Outcome.Down, Cause.Timeout, "timed out after 30s while waiting for the peer to close in step 3"));
    }

    [Fact]
    public async Task A_banner_that_trickles_does_not_hold_the_check_beyond_its_timeout()
    {
        var time = new ManualTime();
        await using var server = ScriptedTcpServer.Start(async (peer, stop) =>
        {
            await peer.AskAsync("220-\n", stop);
            while (true)
            {
                await peer.SendAsync("x", stop);
                time.Advance(LongTimeout / 16);
            }
        });

        var result = await PlayAsync(server, time, "match ^220", "send x\\n", "match ^220");

        (result.Outcome, result.Cause, result.Message).ShouldBe((Outcome.Down, Cause.Timeout, "timed out after 30s while waiting for a line that matches ^220 in step 3"));
    }

    [Theory]
    [InlineData("expect 220")]
    [InlineData("expect-hex ff")]
    [InlineData("match 220")]
    [InlineData("close")]
    public async Task A_flood_is_read_up_to_its_bound(string step)
    {
        await using var server = ScriptedTcpServer.Start(async (peer, stop) =>
        {
            while (true)
                await peer.SendAsync(new string('z', 4095) + '\n', stop);
        });

        var result = await PlayAsync(server, step);

        (result.Outcome, result.Cause).ShouldBe((Outcome.Unknown, Cause.Oversize), result.Message);
        result.Message.ShouldContain((64 * 1024).ToString(CultureInfo.InvariantCulture));
    }

    [Fact]
    public async Task What_a_peer_says_cannot_steer_a_console()
    {
        await using var server = ScriptedTcpServer.Start((peer, stop) => peer.SendAsync("\u001b[31mred\u0007\r\n", stop));

        var result = await PlayAsync(server, "expect green");

        (result.Message + result.Attribute("tcp.heard")).ShouldNotContain(c => char.IsControl(c));
    }

    [Fact]
    public async Task Steps_do_not_mix_with_what_they_stand_in_for()
    {
        var settings = Map(("send", "x")).WithList("steps", "expect y");

        var result = await new TcpConnectProbe(Environment()).ProbeAsync(Request("127.0.0.1", 9, settings), CancellationToken.None);

        (result.Outcome, result.Cause).ShouldBe((Outcome.Unknown, Cause.BadSettings));
    }

    [Theory]
    [InlineData("connectMs", "connecting took")]
    [InlineData("responseMs", "took")]
    public async Task A_slow_peer_is_Degraded(string expectation, string message)
    {
        await using var server = ScriptedTcpServer.Stalling();

        var slow = await new TcpConnectProbe(Environment()).ProbeAsync(Request("127.0.0.1", server.Port, expect: Map((expectation, "0"))), CancellationToken.None);
        var soon = await new TcpConnectProbe(Environment()).ProbeAsync(Request("127.0.0.1", server.Port, expect: Map((expectation, "30000"))), CancellationToken.None);

        (slow.Outcome, slow.Cause, soon.Outcome).ShouldBe((Outcome.Degraded, Cause.ExpectationFailed, Outcome.Up));
        slow.Message.ShouldStartWith(message);
    }

    private static Task<ProbeResult> PlayAsync(ScriptedTcpServer server, params string[] steps) => PlayAsync(server, null, steps);

    private static Task<ProbeResult> PlayAsync(ScriptedTcpServer server, TimeProvider? time, params string[] steps)
        => new TcpConnectProbe(Environment(time)).ProbeAsync(Request("127.0.0.1", server.Port, SettingMap.Empty.WithList("steps", steps)), CancellationToken.None);
}
