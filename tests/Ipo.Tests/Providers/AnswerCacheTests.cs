using Ipo.Providers;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Ipo.Tests.Providers;

/// <summary>What a process keeps of answers without a Redis.</summary>
public sealed class AnswerCacheTests : IDisposable
{
    private readonly AnswerCache _cache = new(NullLogger<AnswerCache>.Instance);

    [Fact]
    public async Task It_keeps_the_newest_answers_as_far_as_they_take_eight_megabytes()
    {
        for (var number = 0; number < 100; number++)
        {
            await _cache.KeepAsync($"{number}", new(new string('a', 500_000), "model")); // a megabyte each
            Assert.NotNull(await _cache.FindAsync($"{number}"));
        }
        var kept = 0;
        for (var number = 0; number < 100; number++)
            if (await _cache.FindAsync($"{number}") is not null) kept++;
        Assert.InRange(kept, 4, 8);
    }

    [Fact]
    public async Task It_keeps_thousands_of_short_ones()
    {
        for (var number = 0; number < 5_000; number++) await _cache.KeepAsync($"{number}", new("a photo of a <CLASS>.", "model"));

        Assert.Equal(("a photo of a <CLASS>.", AnswerSource.Memory), await _cache.FindAsync("0") is { } found ? (found.Answer.Text, found.Source) : default);
    }

    public void Dispose() => _cache.Dispose();
}
