using ActorMonitor.Messages;
using Microsoft.Win32.SafeHandles;

namespace ActorMonitor.MonitorNode.Journal;

/// <summary>
/// Reads a folder's segments, oldest first. What cannot be read is passed over and told; nothing that was not written is
/// ever taken for a frame.
/// </summary>
internal sealed class JournalReader
{
    private const long MaxTorn = 1024 * 1024;

    private readonly string _folder;
    private readonly JournalSettings _settings;
    private readonly DateTimeOffset _wall;
    private readonly RecoveredJournal _found = new();
    private readonly HashSet<long> _numbers = [];
    private readonly char[] _name = new char[JobId.MaxLength];
    private JournalState? _before;
    private long _stateFrames;
    private (long Number, SeqRange Seqs)? _folding;
    private bool _isClosed;

    private JournalReader(string folder, JournalSettings settings, DateTimeOffset wall) => (_folder, _settings, _wall) = (folder, settings, wall);

    /// <summary>Reads what a folder holds; one that is not there holds nothing.</summary>
    /// <exception cref="JournalException">It cannot be read at all, or is of another version.</exception>
    public static RecoveredJournal Read(string folder, JournalSettings settings, TimeProvider time)
    {
        try
        {
            return new JournalReader(folder, settings, time.GetUtcNow()).Read();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new JournalException($"the journal in {folder} cannot be read: {e.Message}", e);
        }
    }

    private RecoveredJournal Read()
    {
        if (!Directory.Exists(_folder))
            return _found;
        var paths = Directory.EnumerateFiles(_folder).Where(path => SegmentLog.NumberOf(path) > 0).OrderBy(SegmentLog.NumberOf).ToList();
        _numbers.UnionWith(paths.Select(SegmentLog.NumberOf));
        foreach (var path in paths)
            TryReadSegment(path);
        for (var at = 0; at + 1 < _found.Segments.Count; at++)
            _found.Segments[at].NewestAt = _found.Segments[at + 1].CreatedAt;
        _found.IsClean = _isClosed && _found.CanGoOn;
        return _found;
    }

    private void TryReadSegment(string path)
    {
        try
        {
            ReadSegment(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            EndState(isWhole: false);
            EndFold();
            Distrust($"segment {SegmentLog.NumberOf(path)} cannot be read: {e.Message}");
        }
    }

    // Until a newer segment is read that says what the id is: a new one, and no seq that the unread may have held.
    private void Distrust(string damage)
    {
        _found.Damaged(damage);
        _found.Id = null;
        _found.NextSeq += _settings.UnknownSeqs;
        (_found.CanGoOn, _isClosed) = (false, false);
    }

    private void ReadSegment(string path)
    {
        var number = SegmentLog.NumberOf(path);
        _found.LastNumber = number;
        _found.CanGoOn = false;
        _isClosed = false;
        using var handle = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, FileOptions.SequentialScan);
        var length = RandomAccess.GetLength(handle);
        if (SegmentHeader.TryRead(handle, number) is not { } header)
        {
            SetAside(path, handle, length);
            return;
        }

        _found.Id = header.Id;
        _found.SeenSeq(header.NextSeq - 1);
        var created = -Clamped(_wall - DateTimeOffset.UnixEpoch.AddTicks(Math.Clamp(header.CreatedUnixMicroseconds, 0, 200_000_000_000_000_000) * TimeSpan.TicksPerMicrosecond));
        var segment = new Segment(number, path, header.Salt)
        {
            CreatedAt = created,
            NewestAt = created + _settings.SegmentSpan < TimeSpan.Zero ? created + _settings.SegmentSpan : TimeSpan.Zero,
            HeadBytes = SegmentHeader.Bytes,
        };
        _found.Segments.Add(segment);
        ReadFrames(segment, handle, length);
    }

    private void ReadFrames(Segment segment, SafeFileHandle handle, long length)
    {
        var notUnderstood = 0;
        using var scanner = new FrameScanner(handle, segment.Salt, SegmentHeader.Bytes, length);
        while (scanner.TryNext(out var frame))
        {
            _isClosed = frame.Kind == FrameKind.Closed;
            if (!TryTake(segment, frame))
                notUnderstood++;
            segment.Bytes = scanner.Offset;
        }

        EndState(isWhole: false);
        EndFold();
        segment.Bytes = scanner.Offset;
        if (scanner.Skipped > 0)
            _found.Damaged($"{scanner.Skipped} bytes of segment {segment.Number} are damaged");
        if (notUnderstood > 0)
            _found.Damaged($"{notUnderstood} records of segment {segment.Number} are not understood");

        // The newest segment may end in the middle of a write; what is longer, or elsewhere, is lost.
        _found.CanGoOn = segment.HasState && scanner.Skipped == 0;
        if (length - scanner.Offset > (segment.Number == _numbers.Max() ? MaxTorn : 0))
            _found.Damaged($"the last {length - scanner.Offset} bytes of segment {segment.Number} are damaged");
    }

