namespace Akka.Actor;

/// <summary>
/// An actor whose handlers are declared by the type of the message, in the constructor or in a method given to Become. Of the
/// handlers that take a message the first one declared gets it.
/// </summary>
public abstract class ReceiveActor : UntypedActor
{
    private ReceiveHandlers? _declaring;

    /// <summary>Declare the handlers in the constructor.</summary>
    protected ReceiveActor()
    {
        var initial = new ReceiveHandlers();
        _declaring = initial;
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
        Declaring().Add(new JudgingHandler<T>(handler), isCatchAll: false);
    }

    /// <summary>Handles all messages that are left. Nothing can be declared after it.</summary>
    protected void ReceiveAny(Action<object> handler) => Add(handler, null);

    /// <summary>Handles messages of a type asynchronously; the actor takes no further messages until the handler has ended.</summary>
    protected void ReceiveAsync<T>(Func<T, Task> handler, Predicate<T>? shouldHandle = null) => Add(Wrapped(handler), shouldHandle);

    internal void EndOfConstructor() => _declaring = null;

    private static Action<T> Wrapped<T>(Func<T, Task> handler)
    {
        ArgumentNullException.ThrowIfNull(handler);
        return message => Dispatch.ActorTaskScheduler.RunTask(() => handler(message));
    }

    private void Add<T>(Action<T> handler, Predicate<T>? shouldHandle)
    {
        ArgumentNullException.ThrowIfNull(handler);
        Declaring().Add(new TypedHandler<T>(handler, shouldHandle), isCatchAll: shouldHandle is null && typeof(T) == typeof(object));
    }

    private ReceiveHandlers Declaring() => _declaring
        ?? throw new InvalidOperationException("Handlers are declared in the constructor and in the methods given to Become only.");

    private Receive Declared(Action configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        var outer = _declaring;
        var handlers = new ReceiveHandlers();
        _declaring = handlers;
        try
        {
            configure();
        }
        finally
        {
            _declaring = outer;
        }

        return handlers.TryHandle;
    }
}

/// <summary>The handlers of one behaviour. A few are simply tried one after the other; of many, those that can take a type are worked out once.</summary>
internal sealed class ReceiveHandlers
{
    private const int Few = 4;
    private MessageHandler[] _handlers = [];
    private Dictionary<Type, MessageHandler[]>? _byType;
    private bool _hasCatchAll;

    public void Add(MessageHandler handler, bool isCatchAll)
    {
        if (_hasCatchAll) throw new InvalidOperationException("A handler that takes all messages was declared: no handler after it could be reached.");
        _handlers = [.. _handlers, handler];
        _hasCatchAll = isCatchAll;
        _byType = null;
    }

    public bool TryHandle(object message)
    {
        foreach (var candidate in _handlers.Length <= Few ? _handlers : Candidates(message))
        {
            if (candidate.TryHandle(message)) return true;
        }

        return false;
    }

    private MessageHandler[] Candidates(object message)
    {
        _byType ??= [];
        if (!_byType.TryGetValue(message.GetType(), out var candidates))
        {
            candidates = Array.FindAll(_handlers, handler => handler.CanTake(message));
            _byType.Add(message.GetType(), candidates);
        }

        return candidates;
    }
}

/// <summary>One declared handler.</summary>
internal abstract class MessageHandler
{
    /// <summary>Whether messages of this type are for it.</summary>
    public abstract bool CanTake(object message);

    /// <summary>Handles the message if it is for it.</summary>
    public abstract bool TryHandle(object message);
}

/// <summary>Handles messages of a type, where the predicate holds.</summary>
internal sealed class TypedHandler<T>(Action<T> handler, Predicate<T>? shouldHandle) : MessageHandler
{
    public override bool CanTake(object message) => message is T;

    public override bool TryHandle(object message)
    {
        if (message is not T typed || shouldHandle?.Invoke(typed) == false) return false;
        handler(typed);
        return true;
    }
}

/// <summary>Handles messages of a type; the handler says whether it has.</summary>
internal sealed class JudgingHandler<T>(Func<T, bool> handler) : MessageHandler
{
    public override bool CanTake(object message) => message is T;

    public override bool TryHandle(object message) => message is T typed && handler(typed);
}
