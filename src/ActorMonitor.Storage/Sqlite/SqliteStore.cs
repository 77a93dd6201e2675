using System.Collections.Concurrent;
using System.Collections.Immutable;
using ActorMonitor.Messages;
using ActorMonitor.Storage.Schedules;

namespace ActorMonitor.Storage.Sqlite;

/// <summary>A store in one SQLite file. One connection writes, on a thread of its own; others read beside it, on the thread pool.</summary>
public sealed class SqliteStore : IStore
{
    private const int MostReaders = 4;
    private const int MostStepsOfUpkeep = 256;
    private static readonly TimeSpan UpkeepAtOnce = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan NoteEvery = TimeSpan.FromSeconds(10);

    private readonly SqliteFile _file;
    private readonly StoreSettings _settings;
    private readonly TimeProvider _time;
    private readonly WriterThread _thread = new();
    private readonly SemaphoreSlim _writing = new(1);
    private readonly SemaphoreSlim _reading = new(MostReaders);
    private readonly ConcurrentBag<LaneReader> _readers = [];
    private Database? _database;
    private StoreWriter? _writer;
    private Upkeep? _upkeep;
    private long _openRecords;
    private long? _noted;
    private bool _isDisposed;

    private SqliteStore(SqliteFile file, StoreSettings settings, TimeProvider time)
        => (_file, _settings, _time) = (file, settings, time);

    /// <inheritdoc/>
    public StoreOpening Opening { get; private set; } = null!;

    /// <summary>
    /// Opens the store of a folder, or makes one. A file that turns out damaged is moved aside and a new one made, as
    /// <see cref="Opening"/> says.
    /// </summary>
    /// <param name="folder">Where it is; made when it does not exist.</param>
    /// <param name="settings">What is kept.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Ends it before it begins.</param>
    /// <exception cref="StoreException">It cannot be opened, or a newer version has written it.</exception>
    public static Task<SqliteStore> OpenAsync(string folder, StoreSettings settings, TimeProvider time, CancellationToken cancellationToken)
        => Task.Run(
            () =>
            {
                var file = new SqliteFile(Path.GetFullPath(folder));
                try
                {
                    return Open(file, settings, time);
                }
                catch (StoreException e) when (e.Fault == StoreFault.Damaged)
                {
                    // The check has passed it, what stands in it did not: it is marked as suspect, so this sets it aside.
                    return Open(file, settings, time);
                }
            },
            cancellationToken);

    /// <inheritdoc/>
    public Task<ImmutableArray<LaneState>> LanesAsync(CancellationToken cancellationToken)
        => ReadAsync(reader => reader.States(cancellationToken), cancellationToken);

    /// <inheritdoc/>
    public Task<ImmutableArray<WriteEffect>> WriteAsync(ImmutableArray<StoreWrite> writes, CancellationToken cancellationToken)
        => ChangeAsync(
            writer =>
            {
                var effects = writer.Database.Transaction(() =>
                {
                    var done = ImmutableArray.CreateBuilder<WriteEffect>(writes.Length);
                    foreach (var write in writes)
                        done.Add(writer.Do(write));
                    return done.MoveToImmutable();
                });
                NoteSince(writer, NoteEvery);
                return effects;
            },
            cancellationToken);

    /// <inheritdoc/>
    public Task<bool> MaintainAsync(DateTimeOffset now, CancellationToken cancellationToken)
        => ChangeAsync(
            writer =>
            {
                var upkeep = _upkeep ??= new Upkeep(writer, _settings);
                return writer.Database.Transaction(() =>
                {
                    var began = _time.GetTimestamp();
                    upkeep.Aim(now.ToUnixTimeMilliseconds());
                    for (var steps = 0; steps < MostStepsOfUpkeep; steps++)
                    {
                        if (!upkeep.Step())
                            return false;
                        if (cancellationToken.IsCancellationRequested || _time.GetElapsedTime(began) >= UpkeepAtOnce)
                            break;
                    }

                    return true;
                });
            },
            cancellationToken);

    /// <inheritdoc/>
    public Task<ImmutableArray<LedgerRow>> LedgerAsync(JobId? job, DateTimeOffset now, CancellationToken cancellationToken)
        => ReadAsync(reader => new LedgerReader(reader, _settings).Read(job, now, cancellationToken), cancellationToken);

