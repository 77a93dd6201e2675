using System.Text;
using ActorMonitor.Messages;
using ActorMonitor.Probes.UdpExchange;
using Shouldly;
using Xunit;
using static ActorMonitor.Probes.Tests.ProbeSetup;

namespace ActorMonitor.Probes.Tests.UdpExchange;

/// <summary>Each example of the reference page against a server that it is made for, and against one that it is not.</summary>
public class UdpExchangeExampleTests
{
    private static readonly Dictionary<string, Func<byte[], byte[]?>> Servers = new()
    {
        ["Asks a game server for its name, and shows it"] = asked => asked.Length == 25 ? [.. Encoding.Latin1.GetBytes("\u00ff\u00ff\u00ff\u00ffI\u0011Arena\u0000map\u0000")] : [],
        ["Asks a service in words"] = asked => asked.AsSpan(8).SequenceEqual("version\r\n"u8) ? [.. asked[..8], .. "VERSION 1.6\r\n"u8] : [],
        ["Measures loss and round trip of the class that calls travel in"] = asked => asked,
        ["Checks that a port does not answer strangers"] = _ => null,
    };

    public static TheoryData<string> Titles => Examples.TitlesOf(UdpSettings.Definition);

    [Fact]
    public void Together_they_show_every_setting_and_expectation()
    {
        var checks = UdpSettings.Definition.Examples.Select(example => Examples.Read(UdpSettings.Definition, example.Title)).ToArray();

        UdpSettings.Definition.Settings.Select(setting => setting.Name).Except(checks.SelectMany(check => check.Settings).Select(pair => pair.Key)).ShouldBeEmpty();
        UdpSettings.Definition.Expectations.Select(setting => setting.Name).Except(checks.SelectMany(check => check.Expectations).Select(pair => pair.Key)).ShouldBeEmpty();
    }

    [Theory]
    [MemberData(nameof(Titles))]
    public async Task Each_example_is_Up_against_what_it_is_made_for(string title)
    {
        await using var server = ScriptedUdpServer.Start((self, asked, client) => Servers[title](asked) is { } answer ? self.SendAsync(answer, client) : Task.CompletedTask);

        var result = await CheckAsync(title, server.Port);

        result.Outcome.ShouldBe(Outcome.Up, $"{result.Cause}: {result.Message}");
    }

    [Theory]
    [MemberData(nameof(Titles))]
    public async Task No_example_is_Up_against_what_it_is_not_made_for(string title)
    {
        await using var server = ScriptedUdpServer.Answering("what?"u8.ToArray());
        using var closed = ClosedPort(out var port);

        var result = await CheckAsync(title, title.StartsWith("Measures", StringComparison.Ordinal) ? port : server.Port);

        result.Outcome.ShouldBe(Outcome.Down, $"{result.Cause}: {result.Message}");
    }

    private static Task<ProbeResult> CheckAsync(string title, int port)
    {
        var request = Examples.Request(Examples.Read(UdpSettings.Definition, title), port);
        if (request.Settings.TryGet("source", out _))
            request = request with { Settings = request.Settings.With("source", "127.0.0.1") };
        if (request.Expectations.TryGet("silence", out _))
            request = request with { Timeout = TimeSpan.FromMilliseconds(300) };
        return new UdpExchangeProbe(Environment(null, null, (request.Host, ["127.0.0.1"]))).ProbeAsync(request, CancellationToken.None);
    }
}
