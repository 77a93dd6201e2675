namespace Akka.Actor;

/// <summary>Something that can be cancelled, once.</summary>
public class Cancelable : ICancelable
{
    private volatile bool _cancelled;

    /// <summary>Not cancelled.</summary>
    public Cancelable(IScheduler scheduler) => ArgumentNullException.ThrowIfNull(scheduler);

    /// <summary>Not cancelled.</summary>
    public Cancelable(IActionScheduler scheduler) => ArgumentNullException.ThrowIfNull(scheduler);

    /// <inheritdoc />
    public bool IsCancellationRequested => _cancelled;

    /// <inheritdoc />
    public void Cancel() => _cancelled = true;
}
