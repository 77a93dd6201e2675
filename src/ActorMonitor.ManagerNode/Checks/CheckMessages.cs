using System.Collections.Immutable;
using System.Threading.Channels;
using ActorMonitor.Messages;
using Akka.Actor;

namespace ActorMonitor.ManagerNode.Checks;

/// <summary>To /user/manager, for the keeper of one-shot checks: run this one. Answered by <see cref="CheckTaken"/> or <see cref="CheckRefused"/>.</summary>
/// <param name="Check">What to check.</param>
/// <param name="Among">The monitors that may run it: the first of them that is connected does. None: any.</param>
/// <param name="News">Gets what becomes of it; completed after the last of it.</param>
internal sealed record RunCheck(CheckDefinition Check, ImmutableArray<string> Among, ChannelWriter<CheckNews> News);

/// <summary>Whether a one-shot check was taken.</summary>
internal abstract record CheckAnswer;

/// <summary>A one-shot check is on its way; who asked for it stops the actor when they do not wait any more.</summary>
internal sealed record CheckTaken(IActorRef Check) : CheckAnswer;

/// <summary>It is not.</summary>
/// <param name="Reason">One line for people.</param>
internal sealed record CheckRefused(string Reason) : CheckAnswer;

/// <summary>What becomes of a one-shot check.</summary>
internal abstract record CheckNews;

/// <summary>A monitor has it.</summary>
internal sealed record CheckHandedOver(string Monitor) : CheckNews;

/// <summary>It runs.</summary>
internal sealed record CheckRuns : CheckNews;

/// <summary>It has ended; nothing follows.</summary>
internal sealed record CheckDone(CheckResult Result) : CheckNews;

/// <summary>There will be no result; nothing follows.</summary>
/// <param name="Reason">One line for people.</param>
internal sealed record CheckFailed(string Reason) : CheckNews;

/// <summary>To the links, and by them to one: have this check run once.</summary>
/// <param name="Id">Its number, unique in this process.</param>
/// <param name="Among">The monitors that may run it: the first of them that is connected does. None: any.</param>
/// <param name="Check">What to check.</param>
internal sealed record HandOver(long Id, ImmutableArray<string> Among, CheckDefinition Check);

/// <summary>From a link, about a check handed over to it.</summary>
internal abstract record OneShotNews;

/// <summary>It has been sent to the monitor.</summary>
internal sealed record OneShotSent(string Monitor) : OneShotNews;

/// <summary>The monitor runs it.</summary>
internal sealed record OneShotRuns : OneShotNews;

/// <summary>The monitor has answered it.</summary>
internal sealed record OneShotEnded(CheckResult Result) : OneShotNews;

/// <summary>It was not sent, or there will be no answer.</summary>
/// <param name="Reason">One line for people.</param>
internal sealed record OneShotFailed(string Reason) : OneShotNews;

/// <summary>To a link: nobody waits for this check any more.</summary>
internal sealed record CallOff(long Id);
