using CsCheck;
using Ipo.Orchestrator.Datasets;
using Ipo.Tests.Fakes;
using Xunit;

namespace Ipo.Tests.Orchestrator.Datasets;

public sealed class ImageFilesTests
{
    [Fact]
    public void Batches_hold_every_image_in_order_and_no_more_images_or_bytes_than_asked_for() =>
        Gen.Select(Gen.Int[0, 40].Array[0, 12], Gen.Int[1, 5], Gen.Int[1, 60]).Sample((sizes, most, bytes) =>
        {
            using var folder = new TempFolder();
            for (var i = 0; i < sizes.Length; i++) folder.Write($"{i}.png", new byte[sizes[i]]);
            DatasetImage[] images = [.. sizes.Select((_, i) => new DatasetImage($"{i}.png", new string('0', 64), 0, DatasetSplit.Train))];
            var batches = new ImageFiles(new("any", folder, "", "folder", ["one"], images, null, [], DateTimeOffset.UnixEpoch)).Batches(images, most, bytes).ToList();
            Assert.Equal(images, batches.SelectMany(batch => batch));
            Assert.All(batches, batch => Assert.InRange(batch.Count, 1, most));
            Assert.All(batches, batch => Assert.True(batch.Count == 1 || batch.Sum(image => sizes[Array.IndexOf(images, image)]) <= bytes));
            // None could have taken the next one's first image as well.
            foreach (var (batch, next) in batches.Zip(batches.Skip(1)))
                Assert.True(batch.Count == most || batch.Append(next[0]).Sum(image => sizes[Array.IndexOf(images, image)]) > bytes);
        }, iter: 100);
}
