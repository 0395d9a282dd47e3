using Ipo.Orchestrator.Datasets;
using Xunit;

namespace Ipo.Tests.Orchestrator.Datasets;

public sealed class SplitByDigestTests
{
    [Theory]
    [InlineData(1, 1, 0, 0)]
    [InlineData(2, 1, 0, 1)]
    [InlineData(3, 1, 1, 1)]
    [InlineData(4, 2, 1, 1)]
    [InlineData(10, 5, 2, 3)]
    [InlineData(100, 50, 20, 30)]
    public void Shares_are_half_a_fifth_and_the_rest_and_every_split_of_three_images_has_one(int images, int train, int validation, int test)
    {
        var splits = SplitByDigest.Of([.. Enumerable.Range(0, images).Select(index => $"{index:x64}")]);
        Assert.Equal(
            (train, validation, test),
            (splits.Values.Count(split => split == DatasetSplit.Train), splits.Values.Count(split => split == DatasetSplit.Validation), splits.Values.Count(split => split == DatasetSplit.Test)));
    }

    [Fact]
    public void Of_ten_digests_in_their_order_five_train_two_validate_and_three_test()
    {
        string[] shuffled = [.. Enumerable.Range(0, 10).Select(index => $"{index * 7 % 10:x64}")];
        Assert.Equal(
            [
                DatasetSplit.Train, DatasetSplit.Train, DatasetSplit.Train, DatasetSplit.Train, DatasetSplit.Train,
                DatasetSplit.Validation, DatasetSplit.Validation, DatasetSplit.Test, DatasetSplit.Test, DatasetSplit.Test,
            ],
            SplitByDigest.Of(shuffled).OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => pair.Value));
    }

    [Fact]
    public void Of_two_images_the_one_with_the_smaller_digest_trains_and_of_three_the_second_validates()
    {
        Assert.Equal(DatasetSplit.Test, SplitByDigest.Of(["b", "a"])["b"]);
        Assert.Equal(DatasetSplit.Validation, SplitByDigest.Of(["c", "b", "a"])["b"]);
        Assert.Equal(DatasetSplit.Test, SplitByDigest.Of(["c", "b", "a"])["c"]);
    }

    [Fact]
    public void The_order_of_files_does_not_matter()
    {
        string[] digests = [.. Enumerable.Range(0, 20).Select(index => $"{index * 7919 % 20:x64}")];
        Assert.Equal(SplitByDigest.Of(digests), SplitByDigest.Of([.. digests.Reverse()]));
    }
}
