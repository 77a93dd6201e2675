namespace ActorMonitor.Messages;

/// <summary>
/// Why an outcome is not Up: a closed list. The numbers are on the wire and are never reused; the printed name is
/// the member's name in lower case with hyphens (<see cref="CauseNames"/>).
/// </summary>
public enum Cause
{
    /// <summary>No cause: the outcome is Up.</summary>
    None = 0,

    // Name resolution

    /// <summary>The name does not exist (RFC 1035 rcode 3).</summary>
    Nxdomain = 1,

    /// <summary>The resolver failed or did not answer.</summary>
    ResolveFailed = 2,

    /// <summary>The name exists but has no address of the wanted family.</summary>
    NoAddress = 3,

    /// <summary>The address is not in the targets that this monitor may probe.</summary>
    TargetDenied = 4,

    // Transport

    /// <summary>The connection was refused.</summary>
    Refused = 10,

    /// <summary>No answer within the job's timeout.</summary>
    Timeout = 11,

    /// <summary>The host is unreachable (local route or ICMP).</summary>
    HostUnreachable = 12,

    /// <summary>The network is unreachable (local route or ICMP).</summary>
    NetworkUnreachable = 13,

    /// <summary>An ICMP destination-unreachable message answered (RFC 792, RFC 4443); type and code are in the attributes.</summary>
    IcmpUnreachable = 14,

    /// <summary>The hop limit ran out on the way (ICMP time exceeded).</summary>
    TtlExceeded = 15,

    /// <summary>The peer reset the connection.</summary>
    ConnectionReset = 16,

    /// <summary>The peer closed the connection before its answer was complete.</summary>
    ConnectionClosed = 17,

    /// <summary>The route ended before the destination.</summary>
    DestinationNotReached = 18,

    /// <summary>Nothing came back, which proves nothing for this service.</summary>
    NoAnswer = 19,

    /// <summary>A packet that must not be fragmented is larger than the path takes (RFC 1191, RFC 8201); the MTU is in the attributes when it was said.</summary>
    PacketTooBig = 20,

    /// <summary>The path is another than before, and the job expects it to stay.</summary>
    PathChanged = 21,

    // TLS

    /// <summary>The TLS handshake failed.</summary>
    TlsHandshake = 30,

    /// <summary>The certificate has expired.</summary>
    TlsExpired = 31,

    /// <summary>The certificate is not valid yet.</summary>
    TlsNotYetValid = 32,

    /// <summary>The certificate is for another name.</summary>
    TlsNameMismatch = 33,

    /// <summary>The certificate's chain does not end in a trusted root.</summary>
    TlsUntrusted = 34,

    /// <summary>The certificate is signed by itself and by nobody who is trusted.</summary>
    TlsSelfSigned = 35,

    /// <summary>The version or cipher agreed on is outside the job's bounds.</summary>
    TlsParameters = 36,

    /// <summary>The server demands a client certificate, or refuses the one that was shown.</summary>
    TlsClientCertificate = 37,

    /// <summary>The peer refuses to start TLS in its protocol (STARTTLS and its like).</summary>
    StarttlsRefused = 38,

    // Application protocols

    /// <summary>The answer breaks its protocol.</summary>
    ProtocolError = 40,

    /// <summary>The answer is larger than the bound for it.</summary>
    Oversize = 41,

    /// <summary>The HTTP status is not one of those expected.</summary>
    HttpStatus = 42,

    /// <summary>More redirects than allowed, or a redirect that cannot be followed.</summary>
    HttpRedirect = 43,

    /// <summary>A DNS answer with an rcode other than NOERROR and NXDOMAIN; the rcode is in the attributes.</summary>
    DnsRcode = 44,

    /// <summary>The DNS name exists but has no record of the type asked for.</summary>
    DnsNoData = 45,

    /// <summary>The NTP server sent a kiss-o'-death packet (RFC 5905 section 7.4).</summary>
    NtpKissOfDeath = 46,

    /// <summary>The NTP server says that its own clock is not synchronised.</summary>
    NtpUnsynchronised = 47,

    /// <summary>An expectation of the job was not met; the message says which.</summary>
    ExpectationFailed = 48,

    /// <summary>The proxy refused the connection to the target, or asked for other credentials.</summary>
    ProxyRefused = 49,

    /// <summary>A name server that the zone is delegated to does not answer for it with authority (RFC 1912 section 2.8).</summary>
    DnsLame = 50,

    /// <summary>The name servers of a zone hold different serials of it.</summary>
    DnsSerialMismatch = 51,

    // Our own side

    /// <summary>The process may not do this check; the message names the remedy.</summary>
    Permission = 60,

    /// <summary>This platform or monitor cannot do this check.</summary>
    Unsupported = 61,

    /// <summary>The check's settings are not understood by this monitor.</summary>
    BadSettings = 62,

    /// <summary>The monitor ran out of a local resource (sockets, ports, memory).</summary>
    LocalResource = 63,

    /// <summary>The probe itself failed unexpectedly.</summary>
    ProbeFailed = 64,

    /// <summary>The probe gave no answer within two seconds after its timeout.</summary>
    ProbeLost = 65,

    /// <summary>The check was cancelled.</summary>
    Cancelled = 66,

    /// <summary>The monitor's process got so little of its processor that its measurement says nothing of the target.</summary>
    Starved = 67,

    /// <summary>The monitor's clock stepped while it measured.</summary>
    LocalClock = 68,

    // Why a slot was skipped

    /// <summary>The job's previous slot was still running.</summary>
    Overrun = 80,

    /// <summary>A queue was full.</summary>
    Overload = 81,

    /// <summary>The slot's deadline had passed before it could start.</summary>
    Expired = 82,

    /// <summary>No monitor had been permitted to run the slot: none was connected, or its permission had ended.</summary>
    NoMonitor = 83,

    /// <summary>The clock stepped over the slot.</summary>
    Clock = 84,

    /// <summary>The job was paused.</summary>
    Paused = 85,

    /// <summary>The job was in maintenance.</summary>
    Maintenance = 86,

    // Why a slot was lost

    /// <summary>The monitor never answered.</summary>
    NoResult = 90,

    /// <summary>The monitor's outbox for unacknowledged results was full.</summary>
    OutboxFull = 91,

    /// <summary>The check was running when the monitor ended.</summary>
    MonitorRestarted = 92,

    /// <summary>The record was in a part of the manager's store that was damaged.</summary>
    StoreLost = 93,

    // Why a slot was not looked after

    /// <summary>The manager was not running, or could not store anything.</summary>
    NotRunning = 100,
}
