using System.Text.Json;
using CsCheck;
using Ipo.Providers;
using Xunit;

namespace Ipo.Tests.Providers;

public sealed class StatedWaitTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 24, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(2.5, "retry-after-ms: 2500")]
    [InlineData(0.0205, "retry-after-ms: 20.5", "Retry-After: 9")]
    [InlineData(17.0, "Retry-After: 17")]
    [InlineData(7.66, "Retry-After: 7.66")]
    [InlineData(90.0, "Retry-After: Tue, 24 Nov 2026 12:01:30 GMT")]
    [InlineData(0.0, "Retry-After: Tue, 24 Nov 2026 11:00:00 GMT")]
    [InlineData(20.0, "x-ratelimit-reset-requests: 20s", "x-ratelimit-remaining-requests: 0")]
    [InlineData(90.0, "x-ratelimit-reset-tokens: 1m30s")]
    [InlineData(0.02, "x-ratelimit-reset-requests: 20ms")]
    [InlineData(3723.5, "x-ratelimit-reset-requests: 1h2m3.5s")]
    [InlineData(12.5, "x-ratelimit-reset-tokens: 12.5")]
    [InlineData(360.0, "x-ratelimit-reset-requests: 8.64s", "x-ratelimit-remaining-requests: 9999", "x-ratelimit-reset-tokens: 6m0s",
        "x-ratelimit-remaining-tokens: 0")]
    [InlineData(null, "x-ratelimit-reset-requests: 59ms", "x-ratelimit-remaining-requests: 9999")]
    [InlineData(null, "x-ratelimit-reset-requests: 8.64s", "x-ratelimit-remaining-requests: 5", "x-ratelimit-reset-tokens: 6m0s",
        "x-ratelimit-remaining-tokens: 12")]
    [InlineData(60.0, "x-ratelimit-reset: 1795521660")] // seconds since 1970
    [InlineData(60.0, "x-ratelimit-reset: 1795521660000")]
    [InlineData(45.0, "anthropic-ratelimit-requests-reset: 2026-11-24T12:00:45Z", "anthropic-ratelimit-requests-remaining: 0")]
    [InlineData(30.0, "ratelimit-reset: 30")]
    [InlineData(null, "Retry-After: soon")]
    [InlineData(null, "retry-after-ms: NaN")]
    [InlineData(null, "x-ratelimit-reset-requests: ")]
    [InlineData(null)]
    [InlineData(86400.0, "Retry-After: 99999999")]
    [InlineData(0.0, "Retry-After: -5")]
    public void Is_read_from_headers_in_every_form(double? seconds, params string[] headers) =>
        Assert.Equal(seconds, StatedWait.In(Header(headers), Now)?.TotalSeconds);

    [Theory]
    [InlineData(34.0, """{"details":[{"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"34s"}]}""")]
    [InlineData(34.07, """{"details":[7,{"@type":"x"},{"retryDelay":"34.07s"}]}""")]
    [InlineData(5.5, """{"details":[{"retryDelay":{"seconds":"5","nanos":500000000}}]}""")]
    [InlineData(12.0, """{"retry_after":12}""")]
    [InlineData(1.5, """{"retry_after_ms":"1500"}""")]
    [InlineData(34.07, """{"message":"Too many requests. Please try again in 34.07s. Visit https://x/7s"}""")]
    [InlineData(90.5, """{"message":"Please try again in 1m30.5s."}""")]
    [InlineData(0.12, """{"message":"Limit 10000. Please try again in 120ms."}""")]
    [InlineData(26.0, """{"message":"Please retry after 26 seconds."}""")]
    [InlineData(60.0, """{"message":"Wait for 1 minute"}""")]
    [InlineData(null, """{"message":"Limit 3 per 1m. Slow down."}""")]
    [InlineData(null, """{"details":{},"retry_after":null}""")]
    public void Is_read_from_an_error_in_every_form(double? seconds, string error)
    {
        using var json = JsonDocument.Parse(error);
        Assert.Equal(seconds, StatedWait.In(json.RootElement)?.TotalSeconds);
    }

    [Fact]
    public void Never_throws_and_never_waits_less_than_nothing_or_more_than_a_day() =>
        Gen.Select(Gen.OneOf(Gen.Const("Retry-After"), Gen.Const("retry-after-ms"), Gen.Const("x-ratelimit-reset-tokens"), Gen.Const("x-ratelimit-reset")),
                Gen.OneOf(Gen.String, Gen.String[Gen.Char["0123456789.-+emsh dµ"], 0, 30]))
            .Sample((name, value) =>
            {
                if (StatedWait.In(asked => asked == name ? value : null, Now) is { } wait)
                    Assert.InRange(wait, TimeSpan.Zero, TimeSpan.FromDays(1));
            });

    private static Func<string, string?> Header(string[] headers)
    {
        var values = headers.Select(header => header.Split(':', 2)).ToDictionary(parts => parts[0], parts => parts[1].Trim());
        return name => values.GetValueOrDefault(name);
    }
}
