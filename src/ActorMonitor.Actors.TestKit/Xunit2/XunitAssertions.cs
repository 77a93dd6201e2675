using System.Globalization;
using Xunit;
using Xunit.Sdk;

namespace Akka.TestKit.Xunit2;

/// <summary>Failures as xunit's exceptions.</summary>
public class XunitAssertions : ITestKitAssertions
{
    /// <inheritdoc/>
    public void Fail(string format = "", params object[] args) => throw new XunitException(Format(format, args));

    /// <inheritdoc/>
    public void AssertTrue(bool condition, string format = "", params object[] args) => Assert.True(condition, Format(format, args));

    /// <inheritdoc/>
    public void AssertFalse(bool condition, string format = "", params object[] args) => Assert.False(condition, Format(format, args));

    /// <inheritdoc/>
    public void AssertEqual<T>(T expected, T actual, string format = "", params object[] args)
    {
        try
        {
            Assert.Equal(expected, actual);
        }
        catch (EqualException e) when (format.Length > 0)
        {
            throw new XunitException(Format(format, args) + ": " + e.Message, e);
        }
    }

    /// <inheritdoc/>
    public void AssertEqual<T>(T expected, T actual, Func<T, T, bool> comparer, string format = "", params object[] args)
        => Assert.True(comparer(expected, actual), $"{Format(format, args)}: expected <{expected}>, got <{actual}>");

    // A text without arguments is taken as it is: it may hold braces of a message's own text.
    private static string Format(string format, object[] args)
        => args.Length == 0 ? format : string.Format(CultureInfo.InvariantCulture, format, args);
}
