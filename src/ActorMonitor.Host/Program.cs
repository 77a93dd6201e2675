using ActorMonitor.Host.Commands;

return await CommandLine.RunAsync(args);
