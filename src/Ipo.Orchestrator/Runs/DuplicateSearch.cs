using Ipo.Optimization.Facts;
using Ipo.Optimization.Images;
using Ipo.Orchestrator.Clients;
using Ipo.Orchestrator.Datasets;

namespace Ipo.Orchestrator.Runs;

/// <summary>Looks for pictures that stand in more than one part of a dataset, once nothing can come of it but a
/// warning.</summary>
internal sealed class DuplicateSearch(ScorerClient scorer, RejectedImages rejected, TimeProvider clock)
{
    private const int PairsKept = 20;

    // Embeddings of test images are held a block at a time, however many there are.
    private const int Block = 4096;

    /// <summary>Compares every part with those before it.</summary>
    /// <returns><see cref="DuplicatesFound"/>.</returns>
    public async Task<RunEvent> FindAsync(ActiveRun run)
    {
        var (dataset, prepared) = (run.Dataset!, run.State.Prepared!);
        var unreadable = rejected.Reasons(prepared.Model.PreprocessingVersion);
        var before = new List<(DatasetImage Image, DatasetPart Part, float[] Embedding)>();
        var pairs = new List<DuplicatePair>();
        run.Report("looking for images shared by splits");
        foreach (var part in prepared.Parts)
        {
            var images = LabelledImages.Of(dataset, prepared, part).Images.Where(image => !unreadable.ContainsKey(image.Sha256)).ToList();
            var searched = 0;
            foreach (var block in images.Chunk(Block))
            {
                var embeddings = await scorer.GetEmbeddingsAsync(block, new ImageFiles(dataset), run.Retry, run.Free);
                var known = block.Zip(embeddings).Where(pair => pair.Second is not null)
                    .Select(pair => (Image: pair.First, Part: part, Embedding: pair.Second!)).ToList();
                pairs.AddRange(
                    DuplicateImages.Between(
                        known.ConvertAll(one => one.Embedding), before.Where(one => one.Part != part).Select(one => one.Embedding).ToList())
                            .Select(found =>
                                new DuplicatePair(
                                    known[found.Image].Image.Sha256, part, before[found.Other].Image.Sha256, before[found.Other].Part,
                                    found.Cosine)));
                // Test images are not compared with each other: the same picture twice among them flatters nobody.
                if (!part.IsTest()) before.AddRange(known);
                run.ReportProgress((double)(searched += block.Length) / images.Count);
            }
        }
        return new DuplicatesFound(
            clock.GetUtcNow(), pairs.Count,
            [.. pairs.OrderByDescending(pair => pair.Cosine).ThenBy(pair => pair.Image, StringComparer.Ordinal).Take(PairsKept)]);
    }
}
