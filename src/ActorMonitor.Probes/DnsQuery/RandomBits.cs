using System.Security.Cryptography;

namespace ActorMonitor.Probes.DnsQuery;

/// <summary>Numbers from the system's CSPRNG, drawn many at a time: one draw costs more than an id is worth.</summary>
internal sealed class RandomBits
{
    private readonly Lock _gate = new();
    private readonly byte[] _drawn = new byte[512];
    private int _used = 512;

    internal ushort Next16()
    {
        lock (_gate)
        {
            if (_used == _drawn.Length)
            {
                RandomNumberGenerator.Fill(_drawn);
                _used = 0;
            }

            var number = DnsText.UInt16(_drawn, _used);
            _used += 2;
            return number;
        }
    }
}
