using System.Runtime.InteropServices;

namespace ActorMonitor.Probes.Tls.OpenSsl;

/// <summary>
/// OpenSSL's default provider with fewer ways to read a key (OSSL_LIB_CTX). Before 3.2 the library looks through all of them
/// for the key of every certificate that comes, some sixty, which took a sixth of a handshake; a peer's certificate needs
/// five. The algorithms, and the limits of what is accepted, are the default provider's own.
/// </summary>
internal static unsafe class OpenSslLibrary
{
    private const nuint FirstThatRemembers = 0x30200000;
    private const int FunctionQuery = 1027;
    private const int FunctionCapabilities = 1030;
    private const int OperationEncoder = 20;
    private const int OperationDecoder = 21;
    private const int OperationStore = 22;
    private const int MostReaders = 32;

    // The keys that authenticate a TLS server (RFC 8446 section 4.2.3); those that only agree on secrets come in no certificate.
    private static readonly string[] Keys = ["RSA", "RSA-PSS", "EC", "ED25519", "ED448"];

    private static readonly Lazy<nint> Narrowed = new(Make);

    private static nint _provider;
    private static Algorithm* _readers;
    private static Function* _functions;

    /// <summary>The narrowed library for connections that read no files; zero, which is the library as it is, where that would change more than speed.</summary>
    public static nint Context => Narrowed.Value;

    private static nint Make()
    {
        if (OpenSslNative.OpenSSL_version_num() >= FirstThatRemembers)
            return 0;
        _provider = OpenSslNative.OSSL_PROVIDER_load(0, "default");
        var others = 0;

        // What the system's configuration has set up besides is somebody's will: then nothing is narrowed.
        if (_provider == 0 || OpenSslNative.OSSL_PROVIDER_do_all(0, &CountOthers, (nint)(&others)) != 1 || others > 0)
            return 0;

        // All of it stays for the life of the process, as the library's own does.
        FindReaders();
        _functions = (Function*)NativeMemory.AllocZeroed(3, (nuint)sizeof(Function));
        _functions[0] = new Function { Id = FunctionQuery, Pointer = (nint)(delegate* unmanaged<nint, int, int*, Algorithm*>)&Query };
        _functions[1] = new Function { Id = FunctionCapabilities, Pointer = (nint)(delegate* unmanaged<nint, byte*, nint, nint, int>)&Capabilities };
        var context = OpenSslNative.OSSL_LIB_CTX_new();
        if (context != 0 && OpenSslNative.OSSL_PROVIDER_add_builtin(context, "narrowed", (delegate* unmanaged<nint, nint, Function**, nint*, int>)&Initialize) == 1 && OpenSslNative.OSSL_PROVIDER_load(context, "narrowed") != 0)
            return context;
        OpenSslNative.ERR_clear_error();
        return 0;
    }

    private static void FindReaders()
    {
        _readers = (Algorithm*)NativeMemory.AllocZeroed(MostReaders + 1, (nuint)sizeof(Algorithm));
        int isNotToBeKept;
        var next = (Algorithm*)OpenSslNative.OSSL_PROVIDER_query_operation(_provider, OperationDecoder, &isNotToBeKept);
        for (var count = 0; next is not null && next->Names is not null && count < MostReaders; next++)
        {
            var properties = Marshal.PtrToStringUTF8((nint)next->Properties) ?? "";
            var name = (Marshal.PtrToStringUTF8((nint)next->Names) ?? "").Split(':')[0];
            if (Keys.Contains(name, StringComparer.Ordinal) && properties.Contains("input=der,structure=SubjectPublicKeyInfo", StringComparison.Ordinal))
                _readers[count++] = *next;
        }
    }

    [UnmanagedCallersOnly]
    private static int CountOthers(nint provider, nint others)
    {
        if (provider != _provider)
            ++*(int*)others;
        return 1;
    }

    // The algorithms meet the default provider's own context, for which they were made.
    [UnmanagedCallersOnly]
    private static int Initialize(nint core, nint theirs, Function** ours, nint* context)
    {
        *ours = _functions;
        *context = OpenSslNative.OSSL_PROVIDER_get0_provider_ctx(_provider);
        return 1;
    }

    [UnmanagedCallersOnly]
    private static Algorithm* Query(nint context, int operation, int* isNotToBeKept)
    {
        *isNotToBeKept = 0;
        return operation switch
        {
            OperationDecoder => _readers,
            OperationEncoder or OperationStore => null,
            _ => (Algorithm*)OpenSslNative.OSSL_PROVIDER_query_operation(_provider, operation, isNotToBeKept),
        };
    }

    [UnmanagedCallersOnly]
    private static int Capabilities(nint context, byte* capability, nint callback, nint argument)
        => OpenSslNative.OSSL_PROVIDER_get_capabilities(_provider, capability, callback, argument);

    // core.h: OSSL_ALGORITHM.
    [StructLayout(LayoutKind.Sequential)]
    private struct Algorithm
    {
        public byte* Names;
        public byte* Properties;
        public nint Implementation;
        public byte* Description;
    }

    // core.h: OSSL_DISPATCH.
    [StructLayout(LayoutKind.Sequential)]
    private struct Function
    {
        public int Id;
        public nint Pointer;
    }
}
