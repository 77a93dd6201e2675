using Akka.Actor;

namespace Akka.TestKit;

public abstract partial class TestKitBase
{
    /// <summary>The next message must be a <typeparamref name="T"/>.</summary>
    public T ExpectMsg<T>(TimeSpan? duration = null, string? hint = null, CancellationToken cancellationToken = default)
        => Complete(ExpectMsgAsync<T>(duration, hint, cancellationToken));

    /// <summary>The next message must equal this one.</summary>
    public T ExpectMsg<T>(T message, TimeSpan? timeout = null, string? hint = null, CancellationToken cancellationToken = default)
        => Complete(ExpectMsgAsync(message, timeout, hint, cancellationToken));

    /// <summary>The next message must be a <typeparamref name="T"/> for which the predicate holds.</summary>
    public T ExpectMsg<T>(Predicate<T> isMessage, TimeSpan? timeout = null, string? hint = null, CancellationToken cancellationToken = default)
        => Complete(ExpectMsgAsync(isMessage, timeout, hint, cancellationToken));

    /// <summary>The next message must be a <typeparamref name="T"/> that passes the assertion.</summary>
    public T ExpectMsg<T>(Action<T> assert, TimeSpan? timeout = null, string? hint = null, CancellationToken cancellationToken = default)
        => Complete(ExpectMsgAsync(assert, timeout, hint, cancellationToken));

    /// <summary>The next message must be a <typeparamref name="T"/>; the predicate sees its sender too.</summary>
    public T ExpectMsg<T>(
        Func<T, IActorRef, bool> isMessageAndSender, TimeSpan? timeout = null, string? hint = null, CancellationToken cancellationToken = default)
        => Complete(ExpectMsgAsync(isMessageAndSender, timeout, hint, cancellationToken));

    /// <summary>The next message must be a <typeparamref name="T"/>; the assertion sees its sender too.</summary>
    public T ExpectMsg<T>(
        Action<T, IActorRef> assertMessageAndSender, TimeSpan? timeout = null, string? hint = null, CancellationToken cancellationToken = default)
        => Complete(ExpectMsgAsync(assertMessageAndSender, timeout, hint, cancellationToken));

    /// <inheritdoc cref="ExpectMsg{T}(TimeSpan?, string, CancellationToken)"/>
    public async ValueTask<T> ExpectMsgAsync<T>(TimeSpan? duration = null, string? hint = null, CancellationToken cancellationToken = default)
        => (await NextAsync<T>(duration, hint, cancellationToken).ConfigureAwait(false)).message;

    /// <inheritdoc cref="ExpectMsg{T}(T, TimeSpan?, string, CancellationToken)"/>
    public ValueTask<T> ExpectMsgAsync<T>(T message, TimeSpan? timeout = null, string? hint = null, CancellationToken cancellationToken = default)
        => ExpectMsgAsync<T>(actual => _assertions.AssertEqual(message, actual, Hint(hint)), timeout, hint, cancellationToken);

    /// <inheritdoc cref="ExpectMsg{T}(Predicate{T}, TimeSpan?, string, CancellationToken)"/>
    public ValueTask<T> ExpectMsgAsync<T>(
        Predicate<T> isMessage, TimeSpan? timeout = null, string? hint = null, CancellationToken cancellationToken = default)
        => ExpectMsgAsync<T>(actual => Hold(isMessage(actual), actual, hint), timeout, hint, cancellationToken);

    /// <inheritdoc cref="ExpectMsg{T}(Action{T}, TimeSpan?, string, CancellationToken)"/>
    public ValueTask<T> ExpectMsgAsync<T>(
        Action<T> assert, TimeSpan? timeout = null, string? hint = null, CancellationToken cancellationToken = default)
        => ExpectMsgAsync<T>((actual, _) => assert(actual), timeout, hint, cancellationToken);

    /// <inheritdoc cref="ExpectMsg{T}(Func{T, IActorRef, bool}, TimeSpan?, string, CancellationToken)"/>
    public ValueTask<T> ExpectMsgAsync<T>(
        Func<T, IActorRef, bool> isMessageAndSender, TimeSpan? timeout = null, string? hint = null, CancellationToken cancellationToken = default)
        => ExpectMsgAsync<T>((actual, sender) => Hold(isMessageAndSender(actual, sender), actual, hint), timeout, hint, cancellationToken);

