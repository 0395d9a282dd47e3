using System.Text.Json;

namespace Ipo.Providers;

/// <summary>Writes a question as a chat completions request.</summary>
internal static class ChatRequest
{
    public static BinaryData Write(ChatQuestion question, string model, RequestFields fields)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("model", model);
            json.WriteStartArray("messages");
            json.WriteStartObject();
            json.WriteString("role", "user");
            WriteContent(json, question);
            json.WriteEndObject();
            json.WriteEndArray();
            if (fields.Temperature is { } temperature) json.WriteNumber(RequestForm.Temperature, temperature);
            if (fields.LimitField is { } limit) json.WriteNumber(limit, fields.Limit);
            if (fields.Seed is { } seed) json.WriteNumber(RequestForm.Seed, seed);
            json.WriteEndObject();
        }
        return BinaryData.FromBytes(buffer.ToArray());
    }

    // A bare string where there is no image: every compatible server takes that, some text-only ones take nothing else.
    private static void WriteContent(Utf8JsonWriter json, ChatQuestion question)
    {
        if (question.Jpeg.IsEmpty)
        {
            json.WriteString("content", question.Text);
            return;
        }
        json.WriteStartArray("content");
        json.WriteStartObject();
        json.WriteString("type", "text");
        json.WriteString("text", question.Text);
        json.WriteEndObject();
        json.WriteStartObject();
        json.WriteString("type", "image_url");
        json.WriteStartObject("image_url");
        json.WriteString("url", $"data:image/jpeg;base64,{Convert.ToBase64String(question.Jpeg.Span)}");
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteEndArray();
    }
}
