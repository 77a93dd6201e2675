using System.Collections.Immutable;
using ActorMonitor.Messages;

namespace ActorMonitor.Probes.TcpConnect;

/// <summary>The examples of the reference page.</summary>
internal static class TcpConnectExamples
{
    public static readonly ImmutableArray<ServiceExample> All =
    [
        new("Checks that a port takes connections, and soon enough",
            """{ "name": "shop-db", "service": "tcp", "host": "db.example.com", "port": 5432, "interval": "10s", "expect": { "connectMs": 50 } }"""),
        new("Checks the version that an SSH server says, over IPv4, and shows it",
            """
            {
              "name": "bastion", "service": "tcp", "host": "bastion.example.com", "port": 22, "interval": "1m",
              "settings": { "family": "ipv4", "resolver": "192.0.2.53", "steps": ["match ^SSH-2\\.0-(?<software>\\S+)"] }
            }
            """),
        new("Looks for a text in a server's banner and in its answer",
            """
            {
              "name": "relay", "service": "tcp", "host": "mail.example.com", "port": 25, "interval": "30s",
              "settings": { "send": "EHLO monitor.example.com\r\n" },
              "expect": { "banner": { "contains": "ESMTP" }, "answer": { "contains": "250 " }, "responseMs": 2000 }
            }
            """),
        new("Checks a mail server's certificate behind STARTTLS",
            """
            {
              "name": "mail-certificate", "service": "tcp", "host": "mail.example.com", "port": 587, "interval": "1h",
              "settings": { "starttls": "smtp" },
              "expect": { "certificateDays": 14, "certificate": { "issuer": "Example Trust", "names": ["mail.example.com", "smtp.example.com"] } }
            }
            """),
        new("Speaks to a mail server over the TLS that STARTTLS began, until it says goodbye",
            """
            {
              "name": "mail-dialogue", "service": "tcp", "host": "mail.example.com", "port": 587, "interval": "5m",
              "settings": {
                "starttls": "smtp", "serverName": "smtp.example.com", "ca": "/etc/actormonitor/example-trust.pem",
                "steps": ["send EHLO monitor.example.com\\r\\n", "match ^250 ", "send QUIT\\r\\n", "expect 221", "close"]
              }
            }
            """),
        new("Begins TLS in the middle of a dialogue of its own",
            """
            {
              "name": "sieve", "service": "tcp", "host": "mail.example.com", "port": 4190, "interval": "5m",
              "settings": { "insecure": true, "steps": ["match ^OK", "send STARTTLS\\r\\n", "match ^OK", "starttls", "match ^OK"] }
            }
            """),
        new("Checks an IMAP server over TLS from the start, with bounds on what is agreed on",
            """
            {
              "name": "imaps", "service": "tcp", "host": "mail.example.com", "port": 993, "interval": "5m",
              "settings": {
                "transport": "tls", "tls": { "minVersion": "1.2", "maxVersion": "1.3", "offer": ["TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384"] },
                "steps": ["match ^\\* OK", "send a1 LOGOUT\\r\\n", "match ^a1 OK"]
              },
              "expect": { "tls": { "versions": ["1.3"], "ciphers": ["TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384"], "notCiphers": ["TLS_CHACHA20_POLY1305_SHA256"] } }
            }
            """),
        new("Checks STARTTLS of an IMAP server",
            """{ "name": "imap", "service": "tcp", "host": "mail.example.com", "port": 143, "interval": "5m", "settings": { "starttls": "imap" } }"""),
        new("Checks STARTTLS of a POP3 server",
            """{ "name": "pop3", "service": "tcp", "host": "mail.example.com", "port": 110, "interval": "5m", "settings": { "starttls": "pop3" } }"""),
        new("Checks AUTH TLS of an FTP server",
            """{ "name": "ftp", "service": "tcp", "host": "ftp.example.com", "port": 21, "interval": "5m", "settings": { "starttls": "ftp" } }"""),
        new("Checks STARTTLS of a chat server",
            """{ "name": "chat", "service": "tcp", "host": "chat.example.com", "port": 5222, "interval": "5m", "settings": { "starttls": "xmpp" } }"""),
        new("Checks StartTLS of a directory",
            """{ "name": "directory", "service": "tcp", "host": "ldap.example.com", "port": 389, "interval": "5m", "settings": { "starttls": "ldap" } }"""),
        new("Checks the TLS of a PostgreSQL server, showing it a client certificate",
            """
            {
              "name": "postgres", "service": "tcp", "host": "db.example.com", "port": 5432, "interval": "5m",
              "settings": { "starttls": "postgres", "clientCertificate": "/etc/actormonitor/monitor.pem", "clientKey": "/etc/actormonitor/monitor.key" }
            }
            """),
        new("Checks the TLS of a MySQL server",
            """{ "name": "mysql", "service": "tcp", "host": "db.example.com", "port": 3306, "interval": "5m", "settings": { "starttls": "mysql" } }"""),
        new("Asks a Redis server whether it is alive",
            """{ "name": "redis", "service": "tcp", "host": "cache.example.com", "port": 6379, "interval": "10s", "settings": { "steps": ["send PING\\r\\n", "expect +PONG\\r\\n"] } }"""),
        new("Sends back a word that the server says, and bytes that are no text",
            """
            {
              "name": "counter", "service": "tcp", "host": "plant.example.com", "port": 4001, "interval": "10s",
              "settings": { "steps": ["match ^HELLO (?<nonce>\\w+)", "send HELLO ${nonce}\\r\\n", "send-hex 02 10 03", "expect-hex 06", "close"] }
            }
            """),
        new("Checks that nobody listens on a port",
            """{ "name": "no-telnet", "service": "tcp", "host": "www.example.com", "port": 23, "interval": "1m", "timeout": "2s", "expect": { "closed": "refused" } }"""),
        new("Checks that a firewall drops what comes from the office, in the class of bulk traffic",
            """
            {
              "name": "no-ssh-from-office", "service": "tcp", "host": "bastion.example.com", "port": 22, "interval": "5m", "timeout": "3s",
              "settings": { "source": "192.0.2.7", "dscp": 8 }, "expect": { "closed": "silent" }
            }
            """),
    ];
}
