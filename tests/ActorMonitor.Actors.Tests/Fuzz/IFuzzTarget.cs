namespace ActorMonitor.Actors.Tests.Fuzz;

/// <summary>Something that reads a stranger's bytes. The fuzz run of the benchmarks and the corpus of these tests feed the same targets.</summary>
internal interface IFuzzTarget : IAsyncDisposable
{
    /// <summary>The name of the target, and of its folder in the corpus.</summary>
    string Name { get; }

    /// <summary>What one input may allocate at most.</summary>
    long AllowedBytes { get; }

    /// <summary>Well-formed inputs, which mutations start from.</summary>
    IReadOnlyList<byte[]> Seeds { get; }

    /// <summary>Pieces that mean something to the reader.</summary>
    IReadOnlyList<byte[]> Words { get; }

    /// <summary>Reads one input, on one thread at a time; says in words how it ended. Any exception is a finding.</summary>
    string Run(byte[] input);
}
