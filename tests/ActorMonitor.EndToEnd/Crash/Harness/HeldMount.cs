using System.Diagnostics;

namespace ActorMonitor.EndToEnd.Crash.Harness;

/// <summary>
/// Something mounted for as long as this lives. A shell holds it and takes it away when its input ends: also when this process is killed.
/// </summary>
internal sealed class HeldMount : IDisposable
{
    private readonly Process _holder;

    /// <summary>Mounts.</summary>
    /// <param name="mount">The command that mounts on <c>$1</c>; nothing is left when it fails.</param>
    /// <param name="path">Where.</param>
    internal HeldMount(string mount, string path)
    {
        _holder = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", $"trap '' HUP INT TERM; {mount} || exit 1; echo mounted; read -r _; umount -l \"$1\"", "sh", path])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        if (_holder.StandardOutput.ReadLine() != "mounted")
            throw new InvalidOperationException($"{mount} on {path}: {_holder.StandardError.ReadToEnd()}");
    }

    /// <summary>Who opens this file from now on may not write it; who has it open may.</summary>
    internal static HeldMount ReadOnly(string file)
        => new("mount --bind \"$1\" \"$1\" && { mount -o remount,bind,ro \"$1\" || { umount \"$1\"; false; }; }", file);

    public void Dispose()
    {
        _holder.StandardInput.Close();
        _holder.WaitForExit();
        _holder.Dispose();
    }
}
