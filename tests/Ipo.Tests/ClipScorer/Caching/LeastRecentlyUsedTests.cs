using CsCheck;
using Ipo.ClipScorer.Caching;
using Xunit;

namespace Ipo.Tests.ClipScorer.Caching;

public sealed class LeastRecentlyUsedTests
{
    [Fact]
    public void It_behaves_as_a_list_that_is_cut_at_its_weight() =>
        Gen.Select(Gen.Int[0, 30], Gen.Select(Gen.Bool, Gen.Int[0, 9], Gen.Int[1, 12]).Array[0, 60]).Sample((capacity, steps) =>
        {
            var kept = new LeastRecentlyUsed<int, int>(capacity, (_, weight) => weight);
            var model = new List<(int Key, int Value)>(); // last used first
            foreach (var (put, key, value) in steps)
            {
                var at = model.FindIndex(entry => entry.Key == key);
                if (put)
                {
                    kept.Put(key, value);
                    if (at >= 0) model.RemoveAt(at);
                    if (value > capacity) continue;
                    model.Insert(0, (key, value));
                    while (model.Sum(entry => entry.Value) > capacity) model.RemoveAt(model.Count - 1);
                }
                else
                {
                    Assert.Equal(at >= 0, kept.TryGet(key, out var found));
                    if (at < 0) continue;
                    Assert.Equal(model[at].Value, found);
                    model.Insert(0, model[at]);
                    model.RemoveAt(at + 1);
                }
            }
            Assert.Equal(model.Sum(entry => (long)entry.Value), kept.Weight);
            Assert.Equal(model.Count, kept.Count);
        });

    [Fact]
    public void A_long_key_weighs_as_much_as_its_memory()
    {
        var kept = new LeastRecentlyUsed<string, int>(1000, (key, _) => LeastRecentlyUsed.TextBytes(key));
        kept.Put(new('a', 200), 1);
        Assert.Equal(550, kept.Weight);
        kept.Put(new('b', 200), 2);
        Assert.Equal(1, kept.Count);
    }
}
