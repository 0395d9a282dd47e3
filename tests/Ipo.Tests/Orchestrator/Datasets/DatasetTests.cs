using System.Security.Cryptography;
using System.Text;
using Ipo.Orchestrator.Datasets;
using Xunit;

namespace Ipo.Tests.Orchestrator.Datasets;

public sealed class DatasetTests
{
    private static readonly string[] Names = ["heron", "crane"];

    private static readonly DatasetImage[] Images = [new("a.png", "a1", 0, DatasetSplit.Train), new("b.png", "b2", 1, DatasetSplit.Test)];

    [Fact]
    public void The_digest_is_over_lines_of_class_names_and_of_split_label_and_digest_of_each_image() =>
        Assert.Equal(
            Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes("ipo-dataset-1\nheron\ncrane\nTrain 0 a1\nTest 1 b2\n"))),
            Dataset.DigestOf(Names, Images));

    [Fact]
    public void One_label_one_split_one_image_or_one_class_name_makes_another_digest_and_a_path_does_not()
    {
        var digest = Dataset.DigestOf(Names, Images);
        Assert.NotEqual(digest, Dataset.DigestOf(Names, [Images[0], Images[1] with { Label = 0 }]));
        Assert.NotEqual(digest, Dataset.DigestOf(Names, [Images[0], Images[1] with { Split = DatasetSplit.Validation }]));
        Assert.NotEqual(digest, Dataset.DigestOf(Names, [Images[0], Images[1] with { Sha256 = "b3" }]));
        Assert.NotEqual(digest, Dataset.DigestOf(["heron", "stork"], Images));
        Assert.Equal(digest, Dataset.DigestOf(Names, [Images[0], Images[1] with { Path = "elsewhere/c.png" }]));
    }
}