    /// <inheritdoc/>
    public Task<ImmutableArray<StoredRecord>> RecordsAsync(
        LaneKey lane, DateTimeOffset from, DateTimeOffset to, int limit, bool newestFirst, CancellationToken cancellationToken)
        => ReadAsync(
            reader =>
            {
                var records = ImmutableArray.CreateBuilder<StoredRecord>();
                if (reader.Find(lane) is not { } id || limit < 1 || to <= from)
                    return [];
                foreach (var row in reader.Records(id, Instants.MillisecondsUp(from), Instants.MillisecondsUp(to), newestFirst))
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    records.Add(row.Record(lane.Job));
                    if (records.Count == limit)
                        break;
                }

                return records.ToImmutable();
            },
            cancellationToken);

    /// <inheritdoc/>
    public Task<RangeSummary> SummaryAsync(LaneKey lane, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken)
        => ReadAsync(reader => new SummaryReader(reader).Read(lane, from, to, cancellationToken), cancellationToken);

    /// <inheritdoc/>
    public Task<ImmutableArray<StateTransition>> TransitionsAsync(
        LaneKey lane, DateTimeOffset from, DateTimeOffset to, int limit, CancellationToken cancellationToken)
        => ReadAsync(reader => new TransitionReader(reader).Read(lane, from, to, limit, cancellationToken), cancellationToken);

    /// <inheritdoc/>
    public Task<StoreStatus> StatusAsync(CancellationToken cancellationToken)
        => ReadAsync(
            reader => new StoreStatus(
                _file.Bytes,
                _settings.MaxBytes,
                Interlocked.Read(ref _openRecords),
                reader.OldestSlot() is { } slot ? Instants.OfMilliseconds(slot) : null,
                reader.Trimmed()),
            cancellationToken);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_isDisposed)
            return;
        _isDisposed = true;
        await _writing.WaitAsync();
        for (var i = 0; i < MostReaders; i++)
            await _reading.WaitAsync();
        await Task.Run(() =>
        {
            foreach (var reader in _readers)
                reader.Rows.Database.Dispose();
            if (_writer is { } writer)
                NoteSince(writer, TimeSpan.Zero);
            Forget();
        });
        _thread.Dispose();
        _writing.Dispose();
        _reading.Dispose();
    }

    private static SqliteStore Open(SqliteFile file, StoreSettings settings, TimeProvider time)
    {
        var store = new SqliteStore(file, settings, time);
        (store._database, store.Opening) = file.Open(time, settings);
        try
        {
            var writer = store.Writer();
            var reader = new LaneReader(writer.Rows);
            store.Opening = store.Opening with { NewestSlot = writer.Database.Snapshot(() => reader.NewestSlot(writer.Lanes)) };
            store._openRecords = writer.OpenRecords;
            store.NoteSince(writer, NoteEvery);
            return store;
        }
        catch (Exception e)
        {
            store.Forget();
            store._thread.Dispose();
            if (e is FormatException or StoreException { Fault: StoreFault.Damaged })
                throw store.Damaged(e);
            throw;
        }
    }

    private async Task<T> ChangeAsync<T>(Func<StoreWriter, T> work, CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        await _writing.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return await _thread.RunAsync(
                () =>
                {
                    try
                    {
                        var writer = Writer();
                        var result = work(writer);
                        Interlocked.Exchange(ref _openRecords, writer.OpenRecords);
                        return result;
                    }
                    catch (Exception e)
                    {
                        // What is remembered may be of what was rolled back, and a connection may not get over what has failed.
                        Forget();
                        if (e is FormatException or StoreException { Fault: StoreFault.Damaged })
                            throw Damaged(e);
                        throw;
                    }
                }).ConfigureAwait(false);
        }
        finally
        {
            _writing.Release();
        }
    }

    private async Task<T> ReadAsync<T>(Func<LaneReader, T> read, CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        await _reading.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return await Task.Run(
                () =>
                {
                    if (!_readers.TryTake(out var reader))
                        reader = new LaneReader(new RowSource(_file.OpenReader()));
                    try
                    {
                        var result = reader.Rows.Database.Snapshot(() => read(reader));
                        _readers.Add(reader);
                        return result;
                    }
                    catch (OperationCanceledException)
                    {
                        _readers.Add(reader);
                        throw;
                    }
                    catch (Exception e)
                    {
                        reader.Rows.Database.Dispose();
                        if (e is FormatException or StoreException { Fault: StoreFault.Damaged })
                            throw Damaged(e);
                        throw;
                    }
                },
                cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _reading.Release();
        }
    }

    private StoreWriter Writer()
    {
        if (_writer is not null)
            return _writer;
        _database ??= _file.Reopen();
        return _writer = new StoreWriter(_database, _settings, _time);
    }

    private void Forget()
    {
        _database?.Dispose();
        (_database, _writer, _upkeep) = (null, null, null);
    }

    private StoreException Damaged(Exception e)
    {
        _file.Suspect(e.Message);
        return e as StoreException ?? new StoreException(StoreFault.Damaged, $"{_file.Path}: it is damaged ({e.Message})", e);
    }

    private void NoteSince(StoreWriter writer, TimeSpan after)
    {
        var beat = writer.LastBeat ?? writer.Created;
        if (beat - _noted < (long)after.TotalMicroseconds)
            return;
        _noted = beat;
        _file.Note(writer.Created, beat);
    }
}
