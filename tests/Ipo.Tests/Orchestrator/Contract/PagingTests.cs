using Ipo.Orchestrator.Contract;
using Ipo.Orchestrator.Errors;
using Xunit;

namespace Ipo.Tests.Orchestrator.Contract;

public sealed class PagingTests
{
    private static readonly string[] Names = [.. Enumerable.Range(0, 7).Select(number => $"set-{number}")];

    private static Paging<string> Page(IEnumerable<string> all, int size, string token) => Paging<string>.Of(all, name => name, size, token);

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(7)]
    [InlineData(1000)]
    public void Pages_after_each_other_are_the_whole_list_once(int size)
    {
        var (seen, token, pages) = (new List<string>(), "", 0);
        do
        {
            var page = Page(Names, size, token);
            Assert.InRange(page.Entries.Count, 1, size);
            seen.AddRange(page.Entries);
            (token, pages) = (page.NextToken, pages + 1);
        }
        while (token.Length > 0);
        Assert.Equal(Names, seen);
        Assert.Equal((Names.Length + size - 1) / size, pages);
    }

    [Fact]
    public void An_entry_that_goes_between_two_pages_hides_no_other()
    {
        var first = Page(Names, 3, "");
        Assert.Equal(["set-3", "set-4", "set-5"], Page(Names.Except(["set-1", "set-2"]), 3, first.NextToken).Entries);
    }

    [Fact]
    public void Nothing_given_is_a_hundred_entries() =>
        Assert.Equal(100, Page(Enumerable.Range(0, 200).Select(number => $"{number:000}"), 0, "").Entries.Count);

    [Theory]
    [InlineData(-1, "", "page_size is -1; give 1 to 1000, or 0 for 100.")]
    [InlineData(1001, "", "page_size is 1001; give 1 to 1000, or 0 for 100.")]
    [InlineData(0, "?", "page_token is '?'; give the next_page_token of the page before, or leave it out.")]
    public void A_size_out_of_range_and_a_made_up_token_are_refused(int size, string token, string message) =>
        Assert.Equal(message, Assert.Throws<RefusedException>(() => Page(Names, size, token)).Message);
}
