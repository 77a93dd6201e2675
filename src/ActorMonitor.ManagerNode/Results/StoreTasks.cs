using System.Collections.Immutable;
using ActorMonitor.Storage;

namespace ActorMonitor.ManagerNode.Results;

/// <summary>What is done with a store off the actors' threads. Each ends as a message; none throws.</summary>
internal static class StoreTasks
{
    /// <summary>Ends as <see cref="Wrote"/> or <see cref="Failed"/>.</summary>
    public static Task<object> WriteAsync(IStore store, ImmutableArray<StoreWrite> writes, TimeProvider time) => Task.Run(async () =>
    {
        var started = time.GetTimestamp();
        try
        {
            return new Wrote(await store.WriteAsync(writes, CancellationToken.None), time.GetElapsedTime(started));
        }
        catch (Exception e)
        {
            return (object)Failed.Of(e);
        }
    });

    /// <summary>Ends as <see cref="Maintained"/>.</summary>
    public static Task<object> MaintainAsync(IStore store, DateTimeOffset now) => Task.Run(async () =>
    {
        try
        {
            return (object)new Maintained(await store.MaintainAsync(now, CancellationToken.None), null);
        }
        catch (Exception e)
        {
            return new Maintained(false, Failed.Of(e));
        }
    });

    /// <summary>Closes a damaged store and opens one in its place. Ends as <see cref="Opened"/> or <see cref="OpenFailed"/>.</summary>
    public static Task<object> ReopenAsync(IStore? damaged, Func<CancellationToken, Task<IStore>> open) => Task.Run(async () =>
    {
        try
        {
            _ = await CloseAsync(damaged);
            return (object)new Opened(await open(CancellationToken.None));
        }
        catch (Exception e)
        {
            return new OpenFailed(Failed.Of(e));
        }
    });

    /// <summary>Tells a store that was begun anew what it must know. Ends as <see cref="Restored"/> or <see cref="OpenFailed"/>.</summary>
    public static Task<object> RestoreAsync(IStore store, ImmutableArray<StoreWrite> writes) => Task.Run(async () =>
    {
        try
        {
            return (object)new Restored((await store.WriteAsync(writes, CancellationToken.None)).Sum(effect => effect.Count));
        }
        catch (Exception e)
        {
            return new OpenFailed(Failed.Of(e));
        }
    });

    /// <summary>Closes a store; one that cannot be closed is left behind, which is as good.</summary>
    public static async Task<object> CloseAsync(IStore? store)
    {
        try
        {
            if (store is not null)
                await store.DisposeAsync();
        }
        catch (Exception e)
        {
            return new Closed(e.Message);
        }

        return new Closed(null);
    }

    /// <summary>A transaction is on disk.</summary>
    internal sealed record Wrote(ImmutableArray<WriteEffect> Effects, TimeSpan Duration);

    /// <summary>Something could not be done.</summary>
    internal sealed record Failed(StoreFault Fault, string Message)
    {
        public static Failed Of(Exception exception)
            => exception is StoreException store ? new Failed(store.Fault, store.Message) : new Failed(StoreFault.Other, $"{exception.GetType().Name}: {exception.Message}");

        /// <summary>What is wrong and what to do about it.</summary>
        public string Text => Fault switch
        {
            StoreFault.Full => $"the disk is full ({Message}); free some space, or give the data folder a larger disk",
            StoreFault.ReadOnly => $"the store may not be written ({Message}); give this user the right to write in the data folder",
            StoreFault.Damaged => $"the store is damaged ({Message})",
            _ => Message,
        };
    }

    /// <summary>A piece of upkeep ended.</summary>
    internal sealed record Maintained(bool HasMore, Failed? Failure);

    /// <summary>A store stands in the place of a damaged one.</summary>
    internal sealed record Opened(IStore Store);

    /// <summary>It knows what it must.</summary>
    internal sealed record Restored(long Lost);

    /// <summary>None does yet, or it does not know.</summary>
    internal sealed record OpenFailed(Failed Failure);

    /// <summary>A store is closed.</summary>
    internal sealed record Closed(string? Failure);
}
