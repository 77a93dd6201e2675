using ActorMonitor.Messages;

namespace ActorMonitor.Storage.Tests;

/// <summary>Results as the probe of https reports them.</summary>
internal static class Sample
{
    public static readonly DateTimeOffset Noon = new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);

    public static LaneKey Lane(string job = "shop", string monitor = "eu") => new(new JobId(job), monitor);

    public static Slot Slot(DateTimeOffset due) => new(due.ToUnixTimeMilliseconds());

    /// <summary>A result with noisy times; the same seed gives the same.</summary>
    public static CheckResult Https(LaneKey lane, DateTimeOffset due, int seed, Outcome outcome = Outcome.Up)
    {
        var random = new Random(seed);
        // Everything on the wire is in microseconds; phases are numbers of ticks.
        var phases = new[] { 2.1, 11.7, 24.3, 31.9, 4.4 }.Select(mean => (long)(mean * 10_000 * Math.Exp(0.2 * Normal(random)))).ToArray();
        var elapsedTicks = phases.Sum();
        var elapsed = TimeSpan.FromTicks(elapsedTicks / 10 * 10);
        var started = due.AddTicks(random.Next(200, 3000) * 10L);
        var cause = outcome is Outcome.Up ? Cause.None : Cause.HttpStatus;
        var message = outcome is Outcome.Up
            ? FormattableString.Invariant($"{TimeSpan.FromTicks(elapsedTicks).TotalMilliseconds:F3} ms, status 200")
            : "the status is 503, not 2xx";
        return new CheckResult(
            lane.Job, Slot(due), outcome, cause, started, TimeSpan.FromMicroseconds(random.Next(20, 90)), elapsed, TimeSpan.FromMicroseconds(random.Next(180, 260)), "192.0.2.17", message)
        {
            Measurements =
            [
                new("dns", 0, TimeSpan.FromTicks(phases[0]).TotalMilliseconds, "ms"),
                new("tcp", 0, TimeSpan.FromTicks(phases[1]).TotalMilliseconds, "ms"),
                new("tls", 0, TimeSpan.FromTicks(phases[2]).TotalMilliseconds, "ms"),
                new("certificate.days", 0, (new DateTimeOffset(2027, 2, 3, 4, 5, 6, TimeSpan.Zero) - started.AddTicks(phases[0] + phases[1] + phases[2])).TotalDays, "days"),
                new("ttfb", 0, TimeSpan.FromTicks(phases[3]).TotalMilliseconds, "ms"),
                new("transfer", 0, TimeSpan.FromTicks(phases[4]).TotalMilliseconds, "ms"),
                new("body.size", 0, 18_734, "bytes"),
            ],
            Attributes =
            [
                new("tls.version", "Tls13"),
                new("certificate.expires", "2027-02-03T04:05:06Z"),
                new("certificate.subject", "CN=shop.example"),
                new("certificate.issuer", "CN=Example Issuing Authority R12, O=Example Trust Services, C=US"),
                new("http.status", outcome is Outcome.Up ? "200" : "503"),
                new("http.version", "2.0"),
            ],
            Attempts = [new Attempt(started, elapsed, outcome, cause)],
        };
    }

    private static double Normal(Random random)
        => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
