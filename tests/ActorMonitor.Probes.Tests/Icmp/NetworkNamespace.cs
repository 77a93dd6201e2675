using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using ActorMonitor.Probes.Icmp;
using Microsoft.Win32.SafeHandles;
using Xunit;

namespace ActorMonitor.Probes.Tests.Icmp;

/// <summary>
/// A network namespace without a name: it lives as long as this handle or a socket in it, so that nothing is left behind
/// even when the test process is killed. Sockets opened in it stay in it, whichever thread uses them.
/// </summary>
internal sealed class NetworkNamespace : IDisposable
{
    private const int CloneNewNet = 0x40000000;

    private static int _interfaces = 100;

    private readonly SafeFileHandle _handle;

    public NetworkNamespace()
    {
        _handle = OnThread(() =>
        {
            Check(Unshare(CloneNewNet), "unshare");
            return File.OpenHandle("/proc/thread-self/ns/net", FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        });
        // Addresses are usable at once: nobody else can have them here.
        Set("net/ipv6/conf/default/accept_dad", "0");
        Ip("link set lo up");
    }

    public string Path => $"/proc/{Environment.ProcessId}/fd/{_handle.DangerousGetHandle()}";

    /// <summary>Runs something short on a thread of its own inside the namespace.</summary>
    public T Inside<T>(Func<T> action) => OnThread(() =>
    {
        Check(SetNamespace(_handle, CloneNewNet), "setns");
        return action();
    });

    public Socket Open(AddressFamily family, SocketType type, ProtocolType protocol) => Inside(() => new Socket(family, type, protocol));

    /// <summary>A source of sockets in this namespace, of the ICMP kinds that are given.</summary>
    public IcmpSocketSource Sockets(params SocketType[] kinds) => new((family, type, protocol)
        => protocol == ProtocolType.Udp || kinds.Length == 0 || kinds.Contains(type) ? Open(family, type, protocol) : throw new SocketException((int)SocketError.AccessDenied));

    /// <summary>Sets kernel parameters, for example <c>net/ipv4/ip_forward</c>.</summary>
    public NetworkNamespace Set(string parameter, string value)
    {
        Inside(() =>
        {
            File.WriteAllText("/proc/sys/" + parameter, value);
            return 0;
        });
        return this;
    }

    public NetworkNamespace AllowDatagramSockets() => Set("net/ipv4/ping_group_range", "0 2147483647");

    /// <summary>Runs commands of ip(8) in the namespace.</summary>
    public NetworkNamespace Ip(params string[] commands)
    {
        using var process = Process.Start(new ProcessStartInfo("nsenter", [$"--net={Path}", "ip", "-batch", "-"])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardError = true,
        })!;
        process.StandardInput.Write(string.Join('\n', commands) + "\n");
        process.StandardInput.Close();
        var errors = process.StandardError.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? this : throw new InvalidOperationException($"ip: {errors}");
    }

    /// <summary>Joins this namespace and another by a cable; each end has its name and addresses.</summary>
    public void Connect(string name, string[] addresses, NetworkNamespace other, string otherName, string[] otherAddresses)
    {
        // The two ends of a cable need different numbers, else the kernel takes up to a second to see that it is plugged in.
        var index = Interlocked.Add(ref _interfaces, 2);
        Ip($"link add name {name} index {index} type veth peer name {otherName} index {index + 1} netns {other.Path}");
        Ip([.. addresses.Select(address => $"address add {address} dev {name}{(address.Contains(':', StringComparison.Ordinal) ? " nodad" : "")}"), $"link set {name} up"]);
        other.Ip([.. otherAddresses.Select(address => $"address add {address} dev {otherName}{(address.Contains(':', StringComparison.Ordinal) ? " nodad" : "")}"), $"link set {otherName} up"]);
    }

    /// <summary>Makes it a router that answers each expired packet, however many there are.</summary>
    public NetworkNamespace Route()
    {
        Set("net/ipv4/ip_forward", "1").Set("net/ipv4/icmp_ratelimit", "0");
        return Set("net/ipv6/conf/all/forwarding", "1").Set("net/ipv6/icmp/ratelimit", "0");
    }

    public void Dispose() => _handle.Dispose();

    /// <summary>Why namespaces cannot be made here; null when they can.</summary>
    public static string? Obstacle { get; } = FindObstacle();

    private static string? FindObstacle()
    {
        if (!OperatingSystem.IsLinux())
            return "needs Linux";
        if (!Environment.IsPrivilegedProcess)
            return "needs root, to make network namespaces";
        try
        {
            using var probe = new NetworkNamespace();
            return null;
        }
        catch (Exception e)
        {
            return $"needs network namespaces, ip and nsenter: {e.Message}";
        }
    }

    // The namespace belongs to a thread, so it takes a thread that ends with it and never one of the pool's.
    private static T OnThread<T>(Func<T> action)
    {
        var result = default(T);
        Exception? failure = null;
        var thread = new Thread(() =>
        {
            try
            {
                result = action();
            }
            catch (Exception e)
            {
                failure = e;
            }
        });
        thread.Start();
        thread.Join();
        return failure is null ? result! : throw failure;
    }

    private static void Check(int result, string call)
    {
        if (result != 0)
            throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture, $"{call} failed with errno {Marshal.GetLastPInvokeError()}"));
    }

    [DllImport("libc", EntryPoint = "unshare", SetLastError = true)]
    private static extern int Unshare(int flags);

    [DllImport("libc", EntryPoint = "setns", SetLastError = true)]
    private static extern int SetNamespace(SafeFileHandle handle, int kind);
}

/// <summary>A test that makes network namespaces; skipped where they cannot be made.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class NamespaceFactAttribute : FactAttribute
{
    public NamespaceFactAttribute() => Skip = NetworkNamespace.Obstacle;
}

/// <summary>The same with arguments.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class NamespaceTheoryAttribute : TheoryAttribute
{
    public NamespaceTheoryAttribute() => Skip = NetworkNamespace.Obstacle;
}
