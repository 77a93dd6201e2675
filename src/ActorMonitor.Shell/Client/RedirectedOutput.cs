using System.Text;
using Microsoft.Win32.SafeHandles;

namespace ActorMonitor.Shell;

/// <summary>Standard output could not be written.</summary>
internal sealed class OutputException(string message, bool hasReaderLeft, Exception inner) : Exception(message, inner)
{
    /// <summary>Whether it is a pipe whose reader is gone.</summary>
    public bool HasReaderLeft => hasReaderLeft;
}

/// <summary>Standard output into a pipe or a file. The console's own stream swallows that a pipe's reader has left, and then a live view would run on for nobody.</summary>
internal sealed class RedirectedOutput(Stream stream) : Stream
{
    // EPIPE on Linux and macOS; ERROR_BROKEN_PIPE and ERROR_NO_DATA on Windows.
    private static readonly int[] ReaderLeft = OperatingSystem.IsWindows() ? [unchecked((int)0x8007006D), unchecked((int)0x800700E8)] : [32];

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public static TextWriter Open()
    {
        // A FileStream keeps a file's position to itself, so two programs with one file would write over each other: it is for pipes.
        var pipe = new FileStream(new SafeFileHandle(1, ownsHandle: false), FileAccess.Write, bufferSize: 0);
        return new StreamWriter(new RedirectedOutput(pipe.CanSeek ? Console.OpenStandardOutput() : pipe), new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), bufferSize: 16 * 1024);
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        try
        {
            stream.Write(buffer);
        }
        catch (IOException e)
        {
            throw new OutputException(e.Message, ReaderLeft.Contains(e.HResult), e);
        }
    }

    public override void Flush()
    {
        // Nothing is kept back here.
    }

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}