    /// <inheritdoc cref="ExpectMsg{T}(Action{T, IActorRef}, TimeSpan?, string, CancellationToken)"/>
    public async ValueTask<T> ExpectMsgAsync<T>(
        Action<T, IActorRef> assertMessageAndSender, TimeSpan? timeout = null, string? hint = null, CancellationToken cancellationToken = default)
    {
        var (message, sender) = await NextAsync<T>(timeout, hint, cancellationToken).ConfigureAwait(false);
        assertMessageAndSender(message, sender);
        return message;
    }

    /// <summary>The next message must be a <typeparamref name="T"/> from this sender.</summary>
    public T ExpectMsgFrom<T>(IActorRef sender, TimeSpan? duration = null, string? hint = null, CancellationToken cancellationToken = default)
        => Complete(ExpectMsgFromAsync<T>(sender, duration, hint, cancellationToken));

    /// <summary>The next message must equal this one and come from this sender.</summary>
    public T ExpectMsgFrom<T>(
        IActorRef sender, T message, TimeSpan? timeout = null, string? hint = null, CancellationToken cancellationToken = default)
        => Complete(ExpectMsgFromAsync(sender, message, timeout, hint, cancellationToken));

    /// <summary>The next message must fit the predicate and come from this sender.</summary>
    public T ExpectMsgFrom<T>(
        IActorRef sender, Predicate<T> isMessage, TimeSpan? timeout = null, string? hint = null, CancellationToken cancellationToken = default)
        => Complete(ExpectMsgFromAsync(sender, isMessage, timeout, hint, cancellationToken));

    /// <inheritdoc cref="ExpectMsgFrom{T}(IActorRef, TimeSpan?, string, CancellationToken)"/>
    public ValueTask<T> ExpectMsgFromAsync<T>(
        IActorRef sender, TimeSpan? duration = null, string? hint = null, CancellationToken cancellationToken = default)
        => ExpectMsgAsync<T>((_, actual) => _assertions.AssertEqual(sender, actual, "sender" + Hint(hint)), duration, hint, cancellationToken);

    /// <inheritdoc cref="ExpectMsgFrom{T}(IActorRef, T, TimeSpan?, string, CancellationToken)"/>
    public ValueTask<T> ExpectMsgFromAsync<T>(
        IActorRef sender, T message, TimeSpan? timeout = null, string? hint = null, CancellationToken cancellationToken = default)
        => ExpectMsgAsync<T>(
            (actual, from) =>
            {
                _assertions.AssertEqual(sender, from, "sender" + Hint(hint));
                _assertions.AssertEqual(message, actual, Hint(hint));
            },
            timeout,
            hint,
            cancellationToken);

    /// <inheritdoc cref="ExpectMsgFrom{T}(IActorRef, Predicate{T}, TimeSpan?, string, CancellationToken)"/>
    public ValueTask<T> ExpectMsgFromAsync<T>(
        IActorRef sender, Predicate<T> isMessage, TimeSpan? timeout = null, string? hint = null, CancellationToken cancellationToken = default)
        => ExpectMsgAsync<T>(
            (actual, from) =>
            {
                _assertions.AssertEqual(sender, from, "sender" + Hint(hint));
                Hold(isMessage(actual), actual, hint);
            },
            timeout,
            hint,
            cancellationToken);

    /// <summary>The next message must be one of these.</summary>
    public T ExpectMsgAnyOf<T>(IEnumerable<T> messages, CancellationToken cancellationToken = default)
        => Complete(ExpectMsgAnyOfAsync(messages, cancellationToken));

    /// <inheritdoc cref="ExpectMsgAnyOf{T}"/>
    public ValueTask<T> ExpectMsgAnyOfAsync<T>(IEnumerable<T> messages, CancellationToken cancellationToken = default)
    {
        var expected = messages.ToList();
        return ExpectMsgAsync<T>(
            actual => _assertions.AssertTrue(expected.Contains(actual), $"received <{actual}>, expected any of {string.Join(", ", expected)}"),
            cancellationToken: cancellationToken);
    }

    /// <summary>The next messages must be these, in any order.</summary>
    public IReadOnlyCollection<T> ExpectMsgAllOf<T>(IReadOnlyCollection<T> messages, CancellationToken cancellationToken = default)
        => Complete(AllOfAsync(messages, RemainingOrDefault, cancellationToken));

    /// <summary>The next messages must be these, in any order, within <paramref name="max"/>.</summary>
    public IReadOnlyCollection<T> ExpectMsgAllOf<T>(TimeSpan max, IReadOnlyCollection<T> messages, CancellationToken cancellationToken = default)
        => Complete(AllOfAsync(messages, Dilated(max), cancellationToken));

