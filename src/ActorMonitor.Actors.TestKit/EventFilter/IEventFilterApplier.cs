namespace Akka.TestKit;

/// <summary>An expectation on log events: they are counted and kept out of the log while the action runs.</summary>
public interface IEventFilterApplier
{
    /// <summary>The action must cause one event.</summary>
    void ExpectOne(Action action, CancellationToken cancellationToken = default);

    /// <summary>The function must cause one event.</summary>
    T ExpectOne<T>(Func<T> func, CancellationToken cancellationToken = default);

    /// <summary>The action must cause one event.</summary>
    Task ExpectOneAsync(Func<Task> actionAsync, CancellationToken cancellationToken = default);

    /// <summary>The action must cause this many events.</summary>
    void Expect(int expectedCount, Action action, CancellationToken cancellationToken = default);
}
