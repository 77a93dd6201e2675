using ActorMonitor.Storage.Sqlite;
using ActorMonitor.Storage.Tests.Contract;

namespace ActorMonitor.Storage.Tests.Sqlite;

/// <summary>A folder of its own, gone afterwards.</summary>
public sealed class SqliteFactory : IStoreFactory
{
    public string Folder { get; } = Directory.CreateTempSubdirectory("store-").FullName;

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task<IStore> OpenAsync(StoreSettings settings, TimeProvider time) => await SqliteStore.OpenAsync(Folder, settings, time, default);

    public Task DisposeAsync()
    {
        Directory.Delete(Folder, recursive: true);
        return Task.CompletedTask;
    }
}

public sealed class SqliteStoreTests : StoreContract<SqliteFactory>;
