using Akka.Actor;
using Xunit.Sdk;

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
        => ExpectMsg<T>(actual => Check(isMessage(actual), $"the predicate does not hold for <{actual}>{Hint(hint)}"), timeout, hint, cancellationToken);

    /// <summary>The next message must be a <typeparamref name="T"/> that passes the assertion.</summary>
    public T ExpectMsg<T>(Action<T> assert, TimeSpan? timeout = null, string? hint = null, CancellationToken cancellationToken = default)
        => Complete(NextAsync<T>((actual, _) => assert(actual), timeout, hint, cancellationToken));

    /// <inheritdoc cref="ExpectMsg{T}(TimeSpan?, string, CancellationToken)"/>
    public ValueTask<T> ExpectMsgAsync<T>(TimeSpan? duration = null, string? hint = null, CancellationToken cancellationToken = default)
        => NextAsync<T>((_, _) => { }, duration, hint, cancellationToken);

    /// <inheritdoc cref="ExpectMsg{T}(T, TimeSpan?, string, CancellationToken)"/>
    public ValueTask<T> ExpectMsgAsync<T>(T message, TimeSpan? timeout = null, string? hint = null, CancellationToken cancellationToken = default)
        => NextAsync<T>((actual, _) => CheckEqual(message, actual, Hint(hint)), timeout, hint, cancellationToken);

    /// <summary>The next message must equal this one and come from this sender.</summary>
    public T ExpectMsgFrom<T>(
        IActorRef sender, T message, TimeSpan? timeout = null, string? hint = null, CancellationToken cancellationToken = default)
        => Complete(NextAsync<T>(
            (actual, from) =>
            {
                CheckEqual(sender, from, "sender" + Hint(hint));
                CheckEqual(message, actual, Hint(hint));
            },
            timeout,
            hint,
            cancellationToken));

    /// <summary>The next message must be one of these.</summary>
    public T ExpectMsgAnyOf<T>(IEnumerable<T> messages, CancellationToken cancellationToken = default)
    {
        var expected = messages.ToList();
        return ExpectMsg<T>(
            actual => Check(expected.Contains(actual), $"received <{actual}>, expected any of {string.Join(", ", expected)}"),
            cancellationToken: cancellationToken);
    }

    /// <summary>A watched actor must stop.</summary>
    public Terminated ExpectTerminated(
        IActorRef target, TimeSpan? timeout = null, string? hint = null, CancellationToken cancellationToken = default)
        => ExpectMsg<Terminated>(
            terminated => CheckEqual(target, terminated.ActorRef, "terminated" + Hint(hint)), timeout, hint, cancellationToken);

    /// <summary>No message may come for a time.</summary>
    public void ExpectNoMsg(TimeSpan duration, CancellationToken cancellationToken = default) => Complete(ExpectNoMsgAsync(duration, cancellationToken));

    /// <summary>No message may come for a time.</summary>
    public void ExpectNoMsg(int milliseconds, CancellationToken cancellationToken = default)
        => ExpectNoMsg(TimeSpan.FromMilliseconds(milliseconds), cancellationToken);

    /// <inheritdoc cref="ExpectNoMsg(TimeSpan, CancellationToken)"/>
    public async ValueTask ExpectNoMsgAsync(TimeSpan duration, CancellationToken cancellationToken = default)
    {
        var silence = NotNegative(Dilated(duration));
        if (await TakeAsync(silence, cancellationToken).ConfigureAwait(false) is { } envelope)
        {
            throw new XunitException($"received {Described(envelope)} in {silence} of expected silence");
        }

        _lastWasNoMessage = true;
    }

    private async ValueTask<T> NextAsync<T>(Action<T, IActorRef> check, TimeSpan? timeout, string? hint, CancellationToken cancellationToken)
    {
        var wait = RemainingOrDilated(timeout);
        if (await TakeAsync(NotNegative(wait), cancellationToken).ConfigureAwait(false) is not { } envelope)
        {
            throw new XunitException($"timeout ({wait}) while waiting for a {typeof(T).Name}{Hint(hint)}");
        }

        if (envelope.Message is not T message)
        {
            throw new XunitException($"expected a {typeof(T).Name}{Hint(hint)}, received {Described(envelope)}");
        }

        check(message, envelope.Sender);
        return message;
    }

    private static string Described(Envelope envelope) => $"{envelope.Message.GetType().Name} <{envelope.Message}> from {envelope.Sender}";

    private static string Hint(string? hint) => string.IsNullOrEmpty(hint) ? "" : $" ({hint})";
}
