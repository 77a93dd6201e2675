namespace ActorMonitor.Messages;

/// <summary>
/// Something that an operator watching the console sees; published on a node's event stream. Printed as
/// <c>[2026-11-22 10:15:01] [ping] [True] [google: 142.250.72.164 - 71.301 ms]</c>.
/// </summary>
/// <param name="At">When.</param>
/// <param name="Subject">The service, or <c>client</c> for a link.</param>
/// <param name="Success">Whether it is good news.</param>
/// <param name="Details">The rest.</param>
/// <param name="IsChange">Whether it differs from the last of its kind (what <c>console = changes</c> shows).</param>
public sealed record NodeEvent(DateTimeOffset At, string Subject, bool Success, string Details, bool IsChange);
