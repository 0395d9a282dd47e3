using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Google.Protobuf;
using Ipo.Optimization.Facts;
using Ipo.Orchestrator.Datasets;

namespace Ipo.Orchestrator.Reports.Exports;

/// <summary>A report as JSON together with what it rests on, so that a reader can tell whether two reports speak of the
/// same thing and whether a file was changed. A checksum is no signature: it names no signer.</summary>
internal sealed class ReportFile() : OneFileExporter(V1.ExportFormat.Report, holdsSentences: true, holdsClasses: false)
{
    // Zeros are written too, so that a reader need not know which fields could be missing.
    private static readonly JsonFormatter Messages = new(JsonFormatter.Settings.Default.WithFormatDefaultValues(true));

    // Templates and names are of all languages; the file is no web page.
    private static readonly JsonSerializerOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    protected override byte[] Write(ExportFacts facts) => Write(facts.Stored);

    /// <summary>Writes the file: the checksums are SHA-256 over the UTF-8 bytes of the values of <c>inputs</c> and
    /// <c>report</c> as they stand in it.</summary>
    public static byte[] Write(StoredReport stored)
    {
        var report = ReportMapping.Of(stored.Report, stored.Dataset);
        var inputs = Inputs(report, stored.Dataset, stored.Report.Run.Prepared!);
        var found = Compact(Messages.Format(report));
        return Encoding.UTF8.GetBytes(
            $$"""
            {"format":"ipo-report-1",
            "inputs_sha256":"{{Sha256(inputs)}}",
            "report_sha256":"{{Sha256(found)}}",
            "inputs":{{inputs}},
            "report":{{found}}}

            """);
    }

    private static string Inputs(V1.RunReport report, Dataset dataset, RunPrepared prepared)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            json.WritePropertyName("settings");
            json.WriteRawValue(Messages.Format(report.Run.Settings));
            json.WriteString("settings_sha256", Sha256(Compact(Messages.Format(report.Run.Settings))));
            json.WriteString("dataset_digest", prepared.DatasetDigest);
            // Lines of split, label and the image file's SHA-256, each with a line end, in the dataset's order.
            json.WriteString("images_sha256", Lines(dataset.Images.Select(image => $"{image.Split} {image.Label} {image.Sha256}")));
            json.WriteString("search_images_sha256", Lines(prepared.SearchImages.Select(image => $"{image.Label} {image.Sha256}")));
            json.WriteString("class_names_sha256", Lines(dataset.ClassNames));
            json.WriteString("checkpoint", prepared.Model.Name);
            json.WriteString("checkpoint_digest", prepared.Model.Digest);
            json.WriteString("precision", prepared.Model.Precision);
            json.WriteString("preprocessing_version", prepared.Model.PreprocessingVersion);
            json.WriteStartArray("proposers");
            foreach (var proposer in prepared.Proposers) json.WriteStringValue($"{proposer.Name} {proposer.Model}");
            json.WriteEndArray();
            json.WriteString("captioner", prepared.Captioner is { } captioner ? $"{captioner.Name} {captioner.Model}" : "");
            json.WriteString("ipo_version", report.IpoVersion);
            json.WriteEndObject();
        }
        return Compact(Encoding.UTF8.GetString(bytes.ToArray()));
    }

    // Without the blanks of the message formatter: a parser that writes the value back compactly then writes the same
    // bytes.
    private static string Compact(string json) => JsonSerializer.Serialize(JsonElement.Parse(json), Relaxed);

    private static string Lines(IEnumerable<string> lines) => Sha256(string.Concat(lines.Select(line => line + "\n")));

    private static string Sha256(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
