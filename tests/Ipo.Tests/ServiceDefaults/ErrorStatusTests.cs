using System.Text;
using Google.Rpc;
using Grpc.Core;
using Ipo.ServiceDefaults;
using Xunit;

namespace Ipo.Tests.ServiceDefaults;

public sealed class ErrorStatusTests
{
    [Theory]
    [InlineData("x")]
    [InlineData("狗")] // three bytes in UTF-8, nine when percent-encoded
    [InlineData("🐕")]
    [InlineData("\ud83d")] // half a character
    public void What_a_caller_sent_is_never_echoed_whole(string letter)
    {
        var sent = string.Concat(Enumerable.Repeat(letter, 70_000));
        var error = new ErrorStatus(StatusCode.NotFound, "RUN_NOT_FOUND", $"There is no run '{sent}'; list them with ListRuns.")
        {
            Field = $"settings.{sent}",
            Metadata = new Dictionary<string, string> { ["run"] = sent },
        };
        var thrown = error.ToException();

        Assert.StartsWith($"There is no run '{letter}{letter}", error.Message, StringComparison.Ordinal);
        Assert.EndsWith($"{letter}'; list them with ListRuns.", error.Message, StringComparison.Ordinal);
        Assert.Contains(" characters left out) …", error.Message, StringComparison.Ordinal);
        var headers = Uri.EscapeDataString(thrown.Status.Detail.Replace('\ud83d', '?')).Length
            + thrown.Trailers.Sum(trailer => trailer.IsBinary ? trailer.ValueBytes.Length * 4 / 3 : trailer.Value.Length);
        Assert.True(headers < 8192, $"{headers} bytes of headers");
        var details = thrown.GetRpcStatus()!;
        Assert.InRange(Encoding.UTF8.GetByteCount(details.GetDetail<ErrorInfo>().Metadata["run"]), 100, 300);
        Assert.StartsWith("settings.", details.GetDetail<BadRequest>().FieldViolations[0].Field, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_short_stays_as_it_is()
    {
        var text = new string('y', 1000);
        Assert.Equal(text, new ErrorStatus(StatusCode.Internal, "X", text).Message);
        Assert.Null(new ErrorStatus(StatusCode.Internal, "X", text) { Field = null }.Field);
    }
}
