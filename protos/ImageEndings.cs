namespace Ipo.V1;

/// <summary>The endings of image files that are read, the same in a dataset and on a command line.</summary>
public static class ImageEndings
{
    // What browsers, cameras and Windows give to JPEG, PNG, WebP, GIF and BMP.
    private static readonly HashSet<string> Known = new(
        [".jpg", ".jpeg", ".jpe", ".jfif", ".jif", ".jfi", ".pjpeg", ".pjp", ".png", ".apng", ".webp", ".gif", ".bmp", ".dib"],
        StringComparer.OrdinalIgnoreCase);

    /// <summary>Whether a file is an image by its name.</summary>
    public static bool IsImage(string name) => Known.Contains(Path.GetExtension(name));
}
