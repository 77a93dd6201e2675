using Akka.Configuration;
using Xunit;

namespace ActorMonitor.Configuration.Tests;

/// <summary>Which HOCON parser the build has.</summary>
internal static class HoconParser
{
    /// <summary>Whether it is that of the Akka packages (<c>-p:AkkaPackages=true</c>), which takes much that is no HOCON.</summary>
    internal static bool IsOfAkka { get; } = typeof(Config).Assembly.GetName().Name == "Akka";
}

/// <summary>A test of what only our own HOCON parser refuses.</summary>
internal sealed class OwnParserFactAttribute : FactAttribute
{
    public OwnParserFactAttribute()
    {
        if (HoconParser.IsOfAkka)
            Skip = "the HOCON parser of the Akka packages takes it";
    }
}
