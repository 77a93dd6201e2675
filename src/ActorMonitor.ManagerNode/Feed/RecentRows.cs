namespace ActorMonitor.ManagerNode.Feed;

/// <summary>The newest rows, so many of them. Not thread-safe: the feed owns it.</summary>
internal sealed class RecentRows(int bound)
{
    private readonly FeedRow[] _rows = new FeedRow[bound];
    private long _added;

    public void Add(in FeedRow row) => _rows[_added++ % _rows.Length] = row;

    /// <summary>The newest that match, oldest first, so many at most.</summary>
    public IReadOnlyList<FeedRow> Newest(RowFilter filter, int most)
    {
        var found = new List<FeedRow>();
        var oldest = Math.Max(0, _added - _rows.Length);
        for (var i = _added - 1; i >= oldest && found.Count < most; i--)
        {
            if (filter.Matches(_rows[i % _rows.Length]))
                found.Add(_rows[i % _rows.Length]);
        }

        found.Reverse();
        return found;
    }
}
