using System.Buffers;
using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;

namespace ActorMonitor.Probes.UdpExchange;

/// <summary>What became of one datagram.</summary>
internal sealed record UdpShot
{
    /// <summary>The time to its answer; null without one.</summary>
    public TimeSpan? RoundTrip { get; init; }

    public int Size { get; init; }

    /// <summary>The answer's first bytes.</summary>
    public byte[] Head { get; init; } = [];

    /// <summary>What the answer leaves to be desired; null when it is as expected.</summary>
    public string? Miss { get; init; }

    public ImmutableArray<(string Name, string Value)> Captures { get; init; } = [];

    /// <summary>Whether an ICMP port-unreachable came.</summary>
    public bool IsUnreachable { get; init; }
}

/// <summary>Sends datagrams and waits for the answer to each.</summary>
internal static class UdpShooter
{
    // The longest datagram that UDP can carry is shorter, so an answer is never cut.
    private const int MaxAnswerBytes = 64 * 1024;

    private const int HeadBytes = 64;

    /// <summary>
    /// Sends one. Its socket is connected, so that the kernel passes on datagrams and ICMP errors of this peer and of no
    /// other, to a port that no other datagram of ours has: nothing else can be taken for its answer.
    /// </summary>
    /// <param name="run">The check.</param>
    /// <param name="plan">How it is sent and judged.</param>
    /// <param name="endpoint">Where to.</param>
    /// <param name="until">Ends the wait.</param>
    /// <returns>What became of it; unanswered when the wait was ended.</returns>
    public static async Task<UdpShot> ShootAsync(ProbeRun run, UdpPlan plan, IPEndPoint endpoint, CancellationToken until)
    {
        using var socket = new Socket(endpoint.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        plan.Socket.Apply(socket);
        socket.Connect(endpoint);
        byte[]? buffer = null;
        try
        {
            var sent = run.Elapsed;
            _ = await socket.SendAsync(plan.Payload, SocketFlags.None, until);

            buffer = ArrayPool<byte>.Shared.Rent(MaxAnswerBytes);
            var length = await socket.ReceiveAsync(buffer.AsMemory(0, MaxAnswerBytes), SocketFlags.None, until);
            var took = run.Elapsed - sent;
            var miss = plan.Misses(buffer.AsSpan(0, length), out var captures);
            return new UdpShot { RoundTrip = took, Size = length, Head = buffer[..Math.Min(length, HeadBytes)], Miss = miss, Captures = captures };
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.ConnectionRefused or SocketError.ConnectionReset)
        {
            return new UdpShot { IsUnreachable = true };
        }
        catch (OperationCanceledException)
        {
            return new UdpShot();
        }
        finally
        {
            if (buffer is not null)
                ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Sends several, one each gap, and returns when all have their answer or the wait after the last is over.</summary>
    /// <param name="run">The check.</param>
    /// <param name="plan">How they are sent and judged.</param>
    /// <param name="endpoint">Where to.</param>
    /// <param name="timeout">Ends at the check's timeout or at the caller's cancellation.</param>
    public static async Task<UdpShot[]> ShootAllAsync(ProbeRun run, UdpPlan plan, IPEndPoint endpoint, CancellationToken timeout)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(timeout);
        var shots = new Task<UdpShot>[plan.Count];
        var started = run.Elapsed;
        var fired = 0;
        try
        {
            for (; fired < shots.Length; fired++)
            {
                var due = started + (plan.Gap * fired) - run.Elapsed;
                if (due > TimeSpan.Zero)
                    await Task.Delay(due, run.Environment.Time, timeout);
                run.Slip(run.Elapsed - started - (plan.Gap * fired));
                shots[fired] = ShootAsync(run, plan, endpoint, over.Token);
            }

            if (plan.Wait is { } wait)
                await Task.WhenAny(Task.WhenAll(shots), Task.Delay(wait, run.Environment.Time, over.Token));
            else
                await Task.WhenAll(shots);
        }
        catch (OperationCanceledException)
        {
            // The time is over before all were sent; what was sent is judged.
        }
        finally
        {
            await over.CancelAsync();
            await Task.WhenAll(shots.Take(fired));
        }

        return await Task.WhenAll(shots.Take(fired));
    }
}
