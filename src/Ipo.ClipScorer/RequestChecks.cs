using Google.Protobuf;
using Ipo.ClipScorer.Embeddings;
using Ipo.ClipScorer.Images;
using Ipo.ClipScorer.Model;
using Ipo.ClipScorer.Scoring;
using Ipo.ServiceDefaults;

namespace Ipo.ClipScorer;

/// <summary>From fields of requests to the scorer's own types; every limit that the
/// contract states is checked here.</summary>
internal static class RequestChecks
{
    public const int MostImages = 1024;
    public const int MostImageBytes = 60 * 1024 * 1024;
    public const int MostTexts = 4096;

    /// <summary>Most characters of a text: far more than any context holds, and few enough
    /// that nothing huge is tokenized.</summary>
    public const int MostTextCharacters = 10_000;

    public const int MostPromptSets = 1024;
    public const int MostClassifiedImages = 256;
    public const int MostClasses = 100_000;

    /// <summary>Images by digest and content.</summary>
    public static EmbeddingBatch Images(IReadOnlyList<V1.Image> images, int most, int dimension)
    {
        Count("images", images.Count, 0, most);
        var bytes = images.Sum(image => (long)image.Content.Length);
        if (bytes > MostImageBytes)
            throw InvalidFieldException.FromSentence(
                $"images hold {bytes} bytes of content in all; a request takes at most {MostImageBytes}. "
                + "Send them in several requests.");
        var digests = new ImageDigest[images.Count];
        for (var i = 0; i < digests.Length; i++) digests[i] = Digest($"images[{i}].sha256", images[i].Sha256);
        return new(dimension, digests, [.. images.Select(image => image.Content.Memory)]);
    }

    /// <summary>For each text its ids, cut to the context where the request wants that.</summary>
    public static int[][] Tokens(V1.EmbedTextsRequest request, EmbeddingModel model, CancellationToken cancellation)
    {
        var (texts, context) = (request.Texts, model.Facts.ContextLength);
        var ids = new int[texts.Count][];
        for (var i = 0; i < ids.Length; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            if (texts[i].Length > MostTextCharacters)
                throw InvalidFieldException.FromSentence(
                    $"texts[{i}] has {texts[i].Length} characters; it takes at most {MostTextCharacters}.");
            ids[i] = model.Tokenizer.Encode(texts[i]);
            if (ids[i].Length <= context) continue;
            ids[i] = request.CutToContext ? model.Tokenizer.Cut(ids[i], context) : throw InvalidFieldException.FromSentence(
                $"texts[{i}] has {ids[i].Length} tokens, start and end included, and this checkpoint takes {context}; shorten it.");
        }
        return ids;
    }

    /// <summary>The images of a set: each once, each with a label below the number of classes.</summary>
    public static (ImageDigest[] Images, int[] Labels) LabelledImages(V1.PutImageSetRequest request)
    {
        Count("sha256s", request.Sha256S.Count, 1, int.MaxValue);
        if (request.Labels.Count != request.Sha256S.Count)
            throw InvalidFieldException.FromSentence(
                $"labels holds {request.Labels.Count} entries and sha256s {request.Sha256S.Count}; "
                + "send one label for each image.");
        if (request.ClassCount is < 1 or > MostClasses)
            throw InvalidFieldException.FromSentence($"class_count is {request.ClassCount}; it takes 1 to {MostClasses}.");
        var (images, seen) = (new ImageDigest[request.Sha256S.Count], new Dictionary<ImageDigest, int>(request.Sha256S.Count));
        for (var i = 0; i < images.Length; i++)
        {
            images[i] = Digest($"sha256s[{i}]", request.Sha256S[i]);
            if (!seen.TryAdd(images[i], i))
                throw InvalidFieldException.FromSentence(
                    $"sha256s[{i}] repeats sha256s[{seen[images[i]]}] ({images[i]}); "
                    + "send each image once.");
            if ((uint)request.Labels[i] >= (uint)request.ClassCount)
                throw InvalidFieldException.FromSentence(
                    $"labels[{i}] is {request.Labels[i]}; with class_count {request.ClassCount} it takes 0 to "
                    + $"{request.ClassCount - 1}.");
        }
        return (images, [.. request.Labels]);
    }

    /// <summary>Class names: none empty, as many as are wanted.</summary>
    public static ClassNames Classes(IReadOnlyList<string> names, int least, int most)
    {
        if (least == most && names.Count != least)
            throw InvalidFieldException.FromSentence(
                $"class_names holds {names.Count} names and the image set has {least} classes; "
                + "send one name for each class, in label order.");
        Count("class_names", names.Count, least, most);
        for (var c = 0; c < names.Count; c++)
        {
            if (string.IsNullOrWhiteSpace(names[c]))
                throw InvalidFieldException.FromSentence($"class_names[{c}] is empty; give every class a name.");
            if (names[c].Length > TemplatePrompts.MostCharacters)
                throw InvalidFieldException.FromSentence(
                    $"class_names[{c}] has {names[c].Length} characters; "
                    + $"it takes at most {TemplatePrompts.MostCharacters}.");
        }
        return new(names);
    }

    /// <summary>A prompt set; what its texts must be is checked where they are encoded.</summary>
    public static PromptSet Prompts(V1.PromptSet? message) => new(
        [.. message?.Templates ?? []],
        [.. message?.ClassPrompts.Select(prompt => new ClassPrompt(prompt.ClassName, prompt.Template)) ?? []]);

    /// <exception cref="InvalidFieldException">The number of entries is out of its range.</exception>
    public static void Count(string field, int count, int least, int most)
    {
        if (count < least || count > most)
            throw InvalidFieldException.FromSentence(
                $"{field} holds {count} entries; it takes "
                + $"{(most == int.MaxValue ? $"at least {least}" : $"{least} to {most}")}.");
    }

    private static ImageDigest Digest(string field, ByteString bytes) => bytes.Length == ImageDigest.Bytes
        ? new(bytes.Span)
        : throw InvalidFieldException.FromSentence(
            $"{field} has {bytes.Length} bytes; it takes the {ImageDigest.Bytes} bytes of a SHA-256.");
}
