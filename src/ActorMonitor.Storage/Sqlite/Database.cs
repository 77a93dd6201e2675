using System.Runtime.InteropServices;
using SQLitePCL;

namespace ActorMonitor.Storage.Sqlite;

/// <summary>
/// One connection to a database file, used by one thread at a time. Statements are prepared once and reused. What SQLite refuses is
/// a <see cref="StoreException"/> that says what kind of failure it is.
/// </summary>
internal sealed partial class Database : IDisposable
{
    private readonly sqlite3 _handle;
    private readonly string _path;
    private readonly Dictionary<string, Statement> _statements = new(StringComparer.Ordinal);

    static Database() => Batteries_V2.Init();

    private Database(sqlite3 handle, string path) => (_handle, _path) = (handle, path);

    /// <summary>Rows that the last statement changed.</summary>
    public int Changes => raw.sqlite3_changes(_handle);

    /// <summary>The row id that the last insert gave.</summary>
    public long LastRowId => raw.sqlite3_last_insert_rowid(_handle);

    public static Database Open(string path, bool isReadOnly, bool mayCreate = false)
    {
        var flags = isReadOnly ? raw.SQLITE_OPEN_READONLY : raw.SQLITE_OPEN_READWRITE | (mayCreate ? raw.SQLITE_OPEN_CREATE : 0);
        var code = raw.sqlite3_open_v2(path, out var handle, flags | raw.SQLITE_OPEN_NOMUTEX, null);
        var database = new Database(handle, path);
        try
        {
            database.Check(code);
            _ = raw.sqlite3_extended_result_codes(handle, 1);
            _ = raw.sqlite3_busy_timeout(handle, 5000);
            // A file that may not be written is opened for reading without a word.
            return isReadOnly || raw.sqlite3_db_readonly(handle, "main") == 0
                ? database
                : throw new StoreException(StoreFault.ReadOnly, $"{path} may not be written");
        }
        catch
        {
            database.Dispose();
            throw;
        }
    }

    /// <summary>Runs statements that give no rows.</summary>
    public void Execute(string sql)
    {
        Check(raw.sqlite3_exec(_handle, sql));
    }

    /// <summary>The one number that a query gives; null when it gives none.</summary>
    public long? Number(string sql)
    {
        var statement = Prepare(sql);
        var number = statement.Step() && !statement.IsNull(0) ? statement.Number(0) : (long?)null;
        statement.Reset();
        return number;
    }

    /// <summary>The statement of this text, ready to be bound and stepped.</summary>
    public Statement Prepare(string sql)
    {
        if (_statements.TryGetValue(sql, out var statement))
        {
            statement.Reset();
            return statement;
        }

        Check(raw.sqlite3_prepare_v3(_handle, sql, raw.SQLITE_PREPARE_PERSISTENT, out var handle));
        statement = new Statement(this, handle);
        _statements.Add(sql, statement);
        return statement;
    }

    /// <summary>Does all of it or nothing of it.</summary>
    public T Transaction<T>(Func<T> work)
    {
        Execute("BEGIN IMMEDIATE");
        try
        {
            var result = work();
            Execute("COMMIT");
            return result;
        }
        catch
        {
            RollBack();
            throw;
        }
    }

    /// <summary>Everything read in it is of one moment.</summary>
    public T Snapshot<T>(Func<T> read)
    {
        Execute("BEGIN");
        try
        {
            return read();
        }
        finally
        {
            RollBack();
        }
    }

    public void Dispose()
    {
        foreach (var statement in _statements.Values)
            statement.Dispose();
        _handle.Dispose();
    }

    public void Check(int code)
    {
        if (code is raw.SQLITE_OK or raw.SQLITE_ROW or raw.SQLITE_DONE)
            return;
        var extended = raw.sqlite3_extended_errcode(_handle);
        if ((extended & 0xff) != (code & 0xff))
            extended = code;
        throw Faults.Of(extended, SystemError(_handle), raw.sqlite3_errmsg(_handle).utf8_to_string(), _path);
    }

    // The wrapper leaves this one out, and only it tells a full disk from other failures of input and output.
    [LibraryImport("e_sqlite3", EntryPoint = "sqlite3_system_errno")]
    private static partial int SystemError(sqlite3 database);

    // After some failures SQLite has rolled back by itself, and there is nothing left to do.
    private void RollBack()
    {
        foreach (var statement in _statements.Values)
            statement.Reset();
        if (raw.sqlite3_get_autocommit(_handle) == 0)
            _ = raw.sqlite3_exec(_handle, "ROLLBACK");
    }
}

/// <summary>A prepared statement: bind, step, read, reset.</summary>
internal sealed class Statement(Database database, sqlite3_stmt handle) : IDisposable
{
    private int _bound;

    /// <summary>Binds the next parameter.</summary>
    public Statement With(long value)
    {
        database.Check(raw.sqlite3_bind_int64(handle, ++_bound, value));
        return this;
    }

    /// <inheritdoc cref="With(long)"/>
    public Statement With(long? value)
    {
        database.Check(value is { } number ? raw.sqlite3_bind_int64(handle, ++_bound, number) : raw.sqlite3_bind_null(handle, ++_bound));
        return this;
    }

    /// <inheritdoc cref="With(long)"/>
    public Statement With(string value)
    {
        database.Check(raw.sqlite3_bind_text(handle, ++_bound, value));
        return this;
    }

    /// <inheritdoc cref="With(long)"/>
    public Statement With(ReadOnlySpan<byte> value)
    {
        database.Check(raw.sqlite3_bind_blob(handle, ++_bound, value));
        return this;
    }

    /// <summary>Goes to the next row; false, and reset, when there is none.</summary>
    public bool Step()
    {
        var code = raw.sqlite3_step(handle);
        if (code == raw.SQLITE_ROW)
            return true;
        if (code != raw.SQLITE_DONE)
        {
            // Throws, and the transaction around it resets everything.
            database.Check(code);
        }

        Reset();
        return false;
    }

    /// <summary>Runs it to its end.</summary>
    public void Run()
    {
        while (Step())
        {
        }
    }

    public void Reset()
    {
        _bound = 0;
        _ = raw.sqlite3_reset(handle); // its code is that of the step, which has been seen
    }

    public bool IsNull(int column) => raw.sqlite3_column_type(handle, column) == raw.SQLITE_NULL;

    public long Number(int column) => raw.sqlite3_column_int64(handle, column);

    public long? NumberOrNull(int column) => IsNull(column) ? null : Number(column);

    public string Text(int column) => raw.sqlite3_column_text(handle, column).utf8_to_string() ?? "";

    /// <summary>Valid until the next step or reset.</summary>
    public ReadOnlySpan<byte> Bytes(int column) => raw.sqlite3_column_blob(handle, column);

    public void Dispose() => handle.Dispose();
}
