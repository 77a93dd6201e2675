using Akka.Configuration;

namespace Akka.Remote;

/// <summary>The defaults of <c>akka.remote</c>.</summary>
internal static class RemoteReference
{
    private const string Hocon = """
        akka.remote {
          untrusted-mode = off
          trusted-selection-paths = []
          retry-gate-closed-for = 5 s
          flush-wait-on-shutdown = 2 s
          handshake-timeout = 5 s
          log-remote-lifecycle-events = on
          transport-failure-detector {
            heartbeat-interval = 4 s
            acceptable-heartbeat-pause = 20 s
          }
          dot-netty.tcp {
            hostname = ""
            port = 2552
            public-hostname = ""
            public-port = 0
            enable-ssl = off
            ssl {
              suppress-validation = off
              require-mutual-authentication = on
              # Ours is on: a certificate names the host that is dialled, or that a peer says it is.
              validate-certificate-hostname = on
              # Ours: files (PEM or DER) of the certificates to trust in place of the system's roots.
              trusted-certificates = []
              certificate {
                path = ""
                password = ""
                flags = []
                use-thumbprint-over-file = off
                thumbprint = ""
                store-name = "My"
                store-location = "current-user"
              }
            }
            connection-timeout = 15 s
            maximum-frame-size = 128000b
            send-buffer-size = 256000b
            receive-buffer-size = 256000b
            backlog = 512
            # Ours: what may wait for one peer, and how many connections may come in.
            send-queue-size = 10000
            send-queue-bytes = 4 MiB
            maximum-connections = 1024
          }
        }
        """;

    public static Config Config { get; } = ConfigurationFactory.ParseString(Hocon);
}