    private bool TryTake(Segment segment, in Frame frame)
    {
        if (_before is not null)
            _stateFrames++;
        if (_folding is not null && frame.Kind is not FrameKind.Dropped and not FrameKind.Folded)
            EndFold();
        switch (frame.Kind)
        {
            case FrameKind.StateBegin:
                EndState(isWhole: false);
                (_before, _found.State, _stateFrames) = (_found.State, new JournalState(), 0);
                return TrySeeNext(frame);
            case FrameKind.StateEnd:
                var isWhole = _before is not null && new PayloadReader(frame.Payload).Int64() == _stateFrames - 1;
                EndState(isWhole);
                segment.HasState |= isWhole;
                if (isWhole && segment.Entries == 0)
                    segment.HeadBytes = frame.Offset + Frame.HeadBytes + frame.Payload.Length;
                return true;
            case FrameKind.Completed:
                return TryAddResult(segment, frame);
            case FrameKind.Dropped:
                return TryAddEntry(segment, frame);
            case FrameKind.Acknowledged:
                return TryAcknowledge(frame);
            case FrameKind.Folding:
                _folding = (new PayloadReader(frame.Payload).Int64(), new SeqRange(0, -1));
                return true;
            case FrameKind.Folded:
                Folded(new PayloadReader(frame.Payload).Int64());
                return true;
            case FrameKind.Opened or FrameKind.Closed:
                return TrySeeNext(frame);
            default:
                return _found.State.Apply(frame);
        }
    }

    private bool TrySeeNext(in Frame frame)
    {
        var next = new PayloadReader(frame.Payload).Int64();
        _found.SeenSeq(next - 1);
        return next >= 1;
    }

    private bool TryAddResult(Segment segment, in Frame frame)
    {
        Span<char> name = _name;
        var characters = EntryFrames.TryPeek(frame, name, out var slot);
        return characters > 0 && _found.State.Complete(name[..characters], slot) && TryAddEntry(segment, frame);
    }

    private bool TryAddEntry(Segment segment, in Frame frame)
    {
        var seq = EntryFrames.SeqOf(frame);
        if (seq <= segment.LastSeq || (_found.Segments.Count > 1 && seq <= _found.Segments[^2].LastSeq))
            return false;
        segment.Add(seq, frame.Offset, frame.Payload.Length);
        _found.SeenSeq(seq);
        if (_folding is var (number, seqs) && frame.Kind == FrameKind.Dropped)
            _folding = (number, new SeqRange(seqs.First == 0 ? seq : seqs.First, seq));
        return true;
    }

    private bool TryAcknowledge(in Frame frame)
    {
        var payload = new PayloadReader(frame.Payload);
        while (payload.Rest.Length > 0)
        {
            var range = new SeqRange(payload.Int64(), payload.Int64());
            if (payload.Failed)
                return false;
            foreach (var segment in _found.Segments)
                _ = segment.Acknowledge(range);
        }

        return true;
    }

    private void EndState(bool isWhole)
    {
        if (_before is not { } before)
            return;
        _before = null;
        if (isWhole)
            return;
        before.Overlay(_found.State);
        _found.State = before;
    }

    private void Folded(long number)
    {
        _folding = null;
        if (_found.Segments.FindIndex(segment => segment.Number == number) is >= 0 and var at && at < _found.Segments.Count - 1)
        {
            _found.Unneeded.Add(_found.Segments[at].Path);
            _found.Segments.RemoveAt(at);
        }
    }

    // A fold that was not finished: what it stood for is still there, so it does not count. If that is gone, the end of the
    // fold was written and is what has been damaged.
    private void EndFold()
    {
        if (_folding is not var (number, seqs))
            return;
        _folding = null;
        if (!_numbers.Contains(number))
            return;
        foreach (var segment in _found.Segments)
            _ = segment.Acknowledge(seqs);
    }

    // A segment that was just begun at the end may hold nothing yet, or nothing but zeros.
    private void SetAside(string path, SafeFileHandle handle, long length)
    {
        if (IsBlank(handle, length))
        {
            _found.Unneeded.Add(path);
            return;
        }

        Distrust($"segment {SegmentLog.NumberOf(path)} is damaged at its head and set aside");
        try
        {
            File.Move(path, Path.Combine(_folder, "damaged"), overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It will be met again.
        }
    }

    private static bool IsBlank(SafeFileHandle handle, long length)
    {
        var buffer = new byte[64 * 1024];
        for (long at = 0; at < length;)
        {
            var read = RandomAccess.Read(handle, buffer, at);
            if (read == 0)
                return true;
            if (buffer.AsSpan(0, read).ContainsAnyExcept((byte)0))
                return false;
            at += read;
        }

        return true;
    }

    private TimeSpan Clamped(TimeSpan age) => age < TimeSpan.Zero ? TimeSpan.Zero : age;
}
