using System.Globalization;

namespace ActorMonitor.Configuration;

/// <summary>What Akka's section must be so that ours can work: addresses that peers reach, tokens that nobody overhears, a pool within its bounds.</summary>
internal static class RemotingChecks
{
    private const string Tcp = "akka.remote.dot-netty.tcp";
    private const string Monitors = "actor-monitor.manager.monitors";
    private const string Probes = "akka.actor.deployment./probes.nr-of-instances";

    internal static void Check(HoconItem all, ActorMonitorSettings settings, NodeRole role, HoconSource file, ErrorList errors)
    {
        var check = new Checker(all, file, errors);
        check.Port();
        check.Reachable();
        if (role == NodeRole.Monitor)
            check.MonitorToken(settings.Monitor);
        else
            check.MonitorsOf(settings.Manager, role);
        if (role != NodeRole.Manager)
            check.PoolSize(settings.Monitor.Probes);
    }

    private sealed class Checker(HoconItem all, HoconSource file, ErrorList errors)
    {
        private readonly HoconItem? _tcp = all.Find(Tcp.Split('.'));

        private string Hostname => Text("hostname");

        private string PublicHostname => Text("public-hostname") is { Length: > 0 } name ? name : Hostname;

        // Without a look at the peer's certificate, a token would go to whoever answers in the peer's place.
        private bool HasTls => IsOn("enable-ssl") && !IsOn("ssl", "suppress-validation");

        private string Danger => IsOn("enable-ssl") ? "unprotected" : "unencrypted";

        private string Missing => (IsOn("enable-ssl") ? "a look at certificates: " : "TLS: ") + Remedy;

        private string Remedy => IsOn("enable-ssl") ? $"set {Tcp}.ssl.suppress-validation = off" : $"set {Tcp}.enable-ssl = on with a certificate";

        internal void Port()
        {
            var item = _tcp?.Find("port");
            if (item is not null && !IsWhole(item.Text, 0, 65535, out _))
                Report(item, $"{Tcp}.port", $"expected a whole number from 0 (any free port) to 65535, found {item.Describe()}");
        }

        // A peer addresses us by the name that we call ourselves, and what is addressed to another name is dropped.
        internal void Reachable()
        {
            if (PublicHostname is "0.0.0.0" or "::" or "[::]")
                Report(_tcp?.Find("hostname"), $"{Tcp}.hostname", $"{PublicHostname} is no address that peers can call: set {Tcp}.public-hostname to one, and hostname to what to listen on");
        }

        internal void MonitorToken(MonitorSettings monitor)
        {
            if (monitor.Token.Length > 0 && !HasTls && !HostText.IsLoopback(Hostname))
            {
                const string path = "actor-monitor.monitor.token";
                Report(
                    all.Find("actor-monitor", "monitor", "token"),
                    path,
                    $"the token would cross the network {Danger}, as monitor \"{monitor.Name}\" listens on {Hostname} without {Missing}, or listen on 127.0.0.1, or leave the token out");
            }
        }

        internal void MonitorsOf(ManagerSettings manager, NodeRole role)
        {
            var list = all.Find("actor-monitor", "manager", "monitors");
            if (role == NodeRole.Manager && list is null or { Items.Count: 0 })
                Report(list ?? all.Find("actor-monitor"), Monitors, "a manager needs a monitor: expected [{ name = NAME, address = \"HOST:PORT\" }]");

            foreach (var monitor in manager.Monitors.Where(each => !HostText.IsLoopback(each.Host)))
            {
                var index = IndexOf(list, monitor.Name);
                var path = HoconPath.At(Monitors, index);
                if (monitor.Token.Length > 0 && !HasTls)
                    Report(list?.Items?[index], path, $"the token would cross the network {Danger} to monitor \"{monitor.Name}\" at {monitor.HostAndPort}: {Remedy} here and there, or leave the token out");
                if (HostText.IsLoopback(PublicHostname))
                    Report(list?.Items?[index], $"{path}.address", $"monitor \"{monitor.Name}\" at {monitor.HostAndPort} cannot answer a manager that calls itself {PublicHostname}: set {Tcp}.hostname (or public-hostname) to an address of this host that it reaches");
            }
        }

        internal void PoolSize(PoolBounds bounds)
        {
            var item = all.Find("akka", "actor", "deployment", "/probes", "nr-of-instances");
            if (item is null || item.Source == HoconSource.BuiltIn || bounds.Min > bounds.Max)
                return;
            if (!IsWhole(item.Text, bounds.Min, bounds.Max, out _))
                Report(item, Probes, $"expected a whole number from {bounds.Min} to {bounds.Max} (actor-monitor.monitor.probes), found {item.Describe()}");
        }

        private string Text(params string[] path) => _tcp?.Find(path)?.Text ?? "";

        private bool IsOn(params string[] path) => Text(path) is "on" or "true" or "yes";

        private static int IndexOf(HoconItem? list, string name)
        {
            for (var i = 0; i < list?.Items?.Count; i++)
            {
                if (list.Items[i].Find("name")?.Text == name)
                    return i;
            }

            return 0;
        }

        private static bool IsWhole(string? text, int minimum, int maximum, out int number)
            => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number) && number >= minimum && number <= maximum;

        private void Report(HoconItem? item, string path, string message)
        {
            var source = item?.Source ?? file;
            errors.Add(new ConfigurationError(source.Name, source.Lines?.Find(path), path, message));
        }
    }
}
