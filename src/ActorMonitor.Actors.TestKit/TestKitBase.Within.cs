namespace Akka.TestKit;

public abstract partial class TestKitBase
{
    /// <summary>Runs the block, which must end after <paramref name="min"/> and within <paramref name="max"/>.</summary>
    public void Within(
        TimeSpan min, TimeSpan max, Action action, string? hint = null, TimeSpan? epsilonValue = null, CancellationToken cancellationToken = default)
        => Complete(WithinAsync(
            min,
            max,
            () =>
            {
                action();
                return Task.FromResult(true);
            },
            hint,
            epsilonValue,
            cancellationToken));

    /// <summary>Runs the block, which must end within <paramref name="max"/>; expectations inside get what is left of it.</summary>
    public T Within<T>(TimeSpan max, Func<T> function, TimeSpan? epsilonValue = null, CancellationToken cancellationToken = default)
        => Complete(WithinAsync(max, () => Task.FromResult(function()), epsilonValue, cancellationToken));

    /// <inheritdoc cref="Within{T}"/>
    public Task<T> WithinAsync<T>(TimeSpan max, Func<Task<T>> function, TimeSpan? epsilonValue = null, CancellationToken cancellationToken = default)
        => WithinAsync(TimeSpan.Zero, max, function, null, epsilonValue, cancellationToken);

    private async Task<T> WithinAsync<T>(
        TimeSpan min, TimeSpan max, Func<Task<T>> function, string? hint, TimeSpan? epsilonValue, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(min.Ticks, nameof(min));
        ArgumentOutOfRangeException.ThrowIfLessThan(max, min);

        var start = Now;
        var outerEnd = _end;
        var allowed = Dilated(max);
        if (outerEnd is { } outer && outer - start < allowed)
        {
            allowed = NotNegative(outer - start);
            Check(allowed >= min, $"the surrounding block leaves {allowed}, too little for a minimum of {min}{Hint(hint)}");
        }

        _end = start + allowed;
        T result;
        try
        {
            cancellationToken.ThrowIfCancellationRequested();
            result = await function().ConfigureAwait(false);
        }
        finally
        {
            _end = outerEnd;
        }

        var took = Now - start;
        Check(took >= min, $"the block took {took}, it should have taken at least {min}{Hint(hint)}");

        // A block that ends by listening to silence has used up its time by design.
        if (!_lastWasNoMessage)
        {
            Check(took <= allowed + (epsilonValue ?? TimeSpan.Zero), $"the block took {took}, longer than {allowed}{Hint(hint)}");
        }

        return result;
    }
}
