using System.Net;
using System.Runtime.InteropServices;
using ActorMonitor.Probes.Icmp;
using Shouldly;
using Xunit;

namespace ActorMonitor.Probes.Tests.Icmp;

public class ControlMessagesTests
{
    [Fact]
    public void The_hop_limit_the_time_and_the_error_are_read()
    {
        // errno 113, origin ICMP, type 3, code 1, pad, info, data; then sockaddr_in 10.0.0.1.
        byte[] error = [113, 0, 0, 0, 2, 3, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 10, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0];
        byte[] control = [.. Message(0, 2, [61, 0, 0, 0]), .. Message(1, 35, [.. Native(1_700_000_000), .. Native(500_000_000)]), .. Message(0, 11, error)];

        var read = ControlMessages.Parse(control);

        read.Ttl.ShouldBe(61);
        read.ReceivedAt.ShouldBe(DateTimeOffset.FromUnixTimeMilliseconds(1_700_000_000_500));
        read.Error.ShouldBe(new ExtendedError(113, ErrorOrigin.Icmp, 3, 1, IPAddress.Parse("10.0.0.1")));
    }

    [Fact]
    public void What_does_not_fit_is_left_out()
    {
        ControlMessages.Parse([]).ShouldBe(default);
        ControlMessages.Parse(Message(0, 2, [61, 0])).Ttl.ShouldBeNull();
        ControlMessages.Parse(Message(0, 2, [0, 1, 0, 0])).Ttl.ShouldBeNull();
        ControlMessages.Parse(Message(0, 11, new byte[15])).Error.ShouldBeNull();
        ControlMessages.Parse(Message(0, 11, new byte[16])).Error!.Value.Offender.ShouldBeNull();
        ControlMessages.Parse(Message(1, 35, [.. Native(-1), .. Native(0)])).ReceivedAt.ShouldBeNull();
        ControlMessages.Parse(Message(1, 35, [.. Native(0), .. Native(1_000_000_000)])).ReceivedAt.ShouldBeNull();
        var endless = Message(0, 2, [61, 0, 0, 0]);
        endless.AsSpan(0, nint.Size).Clear();
        ControlMessages.Parse(endless).ShouldBe(default);
    }

    [Fact]
    public void Random_control_bytes_never_throw()
    {
        var random = new Random(20261122);
        for (var i = 0; i < 50_000; i++)
        {
            var control = new byte[random.Next(0, 120)];
            random.NextBytes(control);
            if (control.Length > 24 && random.Next(2) == 0)
                Message(random.Next(0, 60), random.Next(0, 60), control[24..]).AsSpan(0, 16).CopyTo(control);
            ControlMessages.Parse(control);
            ControlMessages.ParseAddress(control);
        }
    }

    private static byte[] Native(nint value)
    {
        var bytes = new byte[nint.Size];
        MemoryMarshal.Write(bytes, in value);
        return bytes;
    }

    private static byte[] Message(int level, int type, byte[] data)
    {
        var length = nint.Size + 8 + data.Length;
        byte[] message = [.. Native(length), .. BitConverter.GetBytes(level), .. BitConverter.GetBytes(type), .. data];
        Array.Resize(ref message, (length + nint.Size - 1) & ~(nint.Size - 1));
        return message;
    }
}
