using System.Net;
using System.Net.Sockets;

namespace ActorMonitor.Probes.Targets;

/// <summary>
/// The system's resolver, which holds a thread for as long as its servers are silent. The threads are of its own and
/// bounded: with those of the pool, as many names as a monitor has jobs would stop its actors and its link too.
/// </summary>
internal sealed class SystemLookUp : IDisposable
{
    /// <summary>The most look-ups at a time; others wait until their check's timeout.</summary>
    public const int MostAtATime = 64;

    private readonly SemaphoreSlim _places;
    private readonly Func<string, AddressFamily, IPAddress[]> _lookUp;

    public SystemLookUp(int most, Func<string, AddressFamily, IPAddress[]> lookUp) => (_places, _lookUp) = (new SemaphoreSlim(most), lookUp);

    public async Task<IPAddress[]> LookUpAsync(string host, AddressFamily family, CancellationToken cancellationToken)
    {
        await _places.WaitAsync(cancellationToken);

        // Once begun it cannot be cancelled: it keeps its place until the system answers.
        return await Task.Factory.StartNew(() => Held(host, family), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    public void Dispose() => _places.Dispose();

    private IPAddress[] Held(string host, AddressFamily family)
    {
        try
        {
            return _lookUp(host, family);
        }
        finally
        {
            _ = _places.Release();
        }
    }
}
