using System.Collections.Immutable;
using System.Threading.Channels;

namespace ActorMonitor.ManagerNode.Feed;

/// <summary>To /user/manager, for the feed.</summary>
internal abstract record FeedRequest;

/// <summary>Show the records as they are stored, the newest ones first of all. Answered by <see cref="TailOpened"/> or <see cref="TailRefused"/>.</summary>
/// <param name="Filter">Which records.</param>
/// <param name="Last">How many of the newest ones that are there already.</param>
/// <param name="Items">Gets them; what it has no room for is left out, and how much that was is said with the next one that it has room for.</param>
internal sealed record OpenTail(RowFilter Filter, int Last, ChannelWriter<TailItem> Items) : FeedRequest;

/// <summary>The records come.</summary>
/// <param name="Id">What closes it.</param>
/// <param name="Earlier">How many of the first items were there already.</param>
internal sealed record TailOpened(long Id, int Earlier);

/// <summary>They do not.</summary>
/// <param name="Reason">One line for people.</param>
internal sealed record TailRefused(string Reason);

/// <summary>Nobody looks any more.</summary>
internal sealed record CloseTail(long Id) : FeedRequest;

/// <summary>A record, or a word that some were left out before it.</summary>
/// <param name="Row">The record; null when there is only the word.</param>
/// <param name="LeftOut">How many were left out before it.</param>
internal readonly record struct TailItem(FeedRow? Row, long LeftOut);

/// <summary>Asks the feed for its <see cref="Pulse"/>.</summary>
internal sealed record GetPulse : FeedRequest
{
    public static readonly GetPulse Instance = new();
}

/// <summary>How the manager fares, as the records tell it.</summary>
/// <param name="Uptime">Since the feed began.</param>
/// <param name="Due">Slots that came due since then.</param>
/// <param name="Minute">The last minute.</param>
/// <param name="Failing">The lanes whose newest record shows no working target, the one that has failed for the longest first; a bounded number.</param>
/// <param name="FailingCount">How many there are.</param>
/// <param name="Tails">How many look at the records as they are stored.</param>
internal sealed record Pulse(TimeSpan Uptime, long Due, MinuteSummary Minute, ImmutableArray<FailingLane> Failing, int FailingCount, int Tails);
