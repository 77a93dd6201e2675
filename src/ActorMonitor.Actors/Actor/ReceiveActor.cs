namespace Akka.Actor;

/// <summary>
/// An actor whose handlers are declared by the type of the message, in the constructor or in a method given to Become. Of the
/// handlers that take a message the first one declared gets it.
/// </summary>
public abstract class ReceiveActor : UntypedActor
{
    private readonly Stack<ReceiveHandlers> _declaring = new();

    /// <summary>Declare the handlers in the constructor.</summary>
    protected ReceiveActor()
    {
        var initial = new ReceiveHandlers();
        _declaring.Push(initial);
        ActorCell.CurrentOrThrow().Become(initial.TryHandle);
    }

    /// <summary>Not called: the handlers are.</summary>
    protected sealed override void OnReceive(object message) => Unhandled(message);

    /// <summary>Replaces the behaviour by the handlers that the method declares.</summary>
    protected void Become(Action configure) => Context.Become(Declared(configure));

    /// <summary>Puts the handlers that the method declares on top.</summary>
    protected void BecomeStacked(Action configure) => Context.BecomeStacked(Declared(configure));

    /// <summary>Handles messages of a type, where the predicate holds.</summary>
    protected void Receive<T>(Action<T> handler, Predicate<T>? shouldHandle = null) => Add(handler, shouldHandle);

    /// <summary>Handles messages of a type, where the predicate holds.</summary>
    protected void Receive<T>(Predicate<T> shouldHandle, Action<T> handler) => Add(handler, shouldHandle);

    /// <summary>Handles messages of a type; the handler says whether it has.</summary>
    protected void Receive<T>(Func<T, bool> handler)
    {
        ArgumentNullException.ThrowIfNull(handler);
        Declaring().Add(typeof(T), message => handler((T)message), isCatchAll: false);
    }

    /// <summary>Handles messages of a type, where the predicate holds.</summary>
    protected void Receive(Type messageType, Action<object> handler, Predicate<object>? shouldHandle = null) => Add(handler, shouldHandle, messageType);

    /// <summary>Handles messages of a type, where the predicate holds.</summary>
    protected void Receive(Type messageType, Predicate<object> shouldHandle, Action<object> handler) => Add(handler, shouldHandle, messageType);

    /// <summary>Handles messages of a type; the handler says whether it has.</summary>
    protected void Receive(Type messageType, Func<object, bool> handler) => Declaring().Add(messageType, handler, isCatchAll: false);

    /// <summary>Handles all messages that are left. Nothing can be declared after it.</summary>
    protected void ReceiveAny(Action<object> handler) => Add(handler, null);

    /// <summary>Handles messages of a type asynchronously; the actor takes no further messages until the handler has ended.</summary>
    protected void ReceiveAsync<T>(Func<T, Task> handler, Predicate<T>? shouldHandle = null) => Add(Wrapped(handler), shouldHandle);

    /// <summary>Handles messages of a type asynchronously; the actor takes no further messages until the handler has ended.</summary>
    protected void ReceiveAsync<T>(Predicate<T> shouldHandle, Func<T, Task> handler) => Add(Wrapped(handler), shouldHandle);

    /// <summary>Handles messages of a type asynchronously; the actor takes no further messages until the handler has ended.</summary>
    protected void ReceiveAsync(Type messageType, Func<object, Task> handler, Predicate<object>? shouldHandle = null) =>
        Add(Wrapped(handler), shouldHandle, messageType);

    /// <summary>Handles messages of a type asynchronously; the actor takes no further messages until the handler has ended.</summary>
    protected void ReceiveAsync(Type messageType, Predicate<object> shouldHandle, Func<object, Task> handler) =>
        Add(Wrapped(handler), shouldHandle, messageType);

    /// <summary>Handles all messages that are left asynchronously; the actor takes no further messages until the handler has ended.</summary>
    protected void ReceiveAnyAsync(Func<object, Task> handler) => Add(Wrapped(handler), null);

    internal void EndOfConstructor() => _declaring.Clear();

    private static Action<T> Wrapped<T>(Func<T, Task> handler)
    {
        ArgumentNullException.ThrowIfNull(handler);
        return message => Dispatch.ActorTaskScheduler.RunTask(() => handler(message));
    }

    private void Add<T>(Action<T> handler, Predicate<T>? shouldHandle, Type? type = null)
    {
        ArgumentNullException.ThrowIfNull(handler);
        Declaring().Add(
            type ?? typeof(T),
            message =>
            {
                var typed = (T)message;
                if (shouldHandle is not null && !shouldHandle(typed)) return false;
                handler(typed);
                return true;
            },
            isCatchAll: shouldHandle is null && (type ?? typeof(T)) == typeof(object));
    }

    private ReceiveHandlers Declaring() => _declaring.TryPeek(out var handlers)
        ? handlers
        : throw new InvalidOperationException("Handlers are declared in the constructor and in the methods given to Become only.");

    private Receive Declared(Action configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        var handlers = new ReceiveHandlers();
        _declaring.Push(handlers);
        try
        {
            configure();
        }
        finally
        {
            _declaring.Pop();
        }

        return handlers.TryHandle;
    }
}

/// <summary>The handlers of one behaviour; which of them can take a type is worked out at its first message.</summary>
internal sealed class ReceiveHandlers
{
    private readonly List<(Type Type, Func<object, bool> Handler)> _handlers = [];
    private readonly Dictionary<Type, Func<object, bool>[]> _byType = [];
    private bool _hasCatchAll;

    public void Add(Type type, Func<object, bool> handler, bool isCatchAll)
    {
        if (_hasCatchAll) throw new InvalidOperationException("A handler that takes all messages was declared: no handler after it could be reached.");
        _handlers.Add((type, handler));
        _hasCatchAll = isCatchAll;
        _byType.Clear();
    }

    public bool TryHandle(object message)
    {
        if (!_byType.TryGetValue(message.GetType(), out var candidates))
        {
            candidates = [.. _handlers.Where(one => one.Type.IsInstanceOfType(message)).Select(one => one.Handler)];
            _byType.Add(message.GetType(), candidates);
        }

        foreach (var candidate in candidates)
        {
            if (candidate(message)) return true;
        }

        return false;
    }
}
