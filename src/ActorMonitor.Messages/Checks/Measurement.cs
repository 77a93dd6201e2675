namespace ActorMonitor.Messages;

/// <summary>One number that a probe measured.</summary>
/// <param name="Name">What was measured, in lower case with dots and underscores, for example <c>rtt</c> or <c>tls.handshake</c>.</param>
/// <param name="Ordinal">Which of several alike (a hop, a try), from 0.</param>
/// <param name="Value">The number, finite.</param>
/// <param name="Unit">Its unit: <c>ms</c>, <c>s</c>, <c>bytes</c>, <c>count</c>, <c>days</c>.</param>
public readonly record struct Measurement(string Name, int Ordinal, double Value, string Unit);

/// <summary>One text that a probe learned, for example <c>http.status</c> = <c>200</c>. Names may repeat.</summary>
/// <param name="Name">What it is, in lower case with dots and underscores.</param>
/// <param name="Value">The text.</param>
public readonly record struct TextAttribute(string Name, string Value);
