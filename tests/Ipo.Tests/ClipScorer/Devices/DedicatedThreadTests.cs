using Ipo.ClipScorer.Devices;
using Xunit;

namespace Ipo.Tests.ClipScorer.Devices;

public sealed class DedicatedThreadTests
{
    [Fact]
    public async Task All_work_is_done_by_one_thread_whoever_asks()
    {
        using var thread = new DedicatedThread("test");
        var asked = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Task.Run(() => WhoWorks(thread), TestContext.Current.CancellationToken)));
        var worker = Assert.Single(asked.Distinct());
        Assert.NotEqual(Environment.CurrentManagedThreadId, worker);
    }

    [Fact]
    public void A_failure_is_thrown_to_the_one_who_asked_and_the_next_work_is_done()
    {
        using var thread = new DedicatedThread("test");
        Assert.Equal("no", Assert.Throws<InvalidOperationException>(() => thread.Run(() => throw new InvalidOperationException("no"))).Message);
        Assert.NotEqual(0, WhoWorks(thread));
    }

    private static int WhoWorks(DedicatedThread thread)
    {
        var worker = 0;
        thread.Run(() => worker = Environment.CurrentManagedThreadId);
        return worker;
    }
}
