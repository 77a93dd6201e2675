using System.Runtime.InteropServices;
using ActorMonitor.Messages;

namespace ActorMonitor.Probes.Tls.OpenSsl;

/// <summary>One connection's state (SSL).</summary>
internal sealed class OpenSslHandle : SafeHandle
{
    public OpenSslHandle(OpenSslContext context)
        : base(0, ownsHandle: true)
    {
        SetHandle(OpenSslNative.SSL_new(context));
        if (IsInvalid)
            throw OpenSslError.Take().AsTargetException(Cause.LocalResource);
    }

    public override bool IsInvalid => handle == 0;

    protected override bool ReleaseHandle()
    {
        OpenSslNative.SSL_free(handle);
        return true;
    }
}