    /// <summary>A watched actor must stop.</summary>
    public Terminated ExpectTerminated(
        IActorRef target, TimeSpan? timeout = null, string? hint = null, CancellationToken cancellationToken = default)
        => Complete(ExpectTerminatedAsync(target, timeout, hint, cancellationToken));

    /// <inheritdoc cref="ExpectTerminated"/>
    public ValueTask<Terminated> ExpectTerminatedAsync(
        IActorRef target, TimeSpan? timeout = null, string? hint = null, CancellationToken cancellationToken = default)
        => ExpectMsgAsync<Terminated>(
            terminated => _assertions.AssertEqual(target, terminated.ActorRef, "terminated" + Hint(hint)), timeout, hint, cancellationToken);

    /// <summary>No message may come, within the block or for the default time.</summary>
    public void ExpectNoMsg(CancellationToken cancellationToken = default) => Complete(ExpectNoMsgAsync(cancellationToken));

    /// <summary>No message may come for a time.</summary>
    public void ExpectNoMsg(TimeSpan duration, CancellationToken cancellationToken = default) => Complete(ExpectNoMsgAsync(duration, cancellationToken));

    /// <summary>No message may come for a time.</summary>
    public void ExpectNoMsg(int milliseconds, CancellationToken cancellationToken = default)
        => Complete(ExpectNoMsgAsync(milliseconds, cancellationToken));

    /// <inheritdoc cref="ExpectNoMsg(CancellationToken)"/>
    public ValueTask ExpectNoMsgAsync(CancellationToken cancellationToken = default) => SilenceAsync(NoMessageRemainingOrDefault, cancellationToken);

    /// <inheritdoc cref="ExpectNoMsg(TimeSpan, CancellationToken)"/>
    public ValueTask ExpectNoMsgAsync(TimeSpan duration, CancellationToken cancellationToken = default)
        => SilenceAsync(Dilated(duration), cancellationToken);

    /// <inheritdoc cref="ExpectNoMsg(int, CancellationToken)"/>
    public ValueTask ExpectNoMsgAsync(int milliseconds, CancellationToken cancellationToken = default)
        => ExpectNoMsgAsync(TimeSpan.FromMilliseconds(milliseconds), cancellationToken);

    private async ValueTask<(T message, IActorRef sender)> NextAsync<T>(TimeSpan? timeout, string? hint, CancellationToken cancellationToken)
    {
        var wait = RemainingOrDilated(timeout);
        var (received, envelope) = await TakeForAsync(wait, cancellationToken).ConfigureAwait(false);
        if (!received)
        {
            Fail($"timeout ({wait}) while waiting for a {typeof(T).Name}{Hint(hint)}");
        }

        if (envelope.Message is not T)
        {
            Fail($"expected a {typeof(T).Name}{Hint(hint)}, received {envelope.Message!.GetType().Name} {envelope}");
        }

        return ((T)envelope.Message!, envelope.Sender);
    }

    private async ValueTask<IReadOnlyCollection<T>> AllOfAsync<T>(IReadOnlyCollection<T> messages, TimeSpan max, CancellationToken cancellationToken)
    {
        var received = await CollectAsync(ReceiveWithinAsync(messages.Count, max, cancellationToken)).ConfigureAwait(false);
        var missing = messages.Where(message => !received.Contains(message!)).ToList();
        var unexpected = received.Where(message => message is not T typed || !messages.Contains(typed)).ToList();
        _assertions.AssertTrue(
            missing.Count == 0 && unexpected.Count == 0, $"not received: {string.Join(", ", missing)}; not expected: {string.Join(", ", unexpected)}");
        return received.Cast<T>().ToList();
    }

    private async ValueTask SilenceAsync(TimeSpan duration, CancellationToken cancellationToken)
    {
        var (received, envelope) = await TakeForAsync(duration, cancellationToken).ConfigureAwait(false);
        if (received)
        {
            Fail($"received {envelope.Message!.GetType().Name} {envelope} in {duration} of expected silence");
        }

        _lastWasNoMessage = true;
    }

    private void Hold<T>(bool holds, T message, string? hint)
        => _assertions.AssertTrue(holds, $"the predicate does not hold for <{message}>{Hint(hint)}");

    private static string Hint(string? hint) => string.IsNullOrEmpty(hint) ? "" : $" ({hint})";
}
