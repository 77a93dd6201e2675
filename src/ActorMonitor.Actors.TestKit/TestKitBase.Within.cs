namespace Akka.TestKit;

public abstract partial class TestKitBase
{
    /// <summary>Runs the block, which must end within <paramref name="max"/>; expectations inside get what is left of it.</summary>
    public void Within(TimeSpan max, Action action, TimeSpan? epsilonValue = null, CancellationToken cancellationToken = default)
        => Within(TimeSpan.Zero, max, action, null, epsilonValue, cancellationToken);

    /// <summary>Runs the block, which must end after <paramref name="min"/> and within <paramref name="max"/>.</summary>
    public void Within(
        TimeSpan min, TimeSpan max, Action action, string? hint = null, TimeSpan? epsilonValue = null, CancellationToken cancellationToken = default)
        => Within(
            min,
            max,
            () =>
            {
                action();
                return true;
            },
            hint,
            epsilonValue,
            cancellationToken);

    /// <inheritdoc cref="Within(TimeSpan, Action, TimeSpan?, CancellationToken)"/>
    public T Within<T>(TimeSpan max, Func<T> function, TimeSpan? epsilonValue = null, CancellationToken cancellationToken = default)
        => Within(TimeSpan.Zero, max, function, null, epsilonValue, cancellationToken);

    /// <inheritdoc cref="Within(TimeSpan, TimeSpan, Action, string, TimeSpan?, CancellationToken)"/>
    public T Within<T>(
        TimeSpan min, TimeSpan max, Func<T> function, string? hint = null, TimeSpan? epsilonValue = null, CancellationToken cancellationToken = default)
        => Complete(WithinAsync(min, max, () => Task.FromResult(function()), hint, epsilonValue, cancellationToken));

    /// <inheritdoc cref="Within(TimeSpan, Action, TimeSpan?, CancellationToken)"/>
    public Task WithinAsync(TimeSpan max, Func<Task> actionAsync, TimeSpan? epsilonValue = null, CancellationToken cancellationToken = default)
        => WithinAsync(TimeSpan.Zero, max, actionAsync, null, epsilonValue, cancellationToken);

    /// <inheritdoc cref="Within(TimeSpan, TimeSpan, Action, string, TimeSpan?, CancellationToken)"/>
    public Task WithinAsync(
        TimeSpan min, TimeSpan max, Func<Task> actionAsync, string? hint = null, TimeSpan? epsilonValue = null, CancellationToken cancellationToken = default)
        => WithinAsync(
            min,
            max,
            async () =>
            {
                await actionAsync().ConfigureAwait(false);
                return true;
            },
            hint,
            epsilonValue,
            cancellationToken);

    /// <inheritdoc cref="Within(TimeSpan, Action, TimeSpan?, CancellationToken)"/>
    public Task<T> WithinAsync<T>(TimeSpan max, Func<Task<T>> function, TimeSpan? epsilonValue = null, CancellationToken cancellationToken = default)
        => WithinAsync(TimeSpan.Zero, max, function, null, epsilonValue, cancellationToken);

    /// <inheritdoc cref="Within(TimeSpan, TimeSpan, Action, string, TimeSpan?, CancellationToken)"/>
    public async Task<T> WithinAsync<T>(
        TimeSpan min,
        TimeSpan max,
        Func<Task<T>> function,
        string? hint = null,
        TimeSpan? epsilonValue = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(min.Ticks, nameof(min));
        ArgumentOutOfRangeException.ThrowIfLessThan(max, min);

        var start = Now;
        var outerEnd = _end;
        var allowed = Dilated(max);
        if (outerEnd is { } outer && outer - start < allowed)
        {
            allowed = NotNegative(outer - start);
            _assertions.AssertTrue(allowed >= min, $"the surrounding block leaves {allowed}, too little for a minimum of {min}{Hint(hint)}");
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
        _assertions.AssertTrue(took >= min, $"the block took {took}, it should have taken at least {min}{Hint(hint)}");

        // A block that ends by listening to silence has used up its time by design.
        if (!_lastWasNoMessage)
        {
            _assertions.AssertTrue(took <= allowed + (epsilonValue ?? TimeSpan.Zero), $"the block took {took}, longer than {allowed}{Hint(hint)}");
        }

        return result;
    }
}
