using ActorMonitor.Shell;

return await ShellProgram.RunAsync(args);
