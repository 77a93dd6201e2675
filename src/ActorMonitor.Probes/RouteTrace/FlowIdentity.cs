using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace ActorMonitor.Probes.RouteTrace;

/// <summary>
/// The number by which routers that share load tell one flow from another: the source port over UDP, the id over ICMP. It
/// follows from the job's name and the flow's number, so that a flow takes the same way from check to check.
/// </summary>
internal static class FlowIdentity
{
    /// <summary>How many numbers a flow has to choose from when others hold them.</summary>
    public const int Choices = 8;

    // RFC 6335 section 6: the ports that nobody is given for good.
    private const int First = 49_152;

    /// <summary>A flow's number, from 49152 to 65535.</summary>
    /// <param name="job">The job's name.</param>
    /// <param name="flow">Which of its flows, from 0.</param>
    /// <param name="choice">Which of the flow's choices, from 0.</param>
    public static ushort Of(string job, int flow, int choice)
    {
        var digest = SHA256.HashData(Encoding.UTF8.GetBytes(FormattableString.Invariant($"{job}\n{flow}\n{choice}")));
        return (ushort)(First | BinaryPrimitives.ReadUInt16BigEndian(digest));
    }

    /// <summary>The first of a flow's choices that no other flow of its trace has taken, which is taken then.</summary>
    public static ushort Take(string job, int flow, ISet<ushort> taken)
    {
        for (var choice = 0; choice < Choices; choice++)
        {
            var identity = Of(job, flow, choice);
            if (taken.Add(identity))
                return identity;
        }

        return Of(job, flow, 0);
    }
}
